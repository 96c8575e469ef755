package checks

import (
	"testing"
	"time"
)

func TestTimeOfDay(t *testing.T) {
	zone := time.FixedZone("", 2*3600)
	now := time.Date(2026, time.November, 22, 23, 30, 0, 0, zone)
	for _, tt := range []struct {
		t    time.Time
		want string
	}{
		{now.Add(20 * time.Minute), "23:50"},
		{now.Add(time.Hour), "00:30"},
		{now.Add(-23 * time.Hour), "00:30"},
		{now.Add(-12 * time.Hour).UTC(), "11:30"},
		{now.Add(13 * time.Hour), "12:30 on 23 November"},
		{now.Add(-48 * time.Hour), "23:30 on 20 November"},
		{now.AddDate(0, 2, 0), "23:30 on 22 January 2027"},
	} {
		if got := TimeOfDay(tt.t, now); got != tt.want {
			t.Errorf("%v at %v: %q, want %q", tt.t, now, got, tt.want)
		}
	}
}
