package command

import (
	"context"
	"errors"
	"fmt"
	"time"

	"fermata/app"
	"fermata/app/view"
	"fermata/checks"
)

// wait waits until the clock is right, or the session of an account is valid.
func (s server) wait(ctx context.Context, what, account string) (any, error) {
	var wrong error
	_, err := s.app.Await(ctx, func(now app.Snapshot) bool {
		if what == "clock" {
			return now.View.Status.Clock.Level == checks.OK
		}
		if account, wrong = meant(now.View.Status, account); wrong != nil {
			return true
		}
		_, valid := s.app.Held(account)
		return valid
	})
	return nil, errors.Join(err, wrong)
}

type waitCommand struct {
	at      *place
	Timeout time.Duration `long:"timeout" value-name:"DURATION" description:"give up after this time, for example 5m"`
	Args    struct {
		What    choice `positional-arg-name:"clock|session" required:"yes"`
		Account choice `positional-arg-name:"ACCOUNT" description:"account name (optional if there is only one)"`
	} `positional-args:"yes"`
}

func (p *place) waitFor() *waitCommand {
	c := &waitCommand{at: p}
	c.Args.What.of = func() []view.Button { return []view.Button{{ID: "clock"}, {ID: "session"}} }
	c.Args.Account.of = p.accounts
	return c
}

// Without an instance each look takes the lock for glimpse at most, so that one can start meanwhile.
const (
	glimpse    = 15 * time.Second
	nextMinute = fastest          // to the next look at the clock
	nextTry    = 20 * time.Second // to the next try for a session
)

// Execute implements flags.Commander.
func (c *waitCommand) Execute([]string) error {
	what, pause := c.Args.What.string, nextTry
	switch what {
	case "clock":
		pause = nextMinute
	case "session":
	default:
		return checks.WithHint(fmt.Errorf("can't wait for %q", what), `Wait for "clock" or "session".`)
	}
	ctx, cancel := c.at.ctx, context.CancelFunc(func() {})
	if c.Timeout > 0 {
		ctx, cancel = context.WithTimeout(ctx, c.Timeout)
	}
	defer cancel()
	ask := func(ctx context.Context, i instance) error { return i(ctx, nil, "wait", what, c.Args.Account.string) }
	for looked := (time.Time{}); ; {
		err := ask(ctx, c.at.running)
		if c.at.alone(err) && time.Since(looked) >= pause {
			err = c.at.withOwn(func(own context.Context, i instance) error {
				short, cancel := context.WithTimeout(own, glimpse)
				defer cancel()
				defer context.AfterFunc(ctx, cancel)()
				err := ask(short, i)
				if short.Err() != nil {
					err = context.DeadlineExceeded
				}
				return err
			})
			looked = time.Now()
		}
		switch {
		case ctx.Err() != nil && c.at.ctx.Err() == nil:
			fmt.Fprintf(c.at.err, "fermata: after %v there is still no %s\n", c.Timeout, map[string]string{"clock": "right clock", "session": "valid session"}[what])
			return errWrong
		case !c.at.alone(err) && !passing(err) && !errors.Is(err, context.DeadlineExceeded):
			return err
		}
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
		}
	}
}
