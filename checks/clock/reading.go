package clock

import "time"

// A Reading is what the computer's clocks say at one moment.
type Reading struct {
	Wall  time.Time     // what the user sees, and what a step moves
	Boot  time.Duration // since an arbitrary start, suspend included, moved by no step
	Awake time.Duration // the same without the time spent in suspend
}

// Read reads the clocks. Linux: CLOCK_REALTIME, CLOCK_BOOTTIME, CLOCK_MONOTONIC. Windows: the
// precise system time, interrupt time and unbiased interrupt time. macOS: CLOCK_REALTIME,
// CLOCK_MONOTONIC (which runs on in sleep there) and CLOCK_UPTIME_RAW. Elsewhere Go's monotonic
// clock stands for the last two, and whether that one counts a suspend is the system's choice.
func Read() Reading {
	var r Reading
	// The clocks are read one after the other: a reading that was torn by the scheduler would pass
	// for a step of that size, so it is taken again.
	for range 4 {
		before := bootTime()
		r.Wall, r.Awake = wallTime(), awakeTime()
		after := bootTime()
		r.Boot = before + (after-before)/2
		if after-before < 100*time.Microsecond {
			break
		}
	}
	return r
}

// A Jolt is what happened to time between two readings, apart from its passing.
type Jolt struct {
	Step  time.Duration // how far the wall clock was set, positive when it was put forward
	Slept time.Duration // how long the computer was suspended
}

// Since compares r with an earlier reading. Where the system's own slewing moves the wall clock
// but not the boot clock (Windows), Step contains it.
func (r Reading) Since(earlier Reading) Jolt {
	boot := r.Boot - earlier.Boot
	return Jolt{
		Step:  r.wallBase() - earlier.wallBase(),
		Slept: boot - (r.Awake - earlier.Awake),
	}
}

// wallBase is the wall clock's Unix time minus the boot clock: constant but for steps.
func (r Reading) wallBase() time.Duration { return time.Duration(r.Wall.UnixNano()) - r.Boot }
