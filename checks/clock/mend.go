package clock

import (
	"context"
	"errors"
	"fmt"
	"time"

	"fermata/checks"
	"fermata/checks/clock/autotime"
)

// settling is how long a time service that was just turned on gets to set the clock: its first
// exchanges with a server, and a step.
const settling = 45 * time.Second

// setAutomatically is the action that has the system set its clock.
func (c *Check) setAutomatically() checks.Action {
	a := checks.Action{ID: "clock/set", Label: "Set it automatically", Do: c.cfg.SetClock}
	if a.Do == nil {
		a.Do = c.mend
	}
	return a
}

// mend turns automatic time on, or else opens the date settings, and says whether it worked. The
// clock is compared with true time for that, which takes no network.
func (c *Check) mend(ctx context.Context) error {
	if err := c.turnOn(ctx); err != nil {
		if errors.Is(err, context.Canceled) {
			return err
		}
		if c.openSettings(ctx) != nil {
			return checks.WithHint(err, "Type in a terminal: "+autotime.Command)
		}
		return checks.WithHint(err, "The date settings are open: set the time there.")
	}
	for begun := c.time.Elapsed(); c.time.Elapsed()-begun < settling; {
		if c.time.offset().Abs() <= c.cfg.Tolerance {
			return nil
		}
		if !sleep(ctx, time.Second) {
			return ctx.Err()
		}
	}
	return checks.WithHint(
		fmt.Errorf("automatic time is on, but the clock is still %s", Ahead(c.time.offset())),
		"The time service may need some minutes. If the clock stays wrong, type in a terminal: "+autotime.Command)
}
