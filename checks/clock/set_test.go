package clock

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"fermata/checks"
	"fermata/checks/clock/autotime"

	"fermata/checks/text"
)

func nothing(context.Context) (autotime.Keeper, []string) { return autotime.Keeper{}, nil }

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
				t.Fatal(f.Summary(text.Style{}))
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
				t.Errorf("%s: after it, %q", tt.name, f.Summary(text.Style{}))
			}
		})
	}
}

// TestSetByName has the service that keeps the clock mend it, and says how a person does where it is refused.
func TestSetByName(t *testing.T) {
	for _, refused := range []error{nil, autotime.ErrRefused} {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(nil)
			r.clocks.set(time.Hour)
			k := autotime.Keeper{Name: "chronyd", Verb: "Set the clock with chronyd", Command: "sudo chronyc makestep", LastAnswer: time.Now().Add(-3 * day), Now: time.Now()}
			r.says = func(context.Context) (autotime.Keeper, []string) { return k, nil }
			r.turnOn = func(context.Context) error { t.Error("turned another service on"); return nil }
			r.openSettings = func(context.Context) error { t.Error("opened the date settings"); return nil }
			r.mend = func(_ context.Context, got autotime.Keeper) error {
				if got.Name != k.Name {
					t.Errorf("asked %+v", got)
				}
				if refused == nil {
					r.clocks.set(-time.Hour)
				}
				return refused
			}
			if f, _ := r.run(t); f.Evidence() != "4 time servers agree. Kept by chronyd, last answer 3 days ago." {
				t.Error(f.Evidence())
			}
			err := r.Set(t.Context())
			if !errors.Is(err, refused) || refused != nil && checks.Hint(err) != "Type in a terminal: sudo chronyc makestep" {
				t.Errorf("%v, hint %q", err, checks.Hint(err))
			}
			if f, _ := r.run(t); refused == nil && (f.Verdict != Right || f.Keeper.Name != "") {
				t.Error(f.Summary(text.Style{}))
			}
		})
	}
}

// TestSystem asks the servers that the system names, beside the others, each once.
func TestSystem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(nil)
		r.cfg.Servers = []string{"c.test", System}
		r.Check = New(r.cfg, r.time)
		r.system = func(context.Context) []string { return []string{"a.test", "c.test", "b.test"} }
		f, _ := r.run(t)
		if len(f.Servers) != 3 || f.Servers[0].Name != "c.test" || f.Servers[1].Name != "a.test" || f.Servers[2].Name != "b.test" || f.Agree != 3 {
			t.Errorf("%+v", f)
		}
		r.cfg.Servers = []string{System}
		r.Check = New(r.cfg, r.time)
		r.system = func(context.Context) []string { return nil }
		if f, _ := r.run(t); f.Summary(text.Style{}) != "Clock not checked: no time server is known" {
			t.Error(f.Summary(text.Style{}))
		}
	})
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
		r.says = func(ctx context.Context) (autotime.Keeper, []string) {
			t.Error("asked the system")
			return nothing(ctx)
		}
		r.turnOn = func(context.Context) error { t.Error("turned the system's time service on"); return nil }
		r.run(t)
		if err := r.Set(t.Context()); err != nil {
			t.Error(err)
		}
		if f, _ := r.run(t); f.Verdict != Right {
			t.Error(f.Summary(text.Style{}))
		}
	})
}

func nothingDone(context.Context) error { return nil }
