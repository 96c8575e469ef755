package cause

import (
	"strings"

	"fermata/checks"
	"fermata/checks/session"
)

var missingScope = either(gives(session.ReasonScope), code("a permission is missing", "insufficient_scope")) // RFC 6750 section 3.1

var accessRows = []row{
	{
		id: "scopes", group: reply,
		clues: []clue{
			{95, missingScope},
			{5, with(missingScope, func(e Evidence) string {
				if len(e.Session.Missing) == 0 {
					return ""
				}
				return "missing: " + permissions(e)
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
		fixes:   try(Permissions, SignIn),
		because: "won’t help: you need to allow it",
	},
	{
		id: "not-listed", group: reply,
		clues: []clue{{95, gives(session.ReasonNotListed)}},
		say:   ask("Your account isn’t on the app’s user list", "The sign-in worked, but the owner of the client ID has to add you under User Management in the developer dashboard."),
		about: "An app in development mode serves five people, whom its owner lists by name and e-mail address under “User Management” in the developer dashboard. " +
			"If you created the client ID, add yourself with the account that you sign in with.",
		fixes:   try(SignIn),
		because: "won’t help: the app’s owner has to add you",
	},
	{
		id: "owner-premium", group: reply,
		clues: []clue{{97, gives(session.ReasonOwnerPremium)}},
		say:   ask("The client ID’s owner needs Premium", "Their Premium has ended, so %s rejects every request."),
		about: "A developer’s client ID works only while that person has Premium. Your own sign-in is fine. " +
			"It works again with Premium, or with the client ID of somebody who has it.",
		fixes:   try(Support),
		because: "won’t help: the client ID’s owner needs Premium",
	},
	{
		id: "premium", group: reply,
		clues: []clue{{95, gives(session.ReasonPremium)}},
		say:   ask("%s Premium required", "Your session is fine, but this feature is only for Premium accounts."),
		about: "Some features, such as moving the music to another device, are only for Premium accounts. " +
			"Sessions and sign-ins last equally long for everyone: Premium makes no difference to that.",
		fixes:   try(SignIn, Support),
		because: "won’t help: this needs Premium",
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
