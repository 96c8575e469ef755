package cause

import (
	"net/http"
	"time"

	"fermata/checks"
	"fermata/checks/session"
)

var notAccepted = refusal("it no longer accepts the sign-in")

var grantRows = []row{
	{
		id: "grant-ended", group: reply,
		clues: []clue{
			{30, notAccepted},
			{40, ranOut},
			{50, grantAge},
		},
		say: func(e Evidence) said {
			if !e.grantOver() {
				return said{checks.Critical, "Sign in to %s again", "%s says that the sign-in has expired. Nothing is wrong with your account."}
			}
			return said{checks.Critical, "Sign in to %s again", "Every sign-in ends %life after it was given, and yours has. Nothing is wrong with your account."}
		},
		about: "A session lasts about an hour and is renewed for you; the sign-in behind it ends %life after you gave it, however often it was renewed. " +
			"Signing in again starts anew.%premium",
		fixes:   try(SignIn),
		because: "%s wants you to sign in once more",
	},
	{
		id: "other-token", group: reply,
		clues: []clue{
			{30, notAccepted},
			{60, refusal("", "invalid refresh token")},
			{10, when("the settings name another client ID than before", func(e Evidence) bool {
				return e.refused() != nil && e.Changed.ClientID
			})},
		},
		say: ask("Sign in to %s again", "%s does not know the sign-in that was kept: it belongs to another client ID, or was damaged."),
		about: "A sign-in belongs to the client ID that asked for it. After a change of the client ID, or if what was kept was damaged, it has to be given anew. " +
			"Nothing is wrong with your account.",
		fixes:   try(SignIn),
		because: "%s wants you to sign in once more",
	},
	{
		id: "revoked", group: reply,
		clues: []clue{
			{60, notAccepted},
			{15, refusal("", "revoked")},
			{10, func(e Evidence) string {
				if e.refused() == nil || !e.OthersWell {
					return ""
				}
				return "another account works at the same time"
			}},
			{5, worked},
		},
		say: ask("Sign in to %s again", "%s no longer accepts this sign-in. It was revoked, or the password was changed."),
		about: "You, or somebody with your password, removed the app's permission, changed the password or signed out everywhere. " +
			"A session can be renewed only while the sign-in behind it counts, so %s wants you to sign in once more. If it was not you, change your password.",
		fixes:   try(SignIn, Permissions, Support),
		because: "%s wants you to sign in once more",
	},
	{
		id: "signed-out", group: reply,
		clues: []clue{
			{75, newRefused},
			{10, func(e Evidence) string {
				if newRefused(e) == "" || !e.Clock.Known || !e.Now.Before(e.Session.Until) {
					return ""
				}
				return "in true time it is good until " + checks.TimeOfDay(e.Session.Until, e.Now) + ", so it has not run out"
			}},
			{40, notAccepted},
			{45, when("all accounts are refused at once, for an hour and longer", func(e Evidence) bool {
				return e.refused() != nil && e.doubted() == nil && e.OthersFail
			})},
			{15, refusal("", "revoked")},
		},
		say: func(e Evidence) said {
			what := "%s ended the session before its time"
			if e.refused() != nil {
				what = "%s refuses all accounts at once"
			}
			return said{checks.Critical, "You were signed out of %s", what + ": you signed out everywhere, or changed the password."}
		},
		about: "“Sign out everywhere” on your account's page, or a new password, ends every session at once, also those that had time left. " +
			"Signing in again starts a new one. If it was not you, change your password.",
		fixes:   try(SignIn, Permissions, Support),
		because: "%s wants you to sign in once more",
	},
	{
		id: "no-renewal", group: reply,
		clues: []clue{{80, when("nothing to renew it with came with the sign-in", func(e Evidence) bool {
			s := e.Session
			return s.Trouble == nil && s.SignedIn && !s.Renews && !s.Ask && !s.Until.IsZero() && e.Level >= checks.Warning
		})}},
		say: func(e Evidence) said {
			s := sessionEnds(e)
			s.why = "It cannot be renewed: %s gave nothing to renew it with. Sign in again for a new one."
			return s
		},
		about: "Most providers hand out two things: a session for an hour or so, and the means to renew it. From %s only the first came, " +
			"so each session needs a sign-in of its own.",
		fixes:   try(SignIn),
		because: "only a new sign-in brings a new session",
	},
	{
		id: "not-signed-in", group: reply,
		clues: []clue{{90, when("no sign-in is kept", func(e Evidence) bool {
			return e.Session.Trouble == nil && !e.Session.SignedIn && e.Level >= checks.Warning
		})}},
		say: func(Evidence) said {
			return said{checks.Warning, "Not signed in to %s", "Sign in once, and Fermata holds the session from then on."}
		},
		about: "You sign in in your browser, on the page of %s itself: Fermata never sees your password. " +
			"It is given a sign-in of its own, which you can take back at any time on your account's page.",
		fixes:   try(SignIn),
		because: "there is no sign-in yet",
	},
}

// endRows come last: they are warnings of what is still to come.
var endRows = []row{
	{
		id: GrantEnds,
		clues: []clue{{80, func(e Evidence) string {
			if !grantSoon(e) || e.Level < checks.Warning || e.refused() != nil {
				return ""
			}
			if e.Session.AuthorizedAt.IsZero() {
				return "it ends on " + day(e.Session.GrantUntil, e.Now)
			}
			return "you signed in on " + day(e.Session.AuthorizedAt, e.Now)
		}}},
		say: func(e Evidence) said {
			left := e.Session.GrantUntil.Sub(e.Now)
			return said{checks.Warning, "%s sign-in ends in " + daysLeft(left), "%s ends every sign-in after %life; this one on " + day(e.Session.GrantUntil, e.Now) + "."}
		},
		about: "%s ends every sign-in %life after you gave it. Renewing the session, which Fermata does every hour or so, does not prolong it; " +
			"signing in again does, today as well as on the last day.%premium",
		fixes:   try(SignIn),
		because: "only a new sign-in starts the time anew",
	},
}

// newRefused sees a 401 that a renewal did not heal: session tells of no other.
func newRefused(e Evidence) string {
	if t := e.at(session.AtAPI); t == nil || t.Status != http.StatusUnauthorized {
		return ""
	}
	return "it refuses even a new session (401)"
}

// ranOut sees that the provider calls the sign-in expired, unless its day is known and yet to come.
func ranOut(e Evidence) string {
	if !e.Session.GrantUntil.IsZero() && !e.grantOver() && !e.Session.GrantEstimated {
		return ""
	}
	return refusal("", "expired")(e)
}

// grantAge sees that a refused sign-in has reached its age.
func grantAge(e Evidence) string {
	switch {
	case e.refused() == nil || !e.grantOver():
		return ""
	case e.Session.AuthorizedAt.IsZero():
		return "its time was over on " + day(e.Session.GrantUntil, e.Now)
	}
	return "you signed in on " + day(e.Session.AuthorizedAt, e.Now) + ", and its time was over on " + day(e.Session.GrantUntil, e.Now)
}

// grantSoon reports whether the sign-in has less than a month to go.
func grantSoon(e Evidence) bool {
	left := e.Session.GrantUntil.Sub(e.Now)
	return !e.Session.GrantUntil.IsZero() && left >= 0 && left <= 30*24*time.Hour
}
