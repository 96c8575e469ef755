package cause

import (
	"fmt"
	"time"

	"fermata/checks"
	"fermata/checks/session"
)

// rows is every cause that Fermata knows, in the order in which they are to be mended: what stands in
// the way of the others comes first. The strings of provider replies are hints, never enough alone
// where another cause gives the same string.
var rows = []row{
	{
		id: ClockWrong,
		clues: []clue{
			{100, clockWrong},
			{60, certificateTime},
		},
		say: func(e Evidence) (checks.Level, string, string) {
			if e.ClockLevel >= checks.Warning {
				return e.ClockLevel, e.ClockSays, e.Clock.Evidence() + " " + e.Provider + " may treat good tokens as expired."
			}
			return checks.Warning, "Your clock may be wrong", e.Provider + "'s certificate is not valid at the time that this computer believes it is."
		},
		about: "Every sign-in carries times: from when and until when it is good. A computer whose clock is wrong compares them with the wrong time, and so takes good ones for dead and dead ones for good.",
		fixes: []Fix{Clock, Refresh, Support},
	},
	{
		id: Keyring,
		clues: []clue{
			{100, notKept},
			{100, where(session.AtKeyring, "the keyring could not be read")},
		},
		say: func(e Evidence) (checks.Level, string, string) {
			if e.Session.Kept != nil {
				return checks.Warning, "The sign-in could not be kept", sentence(e.Session.Kept) + " It lasts until Fermata ends."
			}
			return checks.Warning, "The keyring did not give the sign-in", trouble(e)
		},
		about: "Fermata keeps the sign-in in your system's keyring, so that nobody who reads your files has it. While the keyring is locked or missing, it cannot be kept or read.",
		fixes: []Fix{SignIn, Support},
	},
	{
		id: "intercepted", group: "reply",
		clues: []clue{{95, code("its certificate is somebody else's", session.CodeCertificate)}},
		say: lapses("The connection to %s is intercepted",
			"someone between here and there answers with a certificate of their own: a company's or school's proxy, or a virus scanner"),
		about: "Your connection ends at a machine in between that shows its own certificate. Fermata does not send a sign-in through it.",
		fixes: []Fix{Device, Support},
	},
	{
		id: "portal", group: "reply",
		clues: []clue{{90, code("a web page came where an answer of the service was due", session.CodePortal, session.CodeRedirect)}},
		say:   lapses("This network asks you to log in first", "the network answers with a page of its own"),
		about: "Hotels, trains and airports show a page before they let you through. Open any web site, log in there, and it goes on by itself.",
		fixes: []Fix{Device},
	},
	{
		id: "proxy", group: "reply",
		clues: []clue{
			{95, status(407, 407, "the proxy asks for a password (407)")},
			{90, said(session.AtNetwork, 0, "proxyconnect", "proxy authentication")},
		},
		say:   lapses("A proxy blocks the way to %s", "the proxy did not let the request through"),
		about: "A proxy is a machine that your network sends requests through. Its settings are the system's own.",
		fixes: []Fix{Device, Support},
	},
	{
		id: "no-network", group: "reply",
		clues: []clue{
			{60, where(session.AtNetwork, "no answer from the network")},
			{20, func(e Evidence) string {
				if t := e.Session.Trouble; t != nil && t.Where == session.AtNetwork && !e.NetworkSeen {
					return "the time servers do not answer either"
				}
				return ""
			}},
		},
		say:   lapses("No connection to %s", "no connection"),
		about: "Fermata could not reach the service. When the connection is back, it renews the session by itself.",
		fixes: []Fix{Refresh, Device},
	},
	{
		id: "provider-down", group: "reply",
		clues: []clue{
			{75, status(500, 599, "the service answered with an error of its own")},
			{90, edge},
			{95, func(e Evidence) string {
				if fresh(e) && e.StatusPage != "" {
					return "its status page says: " + e.StatusPage
				}
				return ""
			}},
			{85, func(e Evidence) string {
				if fresh(e) && e.OthersFail {
					return "another account fails in the same way at the same time"
				}
				return ""
			}},
		},
		say:   lapses("%s may be down", "the service itself is out of order"),
		about: "The fault is at the service, not at your sign-in, your password or your computer. Fermata keeps the sign-in and tries again, less and less often.",
		fixes: []Fix{Refresh},
	},
	{
		id: "rate-limit", group: "reply",
		clues: []clue{{95, status(429, 429, "the service asks to wait (429)")}},
		say: func(e Evidence) (checks.Level, string, string) {
			level, title, why := lapses("%s asks to wait", "too many requests were made")(e)
			if wait := e.Session.Trouble.RetryAfter; wait > 0 {
				why += " It may be asked again at " + clockTime(e.Session.Trouble.Since.Add(wait), e.Now) + "."
			}
			return level, title, why
		},
		about: "The service counts the requests of each app and makes it wait after too many. Trying again sooner makes the wait longer.",
		fixes: []Fix{},
	},
	{
		id: "wrong-client", group: "reply",
		clues: []clue{{95, code("it does not know the client ID", "invalid_client")}},
		say: ask("%s does not know this client ID",
			"It was mistyped, the app was deleted in the developer dashboard, or the redirect address is not registered there."),
		about: "The client ID says which app asks. It stands on the app's page in the developer dashboard and has 32 characters.",
		fixes: []Fix{SignIn, Support},
	},
	{
		id: "six-months", group: "reply",
		clues: []clue{
			{30, code("it no longer accepts the sign-in", "invalid_grant")},
			{40, said(session.AtToken, 0, "expired")},
			{50, func(e Evidence) string {
				if t := e.Session.Trouble; t == nil || t.Code != "invalid_grant" || e.Session.GrantUntil.IsZero() || e.Now.Before(e.Session.GrantUntil) {
					return ""
				}
				return "you signed in more than six months ago"
			}},
		},
		say: ask("Sign in to %s again",
			"Every sign-in ends six months after it was given, and yours has. Nothing is wrong with your account."),
		about: "Since 2026 Spotify ends every sign-in six months after you gave it, however often it was renewed. Signing in again starts the next six months. Premium changes nothing about it.",
		fixes: []Fix{SignIn},
	},
	{
		id: "other-token", group: "reply",
		clues: []clue{
			{30, code("it no longer accepts the sign-in", "invalid_grant")},
			{60, said(session.AtToken, 0, "invalid refresh token")},
		},
		say: ask("Sign in to %s again",
			"The kept sign-in belongs to another client ID, or it was damaged."),
		about: "A sign-in belongs to the app that asked for it. After a change of the client ID it has to be given anew.",
		fixes: []Fix{SignIn},
	},
	{
		id: "revoked", group: "reply",
		clues: []clue{
			{60, code("it no longer accepts the sign-in", "invalid_grant")},
			{15, said(session.AtToken, 0, "revoked")},
			{5, func(e Evidence) string {
				if t := e.Session.Trouble; t != nil && t.Code == "invalid_grant" && e.OthersWell {
					return "another account works at the same time"
				}
				return ""
			}},
		},
		say: func(e Evidence) (checks.Level, string, string) {
			return ask("Sign in to %s again", e.Provider+" no longer accepts this sign-in. It was revoked, or the password was changed.")(e)
		},
		about: "You or somebody else removed the app's permission, changed the password, or signed out everywhere. Renewing cannot help: the service wants you to sign in once more.",
		fixes: []Fix{SignIn, Permissions, Support},
	},
	{
		id: "scopes", group: "reply",
		clues: []clue{{95, said(session.AtAPI, 403, "insufficient client scope")}},
		say:   ask("%s misses a permission", "The sign-in works, but it does not allow all that Fermata asks for."),
		about: "A sign-in lists what the app may do. Allowing the app once more, with the full list, mends it.",
		fixes: []Fix{Permissions, SignIn},
	},
	{
		id: "owner-premium", group: "reply",
		clues: []clue{{97, said(session.AtAPI, 403, "premium subscription required for the owner")}},
		say:   ask("The app's owner needs Premium", "The person who made this client ID no longer has Spotify Premium, so Spotify refuses its requests."),
		about: "Apps in development mode work only while their owner has Premium. Your sign-in is good.",
		fixes: []Fix{Support},
	},
	{
		id: "not-listed", group: "reply",
		clues: []clue{{95, said(session.AtAPI, 403, "not registered", "may not be registered")}},
		say:   ask("Your account is not on the app's user list", "The sign-in worked, but the client ID's owner has to add you in the developer dashboard."),
		about: "An app in development mode serves five people, whom its owner lists by name and e-mail address.",
		fixes: []Fix{Support},
	},
	{
		id: "premium", group: "reply",
		clues: []clue{{95, said(session.AtAPI, 403, "premium_required", "premium required")}},
		say:   ask("This needs %s Premium", "The sign-in is good; the service does this only for Premium accounts."),
		about: "Premium changes nothing about how long a sign-in or a token lasts.",
		fixes: []Fix{},
	},
	{
		id: "ended-early", group: "reply",
		clues: []clue{{75, status(401, 401, "it rejects the session before its time (401)")}},
		say:   ask("%s ended the session", "It was ended before its time: signed out everywhere, or the permission was removed."),
		about: "A session lasts an hour and can be renewed. The service can end it earlier, for instance when you sign out everywhere.",
		fixes: []Fix{Refresh, SignIn, Permissions},
	},
	{
		id: "timed-out", group: "reply",
		clues: []clue{{80, func(e Evidence) string {
			s := e.Session
			if s.Trouble != nil || s.Renews || s.Until.IsZero() || e.Level < checks.Warning {
				return ""
			}
			return "it is set to be renewed on a click only"
		}}},
		say: func(e Evidence) (checks.Level, string, string) {
			if e.Now.Before(e.Session.Until) {
				return checks.Warning, fmt.Sprintf("%s session ends at %s", e.Provider, clockTime(e.Session.Until, e.Now)), "It waits for your click to be renewed."
			}
			return checks.Critical, fmt.Sprintf("%s session ended at %s", e.Provider, clockTime(e.Session.Until, e.Now)), "It waits for your click to be renewed."
		},
		about: "A session lasts an hour. A program that holds the sign-in can renew it without asking you again.",
		fixes: []Fix{Refresh, SignIn},
	},
	{
		id:    "not-signed-in",
		group: "reply",
		clues: []clue{{90, func(e Evidence) string {
			if e.Session.Trouble == nil && !e.Session.SignedIn && e.Level >= checks.Warning {
				return "no sign-in is kept"
			}
			return ""
		}}},
		say:   ask("Not signed in to %s", "Sign in once, and Fermata holds the session from then on."),
		about: "Signing in happens in your browser, at the service itself. Fermata never sees your password.",
		fixes: []Fix{SignIn},
	},
	{
		id: GrantEnds,
		clues: []clue{{80, func(e Evidence) string {
			left := e.Session.GrantUntil.Sub(e.Now)
			if e.Session.GrantUntil.IsZero() || e.Session.Trouble != nil || e.Level < checks.Warning || left < 0 || left > 30*24*time.Hour {
				return ""
			}
			return "you signed in on " + day(e.Session.GrantUntil.AddDate(0, -6, 0), e.Now)
		}}},
		say: func(e Evidence) (checks.Level, string, string) {
			return checks.Warning, fmt.Sprintf("%s sign-in ends in %s", e.Provider, daysLeft(e.Session.GrantUntil.Sub(e.Now))),
				fmt.Sprintf("%s ends every sign-in after six months; this one on %s.", e.Provider, day(e.Session.GrantUntil, e.Now))
		},
		about: "Renewing a session does not prolong the sign-in behind it. Signing in again does.",
		fixes: []Fix{SignIn},
	},
}
