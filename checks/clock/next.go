package clock

import "time"

// The first wait after a look that ended badly; it doubles with each further one.
const (
	soonWrong   = time.Minute      // a person is at it, or the system's own time service is
	soonUnknown = 20 * time.Second // the network may come back, and tells so on some systems only
)

// next says when to look again: seldom while all is well, soon after a bad finding and then ever
// later. bad counts the bad findings in a row. random in [0, 1) spreads the looks by ± 10 %, so that
// no two computers keep in step (the pool's rule).
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
