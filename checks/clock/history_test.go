package clock

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fermata/checks/text"
)

// TestDrift lets a clock run 14 ppm fast for 38 hours, with a step, a suspend and a restart of
// Fermata in between.
func TestDrift(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(nil)
		r.clocks.rate = 14e-6
		r.cfg.History = filepath.Join(t.TempDir(), "state", "clock.json")
		r.Check = New(r.cfg, r.time)
		for i := range 60 {
			switch i {
			case 20:
				r.clocks.set(-300 * time.Millisecond)
			case 40:
				r.clocks.suspend(8 * time.Hour)
			case 50:
				r.Check = New(r.cfg, r.time)
			}
			if f, _ := r.Look(t.Context()); f.Verdict != Right {
				t.Fatal(f.Summary(text.Style{}))
			}
			time.Sleep(30 * time.Minute)
		}
		facts, _ := r.Look(t.Context())
		d := facts.Drift
		if !d.Known || math.Abs(d.PPM-14) > d.Error || d.Error > 1 || d.Over < 37*time.Hour {
			t.Fatalf("%+v after %v", d, facts.Summary(text.Style{}))
		}
		if got := d.String(); !strings.HasPrefix(got, "Gains 1.2 s a day (14 ± 0.") {
			t.Errorf("%q", got)
		}
		// 2 s in all; 300 ms of them were taken back.
		left := 2*time.Second + facts.Offset
		want := r.time.Now().Add(time.Duration(float64(left) / 14e-6))
		if (d.Crosses.Sub(want)).Abs() > 2*time.Hour {
			t.Errorf("crosses at %v, want %v", d.Crosses, want)
		}
		if info, err := os.Stat(r.cfg.History); err != nil || info.Size() > 32<<10 || info.Mode().Perm() != 0o600 {
			t.Errorf("%v %v", info, err)
		}
	})
}

// TestHistoryIsBounded keeps ten days of looks to a week of hours.
func TestHistoryIsBounded(t *testing.T) {
	h := &history{path: filepath.Join(t.TempDir(), "clock.json")}
	start := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	for m := range 10 * 24 * 2 {
		passed := time.Duration(m) * 30 * time.Minute
		h.add(Reading{Wall: start.Add(passed), Boot: passed, Awake: passed}, Facts{Offset: time.Millisecond, Error: time.Millisecond}, time.Second)
	}
	if n := len(load(h.path)); n < 160 || n > maxEntries {
		t.Errorf("%d entries", n)
	}
	if info, _ := os.Stat(h.path); info.Size() > 32<<10 {
		t.Errorf("%d bytes", info.Size())
	}
}

func TestBadHistory(t *testing.T) {
	good, err := json.Marshal([]entry{{At: time.Now(), Boot: 1, Offset: 0, Error: 0.01}})
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		"empty":      "",
		"half":       string(good[:len(good)/2]),
		"not a list": `{"at":1}`,
		"null":       "null",
		"bytes":      "\x00\xff\xfe",
		"nonsense":   `[{"at":"2026-01-01T00:00:00Z","boot_s":-1e300,"offset_s":1e300,"error_s":-1},{},{"at":"9999-01-01T00:00:00Z","error_s":1}]`,
		"long":       "[" + strings.Repeat(" ", maxHistory) + "]",
	} {
		path := filepath.Join(t.TempDir(), "clock.json")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		h := &history{path: path}
		d := h.add(Read(), Facts{Error: time.Millisecond}, time.Second)
		if d.Known || len(h.entries) != 1 || len(load(path)) != 1 {
			t.Errorf("%s: %+v, %d entries", name, d, len(h.entries))
		}
	}
	// A folder in the file's place, and nowhere to write.
	h := &history{path: t.TempDir()}
	if d := h.add(Read(), Facts{Error: time.Millisecond}, time.Second); d.Known || len(h.entries) != 1 {
		t.Errorf("%+v", d)
	}
}

func TestDriftNeedsOneBoot(t *testing.T) {
	at := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	var entries []entry
	for i := range 10 {
		boot := float64(i * 3600)
		if i >= 8 {
			boot = float64((i-8)*3600 + 30) // restarted
		}
		entries = append(entries, entry{At: at.Add(time.Duration(i) * time.Hour), Boot: boot, Error: 0.01})
	}
	if d := driftOf(entries, time.Second); d.Known {
		t.Errorf("two hours after a restart: %+v", d)
	}
	if d := driftOf(entries[:8], time.Second); !d.Known || math.Abs(d.PPM) > d.Error || d.String() != "" {
		t.Errorf("a good clock: %+v", d)
	}
}
