package cause

import (
	"time"

	"fermata/checks"
	"fermata/checks/session"
)

var tooOld = with(when("at the API", func(e Evidence) bool { return e.at(session.AtAPI) != nil }), gives(session.ReasonTokenExpired))

var sessionRows = []row{
	{
		id: "ended-early", group: reply,
		clues: []clue{{90, func(e Evidence) string {
			s := e.Session
			early := s.Ask && s.Renewable && e.sessionOver() && !s.RenewedAt.IsZero() && !e.Now.Before(s.Until) && s.Until.Sub(s.RenewedAt) <= e.SessionLife-5*time.Minute
			return only(early, "it began at "+e.Style.TimeOfDay(s.RenewedAt, e.Now)+" and ended at "+e.Style.TimeOfDay(s.Until, e.Now)+", though sessions last longer here")
		}}},
		say: sessionOver("%s ended your session early, usually because you signed out somewhere else. Refresh to start a new one."),
		about: "A session lasts an hour, but %s can end it sooner: when you sign out everywhere, or change the password. " +
			"If the sign-in behind it still works, refreshing starts a new one; otherwise sign in again.",
		fixes: try(Refresh, SignIn, Restart), because: "won’t help: the session is over, and you need a new one",
	},
	{
		id: "timed-out", group: reply,
		clues: []clue{
			{80, when("it is set to be renewed on a click only", func(e Evidence) bool {
				return e.Session.Ask && e.Session.Renewable && e.sessionOver()
			})},
			{60, tooOld},
			{30, with(tooOld, func(e Evidence) string {
				until := e.Session.Until
				return only(!until.IsZero() && !e.Now.Before(until), "in true time it ended at "+e.Style.TimeOfDay(until, e.Now))
			})},
		},
		say: sessionOver("Refresh to renew it."),
		about: "A session is a pass for a program, an access token, good for an hour or so. " +
			"Some passes are JWTs, notes that say whom they are for and until when, hence “JWT expired”. Refreshing renews it without a new sign-in. %note",
		fixes: try(Refresh, SignIn, Restart), because: "won’t help: you only need to refresh",
	},
}

// sessionOver says when the session ends or ended.
func sessionOver(why string) func(Evidence) said {
	return func(e Evidence) said { return said{max(e.level, checks.Warning), sessionEnds(e), why} }
}

// sessionOver reports whether there is a sign-in but no session, or soon none, and no trouble that explains it.
func (e Evidence) sessionOver() bool {
	s := e.Session
	return s.Trouble == nil && s.Loaded && s.SignedIn && (!e.usable() || e.nearsEnd())
}
