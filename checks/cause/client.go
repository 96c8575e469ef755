package cause

import (
	"fermata/checks"
	"fermata/checks/session"
	"fermata/checks/text"
)

var clientRows = []row{
	{
		id: "wrong-client", group: reply,
		clues: []clue{
			{90, unknownClient},
			{5, with(unknownClient, clientID)},
		},
		say: func(e Evidence) said {
			why := "It was mistyped, or the app was deleted. Correct it in the settings, then sign in again."
			if !e.Session.LastGood.IsZero() && !e.Changed.ClientID {
				why = "It worked until " + text.TimeOfDay(e.Session.LastGood, e.Now) + ", so the app was probably deleted. Create a new one and enter its client ID."
			}
			return said{checks.Critical, "%s doesn’t know this client ID", why}
		},
		about: "The client ID says which app asks for your account. You find it in the developer dashboard, on the app’s page: " +
			"copy it from there into the settings. Your password and your account are fine.",
		fixes:   try(SignIn),
		because: "won’t help: %s rejects this client ID",
	},
	{
		id: "redirect", group: signIn,
		clues: []clue{
			{90, func(e Evidence) string {
				if t := e.badRedirect(); t != nil {
					return quote(t)
				}
				return ""
			}},
			{60, when("the browser did not come back", func(e Evidence) bool { return e.NoReturn })},
		},
		say: func(e Evidence) said {
			if e.badRedirect() != nil {
				return said{checks.Warning, "The redirect URI isn’t registered", "Add http://127.0.0.1/callback to the app in the developer dashboard, then sign in again."}
			}
			return said{checks.Warning, "The sign-in wasn’t finished", "The page was closed, or it showed an error. Then the client ID or its redirect URI is wrong."}
		},
		about: "After you agree, %s sends the browser back to Fermata, at an address that must be registered for the app: http://127.0.0.1/callback, exactly. " +
			"With any other, it shows an error such as INVALID_CLIENT, and the browser doesn’t come back.",
		fixes:   try(SignIn),
		because: "finish the sign-in first",
	},
	{
		id: "stale-sign-in", group: signIn,
		clues: []clue{{95, func(e Evidence) string {
			if t := e.SignIn; t != nil && t.Code == invalidGrant && t.Reason != session.ReasonRedirect {
				return quote(t)
			}
			return gives(session.ReasonStaleCode)(e)
		}}},
		say: func(Evidence) said {
			return said{checks.Warning, "The sign-in took too long", "Its answer had expired, or was used before. Sign in again, in one go."}
		},
		about: "When you agree in the browser, %s gives Fermata a one-time code that is valid for ten minutes. " +
			"A page that was left open, or loaded twice, brings one that no longer works.",
		fixes:   try(SignIn),
		because: "won’t help: you need to sign in again",
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

// badRedirect returns what a sign-in met, if it was that the redirect address is not registered.
func (e Evidence) badRedirect() *session.Trouble {
	for _, t := range []*session.Trouble{e.SignIn, e.answered()} {
		if t != nil && t.Reason == session.ReasonRedirect {
			return t
		}
	}
	return nil
}
