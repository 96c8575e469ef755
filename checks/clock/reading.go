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
// CLOCK_MONOTONIC (which runs on in sleep there) and CLOCK_UPTIME_RAW.
func Read() Reading {
	var r Reading
	// The clocks are read one after the other: where the scheduler interrupts that, the reading would
	// pass for a step, so it is taken again.
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

// A Change is what happened to the clocks between two readings, apart from time passing.
type Change struct {
	Step  time.Duration // how far the wall clock was set, positive when it was put forward
	Slept time.Duration // how long the computer was suspended
}

// The clocks are read one after the other, so that two readings part by some nanoseconds either way.
const (
	minStep  = time.Millisecond // less is jitter, or a program that set the clock to what it was
	minSlept = time.Second
)

// Since returns what happened since the earlier reading: a step of 1 ms or more and a suspend of 1 s or
// more; what is smaller is 0. Where the system's own slewing moves the wall clock but not the boot clock
// (Windows), Step contains it.
func (r Reading) Since(earlier Reading) Change {
	c := r.since(earlier)
	if c.Step.Abs() < minStep {
		c.Step = 0
	}
	if c.Slept < minSlept {
		c.Slept = 0
	}
	return c
}

// since is Since with nothing left out.
func (r Reading) since(earlier Reading) Change {
	return Change{
		Step:  r.wallBase() - earlier.wallBase(),
		Slept: r.Boot - earlier.Boot - (r.Awake - earlier.Awake),
	}
}

// wallBase is the wall clock's Unix time minus the boot clock: constant but for steps.
func (r Reading) wallBase() time.Duration { return time.Duration(r.Wall.UnixNano()) - r.Boot }
