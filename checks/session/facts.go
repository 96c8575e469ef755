package session

import (
	"slices"
	"strings"
	"time"
)

// Facts are the figures behind an account's Finding. Times are true time, however the clock stood
// when they were noted.
type Facts struct {
	User           string    // the user's name, safe to show; "" where it is not known
	SignedIn       bool      // there is a grant
	Until          time.Time // the access token's end, also when it is past; zero: no token, or the end was not told
	RenewedAt      time.Time // when the access token was asked for; zero: no token
	Renews         bool      // renews by itself before Until
	Ask            bool      // renews on a click (renew = "ask")
	AuthorizedAt   time.Time // when the person signed in; zero: not known
	GrantUntil     time.Time // the grant's end; zero: none, or not known
	GrantEstimated bool      // AuthorizedAt was noted by a wrong clock: both are only the latest they can be
	Missing        []string  // scopes that the provider's list has and the grant has not
	Kept           error     // nil, or why the grant is only in memory
	LastGood       time.Time // when the provider last accepted something; zero: not in this run
	Trouble        *Trouble  // what is to be mended first; nil: nothing
	Health         *Trouble  // what the last health look met, beside Trouble or the same; nil: it was good
}

// facts makes Facts of a state.
func (a *Account) facts(s state) Facts {
	now, elapsed := a.clock.Now().Round(0), a.clock.Elapsed()
	at := func(d time.Duration) time.Time { return now.Add(d - elapsed) }
	show := func(t *Trouble) *Trouble {
		if t == nil {
			return nil
		}
		c := *t
		c.Since, c.At = at(t.since), at(t.at)
		return &c
	}
	f := Facts{User: s.user, SignedIn: s.signedIn, Ask: a.cfg.Ask, Health: show(s.health)}
	if s.unkept != nil {
		f.Kept = s.unkept.Err
	}
	for _, t := range []*Trouble{s.keyring, s.renewal, s.health} {
		if t != nil && f.Trouble == nil {
			f.Trouble = show(t)
		}
	}
	if f.Trouble != nil && f.Health != nil && f.Trouble.Where == AtNetwork && f.Health.Where == AtNetwork &&
		f.Health.Since.Before(f.Trouble.Since) {
		f.Trouble.Since = f.Health.Since // one network, whichever request met it first
	}
	if s.good {
		f.LastGood = at(s.lastGood)
	}
	if !s.signedIn {
		return f
	}
	f.Renews = !a.cfg.Ask && s.grant.RefreshToken != "" && (s.renewal == nil || !s.renewal.Ask)
	if s.token.access != "" {
		f.RenewedAt = at(s.token.sent)
		if s.token.known || s.token.rejected {
			f.Until = at(s.token.end)
		}
	}
	f.AuthorizedAt = s.grant.AuthorizedAt
	if f.AuthorizedAt.After(now.Add(time.Minute)) { // it was noted by a clock that was ahead
		f.AuthorizedAt, f.GrantEstimated = now, true
	}
	if life := a.cfg.Provider.GrantLifetime; life > 0 && !f.AuthorizedAt.IsZero() {
		f.GrantUntil = f.AuthorizedAt.Add(life)
	}
	granted := strings.Fields(s.grant.Scope)
	for _, scope := range a.cfg.Provider.Scopes {
		if !slices.Contains(granted, scope) {
			f.Missing = append(f.Missing, scope)
		}
	}
	return f
}
