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
			if s.Trouble != nil || s.RenewedAt.IsZero() || e.Now.Before(s.Until) || e.Provider != "Spotify" || life > 55*time.Minute {
				return ""
			}
			return "it began at " + clockTime(s.RenewedAt, e.Now) + " and ended at " + clockTime(s.Until, e.Now) + ", though it was good for an hour"
		}}},
		say: func(e Evidence) said {
			s := sessionEnds(e)
			s.why = "%s ended it before its time, as a sign-out elsewhere does. It waits for your click to be renewed."
			return s
		},
		about: "A session lasts an hour, but %s can end it sooner: when you sign out everywhere, or change the password. " +
			"If the sign-in behind it still counts, refreshing starts a new one; otherwise sign in again.",
		fixes:   try(Refresh, SignIn, Restart),
		because: "the session is over, and a new one is to be started",
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
				return "in true time it ended at " + clockTime(e.Session.Until, e.Now)
			})},
		},
		say: func(e Evidence) said {
			s := sessionEnds(e)
			s.why = "It waits for your click to be renewed."
			return s
		},
		about: "A session is an access token, often a JWT: a signed note that says who you are and until when it counts. At %s it lasts about an hour, with or without Premium. " +
			"A program that holds the sign-in can renew it without asking you; refreshing does just that.",
		fixes:   try(Refresh, SignIn, Restart),
		because: "the session has only run out and is to be renewed",
	},
}

// sessionEnds says when the session ends or ended.
func sessionEnds(e Evidence) said {
	until := e.Session.Until
	switch {
	case until.IsZero():
		return said{checks.Warning, "No session at %s yet", ""}
	case e.Now.Before(until):
		return said{checks.Warning, "%s session ends at " + clockTime(until, e.Now), ""}
	}
	return said{checks.Critical, "%s session ended at " + clockTime(until, e.Now), ""}
}
