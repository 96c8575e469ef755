package clock

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestIntersect(t *testing.T) {
	ms := time.Millisecond
	for _, tt := range []struct {
		name      string
		sources   []interval
		low, high time.Duration
		ok        bool
	}{
		{"none", nil, 0, 0, false},
		{"one", []interval{{5 * ms, ms}}, 4 * ms, 6 * ms, true},
		{"two that agree", []interval{{0, 10 * ms}, {15 * ms, 10 * ms}}, 5 * ms, 10 * ms, true},
		{"two that do not", []interval{{0, 10 * ms}, {25 * ms, 10 * ms}}, 0, 0, false},
		{"midpoints outside", []interval{{0, 10 * ms}, {18 * ms, 10 * ms}, {9 * ms, 2 * ms}}, 8 * ms, 10 * ms, true},
		{"three, one false", []interval{{0, 10 * ms}, {5 * ms, 10 * ms}, {90 * ms, 10 * ms}}, -5 * ms, 10 * ms, true},
		{"three, all false", []interval{{0, ms}, {5 * ms, ms}, {90 * ms, ms}}, 0, 0, false},
		{"four, two and two", []interval{{0, ms}, {0, ms}, {90 * ms, ms}, {90 * ms, ms}}, 0, 0, false},
		{"touching", []interval{{0, ms}, {2 * ms, ms}, {ms, ms}}, ms, ms, true},
		{"no width", []interval{{0, 0}, {0, 0}, {0, 0}}, 0, 0, true},
		{"far apart", []interval{{-280 * 365 * day, 0}, {280 * 365 * day, 0}, {0, 0}}, 0, 0, false},
	} {
		low, high, ok := intersect(tt.sources)
		if ok != tt.ok || ok && (low != tt.low || high != tt.high) {
			t.Errorf("%s: got %v to %v, %v; want %v to %v, %v", tt.name, low, high, ok, tt.low, tt.high, tt.ok)
		}
	}
}

// TestIntersectSurvivesLiars: while the liars are a minority, the truth is inside of what is agreed
// on, whatever they say, as long as they do not reach into the truth's neighbourhood together.
func TestIntersectSurvivesLiars(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(3, 9).Draw(t, "servers")
		liars := rapid.IntRange(0, (n-1)/2).Draw(t, "liars")
		truth := time.Duration(rapid.Int64Range(-1e12, 1e12).Draw(t, "truth"))
		var sources []interval
		for range n - liars {
			err := time.Duration(rapid.Int64Range(1, 1e8).Draw(t, "err"))
			sources = append(sources, interval{truth + time.Duration(rapid.Int64Range(-int64(err), int64(err)).Draw(t, "mid")), err})
		}
		for range liars {
			err := time.Duration(rapid.Int64Range(0, 1e8).Draw(t, "lie's err"))
			lie := time.Duration(rapid.Int64Range(1e9, 1e13).Draw(t, "lie"))
			if rapid.Bool().Draw(t, "behind") {
				lie = -lie
			}
			sources = append(sources, interval{truth + lie, err})
		}
		low, high, ok := intersect(sources)
		if !ok {
			t.Fatalf("nothing found in %v", sources)
		}
		if truth < low || truth > high {
			t.Fatalf("the truth %v is outside of %v to %v: %v", truth, low, high, sources)
		}
		best := combine(sources, low, high)
		if (best.mid - truth).Abs() > best.err {
			t.Fatalf("%v ± %v does not hold the truth %v", best.mid, best.err, truth)
		}
	})
}
