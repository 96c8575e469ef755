package clock

import "time"

// notable is what a watch tells of: less than this is jitter of the readings, or a program that
// set the clock to what it was.
const notable = time.Millisecond

// notable says whether anything but time passed.
func (j Jolt) notable() bool { return j.Step.Abs() >= notable || j.Slept.Abs() >= notable }
