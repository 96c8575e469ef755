package clock

import "golang.org/x/sys/unix"

const (
	bootClock  = unix.CLOCK_BOOTTIME
	awakeClock = unix.CLOCK_MONOTONIC
)
