package session

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Facts are what is known of an account. Times are true time, however the clock stood when they were
// noted.
type Facts struct {
	Loaded         bool          // the keeper answered; until then, nothing is known of a sign-in
	User           string        // the user's name, safe to show; "" where it is not known
	UserID         string        // what the provider knows the user by, safe to show; "" where it is not known
	SignedIn       bool          // there is a grant
	Usable         bool          // there is an access token, it was not refused, and UsableUntil is to come
	Until          time.Time     // the access token's end, also when it is past; zero: no token, or its end is not known
	UsableUntil    time.Time     // when the access token is no longer used: Until, or an hour after RenewedAt; zero: no token
	RenewedAt      time.Time     // when the access token was asked for; zero: no token
	Renewable      bool          // there is a refresh token
	Renews         bool          // renews by itself before Until
	Ask            bool          // renews on a click (renew = "ask")
	AuthorizedAt   time.Time     // when the person signed in; zero: not known
	GrantUntil     time.Time     // the grant's end; zero: none, or not known
	GrantTold      bool          // the provider told it; it may tell a later one with each renewal
	GrantLife      time.Duration // how long such a sign-in lasts, or lasts unless it is renewed; 0: no end, or not known
	Rotates        bool          // the last renewal replaced the refresh token
	Rejected       bool          // the provider refused the access token before its end
	GrantEstimated bool          // AuthorizedAt was noted by a wrong clock: both are only the latest they can be
	Missing        []string      // scopes that the provider's list has and the grant has not
	Lacks          Setting       // what the settings should add for a refresh token; zero: there is one, or that is not known
	Before         User          // whose sign-in is held, as the newest turned out to be of somebody else; zero: none is
	InMemory       bool          // a person wants it renewed although it can't be saved
	SaveError      error         // nil, or why the grant is only in memory
	LastGood       time.Time     // when the provider last accepted something; zero: not in this run
	Trouble        *Trouble      // what is to be mended first: Keyring, Renewal or Health; nil: nothing
	Keyring        *Trouble      // why the grant could not be read; nil: it was, or this was not tried yet
	Renewal        *Trouble      // what the last renewal met; nil: it worked, or there was none
	Health         *Trouble      // what the last health look met; nil: it was good, or there was none
}

// Shift returns f as it is when true time turns out to be d later than f reckoned. The grant's times are
// true times from the start and stay.
func (f Facts) Shift(d time.Duration) Facts {
	for _, t := range []*time.Time{&f.Until, &f.UsableUntil, &f.RenewedAt, &f.LastGood} {
		if !t.IsZero() {
			*t = t.Add(d)
		}
	}
	for _, t := range []**Trouble{&f.Trouble, &f.Keyring, &f.Renewal, &f.Health} {
		if *t != nil {
			c := **t
			c.Since, c.At = c.Since.Add(d), c.At.Add(d)
			*t = &c
		}
	}
	return f
}

// facts makes Facts of a state.
func (a *Account) facts() Facts {
	s, cfg := a.snapshot(), a.config()
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
	f := Facts{Loaded: s.loaded, User: s.grant.User.Called(), UserID: s.grant.User.ID, SignedIn: s.signedIn, Usable: s.token.usable(elapsed), Ask: cfg.Ask, InMemory: s.inMemory,
		Keyring: show(s.keyring), Renewal: show(s.renewal), Health: show(s.health),
		Trouble: show(cmp.Or(s.keyring, s.renewal, s.health))}
	if s.saveErr != nil {
		f.SaveError = s.saveErr.Err
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
	if s.grant.others() {
		f.Before = s.grant.Before.User
	}
	f.Renewable, f.Rotates, f.Rejected = s.grant.RefreshToken != "", s.rotates, s.token.rejected
	f.Renews = f.Renewable && !cfg.Ask && (s.renewal == nil || !s.renewal.Ask)
	if s.token.access != "" {
		f.RenewedAt, f.UsableUntil = at(s.token.sent), at(s.token.end)
		if s.token.known || s.token.rejected {
			f.Until = f.UsableUntil
		}
	}
	f.AuthorizedAt = s.grant.AuthorizedAt
	if f.AuthorizedAt.After(now.Add(time.Minute)) { // it was noted by a clock that was ahead
		f.AuthorizedAt, f.GrantEstimated = now, true
	}
	if life := cfg.Provider.GrantLifetime; !s.grant.Until.IsZero() {
		f.GrantUntil, f.GrantTold, f.GrantLife = s.grant.Until, true, s.grant.Until.Sub(s.grant.ToldAt)
	} else if life > 0 && !f.AuthorizedAt.IsZero() {
		f.GrantUntil, f.GrantLife = f.AuthorizedAt.Add(life), life
	}
	if !f.Renewable {
		f.Lacks = cfg.Provider.lacks()
	}
	granted := strings.Fields(s.grant.Scope)
	for _, scope := range cfg.Provider.Scopes {
		if !slices.Contains(granted, scope) {
			f.Missing = append(f.Missing, scope)
		}
	}
	return f
}

// lacks is the first of what brings a refresh token that the settings have not.
func (p Provider) lacks() Setting {
	for _, o := range p.Offline {
		name, _, isParam := strings.Cut(o.Value, "=")
		if _, there := p.Params[name]; !there && (isParam || !slices.Contains(p.Scopes, o.Value)) {
			return o
		}
	}
	return Setting{}
}
