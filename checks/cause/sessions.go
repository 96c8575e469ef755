package cause

import "fermata/checks/spotify"

// A Reason is one of the four causes for which sessions end, or the fifth.
type Reason struct {
	ID    string // "expired", "signed-out", "permissions", "clock", "six-months"
	Title string
	Text  string   // what happens then, in two sentences
	Fix   Fix      // what comes first
	ids   []string // of the causes and the rows of what people see that come from it
}

// A Remedy is one of the seven fixes, as a person does it who has no account in Fermata.
type Remedy struct {
	Fix   Fix
	Title string
	What  string   // what it does, in a sentence
	Steps []string // what exactly to do, each a sentence or two
	Page  string   // the page to open first; "": none
	Else  string   // a stronger way, in a sentence; "": none
	Other string   // the page of that
}

// Sessions is what there is to know of why sessions end: the causes, the seven fixes and the five questions.
var Sessions = struct {
	Reasons   []Reason
	Remedies  []Remedy // in the order of Fixes
	Questions []Question
}{endings, remedies, Questions}

var endings = []Reason{
	{"expired", "The session timed out",
		"A session lasts about an hour, and the player renews it. After sleep, a lost connection or a page left open for long, that can fail.",
		Refresh, []string{"timed-out", "ended-early", "jwt-expired", "token-expired", "after-an-hour"}},
	{"signed-out", "You were signed out",
		"“Sign out everywhere” or a new password ends every session. You need to sign in again on each device.",
		SignIn, []string{"signed-out", "app-sign-in"}},
	{"permissions", "A permission was removed",
		"Each program has only the permissions that you gave it, and you can take them back on your account’s page. Then it has to ask you again.",
		Permissions, []string{"revoked", "scopes"}},
	{"clock", "The clock is wrong",
		"Sessions say from when and until when they are valid. A computer with a wrong clock may take a valid one for expired.",
		Clock, []string{ClockWrong}},
	{"six-months", "The sign-in is six months old",
		"The sign-in that a program keeps expires six months after you gave it, however often the session was renewed. The web player and the Spotify app have their own.",
		SignIn, []string{"grant-ended", GrantEnds}},
}

// reasonOf are the IDs of the reasons, by what comes from them.
var reasonOf = func() map[string]string {
	of := map[string]string{}
	for _, r := range endings {
		for _, id := range r.ids {
			of[id] = r.ID
		}
	}
	return of
}()

var remedies = []Remedy{
	{Fix: Refresh, Title: "Open the web player again", Page: spotify.PlayerPage,
		What: "Loads the web player with a new session.",
		Steps: []string{
			"Close the tabs with the web player, then open it again.",
			"If it shows the old page, reload past the cache: Ctrl+Shift+R in Firefox, Chrome and Edge, on a Mac Cmd+Shift+R, in Safari Option+Cmd+R.",
		}},
	{Fix: SignIn, Title: "Sign out, then sign in again", Page: spotify.SignOutPage,
		What: "Ends the old session in this browser and starts a new one.",
		Steps: []string{
			"Sign out on the page that opens, then sign in at accounts.spotify.com.",
			"In the Spotify app: click your name, choose “Log out”, then log in.",
		},
		Else: "“Sign out everywhere” ends the sessions of all devices, also of one that is stuck.", Other: spotify.EverywherePage},
	{Fix: Restart, Title: "Restart Spotify",
		What: "Quits the Spotify app and starts it again.",
		Steps: []string{
			"If you listen in the browser, close all of its windows and start it again.",
		}},
	{Fix: Clock, Title: "Check and set the clock",
		What: "Compares this computer’s clock with time servers, and has the system set it from the network.",
		Steps: []string{
			"On a phone, turn on “Set time automatically” in the settings for date and time.",
		}},
	{Fix: Permissions, Title: "Remove and re-allow permissions", Page: spotify.AppsPage,
		What: "Shows which programs may use your account.",
		Steps: []string{
			"Remove the program that stopped working, then start it and allow it again.",
			"The web player and the Spotify app aren’t in this list: for them, sign out and in.",
		}},
	{Fix: Device, Title: "Try another device",
		What: "Shows whether the problem is on this computer or with your account.",
		Steps: []string{
			"Play a song on a phone, with the Wi-Fi off, or on another computer.",
			"If it plays there, the problem is on this computer or its network: restart the player and the router.",
			"If it doesn’t play there either, the problem is your account or Spotify: sign out everywhere, or contact support.",
		}},
	{Fix: Support, Title: "Contact support", Page: spotify.SupportPage,
		What: "Shows a report of what was found and tried, without secrets, and opens Spotify’s contact page.",
		Steps: []string{
			"Copy the report and send it with your question.",
		}},
}
