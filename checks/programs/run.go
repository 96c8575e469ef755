package programs

import (
	"context"
	"fmt"
	"slices"
	"time"

	"fermata/checks"
	"fermata/checks/text"
)

// Name implements checks.Check.
func (c *Check) Name() string { return "programs" }

// Run implements checks.Check; its Facts are Look's []Program. The level is at most Unknown: nobody is
// blamed for another program's token, which that program renews by itself.
func (c *Check) Run(ctx context.Context) checks.Finding {
	programs, next := c.Look(ctx)
	if programs == nil {
		return checks.Finding{Level: checks.Unknown, Next: next, Summary: "Other programs' token files could not be read in time"}
	}
	f := checks.Finding{Next: next, Facts: programs, Summary: summary(programs, c.clock.Now())}
	if slices.ContainsFunc(programs, func(p Program) bool { return p.State == Unreadable }) {
		f.Level = checks.Unknown
	}
	return f
}

// summary says it in a line.
func summary(programs []Program, now time.Time) string {
	names := map[string]bool{}
	var until time.Time
	failed := 0
	for _, p := range programs {
		switch p.State {
		case Unreadable:
			failed++
		case Missing:
		default:
			names[p.Name] = true
		}
		if p.Until.After(now) && (until.IsZero() || p.Until.Before(until)) {
			until = p.Until
		}
	}
	line := "No other program's tokens found"
	if n := len(names); n > 0 {
		line = fmt.Sprintf("%d other %s tokens", n, plural(n, "program keeps", "programs keep"))
	}
	if !until.IsZero() {
		line += ", the next ends at " + text.TimeOfDay(until, now)
	}
	if failed > 0 {
		line += fmt.Sprintf("; %d %s not be read", failed, plural(failed, "file could", "files could"))
	}
	return line
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
