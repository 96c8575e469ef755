package cause

import (
	"net/http"
	"strings"

	"fermata/checks"
	"fermata/checks/session"
)

var (
	noScope   = saying(session.AtAPI, http.StatusForbidden, "insufficient client scope", "insufficient_scope")
	noPremium = saying(session.AtAPI, http.StatusForbidden, "premium_required", "premium required")
)

var accessRows = []row{
	{
		id: "scopes", group: reply,
		clues: []clue{
			{95, noScope},
			{5, with(noScope, func(e Evidence) string {
				if len(e.Session.Missing) == 0 {
					return ""
				}
				return "missing: " + permissions(e)
			})},
		},
		say: func(e Evidence) said {
			why := "The sign-in is good, but does not allow all that Fermata asks for."
			if len(e.Session.Missing) > 0 {
				why = "The sign-in is good, but does not allow Fermata to " + permissions(e) + "."
			}
			return said{checks.Critical, "A permission is missing at %s", why}
		},
		about: "A sign-in lists what the app may do, and %s asks you about each of them once. Allow the app again, with the whole list, and it is mended. " +
			"Renewing keeps the list as it is.",
		fixes:   try(Permissions, SignIn),
		because: "the permission has to come from you",
	},
	{
		id: "not-listed", group: reply,
		clues: []clue{{95, saying(session.AtAPI, http.StatusForbidden, "not registered in the developer dashboard", "may not be registered")}},
		say:   ask("Your account is not on the app's user list", "The sign-in worked, but whoever made the client ID has to add you in the developer dashboard."),
		about: "An app in development mode serves five people, whom its owner lists by name and e-mail address under “User Management” in the developer dashboard. " +
			"If you made the client ID, add yourself with the account that you sign in with.",
		fixes:   try(SignIn),
		because: "the app's owner has to put you on the list",
	},
	{
		id: "owner-premium", group: reply,
		clues: []clue{{97, saying(session.AtAPI, http.StatusForbidden, "premium subscription required for the owner")}},
		say:   ask("The app's owner needs %s Premium", "Whoever made the client ID no longer has Premium, so %s refuses all that the app asks."),
		about: "A client ID of a developer works only while that person has Premium. Your own sign-in is good. " +
			"With Premium, or with the client ID of somebody who has it, it goes on.",
		fixes:   try(Support),
		because: "the app's owner has to have Premium",
	},
	{
		id: "premium", group: reply,
		clues: []clue{{95, noPremium}},
		say:   ask("This needs %s Premium", "The session is good; %s does this for Premium accounts only."),
		about: "Some things, such as moving the music to another device, are for Premium accounts. " +
			"How long a session or a sign-in lasts is the same for all: Premium changes nothing about it.",
		fixes:   try(SignIn, Support),
		because: "the account has to have Premium",
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
			scope = "move playback"
		}
		names = append(names, plain(scope))
	}
	if n := len(names); n > 1 {
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
	return strings.Join(names, "")
}
