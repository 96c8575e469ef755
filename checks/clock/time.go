package clock

import (
	"sync"
	"time"
)

// drift is how far two clocks may part, in seconds a second, between two comparisons: RFC 5905's PHI,
// 15 ppm.
const drift = 15e-6

// A Time is true time: the time servers' time, carried forward by a clock that runs on in suspend
// and that no step moves. Until something was measured it is what the wall clock said when it was
// made, carried forward the same way. The zero Time is not usable; it is safe for concurrent use.
type Time struct {
	read  func() Reading
	given bool // read was given by the caller, so kernel time stamps are of another clock

	mu    sync.Mutex
	base  time.Duration // true Unix time minus Reading.Boot
	error time.Duration // bound of base when it was measured
	at    time.Duration // Reading.Boot of the measurement
	known bool
}

// NewTime returns a Time on this computer's clocks.
func NewTime() *Time {
	t := NewTimeFrom(Read)
	t.given = false
	return t
}

// NewTimeFrom returns a Time on the clocks that read reads, for where they are not the computer's
// own: in a testing/synctest bubble, or for a stand-in with a clock of its own.
func NewTimeFrom(read func() Reading) *Time {
	now := read()
	return &Time{read: read, given: true, base: now.wallBase()}
}

// Elapsed is the time since an arbitrary start, suspend included. No clock step moves it.
func (t *Time) Elapsed() time.Duration { return t.read().Boot }

// Now is true time, in the local time zone.
func (t *Time) Now() time.Time {
	boot := t.read().Boot
	t.mu.Lock()
	defer t.mu.Unlock()
	return time.Unix(0, int64(t.base+boot))
}

// Known reports whether true time was ever measured.
func (t *Time) Known() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.known
}

// set takes a measurement made when the boot clock stood at at. A coarse one does not displace a
// finer one that it agrees with.
func (t *Time) set(base, bound, at time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.known {
		aged := t.error + age(at-t.at)
		if bound > aged && (base-t.base).Abs() <= bound+aged {
			return
		}
	}
	t.base, t.error, t.at, t.known = base, bound, at, true
}

// age is what the passing of d adds to an error bound.
func age(d time.Duration) time.Duration { return time.Duration(drift * float64(d.Abs())) }

// offset is true time minus the wall clock.
func (t *Time) offset() time.Duration {
	now := t.read()
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.base - now.wallBase()
}
