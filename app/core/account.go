package core

import (
	"reflect"
	"slices"
	"time"

	"fermata/app/config"
	"fermata/checks"
	"fermata/checks/cause"
	"fermata/checks/providers"
	"fermata/checks/session"
	"fermata/checks/spotify"
)

// An Account is a sign-in that is watched.
type Account struct {
	Name, Provider string // the provider as a person calls it: "Spotify"
	Config         config.Account
	Watched[AccountFacts]
	Level   checks.Level
	Past    Past
	Devices []spotify.Device // on offer for a while, since somebody asked for them

	devicesUntil time.Duration
	origin       time.Time // true time at Elapsed 0, as Facts reckon it
}

// AccountFacts are the session's, and what else was found out at the same look.
type AccountFacts struct {
	session.Facts
	Outage    string // what the provider's status page says; "": none, or not known
	Locked    bool   // the keyring waits for its password, or for being made
	Elsewhere error  // why the sign-in is kept in another store than the settings name; nil: it is not
}

// A Past is what a single look cannot show.
type Past struct {
	Changed    cause.Changes    // on this computer, since the provider last accepted something
	Since      time.Time        // what it accepts after this ends all here but LastOutage
	LastOutage time.Time        // when the provider last answered with an error of its own
	SignIn     *session.Trouble // what the newest sign-in met; nil: it worked, or there was none
	NoReturn   bool             // the browser did not come back from it
}

// IsSpotify reports whether the account is with Spotify.
func (a *Account) IsSpotify() bool { return a.Config.Provider == "spotify" }

// Account returns the account of that name, nil if there is none.
func (s *State) Account(name string) *Account {
	i := slices.IndexFunc(s.Accounts, func(a Account) bool { return a.Name == name })
	if i < 0 {
		return nil
	}
	return &s.Accounts[i]
}

// NewestSignIn is when somebody signed in last, in true time; zero: not known.
func (s *State) NewestSignIn() (newest time.Time) {
	for _, a := range s.Accounts {
		if at := a.Facts.AuthorizedAt; !a.Facts.GrantEstimated && at.After(newest) {
			newest = at
		}
	}
	return newest
}

// Stuck reports whether the session is over and is not renewed, since what replaces the sign-in could not be
// saved.
func (a *Account) Stuck(now time.Time) bool {
	t := a.Facts.Renewal
	return t != nil && t.Where == session.AtKeyring && !now.Before(a.Facts.UsableUntil)
}

// learn takes what a look found.
func (a *Account) learn(at At, f AccountFacts) {
	if a.Facts, a.origin = f, at.origin(); !f.SignedIn {
		a.Devices = nil // nothing can be played on them
	}
	for _, t := range []*session.Trouble{f.Trouble, f.Health} {
		if t != nil && t.Status >= 500 {
			a.Past.LastOutage = t.At
		}
	}
	if f.LastGood.After(a.Past.Since) {
		a.Past = Past{Since: f.LastGood, LastOutage: a.Past.LastOutage}
	}
}

// origin is true time at Elapsed 0.
func (at At) origin() time.Time { return at.True.Round(0).Add(-at.Elapsed) }

// retime moves what the accounts' facts say of times of day once true time turns out to be another than
// they reckoned with.
func (s *State) retime() {
	for i := range s.Accounts {
		a := &s.Accounts[i]
		if d := s.at.origin().Sub(a.origin); a.Seen && d.Abs() >= time.Second {
			a.Facts.Facts, a.origin = a.Facts.Shift(d), s.at.origin()
			for _, t := range []*time.Time{&a.Past.Since, &a.Past.LastOutage} {
				if !t.IsZero() {
					*t = t.Add(d)
				}
			}
		}
	}
}

// reloaded takes other settings.
func (s *State) reloaded(set Settings) {
	s.settle(set)
	s.do(Configure{s.Settings})
}

// settle keeps the accounts that the settings still have, by their names, and makes those that are new.
func (s *State) settle(set Settings) {
	old := s.Accounts
	s.Accounts = nil
	for _, c := range set.Accounts {
		a := Account{Name: c.Name, Level: checks.Unknown}
		if i := slices.IndexFunc(old, func(o Account) bool { return o.Name == c.Name }); i >= 0 {
			a = old[i]
			if a.Config.ClientID != c.ClientID {
				a.Past.Changed.ClientID, a.Past.Since = true, s.at.True
			}
		}
		if !reflect.DeepEqual(a.Config, c) {
			s.again(&a.Watch, 0)
		}
		a.Config, a.Provider = c, c.Name
		if row, ok := providers.Named(c.Provider); ok {
			a.Provider = row.Name
		}
		s.Accounts = append(s.Accounts, a)
	}
	for _, o := range old {
		if s.Account(o.Name) == nil {
			s.forget(o.Name)
		}
	}
	if set.Secrets.Store != s.Settings.Secrets.Store {
		for i := range s.Accounts {
			s.again(&s.Accounts[i].Watch, 0)
		}
	}
	if !reflect.DeepEqual(set.Clock, s.Settings.Clock) {
		s.again(&s.Clock.Watch, 0)
	}
	if !reflect.DeepEqual(set.Programs, s.Settings.Programs) {
		s.again(&s.Programs.Watch, 0)
	}
	s.Settings = set
}
