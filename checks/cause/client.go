package cause

import (
	"cmp"
	"net/http"
	"strings"

	"fermata/checks"
	"fermata/checks/session"
)

var clientRows = []row{
	{
		id: WrongClient, group: reply,
		clues: []clue{
			{90, unknownClient},
			{5, with(unknownClient, clientID)},
		},
		say: func(e Evidence) said {
			why := "It was mistyped, or the app was deleted. Enter the right client ID, and sign in with it."
			if !e.Session.LastGood.IsZero() && !e.Changed.ClientID {
				why = "It worked until " + e.Style.TimeOfDay(e.Session.LastGood, e.Now) + ", so the app was probably deleted. Create a new one and enter its client ID."
			}
			return said{checks.Critical, "%s doesn’t know this client ID", why}
		},
		about: "The client ID says which app asks for your account. You find it in the developer dashboard, on the app’s page: " +
			"copy it from there. Your password and your account are fine.",
		fixes: try(), because: "won’t help: %s rejects this client ID",
	},
	{
		id: "redirect", group: signIn,
		clues: []clue{
			{90, badRedirect},
			{60, when("the browser did not come back", func(e Evidence) bool { return e.NoReturn })},
		},
		say: func(e Evidence) said {
			if badRedirect(e) != "" {
				return said{checks.Warning, "The redirect URI isn’t registered", "Add http://127.0.0.1/callback to the app in the developer dashboard, then sign in again."}
			}
			return said{checks.Warning, "The sign-in wasn’t finished", "The page was closed, or it showed an error. Then the client ID or its redirect URI is wrong."}
		},
		about: "After you agree, %s sends the browser back to Fermata, at an address that must be registered for the app: http://127.0.0.1/callback, exactly. " +
			"With any other, it shows an error such as INVALID_CLIENT, and the browser doesn’t come back.",
		fixes: try(SignIn), because: "finish the sign-in first",
	},
	{
		id: "stale-sign-in", group: signIn,
		clues: []clue{{95, gives(session.ReasonStaleCode)}, {95, func(e Evidence) string {
			return quote(e.SignIn, func(t *session.Trouble) bool { return t.Code == invalidGrant && t.Reason != session.ReasonRedirect })
		}}},
		say: func(Evidence) said {
			return said{checks.Warning, "The sign-in took too long", "Its answer had expired, or was used before. Sign in again, in one go."}
		},
		about: "When you agree in the browser, %s gives Fermata a one-time code that is valid for ten minutes. " +
			"A page that was left open, or loaded twice, brings one that no longer works.",
		fixes: try(SignIn), because: "won’t help: you need to sign in again",
	},
}

// unknownClient fires where the client ID isn't known.
func unknownClient(e Evidence) string {
	if t := e.answered(); t != nil && ofSignIn(t) {
		return ""
	}
	return code("it doesn’t know the client ID", "invalid_client", "unauthorized_client")(e)
}

// ofSignIn reports whether a refusal is about a sign-in under way, and not about one that is kept.
func ofSignIn(t *session.Trouble) bool {
	return t.Reason == session.ReasonStaleCode || t.Reason == session.ReasonRedirect
}

// badRedirect fires where the redirect address is not registered.
func badRedirect(e Evidence) string {
	return quote(cmp.Or(e.SignIn, e.answered()), func(t *session.Trouble) bool { return t.Reason == session.ReasonRedirect })
}

var accessRows = []row{
	{
		id: "scopes", group: reply,
		clues: []clue{
			{95, gives(session.ReasonScope)},
			{95, code("a permission is missing", "insufficient_scope")}, // RFC 6750 section 3.1
			{5, with(status(http.StatusForbidden, http.StatusForbidden, "no"), func(e Evidence) string {
				return only(len(e.Session.Missing) > 0, "missing: "+permissions(e))
			})},
		},
		say: func(e Evidence) said {
			why := "Your sign-in works, but Fermata isn’t allowed to do all that it asks for."
			if len(e.Session.Missing) > 0 {
				why = "Your sign-in works, but Fermata isn’t allowed to " + permissions(e) + "."
			}
			return said{checks.Critical, "Fermata is missing a permission", why}
		},
		about: "A sign-in lists what an app may do, and %s asks you about each item once. Allow the app again, with the whole list. " +
			"Refreshing doesn’t change the list.",
		fixes: try(Permissions, SignIn), because: "won’t help: you need to allow it",
	},
	{
		id: "not-listed", group: reply,
		clues: []clue{{95, gives(session.ReasonNotListed)}},
		say:   ask("Your account isn’t on the app’s user list", "The sign-in worked, but the owner of the client ID has to add you under User Management in the developer dashboard."),
		about: "An app in development mode serves five people, whom its owner lists by name and e-mail address under “User Management” in the developer dashboard. " +
			"If you created the client ID, add yourself with the account that you sign in with.",
		fixes: try(), because: "won’t help until the app’s owner has added you",
	},
	{
		id: "owner-premium", group: reply,
		clues: []clue{{97, gives(session.ReasonOwnerPremium)}},
		say:   ask("The client ID’s owner needs Premium", "Their Premium has ended, so %s rejects every request."),
		about: "A developer’s client ID works only while that person has Premium. Your own sign-in is fine. " +
			"It works again with Premium, or with the client ID of somebody who has it.",
		fixes: try(), because: "won’t help: the client ID’s owner needs Premium",
	},
	{
		id: "premium", group: reply,
		clues: []clue{{95, gives(session.ReasonPremium)}},
		say:   ask("%s Premium required", "Your session is fine, but this feature is only for Premium accounts."),
		about: "Some features, such as moving the music to another device, are only for Premium accounts. " +
			"Sessions and sign-ins last equally long for everyone: Premium makes no difference to that.",
		fixes: try(), because: "won’t help: this needs Premium",
	},
}

// permissions are the missing ones, as a person calls those that Fermata asks for.
func permissions(e Evidence) string {
	var names []string
	for _, scope := range e.Session.Missing {
		switch scope {
		case "user-read-playback-state":
			scope = "see your devices"
		case "user-modify-playback-state":
			scope = "control playback"
		}
		names = append(names, line(scope))
	}
	if n := len(names); n > 1 {
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
	return strings.Join(names, "")
}
