package command

import (
	"context"
	"errors"
	"fmt"
	"time"

	"fermata/app/locale"
	"fermata/app/view"
	"fermata/checks/cause"
	"fermata/checks/clock"
	"fermata/checks/text"
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
	own   *clock.Check // where no instance runs: one for all looks, since it remembers which servers want to be left alone
	JSON  bool         `long:"json" description:"output JSON"`
	Watch bool         `long:"watch" description:"look again and again"`
}

// Execute implements flags.Commander.
func (c *clockCommand) Execute([]string) error {
	if c.Watch {
		return watch(c.at.ctx, c.once)
	}
	_, err := c.once(c.at.ctx)
	return err
}

// once looks, prints, and returns how long to wait before the next look.
func (c *clockCommand) once(ctx context.Context) (wait time.Duration, err error) {
	found, err := c.look(ctx)
	zone, style := locale.Now()
	switch {
	case err != nil:
		return 0, err
	case ctx.Err() != nil: // it was cut short
		return 0, ctx.Err()
	case c.JSON:
		err = printJSON(c.at.out, view.ClockStatusOf(found.Level, found.Facts, style, found.Actions))
	default:
		err = clock.WriteTable(c.at.out, found.Facts, style)
	}
	wait = c.pace(found.Next)
	if c.Watch && isTerminal(c.at.out) {
		fmt.Fprintf(c.at.err, "The next look is at %s. Press Ctrl-C to stop.\n\n", style.Clock(time.Now().Add(wait).In(zone)))
	}
	return wait, verdict(err, found.Level)
}

// pace is how long to wait where the check wants its next look after so long.
func (c *clockCommand) pace(next time.Duration) time.Duration {
	if c.at.demo {
		return fastestDemo
	}
	return min(max(next, fastest), slowest)
}

// watch looks until ctx ends, and then ends as the last look did that came to its end. Whatever fails
// meanwhile, such as a network that is gone, is a finding; an error ends it at once.
func watch(ctx context.Context, once func(context.Context) (wait time.Duration, err error)) error {
	last := context.Canceled
	for {
		wait, err := once(ctx)
		if ctx.Err() != nil {
			return last
		}
		if _, found := errors.AsType[finding](err); err != nil && !found {
			return err
		}
		last = err
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return last
		}
	}
}

// look has the running instance measure, so that it learns of it too; where none runs, this process
// does it.
func (c *clockCommand) look(ctx context.Context) (clockLook, error) {
	if c.own == nil {
		var l clockLook
		err := c.at.running(ctx, &l, "clock")
		if !c.at.alone(err) {
			return l, err
		}
		cfg, err := c.at.settings()
		if err != nil {
			return l, err
		}
		c.own = clock.New(clock.Config{
			Servers: cfg.Clock.Servers, Tolerance: cfg.Clock.Tolerance, Interval: watched, Pages: dates(), Made: made(),
		}, clock.NewTime())
	}
	f, next := c.own.Look(ctx)
	level, _ := cause.JudgeClock(f, text.Style{})
	return clockLook{Level: level, Facts: f, Next: next}, nil
}
