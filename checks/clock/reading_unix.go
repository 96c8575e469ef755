//go:build unix

package clock

import (
	"time"

	"golang.org/x/sys/unix"
)

func wallTime() time.Time { return time.Now() }

func bootTime() time.Duration { return read(bootClock) }

func awakeTime() time.Duration { return read(awakeClock) }

func read(clock int32) time.Duration {
	var ts unix.Timespec
	// Fails for a wrong address or an unknown clock only; these are there since Linux 2.6.39 and macOS 10.12.
	_ = unix.ClockGettime(clock, &ts)
	return time.Duration(ts.Nano())
}
