package cause

import (
	"cmp"
	"time"

	"fermata/checks"
	"fermata/checks/clock"
	"fermata/checks/session"
	"fermata/checks/text"
)

// Evidence is all that is known about one account at one moment.
type Evidence struct {
	Now           time.Time       // true time
	Style         text.Style      // how its texts write times
	Provider      string          // as a person calls it: "Spotify"
	Apps          string          // where a person registers an app with it: "the developer dashboard"; "": not known
	SessionLife   time.Duration   // how long the provider's sessions last; 0: not known
	Note          string          // a sentence on what else has no part in how long they last; "": none
	WarnSession   time.Duration   // how long before its end a session that does not renew is a warning; 0: 5 min
	WarnGrant     []time.Duration // the times before the sign-in's end at which to say so; empty: 30, 7 and 1 days
	Session       session.Facts
	Clock         clock.Facts
	OthersWell    bool             // another account of the same provider works right now
	OthersFail    bool             // another account of the same provider fails in the same way
	StatusPage    string           // what the provider's status page says of an outage; "" says none, or not known
	LastOutage    time.Time        // when the provider last answered with an error of its own (5xx); zero: not in this run
	NetworkSeen   bool             // something else on the network answers: time servers, another account
	KeyringLocked bool             // the keyring can be unlocked, or made, at a click
	SignIn        *session.Trouble // what the newest sign-in met; nil: it worked, or there was none
	SignedOut     time.Time        // when the person signed out here; zero: they did not, or signed in since
	NoReturn      bool             // the browser did not come back from the newest sign-in
	Changed       Changes

	level checks.Level // the account's, from these
}

// Changes are what became different on this computer since the provider last accepted something.
type Changes struct {
	ClockSet time.Duration // the clock was set by so much; positive: forward
	Slept    time.Duration // the computer was suspended for so long
	Network  bool          // it joined another network
	ClientID bool          // the settings name another client ID than the sign-in was given to
}

// persists is from when on a refused sign-in is believed although there are signs of an outage: one
// of 2021 said invalid_grant to good tokens (metabrainz/listenbrainz-server#1921).
const persists = time.Hour

// tidy fills in what settings leave open and what follows from the facts, and makes one line, fit to be
// shown, of the texts that came from outside.
func (e Evidence) tidy() Evidence {
	e.WarnSession = cmp.Or(e.WarnSession, 5*time.Minute)
	if len(e.WarnGrant) == 0 {
		e.WarnGrant = []time.Duration{30 * day, 7 * day, day}
	}
	e.Provider, e.StatusPage = cmp.Or(line(e.Provider), "the service"), line(e.StatusPage)
	e.Apps = cmp.Or(e.Apps, "the place where the app was registered")
	for _, t := range []**session.Trouble{&e.Session.Trouble, &e.Session.Health, &e.SignIn} {
		if *t != nil {
			c := **t
			c.Code, c.Text = line(c.Code), line(c.Text)
			*t = &c
		}
	}
	e.level = e.judge()
	return e
}

// line makes one line of a text from outside, of at most 200 characters.
func line(s string) string { return text.Line(s, 200) }

// at returns the trouble, if it was met at that place.
func (e Evidence) at(place string) *session.Trouble {
	if t := e.Session.Trouble; t != nil && t.Where == place {
		return t
	}
	return nil
}

// answered returns the trouble, if it is the provider's own reply.
func (e Evidence) answered() *session.Trouble {
	return cmp.Or(e.at(session.AtToken), e.at(session.AtAPI), e.at(session.AtAuthorize))
}

// refused returns the trouble, if it is that the provider no longer accepts the sign-in.
func (e Evidence) refused() *session.Trouble {
	if t := e.at(session.AtToken); t != nil && t.Refused() {
		return t
	}
	return nil
}

// doubted returns the trouble, if the sign-in was refused too short a time ago to believe it against
// signs of an outage.
func (e Evidence) doubted() *session.Trouble {
	if t := e.refused(); t != nil && e.Now.Sub(t.Since) < persists {
		return t
	}
	return nil
}

// grantOver reports whether the sign-in has reached its age.
func (e Evidence) grantOver() bool {
	end := e.Session.GrantUntil
	return !end.IsZero() && !e.Now.Before(end)
}
