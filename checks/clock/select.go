package clock

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// An interval is mid ± err; it contains the true value if its source is honest.
type interval struct{ mid, err time.Duration }

func (i interval) low() time.Duration  { return i.mid - i.err }
func (i interval) high() time.Duration { return i.mid + i.err }

// intersect finds the smallest interval that more than half of the sources agree on, by the
// selection algorithm of RFC 5905, section 11.2.1: it assumes ever more falsetickers, as long as
// they are a minority, until all others share a common piece. The RFC's further rule, that their
// midpoints must lie in that piece, is left out as in ntpd 4.2.8: it makes falsetickers of honest
// servers behind unequal delays.
func intersect(sources []interval) (low, high time.Duration, ok bool) {
	type edge struct {
		at   time.Duration
		kind int // 1 an interval begins, -1 it ends
	}
	var edges []edge
	for _, s := range sources {
		edges = append(edges, edge{s.low(), 1}, edge{s.high(), -1})
	}
	slices.SortFunc(edges, func(a, b edge) int {
		return cmp.Or(cmp.Compare(a.at, b.at), b.kind-a.kind)
	})
	for liars := 0; 2*liars < len(sources); liars++ {
		low, high = math.MaxInt64, math.MinInt64
		depth := 0
		for _, e := range edges {
			if depth += e.kind; depth >= len(sources)-liars {
				low = e.at
				break
			}
		}
		depth = 0
		for _, e := range slices.Backward(edges) {
			if depth -= e.kind; depth >= len(sources)-liars {
				high = e.at
				break
			}
		}
		if low <= high {
			return low, high, true
		}
	}
	return 0, 0, false
}

// combine weighs the sources that reach into the agreed interval by their bounds (RFC 5905,
// section 11.2.3) and returns the estimate with a bound that covers the whole agreed interval.
func combine(sources []interval, low, high time.Duration) interval {
	var sum, weights float64
	for _, s := range sources {
		if !s.meets(low, high) {
			continue
		}
		w := 1 / float64(max(s.err, time.Microsecond))
		// Relative to low, since a float64 cannot hold nanoseconds since 1970.
		sum += w * float64(s.mid-low)
		weights += w
	}
	mid := min(max(low+time.Duration(sum/weights), low), high)
	return interval{mid, max(high-mid, mid-low)}
}

// meets reports whether the interval reaches into the agreed one; a source that does not is a
// falseticker.
func (i interval) meets(low, high time.Duration) bool { return i.low() <= high && i.high() >= low }
