package session

import (
	"context"
	"slices"
	"time"

	"fermata/checks"
)

// grace is how long something that may heal by itself goes unmentioned: a resume, a minute without
// network.
const grace = 90 * time.Second

// Run implements checks.Check: it looks, and says what is known then.
func (a *Account) Run(ctx context.Context) checks.Finding {
	f, next := a.Look(ctx)
	cfg, now := a.config(), a.clock.Now()
	if cfg.WarnSession <= 0 {
		cfg.WarnSession = 5 * time.Minute
	}
	if len(cfg.WarnGrant) == 0 {
		cfg.WarnGrant = []time.Duration{30 * 24 * time.Hour, 7 * 24 * time.Hour, 24 * time.Hour}
	}
	level, summary := judge(cfg, f, now)
	return checks.Finding{Level: level, Summary: summary, Next: wakeup(cfg, f, next, now), Facts: f}
}

// wakeup is when the next request is due, or the finding changes without one. 0: not by itself.
func wakeup(cfg Config, f Facts, in time.Duration, now time.Time) time.Duration {
	change := func(at time.Time) {
		if d := at.Sub(now); d > 0 && (in == 0 || d < in) {
			in = max(d, time.Second)
		}
	}
	if f.Usable {
		change(f.UsableUntil.Add(-cfg.WarnSession))
		change(f.UsableUntil)
	}
	for _, t := range []*Trouble{f.Renewal, f.Health, f.Keyring} {
		if t != nil {
			change(t.Since.Add(grace))
		}
	}
	if !f.GrantUntil.IsZero() {
		change(f.GrantUntil)
		for _, w := range cfg.WarnGrant {
			change(f.GrantUntil.Add(-w))
		}
	}
	return in
}

// judge sorts what is known by what it asks of a person, and says it in a line.
func judge(cfg Config, f Facts, now time.Time) (checks.Level, string) {
	name := cfg.Provider.Name
	switch {
	case f.Keyring != nil:
		return checks.Unknown, "The sign-in could not be read: " + f.Keyring.Text
	case !f.Loaded:
		return checks.Unknown, "Not known yet"
	case !f.SignedIn:
		return checks.Warning, "Not signed in to " + name
	case !f.Usable:
		return judgeEnded(name, f, now)
	case f.Renewal != nil && f.Renewal.Ask:
		return checks.Warning, reason(name, f.Trouble, now)
	case f.Health != nil && f.Health.Ask:
		return checks.Critical, reason(name, f.Health, now)
	}
	renewing := f.Renews && (f.Renewal == nil || now.Sub(f.Renewal.Since) < grace)
	if !renewing && f.UsableUntil.Sub(now) <= cfg.WarnSession {
		return checks.Warning, ending(name, f, now)
	}
	if d := f.GrantUntil.Sub(now); !f.GrantUntil.IsZero() && d <= slices.Max(cfg.WarnGrant) {
		return checks.Warning, grantEnds(f.GrantUntil, now)
	}
	for _, t := range []*Trouble{f.Renewal, f.Health} {
		if t != nil && now.Sub(t.Since) >= grace {
			return checks.Unknown, running(f, now) + "; " + reason(name, f.Trouble, now)
		}
	}
	return checks.OK, running(f, now)
}

// judgeEnded is judge where there is no access token to use.
func judgeEnded(name string, f Facts, now time.Time) (checks.Level, string) {
	what := "No session"
	if !f.Until.IsZero() {
		what = "Session ended at " + checks.TimeOfDay(f.Until, now)
	}
	switch t := f.Renewal; {
	case t != nil && t.Ask:
		return checks.Critical, reason(name, f.Trouble, now)
	case t != nil && now.Sub(t.Since) < grace:
		return checks.Unknown, what + ", being renewed"
	case t != nil && f.RenewedAt.IsZero():
		return checks.Unknown, what + ": " + reason(name, f.Trouble, now)
	case t != nil:
		return checks.Critical, what + ": " + reason(name, f.Trouble, now)
	case !f.Renewable:
		return checks.Critical, what + " and cannot be renewed"
	case f.Ask && f.RenewedAt.IsZero():
		return checks.Warning, what + " yet, renews on a click"
	case f.Ask:
		return checks.Critical, what + ", renews on a click"
	}
	return checks.Unknown, what + ", being renewed"
}
