package spotify

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"fermata/checks"
)

// slow is an app that takes its time to quit.
type slow struct {
	off              bool // it does not run
	takes            time.Duration
	refusal, trouble error // of quit and of start
	asked            time.Time
	starts           int
}

func (s *slow) quit(context.Context) error {
	s.asked = time.Now()
	return s.refusal
}

func (s *slow) gone(context.Context) bool {
	return s.off || !s.asked.IsZero() && time.Since(s.asked) >= s.takes
}

func (s *slow) start(context.Context) error {
	s.starts++
	return s.trouble
}

func TestRestart(t *testing.T) {
	refused := errors.New("refused")
	for _, tt := range []struct {
		name   string
		app    slow
		want   error
		starts int
		after  time.Duration
	}{
		{"at once", slow{}, nil, 1, 0},
		{"takes its time", slow{takes: 9 * time.Second}, nil, 1, 9 * time.Second},
		{"stays", slow{takes: time.Hour}, ErrStays, 0, 10 * time.Second},
		{"does not hear", slow{refusal: refused}, refused, 0, 0},
		{"does not start", slow{trouble: refused}, refused, 1, 0},
		{"does not run", slow{off: true, refusal: refused}, nil, 1, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			began := time.Now()
			err := restart(t.Context(), func(context.Context) (client, error) { return &tt.app, nil })
			if !errors.Is(err, tt.want) || err != nil && checks.Hint(err) == "" || tt.app.starts != tt.starts || time.Since(began) != tt.after {
				t.Errorf("%s: %v, %d starts after %v", tt.name, err, tt.app.starts, time.Since(began))
			}
		})
	}
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		app := slow{takes: time.Minute}
		err := restart(ctx, func(context.Context) (client, error) { return &app, nil })
		if !errors.Is(err, context.DeadlineExceeded) || app.starts != 0 {
			t.Errorf("given up: %v, %d starts", err, app.starts)
		}
	})
	err := restart(t.Context(), func(context.Context) (client, error) { return nil, ErrNotFound })
	if !errors.Is(err, ErrNotFound) || checks.Hint(err) == "" {
		t.Error(err)
	}
}
