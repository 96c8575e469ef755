package clock

import (
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// What the history has is handed over whole and in order, with the newest look where that is not in it.
func TestMeasured(t *testing.T) {
	at := time.Date(2026, time.November, 20, 12, 0, 0, 0, time.UTC)
	path := filepath.Join(t.TempDir(), "clock.json")
	first := &history{path: path}
	for i := range 3 {
		f := Facts{Known: true, Offset: time.Duration(i) * time.Millisecond, Error: 2 * time.Millisecond}
		boot := time.Duration(i) * time.Hour
		first.add(Reading{Wall: at.Add(boot - f.Offset), Boot: boot}, f, time.Second)
	}
	want := []Measured{{at, 0, 2 * time.Millisecond}, {at.Add(time.Hour), time.Millisecond, 2 * time.Millisecond}, {at.Add(2 * time.Hour), 2 * time.Millisecond, 2 * time.Millisecond}}
	again := &history{path: path} // a restart
	if got := again.measured(Facts{CheckedAt: at.Add(3 * time.Hour)}); !slices.Equal(got, want) {
		t.Errorf("a look that knows nothing adds to it: %v", got)
	}
	if got := again.measured(Facts{Known: true, CheckedAt: at.Add(2*time.Hour + time.Minute - 1)}); !slices.Equal(got, want) {
		t.Errorf("the look that was added is there twice: %v", got)
	}
	latest := Measured{at.Add(2*time.Hour + time.Minute), -time.Second, time.Millisecond}
	got := again.measured(Facts{Known: true, CheckedAt: latest.At, Offset: latest.Offset, Error: latest.Error})
	if !slices.Equal(got, append(want, latest)) {
		t.Errorf("%v, without %v", got, latest)
	}
	if got := new(history).measured(Facts{}); len(got) != 0 {
		t.Errorf("nothing was measured, but there is %v", got)
	}
}
