package clock

import (
	"context"
	"errors"
	"fmt"
	"time"

	"fermata/checks"
	"fermata/checks/clock/autotime"
)

// serviceTime is how long a time service that was just turned on gets to set the clock: its first
// exchanges with a server, and a step.
const serviceTime = 45 * time.Second

// Set has the clock set: by Config.SetClock where there is one, else by the service that keeps it, which is
// restarted or told to step, or else by turning the system's automatic time on. It waits up to 45 s for the clock to become right, by true time, which takes no network. Where
// the system does not let it, it opens the date settings; its error then has a hint what to do there.
func (c *Check) Set(ctx context.Context) error {
	if c.cfg.SetClock != nil {
		return c.cfg.SetClock(ctx)
	}
	mend, command := c.turnOn, autotime.Command
	if k := c.keeper; k.Verb != "" {
		mend, command = func(ctx context.Context) error { return c.mend(ctx, k) }, k.Command
	}
	if err := mend(ctx); err != nil {
		if errors.Is(err, context.Canceled) {
			return err
		}
		if c.keeper.Verb != "" || c.openSettings(ctx) != nil { // the date settings have no part in such a service
			return checks.WithHint(err, "Type in a terminal: "+command)
		}
		return checks.WithHint(err, "The date settings are open: set the time there.")
	}
	for begun := c.time.Elapsed(); c.time.Elapsed()-begun < serviceTime; {
		if c.time.offset().Abs() <= c.cfg.Tolerance {
			return nil
		}
		if !sleep(ctx, time.Second) {
			return ctx.Err()
		}
	}
	return checks.WithHint(
		fmt.Errorf("automatic time is on, but the clock is still %s", Ahead(c.time.offset())),
		"The time service may need some minutes. If the clock stays wrong, type in a terminal: "+command)
}
