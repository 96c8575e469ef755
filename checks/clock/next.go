package clock

import "time"

// The first wait after a look that ended badly; it doubles with each further one.
const (
	soonWrong   = time.Minute      // a person or the system's time service may be setting it
	soonUnknown = 20 * time.Second // the network may come back, which not every system reports
)

// next returns in how long to look again: after interval while the clock is right, else sooner, twice as
// long for each further bad finding in a row; bad counts them. random in [0, 1) spreads the looks by
// ± 10 %, so that computers do not ask in step (the NTP pool's rule).
func next(v Verdict, bad int, interval time.Duration, random float64) time.Duration {
	wait := interval
	if v != Right {
		first := soonWrong
		if v < Right {
			first = soonUnknown
		}
		wait = min(first<<min(max(bad-1, 0), 12), interval)
	}
	return time.Duration(float64(wait) * (0.9 + 0.2*random))
}
