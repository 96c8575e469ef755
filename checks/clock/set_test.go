package clock

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"fermata/checks"
	"fermata/checks/clock/autotime"
)

func nothing(context.Context) []string { return nil }

func TestSet(t *testing.T) {
	for _, tt := range []struct {
		name      string
		turnOn    error
		settings  error
		after     time.Duration // when the time service sets the clock; 0 for never
		err, hint string
		opened    bool
	}{
		{"works", nil, nil, 7 * time.Second, "", "", false},
		{"does not work", nil, nil, 0, "automatic time is on, but the clock is still 1 min 33 s ahead",
			"The time service may need some minutes. If the clock stays wrong, type in a terminal: " + autotime.Command, false},
		{"already on", autotime.ErrAlready, nil, 0, "automatic time is on, but the clock is still wrong",
			"The date settings are open: set the time there.", true},
		{"refused", autotime.ErrRefused, nil, 0, "turning automatic time on was not allowed",
			"The date settings are open: set the time there.", true},
		{"absent, and no desktop", autotime.ErrAbsent, autotime.ErrNoSettings, 0, "this system has no time service to turn on",
			"Type in a terminal: " + autotime.Command, true},
	} {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(nil)
			r.clocks.set(93 * time.Second)
			opened := false
			r.says = nothing
			r.openSettings = func(context.Context) error { opened = true; return tt.settings }
			r.turnOn = func(context.Context) error {
				if tt.after > 0 {
					time.AfterFunc(tt.after, func() { r.clocks.set(-93 * time.Second) })
				}
				return tt.turnOn
			}
			if f, _ := r.run(t); f.Verdict != Harmful {
				t.Fatal(f.Summary())
			}
			begun := time.Now()
			err := r.Set(t.Context())
			if err == nil && tt.err != "" || err != nil && err.Error() != tt.err || checks.Hint(err) != tt.hint {
				t.Errorf("%s: got %q, hint %q; want %q, hint %q", tt.name, err, checks.Hint(err), tt.err, tt.hint)
			}
			if opened != tt.opened {
				t.Errorf("%s: settings opened: %v", tt.name, opened)
			}
			if took := time.Since(begun); took > time.Minute {
				t.Errorf("%s: took %v", tt.name, took)
			}
			if f, _ := r.run(t); err == nil && f.Verdict != Right {
				t.Errorf("%s: after it, %q", tt.name, f.Summary())
			}
		})
	}
}

func TestSetCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(nil)
		r.says, r.turnOn = nothing, nothingDone
		r.clocks.set(time.Hour)
		r.run(t)
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		if err := r.Set(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
	})
}

// TestSetClock leaves the computer alone where the clock is not the computer's.
func TestSetClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(nil)
		r.clocks.set(time.Hour)
		r.cfg.SetClock = func(context.Context) error { r.clocks.set(-time.Hour); return nil }
		r.Check = New(r.cfg, r.time)
		r.says = func(context.Context) []string { t.Error("asked the system"); return nil }
		r.turnOn = func(context.Context) error { t.Error("turned the system's time service on"); return nil }
		r.run(t)
		if err := r.Set(t.Context()); err != nil {
			t.Error(err)
		}
		if f, _ := r.run(t); f.Verdict != Right {
			t.Error(f.Summary())
		}
	})
}

func nothingDone(context.Context) error { return nil }
