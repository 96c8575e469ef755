package cause

import (
	"fmt"
	"strings"

	"fermata/checks"
	"fermata/checks/clock"
	"fermata/checks/session"
)

// unknown is what none of the rows explains, with everything that is known.
func unknown(e Evidence) Cause {
	c := Cause{
		ID: Unknown, Level: max(e.Level, checks.Unknown), Confidence: Enough, Fixes: Fixes,
		Title: named("%s does not work as it should", e),
		Why:   "None of the known causes fits what was seen.",
		About: "Fermata tells a cause only where the evidence is enough. Try the fixes in their order; the report that goes with “Contact support” lists all that was seen, without any secret.",
	}
	if t := e.Session.Trouble; t != nil {
		c.Why = "The answer was: " + strings.TrimSuffix(plain(t.Error()), ".") + ". None of the known causes fits that."
	}
	c.Evidence = known(e)
	return c
}

// known lists all that is known, the nearest to the trouble first.
func known(e Evidence) []string {
	s := e.Session
	var all []string
	add := func(is bool, format string, args ...any) {
		if is {
			all = append(all, fmt.Sprintf(format, args...))
		}
	}
	if t := s.Trouble; t != nil {
		add(true, "%s %s", place(t.Where), plain(t.Error()))
		add(t.Tries > 1, "%d tries in a row failed", t.Tries)
		add(!t.Since.IsZero(), "it began at %s", checks.TimeOfDay(t.Since, e.Now))
	}
	add(!s.LastGood.IsZero(), "it last worked at %s", checks.TimeOfDay(s.LastGood, e.Now))
	add(!s.RenewedAt.IsZero(), "the session was renewed at %s", checks.TimeOfDay(s.RenewedAt, e.Now))
	add(!s.Until.IsZero(), "it ends at %s", checks.TimeOfDay(s.Until, e.Now))
	add(!s.AuthorizedAt.IsZero(), "you signed in on %s", day(s.AuthorizedAt, e.Now))
	add(e.ClockSays != "", "%s", e.ClockSays)
	add(e.OthersWell, "another account works at the same time")
	add(e.OthersFail, "another account fails in the same way")
	add(e.StatusPage != "", "its status page says: %s", e.StatusPage)
	add(!e.LastOutage.IsZero(), "it was out of order at %s", checks.TimeOfDay(e.LastOutage, e.Now))
	add(e.Changed.ClockSet != 0, "the clock was set by %s", clock.Human(e.Changed.ClockSet))
	add(e.Changed.Slept > 0, "the computer slept for %s", clock.Human(e.Changed.Slept))
	add(e.Changed.Network, "the computer has joined another network")
	add(e.Changed.ClientID, "the settings name another client ID than before")
	return all
}

// place says who answered.
func place(where string) string {
	switch where {
	case session.AtToken:
		return "the renewal was answered:"
	case session.AtAPI:
		return "the service answered:"
	case session.AtKeyring:
		return "the keyring said:"
	}
	return "on the way:"
}
