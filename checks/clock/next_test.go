package clock

import (
	"testing"
	"time"
)

func TestNext(t *testing.T) {
	const interval = 30 * time.Minute
	for _, tt := range []struct {
		verdict Verdict
		bad     int
		random  float64
		want    time.Duration
	}{
		{Right, 0, 0.5, interval},
		{Right, 0, 0, 27 * time.Minute},
		{Right, 0, 1, 33 * time.Minute},
		{Harmful, 1, 0.5, time.Minute},
		{Wrong, 2, 0.5, 2 * time.Minute},
		{Harmful, 6, 0.5, interval},
		{Harmful, 1 << 40, 0.5, interval},
		{Vague, 1, 0.5, 20 * time.Second},
		{Unknown, 1, 0.5, 20 * time.Second},
		{Unknown, 3, 0.5, 80 * time.Second},
		{Unknown, 100, 0.5, interval},
	} {
		if got := next(tt.verdict, tt.bad, interval, tt.random); got != tt.want {
			t.Errorf("next(%v, %d, random %v) = %v, want %v", tt.verdict, tt.bad, tt.random, got, tt.want)
		}
	}
}
