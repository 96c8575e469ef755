package clock

import "golang.org/x/sys/unix"

const (
	// On Darwin CLOCK_MONOTONIC is mach_continuous_time: it runs on while the system sleeps
	// (clock_gettime(3)).
	bootClock  = unix.CLOCK_MONOTONIC
	awakeClock = unix.CLOCK_UPTIME_RAW
)
