package clock

import (
	"fmt"
	"math"
	"time"

	"fermata/checks/text"
)

// day is no unit of package time, since some have 23 hours; a span of time has none of those.
const day = 24 * time.Hour

// A Drift is how fast this computer's clock gains on true time while nobody sets it. On Windows it
// is the hardware's: the corrections of the time service do not show in it.
type Drift struct {
	Known   bool
	PPM     float64       // positive when the clock gains
	Error   float64       // the rate is within PPM ± Error
	Over    time.Duration // the time it was measured over
	Crosses time.Time     // when the offset will exceed the tolerance; zero if not within a week
}

// String is the drift in words: "Gains 1.2 s a day (14 ± 0.3 ppm)"; "" where none was measured.
func (d Drift) String() string {
	if !d.Known || math.Abs(d.PPM) <= d.Error {
		return ""
	}
	verb := "Gains"
	if d.PPM < 0 {
		verb = "Loses"
	}
	aDay := time.Duration(math.Abs(d.PPM) * 1e-6 * float64(day))
	return fmt.Sprintf("%s %s a day (%.2g ± %.1g ppm)", verb, text.Span(aDay), math.Abs(d.PPM), d.Error)
}

// driftOf finds the rate from the entries since the computer was started, the last of which is now.
// Every two of them bound it, by their error bounds; what all bounds have in common is the rate. A
// rate that changed in the meantime leaves them with nothing in common: then the gap is the bound.
func driftOf(entries []entry, tolerance time.Duration) Drift {
	last := entries[len(entries)-1]
	first := len(entries) - 1
	for first > 0 && sameBoot(entries[first-1], last) {
		first--
	}
	entries = entries[first:]
	low, high := math.Inf(-1), math.Inf(1) // of the slope of base, which falls when the clock gains
	for i, a := range entries {
		for _, b := range entries[:i] {
			passed := a.Boot - b.Boot
			rise, err := (a.base() - b.base()).Seconds(), a.Error+b.Error
			low, high = max(low, (rise-err)/passed), min(high, (rise+err)/passed)
		}
	}
	d := Drift{
		PPM: -(low + high) / 2 * 1e6, Error: math.Abs(high-low) / 2 * 1e6,
		Over: seconds(last.Boot - entries[0].Boot),
	}
	// Over less than an hour the error bound exceeds any real drift.
	if len(entries) < 3 || d.Over < entryEvery || math.IsNaN(d.PPM) || math.IsInf(d.PPM, 0) {
		return Drift{}
	}
	d.Known = true
	d.Crosses = d.crosses(last, tolerance)
	return d
}

// crosses returns when the offset will exceed the tolerance; zero if not within a week.
func (d Drift) crosses(last entry, tolerance time.Duration) time.Time {
	left := tolerance.Seconds() + last.Offset // until a gaining clock is too far ahead
	if d.PPM < 0 {
		left = tolerance.Seconds() - last.Offset
	}
	rate := math.Abs(d.PPM) * 1e-6
	if math.Abs(d.PPM) <= d.Error || left <= 0 || left/rate > remembered.Seconds() {
		return time.Time{}
	}
	return last.At.Add(seconds(left / rate))
}

// sameBoot reports whether an earlier entry is of the same run of the boot clock as a later one. A
// restart moves true time against it by the time it ran, a clock's worst drift by much less.
func sameBoot(earlier, later entry) bool {
	passed := later.Boot - earlier.Boot
	return passed > 0 && (later.base()-earlier.base()).Abs() < time.Second+seconds(500e-6*passed+earlier.Error+later.Error)
}
