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
		about: "The client ID says which app asks for your account. You find it in %apps: " +
			"copy it from there. Your password and your account are fine.",
		fixes: try(Settings), because: "won’t help: %s rejects this client ID",
	},
	{
		id: "secret-missing", group: reply,
		clues: []clue{{97, lasting(session.ReasonSecretMissing)}},
		say:   ask("%s wants a client secret", "Besides the client ID, it asks for the secret that came with it, and Fermata has none. Add it in the settings, then sign in again."),
		about: secretAbout, fixes: try(Settings), because: "won’t help: the client secret is missing",
	},
	{
		id: "secret-expired", group: reply,
		clues: []clue{{97, lasting(session.ReasonSecretExpired)}},
		say:   ask("The client secret has expired", "%s no longer accepts it. Create a new one where the client ID was made, and enter it in the settings."),
		about: secretAbout, fixes: try(Settings), because: "won’t help: the client secret has expired",
	},
	{
		id: "secret-wrong", group: reply,
		clues: []clue{{97, lasting(session.ReasonSecretWrong)}},
		say:   ask("%s rejects the client secret", "It was mistyped, or replaced by a new one. Correct it in the settings, then sign in again."),
		about: secretAbout, fixes: try(Settings), because: "won’t help: the client secret is wrong",
	},
	{
		id: "issuer", group: reply,
		clues: []clue{{97, lasting(session.ReasonIssuer)}},
		say:   ask("%s can’t be set up from its issuer", "At the issuer in the settings there is no description of a sign-in, or another provider’s. Correct it in the settings."),
		about: "The issuer is the address by which a provider names itself, such as https://login.example.org. Below it, Fermata finds where to sign in. " +
			"If the provider has no such description, put its authorize_url and token_url into the settings instead.",
		fixes: try(Settings), because: "won’t help until the issuer is right",
	},
	{
		id: "sign-in-refused", group: reply,
		clues: []clue{{70, func(e Evidence) string {
			return quote(e.at(session.AtAuthorize), func(t *session.Trouble) bool { return t.Ask })
		}}},
		say: func(e Evidence) said {
			switch e.answered().Code {
			case "access_denied":
				return said{checks.Warning, "The sign-in was declined", "You declined access, or %s doesn’t let this account use the app. If you didn’t mean to, sign in again and agree."}
			case "invalid_scope":
				return said{checks.Warning, "%s refused the sign-in", "It doesn’t know a permission that Fermata asks for. Correct the scopes in the settings, then sign in again."}
			}
			return said{checks.Warning, "%s refused the sign-in", "Its page sent the browser back with an error. Check the settings of this account, then sign in again."}
		},
		about: "You sign in on the page of %s, which then sends the browser back to Fermata, with a code or with the reason why there is none.",
		fixes: func(e Evidence) []Fix {
			if t := e.at(session.AtAuthorize); t != nil && t.Code == "access_denied" {
				return []Fix{SignIn}
			}
			return []Fix{Settings, SignIn}
		},
		because: "finish the sign-in first",
	},
	{
		id: "redirect", group: signIn,
		clues: []clue{
			{90, badRedirect},
			{60, when("the browser did not come back", func(e Evidence) bool { return e.NoReturn })},
		},
		say: func(e Evidence) said {
			if badRedirect(e) != "" {
				return said{checks.Warning, "The redirect URI isn’t registered", "Add http://127.0.0.1/callback to the app in %apps, then sign in again."}
			}
			return said{checks.Warning, "The sign-in wasn’t finished", "The page was closed, or it showed an error. Then the client ID or its redirect URI is wrong."}
		},
		about: "After you agree, %s sends the browser back to Fermata, at an address that must be registered for the app: http://127.0.0.1/callback, exactly. " +
			"With any other, it shows an error, and the browser doesn’t come back.",
		fixes: try(SignIn), because: "finish the sign-in first",
	},
	{
		id: "stale-sign-in", group: signIn,
		clues: []clue{{95, gives(session.ReasonStaleCode)}, {95, func(e Evidence) string { return quote(e.SignIn, stale) }}},
		say: func(Evidence) said {
			return said{checks.Warning, "The sign-in took too long", "Its answer had expired, or was used before. Sign in again, in one go."}
		},
		about: "When you agree in the browser, %s gives Fermata a one-time code that is valid for ten minutes. " +
			"A page that was left open, or loaded twice, brings one that no longer works.",
		fixes: try(SignIn), because: "won’t help: you need to sign in again",
	},
}

const secretAbout = "Some providers give an app a secret beside its client ID, and want to see both. It belongs to the app, not to you: your password and your account are fine. " +
	"You find it where the client ID was made, and it may expire there."

// unknownClient fires where the client ID isn't known.
func unknownClient(e Evidence) string {
	if t := e.answered(); t == nil || t.Reason != "" {
		return ""
	}
	return code("it doesn’t know the client ID", "invalid_client", "unauthorized_client", "deleted_client", "disabled_client")(e)
}

// stale reports whether a sign-in's code was no longer good: there is nothing else in it that could be refused.
func stale(t *session.Trouble) bool { return t.Refused() || t.Reason == session.ReasonStaleCode }

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
