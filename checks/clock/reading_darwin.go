package clock

import (
	"time"

	"golang.org/x/sys/unix"
)

func wallTime() time.Time { return time.Now() }

// On Darwin CLOCK_MONOTONIC is mach_continuous_time: it runs on while the system sleeps
// (clock_gettime(3)).
func bootTime() time.Duration { return read(unix.CLOCK_MONOTONIC) }

func awakeTime() time.Duration { return read(unix.CLOCK_UPTIME_RAW) }

func read(clock int32) time.Duration {
	var ts unix.Timespec
	_ = unix.ClockGettime(clock, &ts) // fails for an unknown clock only; these are there since macOS 10.12
	return time.Duration(ts.Nano())
}
