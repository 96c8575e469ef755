package clock

import (
	"testing"
	"time"

	"fermata/checks"
)

func TestNext(t *testing.T) {
	const interval = 30 * time.Minute
	for _, tt := range []struct {
		level  checks.Level
		bad    int
		random float64
		want   time.Duration
	}{
		{checks.OK, 0, 0.5, interval},
		{checks.OK, 0, 0, 27 * time.Minute},
		{checks.OK, 0, 1, 33 * time.Minute},
		{checks.Critical, 1, 0.5, time.Minute},
		{checks.Warning, 2, 0.5, 2 * time.Minute},
		{checks.Critical, 6, 0.5, interval},
		{checks.Critical, 1 << 40, 0.5, interval},
		{checks.Unknown, 1, 0.5, 20 * time.Second},
		{checks.Unknown, 3, 0.5, 80 * time.Second},
		{checks.Unknown, 100, 0.5, interval},
	} {
		if got := next(tt.level, tt.bad, interval, tt.random); got != tt.want {
			t.Errorf("next(%v, %d, random %v) = %v, want %v", tt.level, tt.bad, tt.random, got, tt.want)
		}
	}
}
