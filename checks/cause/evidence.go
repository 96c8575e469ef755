package cause

import (
	"time"

	"fermata/checks"
	"fermata/checks/clock"
	"fermata/checks/session"
)

// Evidence is all that is known about one account at one moment.
type Evidence struct {
	Now           time.Time // true time
	Provider      string    // as a person calls it: "Spotify"
	Level         checks.Level
	Session       session.Facts
	Clock         clock.Facts
	ClockLevel    checks.Level     // from Warning on the clock is wrong, beyond its error bound
	ClockSays     string           // the clock's sentence: "Your clock is 1 min 33 s ahead"
	OthersWell    bool             // another account of the same provider works right now
	OthersFail    bool             // another account of the same provider fails in the same way
	StatusPage    string           // what the provider's status page says of an outage; "" says none, or not known
	LastOutage    time.Time        // when the provider last answered with an error of its own (5xx); zero: not in this run
	NetworkSeen   bool             // something else on the network answers: time servers, another account
	KeyringLocked bool             // the keyring can be unlocked, or made, at a click
	SignIn        *session.Trouble // what the newest sign-in met; nil: it worked, or there was none
	NoReturn      bool             // the browser did not come back from the newest sign-in
	Changed       Changes
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

// tidy makes one line, fit to be shown, of the texts that came from outside.
func (e Evidence) tidy() Evidence {
	e.Provider, e.ClockSays, e.StatusPage = plain(e.Provider), plain(e.ClockSays), plain(e.StatusPage)
	if e.Provider == "" {
		e.Provider = "the service"
	}
	for _, t := range []**session.Trouble{&e.Session.Trouble, &e.Session.Health, &e.SignIn} {
		if *t != nil {
			c := **t
			c.Code, c.Text = plain(c.Code), plain(c.Text)
			*t = &c
		}
	}
	return e
}

// at returns the trouble, if it was met at that place.
func (e Evidence) at(place string) *session.Trouble {
	if t := e.Session.Trouble; t != nil && t.Where == place {
		return t
	}
	return nil
}

// refused returns the trouble, if it is that the provider no longer accepts the sign-in.
func (e Evidence) refused() *session.Trouble {
	if t := e.at(session.AtToken); t != nil && t.Code == invalidGrant && t.Status < 500 && !aboutCode(t.Text) {
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

// clockRight reports whether the clock was measured and found right, so that it is not to blame.
func (e Evidence) clockRight() bool { return e.Clock.Known && e.ClockLevel == checks.OK }

// grantOver reports whether the sign-in has reached its age.
func (e Evidence) grantOver() bool {
	end := e.Session.GrantUntil
	return !end.IsZero() && !e.Now.Before(end)
}
