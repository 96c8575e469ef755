package session

import (
	"slices"
	"time"

	"fermata/checks"
)

// grace is how long something that may heal by itself goes unmentioned: a resume, a minute without
// network.
const grace = 90 * time.Second

// finding tells what is known now. told says that the next look is wanted as soon as it may be.
func (a *Account) finding(told bool) checks.Finding {
	s := a.snapshot()
	f := a.facts(s)
	level, summary := judge(a.cfg, s, f, a.clock.Now(), a.clock.Elapsed())
	return checks.Finding{Level: level, Summary: summary, Next: a.wakeup(s, f, told), Facts: f}
}

// wakeup is when the next request is due, or the finding changes without one. 0: not by itself.
func (a *Account) wakeup(s state, f Facts, told bool) time.Duration {
	now, elapsed := a.clock.Now(), a.clock.Elapsed()
	_, in := next(s, a.cfg.Ask, a.cfg.Provider.HealthURL != "", told, elapsed)
	change := func(d time.Duration) {
		if d > 0 {
			in = min(in, d)
		}
	}
	if s.signedIn && s.token.access != "" && !s.token.rejected {
		change(s.token.end - a.cfg.WarnSession - elapsed)
		change(s.token.end - elapsed)
	}
	for _, t := range []*Trouble{s.renewal, s.health, s.keyring} {
		if t != nil {
			change(t.since + grace - elapsed)
		}
	}
	for _, t := range []*Trouble{s.keyring, s.unkept} {
		if t != nil {
			change(nextKeeping(t) - elapsed)
		}
	}
	if !f.GrantUntil.IsZero() {
		change(f.GrantUntil.Sub(now))
		for _, w := range a.cfg.WarnGrant {
			change(f.GrantUntil.Add(-w).Sub(now))
		}
	}
	if in == never {
		return 0
	}
	return min(max(in, time.Second), maxNext)
}

// judge sorts what is known by what it asks of a person, and says it in a line.
func judge(cfg Config, s state, f Facts, now time.Time, elapsed time.Duration) (checks.Level, string) {
	name := cfg.Provider.Name
	switch {
	case s.keyring != nil:
		return checks.Unknown, "The sign-in could not be read: " + s.keyring.Text
	case !s.loaded:
		return checks.Unknown, "Not known yet"
	case !f.SignedIn:
		return checks.Warning, "Not signed in to " + name
	case !s.token.usable(elapsed):
		return judgeEnded(name, s, f, now, elapsed)
	case s.renewal != nil && s.renewal.Ask:
		return checks.Warning, reason(name, f.Trouble, now)
	case f.Health != nil && f.Health.Ask:
		return checks.Critical, reason(name, f.Health, now)
	}
	renewing := f.Renews && (s.renewal == nil || elapsed-s.renewal.since < grace)
	if !renewing && s.token.end-elapsed <= cfg.WarnSession {
		return checks.Warning, ending(name, s, f, now)
	}
	if d := f.GrantUntil.Sub(now); !f.GrantUntil.IsZero() && d <= slices.Max(cfg.WarnGrant) {
		return checks.Warning, grantEnds(f.GrantUntil, now)
	}
	for _, t := range []*Trouble{s.renewal, s.health} {
		if t != nil && elapsed-t.since >= grace {
			return checks.Unknown, running(f, now) + "; " + reason(name, f.Trouble, now)
		}
	}
	return checks.OK, running(f, now)
}

// judgeEnded is judge where there is no access token to use.
func judgeEnded(name string, s state, f Facts, now time.Time, elapsed time.Duration) (checks.Level, string) {
	what := "No session"
	if !f.Until.IsZero() {
		what = "Session ended at " + checks.TimeOfDay(f.Until, now)
	}
	switch t := s.renewal; {
	case t != nil && t.Ask:
		return checks.Critical, reason(name, f.Trouble, now)
	case t != nil && elapsed-t.since < grace:
		return checks.Unknown, what + ", being renewed"
	case t != nil && s.token.access == "":
		return checks.Unknown, what + ": " + reason(name, f.Trouble, now)
	case t != nil:
		return checks.Critical, what + ": " + reason(name, f.Trouble, now)
	case s.grant.RefreshToken == "":
		return checks.Critical, what + " and cannot be renewed"
	case f.Ask && s.token.access == "":
		return checks.Warning, what + " yet, renews on a click"
	case f.Ask:
		return checks.Critical, what + ", renews on a click"
	}
	return checks.Unknown, what + ", being renewed"
}
