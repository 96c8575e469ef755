package command

import (
	"context"
	"errors"
	"time"

	"fermata/app/control"
	"fermata/app/view"
	"fermata/checks/cause"
	"fermata/checks/clock"
)

// The pace of clock --watch. 64 s is NTP's usual shortest poll interval (RFC 5905's poll exponent 6),
// which other people's servers are not to be asked faster than; the demo's are our own.
const (
	fastest     = 64 * time.Second
	slowest     = 79 * time.Second
	watched     = 72 * time.Second // the check's own interval, which it spreads by ± 10 %
	fastestDemo = 5 * time.Second
)

type clockCommand struct {
	at    *place
	JSON  bool `long:"json" description:"for programs: one JSON object"`
	Watch bool `long:"watch" description:"look again and again"`
}

// Execute implements flags.Commander.
func (c *clockCommand) Execute([]string) error {
	look, err := c.look()
	if err != nil {
		return err
	}
	if !c.Watch {
		return c.once(c.at.ctx, look, new(clockLook))
	}
	return watch(c.at.ctx, c.pace, func(ctx context.Context, l *clockLook) error { return c.once(ctx, look, l) })
}

// once looks, and prints.
func (c *clockCommand) once(ctx context.Context, look clockLooker, l *clockLook) error {
	found, err := look(ctx)
	if err != nil {
		return c.at.notRunning(err)
	}
	if ctx.Err() != nil { // it was cut short
		return ctx.Err()
	}
	*l = found
	if c.JSON {
		err = printJSON(c.at.out, view.ClockStatusOf(found.Level, found.Facts, found.Actions))
	} else {
		err = clock.WriteTable(c.at.out, found.Facts)
	}
	return verdict(err, found.Level)
}

// pace is how long to wait after a look.
func (c *clockCommand) pace(l clockLook) time.Duration {
	if c.at.demo {
		return fastestDemo
	}
	return min(max(l.Next, fastest), slowest)
}

// watch looks until ctx ends, and then ends as the last look did that came to its end. Whatever fails
// meanwhile, such as a network that is gone, is a finding; an error ends it at once.
func watch(ctx context.Context, pace func(clockLook) time.Duration, once func(context.Context, *clockLook) error) error {
	last := context.Canceled
	for {
		var l clockLook
		err := once(ctx, &l)
		switch {
		case ctx.Err() != nil:
			return last
		case err != nil && !errors.Is(err, errWrong):
			return err
		}
		last = err
		timer := time.NewTimer(pace(l))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return last
		}
	}
}

// A clockLooker looks at the clock.
type clockLooker func(ctx context.Context) (clockLook, error)

// look has the running instance measure, so that it learns of it too; where none runs, this process
// does it, with one check for all looks: it remembers which servers want to be left alone.
func (c *clockCommand) look() (clockLooker, error) {
	i, err := c.at.running()
	if err != nil {
		return nil, err
	}
	var own *clock.Check
	return func(ctx context.Context) (clockLook, error) {
		if own == nil {
			l, err := i.clock(ctx)
			if !errors.Is(err, control.ErrNotRunning) || c.at.demo {
				return l, err
			}
			cfg, err := c.at.settings()
			if err != nil {
				return clockLook{}, err
			}
			own = clock.New(clock.Config{
				Servers: cfg.Clock.Servers, Tolerance: cfg.Clock.Tolerance, Interval: watched, Pages: dates(),
			}, clock.NewTime())
		}
		f, next := own.Look(ctx)
		level, _ := cause.JudgeClock(f)
		return clockLook{Level: level, Facts: f, Next: next}, nil
	}, nil
}
