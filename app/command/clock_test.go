package command

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// TestWatch: public servers are left alone for as long as NTP asks, and Ctrl-C ends as the last look did.
func TestWatch(t *testing.T) {
	broken := errors.New("broken")
	for _, test := range []struct {
		name  string
		demo  bool
		next  time.Duration // what the check asks for
		every time.Duration
		looks []error // what they end with; then Ctrl-C comes while it waits
		want  error
	}{
		{"all is well", false, 72 * time.Second, 72 * time.Second, []error{nil, nil, nil}, nil},
		{"the check hurries", false, 20 * time.Second, 64 * time.Second, []error{nil, errWrong}, errWrong},
		{"the check of an instance is slow", false, 30 * time.Minute, 79 * time.Second, []error{errWrong, nil}, nil},
		{"the demo's servers are our own", true, 30 * time.Minute, 5 * time.Second, []error{errWrong, errUnseen}, errUnseen},
		{"it cannot look", false, time.Hour, 79 * time.Second, []error{nil, broken, nil}, broken},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				c := &clockCommand{at: &place{demo: test.demo}}
				begin, looks := time.Now(), 0
				got := watch(ctx, func(context.Context) (time.Duration, error) {
					if at := time.Since(begin); at != time.Duration(looks)*test.every {
						t.Errorf("look %d at %v", looks, at)
					}
					looks++
					if looks == len(test.looks) {
						time.AfterFunc(time.Second, cancel)
					}
					return c.pace(test.next), test.looks[looks-1]
				})
				if got != test.want {
					t.Errorf("ended with %v, want %v", got, test.want)
				}
			})
		})
	}
}

// TestWatchInterrupted: a look that was cut short does not count.
func TestWatchInterrupted(t *testing.T) {
	for _, earlier := range []error{errWrong, nil} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			looks := 0
			got := watch(ctx, func(ctx context.Context) (time.Duration, error) {
				if looks++; looks == 1 {
					return time.Minute, earlier
				}
				cancel()
				return 0, ctx.Err()
			})
			if got != earlier {
				t.Errorf("ended with %v, want %v", got, earlier)
			}
		})
	}
}
