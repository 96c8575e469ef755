package cause

import (
	"fermata/checks"
	"fermata/checks/session"
)

var clientRows = []row{
	{
		id: "wrong-client", group: reply,
		clues: []clue{
			{90, unknownClient},
			{5, with(unknownClient, when("the settings name another client ID than before", func(e Evidence) bool { return e.Changed.ClientID }))},
		},
		say: func(e Evidence) said {
			why := "It was mistyped, or the app was deleted %dashboard. Correct it in the settings, then sign in again."
			if !e.Session.LastGood.IsZero() && !e.Changed.ClientID {
				why = "It worked until " + checks.TimeOfDay(e.Session.LastGood, e.Now) + ", so the app was probably deleted %dashboard. Make one anew, then sign in again."
			}
			return said{checks.Critical, "%s does not know this client ID", why}
		},
		about: "The client ID says which app asks for your account. You made it %dashboard, where it stands on the app's page: " +
			"copy it from there into the settings. Your password and your account are not concerned.",
		fixes:   try(SignIn),
		because: "%s refuses whatever comes with this client ID",
	},
	{
		id: "redirect", group: signIn,
		clues: []clue{
			{90, func(e Evidence) string {
				if t := signInTrouble(e, "redirect"); t != nil {
					return quote(t)
				}
				return ""
			}},
			{60, when("the browser did not come back", func(e Evidence) bool { return e.NoReturn })},
		},
		say: func(e Evidence) said {
			if signInTrouble(e, "redirect") != nil {
				return said{checks.Warning, "The redirect address is not registered", "Add http://127.0.0.1/callback to the app %dashboard, then sign in again."}
			}
			return said{checks.Warning, "The sign-in was not finished", "The page was closed, or it showed an error: then the client ID or its redirect address is wrong."}
		},
		about: "After you agree, %s sends the browser back to Fermata, at an address that must be registered for the app: http://127.0.0.1/callback, exactly. " +
			"With any other it shows an error, such as INVALID_CLIENT, and the browser does not come back.",
		fixes:   try(SignIn),
		because: "the sign-in in the browser must be finished first",
	},
	{
		id: "stale-sign-in", group: signIn,
		clues: []clue{{95, func(e Evidence) string {
			if t := signInTrouble(e, "authorization code", "code_verifier"); t != nil && t.Code == invalidGrant {
				return quote(t)
			}
			return ""
		}}},
		say: func(Evidence) said {
			return said{checks.Warning, "The sign-in took too long", "Its answer had run out, or was used before. Sign in again, in one go."}
		},
		about: "When you agree in the browser, %s hands Fermata a slip that is good once and for ten minutes. " +
			"A page that was left open, or loaded twice, brings one that is good no more.",
		fixes:   try(SignIn),
		because: "only a new sign-in brings a good answer",
	},
}

// aboutCode reports whether an invalid_grant is about a sign-in under way, and not about one that is kept.
func aboutCode(text string) bool {
	return contains(text, "authorization code", "code_verifier", "redirect uri")
}

// unknownClient sees that the client ID is not known.
func unknownClient(e Evidence) string {
	if t := e.Session.Trouble; t != nil && contains(t.Text, "redirect") {
		return ""
	}
	return code("it does not know the client ID", "invalid_client", "unauthorized_client")(e)
}

// signInTrouble returns what a sign-in met, if one of the texts is in it.
func signInTrouble(e Evidence, texts ...string) *session.Trouble {
	for _, t := range []*session.Trouble{e.SignIn, e.at(session.AtToken)} {
		if t != nil && contains(t.Text+" "+t.Code, texts...) {
			return t
		}
	}
	return nil
}
