package cause

import (
	"fmt"
	"slices"

	"fermata/checks"
	"fermata/checks/session"
	"fermata/checks/text"
)

// unknownRow is said of what none of the rows explains.
var unknownRow = row{
	say: func(e Evidence) said {
		return said{max(e.level, checks.Unknown), "Something went wrong with %s", "%s replied “" + line(e.Session.Trouble.Error()) + "”. Fermata doesn’t recognise this error."}
	},
	about: "Fermata names a cause only with enough evidence. Try the fixes in their order. The report that goes with “Contact support” lists all that was seen, without any secret.",
	fixes: func(e Evidence) []Fix {
		if t := e.Session.Trouble; t.Ask && (t.Where == session.AtToken || t.Where == session.AtAuthorize) { // it was asked for a session, and has refused
			return append([]Fix{SignIn}, slices.DeleteFunc(slices.Clone(Fixes), func(f Fix) bool { return f == SignIn })...)
		}
		return slices.Clone(Fixes)
	},
}

// unknown is the cause of what none of the rows explains, with everything that is known.
func unknown(e Evidence) Cause {
	c := Cause{ID: Unknown, Confidence: Enough, Evidence: known(e)}
	unknownRow.describe(e, &c)
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
		where := t.Where
		if t == e.SignIn {
			where = session.AtAuthorize
		}
		add(true, "%s %s", places[where], line(t.Error()))
		add(t.Tries > 1, "%d tries in a row failed", t.Tries)
		add(!t.Since.IsZero(), "it began at %s", e.Style.TimeOfDay(t.Since, e.Now))
	}
	add(!s.LastGood.IsZero(), "it last worked at %s", e.Style.TimeOfDay(s.LastGood, e.Now))
	add(!s.RenewedAt.IsZero(), "the session was last renewed at %s", e.Style.TimeOfDay(s.RenewedAt, e.Now))
	add(!s.Until.IsZero(), "it ends at %s", e.Style.TimeOfDay(s.Until, e.Now))
	add(!s.AuthorizedAt.IsZero(), "you signed in on %s", e.Style.Date(s.AuthorizedAt, e.Now))
	add(true, "%s", e.Clock.Summary(e.Style))
	add(e.OthersWell, "another account works at the same time")
	add(e.OthersFail, "another account fails in the same way")
	add(e.StatusPage != "", "its status page says: %s", e.StatusPage)
	add(!e.LastOutage.IsZero(), "it was down at %s", e.Style.TimeOfDay(e.LastOutage, e.Now))
	add(e.Changed.ClockSet != 0, "the clock was set by %s", text.Span(e.Changed.ClockSet))
	add(e.Changed.Slept > 0, "the computer slept for %s", text.Span(e.Changed.Slept))
	add(e.Changed.Network, "the computer has joined another network")
	add(e.Changed.ClientID, "the client ID in the settings has changed")
	return all
}

// places say who answered.
var places = map[string]string{
	session.AtToken:     "the renewal was answered:",
	session.AtAuthorize: "the sign-in was answered:",
	session.AtAPI:       "the service answered:",
	session.AtKeyring:   "the keyring said:",
	session.AtNetwork:   "on the way:",
}
