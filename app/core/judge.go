package core

import (
	"cmp"
	"slices"
	"time"

	"fermata/checks"
	"fermata/checks/cause"
	"fermata/checks/spotify"
)

// A Cause is one and whose it is.
type Cause struct {
	cause.Cause
	Account string // the account's name; "": the clock's
}

// Entry is a change of what is so: which causes there were from a moment on.
type Entry struct {
	At      time.Time // true time
	Summary string    // "session revoked, clock ok"; no text of a provider
}

// journalSize is how many changes are kept.
const journalSize = 50

// judge names every cause, the worst first, among equals that which must be mended first; and the level
// of each account and of the clock.
func (s *State) judge() {
	s.Causes, s.change = nil, never
	var wrong cause.Cause
	if s.ClockLevel, wrong = cause.JudgeClock(s.Clock.Facts, s.at.Style); s.ClockLevel >= checks.Warning {
		s.Causes = append(s.Causes, Cause{wrong, ""})
	}
	for i := range s.Accounts { // first, since that one is well is evidence for the others' causes
		if a := &s.Accounts[i]; a.Seen {
			a.Level, _ = cause.Judge(s.evidence(a))
		}
	}
	for i := range s.Accounts {
		a := &s.Accounts[i]
		if !a.Seen {
			continue
		}
		e := s.evidence(a)
		_, causes := cause.Judge(e)
		for _, c := range causes {
			if c.ID != cause.ClockWrong || s.ClockLevel < checks.Warning {
				s.Causes = append(s.Causes, Cause{c, a.Name})
			}
		}
		if d := cause.Next(e); d > 0 {
			s.change = min(s.change, s.at.Elapsed+d)
		}
	}
	slices.SortStableFunc(s.Causes, func(a, b Cause) int { return cmp.Compare(b.Level, a.Level) })
	if s.Guide.Begun {
		s.judgeGuide()
	}
}

// Serious are the causes that ask something of a person.
func (s *State) Serious() []Cause {
	n := slices.IndexFunc(s.Causes, func(c Cause) bool { return c.Level < checks.Warning })
	if n < 0 {
		n = len(s.Causes)
	}
	return s.Causes[:n]
}

// explained is the worst cause that there is an explanation of; nil: none.
func (s *State) explained() *Cause {
	for _, c := range s.Serious() {
		if c.About != "" {
			return &c
		}
	}
	return nil
}

// evidence is what speaks for or against each cause of an account's trouble.
func (s *State) evidence(a *Account) cause.Evidence {
	e := cause.Evidence{
		Now: s.at.True, Style: s.at.Style, Provider: a.Provider, Session: a.Facts.Facts, Clock: s.Clock.Facts,
		WarnSession: s.Settings.Notify.Session, WarnGrant: s.Settings.Notify.Grant,
		StatusPage: a.Facts.Outage, KeyringLocked: a.Facts.Locked, NetworkSeen: s.Clock.Facts.Known,
		SignedOut:  s.signedOut(a),
		LastOutage: a.Past.LastOutage, SignIn: a.Past.SignIn, NoReturn: a.Past.NoReturn, Changed: a.Past.Changed,
	}
	if a.IsSpotify() {
		e.SessionLife, e.Note, e.Apps = spotify.SessionLifetime, spotify.LifetimeNote, spotify.AppsPlace
	}
	for _, o := range s.Accounts {
		if o.Provider == a.Provider && o.Name != a.Name {
			mine, theirs := a.Facts.Trouble, o.Facts.Trouble
			well := o.Level == checks.OK && theirs == nil // a trouble that is new is none of its level yet
			e.OthersWell, e.NetworkSeen = e.OthersWell || well, e.NetworkSeen || well
			e.OthersFail = e.OthersFail || mine != nil && theirs != nil && mine.Code == theirs.Code
		}
	}
	return e
}

// note adds to the journal what is new.
func (s *State) note() {
	line := ""
	for _, a := range s.Accounts {
		what := a.Level.String()
		if i := slices.IndexFunc(s.Causes, func(c Cause) bool { return c.Account == a.Name }); i >= 0 {
			what = s.Causes[i].ID
		} else if a.Level == checks.OK {
			what = "well"
		}
		line += "session " + what + ", "
	}
	line += "clock " + s.ClockLevel.String()
	if n := len(s.Journal); n == 0 || s.Journal[n-1].Summary != line {
		s.Journal = append(s.Journal, Entry{s.at.True, line})
		s.Journal = s.Journal[max(0, len(s.Journal)-journalSize):]
	}
}
