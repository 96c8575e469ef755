package cause

import (
	"net/http"
	"strings"

	"fermata/checks"
	"fermata/checks/session"
	"fermata/checks/text"
)

const signInAgain = "won’t help: you need to sign in again"

var grantRows = []row{
	{
		id: "grant-ended", group: reply,
		clues: []clue{
			{30, refused},
			{40, ranOut},
			{50, with(refused, func(e Evidence) string { return only(e.grantOver(), grantAge(e)) })},
		},
		say: func(e Evidence) said {
			why := "%s says that your sign-in has expired. Your account is fine."
			if e.grantOver() && e.Session.GrantTold {
				why = "Your sign-in was good until " + grantEnd(e) + ", as %s said when it gave it. Your account is fine."
			} else if e.grantOver() {
				why = "%s sign-ins expire after %life, and yours just did. Your account is fine."
			}
			return said{checks.Critical, "Sign in to %s again", why}
		},
		about: "A session lasts about an hour and is renewed for you. The sign-in behind it expires after %life, however often the session was renewed. " +
			"Signing in again starts a new one. %note",
		fixes: try(SignIn), because: signInAgain,
	},
	{
		id: "other-token", group: reply,
		clues: []clue{
			{30, refused},
			{60, with(refused, gives(session.ReasonUnknownToken))},
			{10, with(refused, clientID)},
		},
		say: ask("Sign in to %s again", "%s doesn’t recognise your saved sign-in. It may be damaged, or the client ID has changed."),
		about: "A sign-in belongs to the client ID that asked for it. After a change of the client ID, or if the saved sign-in was damaged, you need a new one. " +
			"Your account is fine.",
		fixes: try(SignIn), because: signInAgain,
	},
	{
		id: "interrupted", group: reply,
		clues: []clue{{70, func(e Evidence) string {
			return only(e.interrupted() != nil, "the renewal of "+renewalTime(e)+" never came to a known end")
		}}, {30, refused}},
		say: func(e Evidence) said {
			why := "The renewal of %renewal was interrupted before its answer was saved, because Fermata was stopped or the computer lost power."
			if t := e.interrupted(); t != nil && t.Interrupted.Lost == session.LostAnswer {
				why = "The answer to the renewal of %renewal never arrived, and since then %s no longer accepts this sign-in."
			} else if t != nil && t.Interrupted.Lost == session.LostSave {
				why = "The renewal of %renewal couldn’t be saved before Fermata was stopped or the computer lost power."
			}
			return said{checks.Critical, "Sign in to %s again", strings.ReplaceAll(why, "%renewal", renewalTime(e)) + " Sign in again."}
		},
		about: "With each renewal %s may give a new token, and no longer accept the one before. The new one got lost on its way to this computer’s disk. " +
			"Your account is fine.",
		fixes: try(SignIn), because: signInAgain,
	},
	{
		id: "shared", group: reply,
		clues: []clue{{90, refusedFor(session.ReasonReused)}, {5, refusedFor(session.ReasonReused)}},
		say:   ask("Sign in to %s again", "Another program, or a copy of Fermata, renews with the same sign-in, so %s ended it. Sign in again, here and there: each needs a sign-in of its own."),
		about: "With each renewal %s gives a new token, and the one before stops working. Two programs that share a sign-in take it from each other, " +
			"again and again. A copied settings folder or a restored backup does the same. Your account is fine.",
		fixes: try(SignIn), because: signInAgain,
	},
	{
		id: "idle", group: reply,
		clues: []clue{{95, refusedFor(session.ReasonIdle)}},
		say:   ask("Sign in to %s again", "%s ended this sign-in: it wasn’t used for too long, or you signed out on the pages of %s."),
		about: "Some providers end a sign-in that nobody used for hours or weeks. Fermata uses it all the time while it runs; " +
			"while the computer is off, it can’t. Your account is fine.",
		fixes: try(SignIn), because: signInAgain,
	},
	{
		id: "confirm", group: reply,
		clues: []clue{{95, lasting(session.ReasonConfirm)}},
		say:   ask("%s wants you to confirm who you are", "It asks for you in person: for a second factor, your password, or your consent. Sign in again, and its page asks you."),
		about: "Some providers want to see from time to time that it is you, or after a change: another network, a new rule at work, a permission that the app asks for anew. " +
			"Only you can answer, in the browser.",
		fixes: try(SignIn), because: signInAgain,
	},
	{
		id: "account-closed", group: reply,
		clues: []clue{{95, lasting(session.ReasonAccount)}},
		say:   ask("Your %s account is blocked or closed", "%s says so. Ask whoever runs it, or sign in with another account."),
		about: "A sign-in works only as long as the account does that it belongs to. " +
			"An account can be blocked for a while, closed, or moved to another name. Whoever runs %s can tell you.",
		fixes: try(SignIn, Support), because: "won’t help: the account is blocked or closed",
	},
	{
		id: "refused", group: reply,
		clues: []clue{{60, refusedFor("", session.ReasonTokenExpired, session.ReasonRefused)}, {10, with(refusedFor("", session.ReasonRefused), othersWork)}, {5, with(refusedFor("", session.ReasonRefused), lastWorked)}},
		say: func(e Evidence) said {
			why := "%s no longer accepts this sign-in. It has expired, or access was removed."
			if t := e.refused(); t != nil && t.Text == "" {
				why = "%s no longer accepts this sign-in and doesn’t say why. Usually it has expired, or access was removed."
			}
			if e.takenOver() {
				why = "%s no longer accepts this sign-in. Access was removed, it has expired, or another program renewed with it."
			}
			return said{checks.Critical, "Sign in to %s again", why}
		},
		about: "A sign-in ends when its time is over, when you remove the app’s access on your account’s page, or when you change the password. " +
			"A session can be renewed only while the sign-in behind it is valid, so you need to sign in again.",
		fixes: try(SignIn, Permissions, Support), because: signInAgain,
	},
	{
		id: "revoked", group: reply,
		clues: []clue{
			{60, refusedFor(session.ReasonRevoked, session.ReasonExpired, session.ReasonUnknownToken)},
			{15, with(refused, gives(session.ReasonRevoked))},
			{10, with(refusedFor(session.ReasonRevoked, session.ReasonExpired, session.ReasonUnknownToken), othersWork)},
			{5, lastWorked},
		},
		say: func(e Evidence) said {
			why := "%s no longer accepts this sign-in, usually because access was removed or the password was changed."
			if e.takenOver() {
				why = "%s no longer accepts this sign-in, usually because access was removed, or because another program renewed with it."
			}
			return said{checks.Critical, "Sign in to %s again", why}
		},
		about: "Somebody removed the app’s permission, changed the password or signed out everywhere; most often it was you. " +
			"A session can be renewed only while the sign-in behind it is valid, so you need to sign in again.",
		fixes: try(SignIn, Permissions, Support), because: signInAgain,
	},
	{
		id: "signed-out", group: reply,
		clues: []clue{
			{75, newRefused},
			{10, with(newRefused, func(e Evidence) string {
				until := e.Session.Until
				return only(e.Clock.Known && e.Now.Before(until), "in true time it is good until "+e.Style.TimeOfDay(until, e.Now)+", so it has not expired")
			})},
			{40, refused},
			{45, when("all accounts are refused at once, for an hour and longer", func(e Evidence) bool {
				return e.refused() != nil && e.doubted() == nil && e.OthersFail
			})},
			{15, with(refused, gives(session.ReasonRevoked))},
		},
		say: func(e Evidence) said {
			why := "%s ended your session early, usually because you chose “Sign out everywhere” or changed your password."
			if e.refused() != nil {
				why = "%s rejects all your accounts, usually because you chose “Sign out everywhere” or changed your password."
			}
			return said{checks.Critical, "You were signed out of %s", why}
		},
		about: "“Sign out everywhere” on your account’s page, or a new password, ends every session at once, even those with time left. " +
			"Signing in again starts a new one.",
		fixes: try(SignIn, Permissions, Support), because: signInAgain,
	},
	{
		id: "no-renewal", group: reply,
		clues: []clue{{80, when("the sign-in came without the means to renew the session", func(e Evidence) bool {
			return !e.Session.Renewable && e.sessionOver() || e.lacking()
		})}},
		say: func(e Evidence) said {
			switch l := e.Session.Lacks; {
			case l.List == "scopes":
				return sessionOver("It can’t be renewed: %s gave no refresh token. Add “" + l.Value + "” to the account’s scopes in the settings, then sign in again.")(e)
			case l.List == "params":
				return sessionOver("It can’t be renewed: %s gave no refresh token. Add “" + l.Value + "” to the account’s params in the settings, then sign in again.")(e)
			}
			return sessionOver("It can’t be renewed, because %s didn’t give the means to. Sign in again for a new one.")(e)
		},
		about: "Most providers give two things: a session for an hour or so, and the means to renew it. %s gave only the first, " +
			"so each session needs a sign-in of its own.",
		fixes: func(e Evidence) []Fix {
			if e.Session.Lacks != (session.Setting{}) {
				return []Fix{Settings, SignIn}
			}
			return []Fix{SignIn}
		},
		because: signInAgain,
	},
	{
		id: "not-signed-in", group: reply,
		clues: []clue{{90, when("no sign-in is saved", func(e Evidence) bool {
			return e.Session.Trouble == nil && e.Session.Loaded && !e.Session.SignedIn
		})}},
		say: func(e Evidence) said {
			if !e.SignedOut.IsZero() {
				return said{checks.Warning, "Not signed in to %s", "You signed out here at " + e.Style.TimeOfDay(e.SignedOut, e.Now) + ". Sign in again to continue."}
			}
			return said{checks.Warning, "Not signed in to %s", "Sign in once, and Fermata keeps you signed in."}
		},
		about: "You sign in in your browser, on the page of %s itself: Fermata never sees your password. " +
			"It gets a sign-in of its own, which you can take back at any time on your account’s page.",
		fixes: try(SignIn), because: "sign in first",
	},
}

var userRows = []row{
	{
		id:    OtherUser,
		clues: []clue{{90, when("the sign-in came back with another user ID than the one before", Evidence.otherUser)}},
		say: func(Evidence) said {
			return said{checks.Warning, "This is another %s account", "You are signed in as %newuser now; before, it was %olduser. Both sign-ins are kept until you choose one."}
		},
		about: "The sign-in belongs to whoever is signed in to %s in your browser, and that was somebody else this time. " +
			"Nothing is lost: choose which of the two accounts Fermata is to watch, and it lets go of the other one.",
		fixes: try(SignIn), because: "first choose which account to keep",
	},
}

// otherUser reports whether the newest sign-in is another user's than the one before, which is still held.
func (e Evidence) otherUser() bool { return e.Session.Before != session.User{} }

// users are the user of the newest sign-in and that of the one before, as a sentence names them.
func (e Evidence) users() (newest, before string) {
	newest, before = text.Line(e.Session.User, 30), text.Line(e.Session.Before.Called(), 30)
	if newest == before {
		newest, before = newest+" ("+text.Line(e.Session.UserID, 30)+")", before+" ("+text.Line(e.Session.Before.ID, 30)+")"
	}
	return newest, before
}

// endRows come last: they are warnings of what is still to come.
var endRows = []row{
	{
		id: GrantEnds,
		clues: []clue{{80, func(e Evidence) string {
			return only(e.grantNearsEnd() && e.refused() == nil, grantAge(e))
		}}},
		say: func(e Evidence) said {
			end := e.Session.GrantUntil
			switch {
			case e.grantOver() && e.Session.GrantTold:
				return said{checks.Warning, "Your %s sign-in may expire at any time", "It was good until " + grantEnd(e) + ", as %s said when it gave it."}
			case e.Session.GrantTold:
				return said{checks.Warning, "Your %s sign-in expires at " + grantEnd(e), "%s says so, and renewing the session no longer moves it. Sign in again to stay signed in."}
			case e.grantOver():
				return said{checks.Warning, "Your %s sign-in may expire at any time", "%s sign-ins expire after %life. Yours was due on " + e.Style.Date(end, e.Now) + "."}
			}
			return said{checks.Warning, "Your %s sign-in expires in " + text.Days(end.Sub(e.Now)), "%s sign-ins expire after %life. Yours expires on " + e.Style.Date(end, e.Now) + "."}
		},
		about: "%s sign-ins expire %life after you signed in. Renewing the session, which Fermata does every hour or so, doesn’t change that; " +
			"signing in again does, today as well as on the last day, once you agree on the page of %s. %note",
		fixes: try(SignIn), because: "won’t help: only a new sign-in lasts longer",
	},
}

// grantEnd is when the sign-in ends or ended.
func grantEnd(e Evidence) string { return e.Style.TimeOfDay(e.Session.GrantUntil, e.Now) }

// takenOver reports whether another program may have renewed with the same sign-in: each renewal replaces the refresh
// token, and the session itself was good to its end, so the sign-in was not ended as a whole.
func (e Evidence) takenOver() bool { return e.Session.Rotates && !e.Session.Rejected }

// lasting returns a clue that fires on a reply with that reason which lasts until a person does something.
func lasting(reason session.Reason) func(Evidence) string {
	return with(when("it lasts", func(e Evidence) bool { t := e.answered(); return t != nil && t.Ask }), gives(reason))
}

// interrupted returns the trouble, if the sign-in is refused since a renewal of it never came to a known end.
// Its age explains a refusal better.
func (e Evidence) interrupted() *session.Trouble {
	t := e.refused()
	if t == nil || t.Interrupted.Began.IsZero() || t.Reason == session.ReasonExpired || e.grantOver() {
		return nil
	}
	return t
}

// renewalTime is when that renewal began.
func renewalTime(e Evidence) string {
	t := e.interrupted()
	if t == nil {
		return ""
	}
	return e.Style.TimeOfDay(t.Interrupted.Began, e.Now)
}

// newRefused fires on a 401 that a renewal did not heal: session tells of no other.
var newRefused = with(when("at the API", func(e Evidence) bool { return e.at(session.AtAPI) != nil }),
	status(http.StatusUnauthorized, http.StatusUnauthorized, "it refuses even a new session"))

// ranOut fires where the provider calls the sign-in expired, unless its day is known and yet to come.
func ranOut(e Evidence) string {
	toCome := !e.Session.GrantUntil.IsZero() && !e.grantOver() && !e.Session.GrantEstimated
	return only(!toCome, with(refused, gives(session.ReasonExpired))(e))
}

// grantAge says when the sign-in began and, if it is past, when it was to end.
func grantAge(e Evidence) string {
	began := "you signed in on " + e.Style.Date(e.Session.AuthorizedAt, e.Now)
	if !e.grantOver() {
		return began
	}
	return began + ", and it was due to expire on " + e.Style.Date(e.Session.GrantUntil, e.Now)
}
