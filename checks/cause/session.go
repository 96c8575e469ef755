package cause

import (
	"time"

	"fermata/checks"
	"fermata/checks/session"
)

var tooOld = saying(session.AtAPI, 0, "access token expired", "expired access token", "jwt is expired")

var sessionRows = []row{
	{
		id: "ended-early", group: reply,
		clues: []clue{{90, func(e Evidence) string {
			s := e.Session
			life := s.Until.Sub(s.RenewedAt)
			if s.Trouble != nil || s.RenewedAt.IsZero() || e.Now.Before(s.Until) || e.Provider != wellKnown || life > 55*time.Minute {
				return ""
			}
			return "it began at " + checks.TimeOfDay(s.RenewedAt, e.Now) + " and ended at " + checks.TimeOfDay(s.Until, e.Now) + ", though it was good for an hour"
		}}},
		say: func(e Evidence) said {
			s := sessionEnds(e)
			s.why = "%s ended it before its time, as a sign-out elsewhere does. It waits for your click to be renewed."
			return s
		},
		about: "A session lasts an hour, but %s can end it sooner: when you sign out everywhere, or change the password. " +
			"If the sign-in behind it still counts, refreshing starts a new one; otherwise sign in again.",
		fixes:   try(Refresh, SignIn, Restart),
		because: "the session is over, and only a new one helps",
	},
	{
		id: "timed-out", group: reply,
		clues: []clue{
			{80, when("it is set to be renewed on a click only", func(e Evidence) bool {
				s := e.Session
				return s.Trouble == nil && s.Ask && s.SignedIn && e.Level >= checks.Warning && !(s.Until.IsZero() && grantSoon(e))
			})},
			{60, tooOld},
			{30, with(tooOld, func(e Evidence) string {
				if e.Session.Until.IsZero() || e.Now.Before(e.Session.Until) {
					return ""
				}
				return "in true time it ended at " + checks.TimeOfDay(e.Session.Until, e.Now)
			})},
		},
		say: func(e Evidence) said {
			s := sessionEnds(e)
			s.why = "It waits for your click to be renewed."
			return s
		},
		about: "A session is a pass for a program, an access token, good for an hour or so.%premium " +
			"Some passes are JWTs, notes that say whom they are for and until when; hence “JWT expired”. A program that holds the sign-in can renew it without you: refreshing does.",
		fixes:   try(Refresh, SignIn, Restart),
		because: "the session has only run out, and renewing it is enough",
	},
}

// sessionEnds says when the session ends or ended.
func sessionEnds(e Evidence) said {
	until := e.Session.Until
	switch {
	case until.IsZero():
		return said{checks.Warning, "No session at %s yet", ""}
	case e.Now.Before(until):
		return said{checks.Warning, "%s session ends at " + checks.TimeOfDay(until, e.Now), ""}
	}
	return said{checks.Critical, "%s session ended at " + checks.TimeOfDay(until, e.Now), ""}
}
