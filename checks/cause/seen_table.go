package cause

// Sources of what is known of what people see.
const (
	codesSource  = "github.com/0iy/spotify-error-ref, unofficial" // of the desktop app's codes
	playerSource = "reports of the web player of January and April 2023 and June 2025"
	edgeSource   = playerSource + "; metabrainz/listenbrainz-server#1921, #3766"
	hourSource   = "developer.spotify.com: Refreshing tokens"
	grantSource  = "developer.spotify.com/blog/2026-06-18-refresh-token-expiration; RFC 6749 section 5.2"
	deviceSource = "ffoerg.de of 2020-05-08"
)

const (
	downloadPage     = "https://www.spotify.com/download/"
	subscriptionPage = "https://www.spotify.com/account/subscription/"
	profilePage      = "https://www.spotify.com/account/profile/"
	drmPage          = "https://support.mozilla.org/kb/enable-drm"
)

// seen is the table of what people see. Phrases are as normal writes them.
var seen = []Seen{
	{
		ID: "jwt-expired", Label: "“JWT expired”", Source: playerSource, title: "The web player’s session has timed out", sure: Likely,
		Behind: "A session lasts about an hour, and the open page didn’t renew its own. Load the page again, past the browser’s cache.",
		texts:  []string{"jwt is expired", "jwt expired", "jwt has expired", "json web token expired", "json web token has expired", "token is expired", "tokenexpirederror", "signature has expired"},
		fixes:  []Fix{Refresh, SignIn},
	},
	{
		ID: "token-expired", Label: "“The access token expired”", kind: program, Source: hourSource, title: "A program’s session has timed out", sure: Likely,
		Behind: "A session lasts about an hour, and the program didn’t renew its own. Restart the program, or sign in again in it.",
		texts:  []string{"access token expired", "access token has expired", "access token is expired", "expired access token", "token expired", "token has expired"},
		fixes:  []Fix{Refresh, SignIn, Restart},
	},
	{
		ID: "invalid-grant", Label: "“invalid_grant”, in a program", kind: program, Source: grantSource, title: "A program’s sign-in is over", sure: Certain,
		Behind: "Its permission was removed, the password was changed, you signed out everywhere, or it is six months old. Sign in again in that program.",
		codes:  []string{"invalid_grant"}, texts: []string{"refresh token revoked", "refresh token expired", "invalid refresh token", "invalid grant"},
		fixes: []Fix{SignIn, Permissions},
	},
	{
		ID: "after-an-hour", Label: "It stops after about an hour", Source: hourSource, title: "The player doesn’t renew its session", sure: Likely,
		Behind: "A session lasts about an hour. A player renews it by itself, and this one no longer does until it is opened again.",
		texts:  []string{"after an hour", "after about an hour", "after one hour", "every hour"},
		fixes:  []Fix{Refresh, Restart, SignIn},
	},
	{
		ID: "signed-out", Label: "I was signed out", Source: codesSource, title: "You were signed out", sure: Certain,
		Behind: "Spotify signs you out when you choose “Sign out everywhere” or change your password. If that wasn’t you, change your password.",
		codes:  []string{"accounts:127"}, texts: []string{"session has been terminated", "signed out", "logged out", "logged me out", "signed me out"},
		fixes: []Fix{SignIn, Refresh},
	},
	{
		ID: "edge", Label: "“upstream connect error”, “Jwks remote fetch is failed”, 502, 503 or 504", kind: service, Source: edgeSource, title: "Spotify had a problem of its own", sure: Likely,
		Behind: "This text comes from Spotify’s own servers, when one of them can’t reach another. It isn’t about you, your account or this computer.",
		texts: []string{"jwks remote fetch is failed", "audiences in jwt are not allowed", "no healthy upstream", "upstream connect error", "upstream request timeout",
			"502 bad gateway", "503 service unavailable", "503 service temporarily unavailable", "504 gateway time out", "504 gateway timeout",
			"http 502", "http 503", "http 504", "error 502", "error 503", "error 504", "error:502", "error:503", "error:504",
			"status 502", "status 503", "status 504", "status:502", "status:503", "status:504", "code 502", "code 503", "code 504", "=502", "=503", "=504"},
		fixes: []Fix{Refresh},
	},
	{
		ID: "everywhere", Label: "It plays again only after “Sign out everywhere”", Source: deviceSource, title: "One of your connected devices blocks the others", sure: Likely,
		Behind: "When one connected device doesn’t answer, Spotify may not list any. Sign out everywhere, then sign in again, one device after the other.",
		texts:  []string{"sign out everywhere", "signed out everywhere", "signing out everywhere", "log out everywhere"},
		fixes:  []Fix{SignIn, Device},
	},
	{
		ID: "born-expired", Label: "“Your session has expired, please try again” (desktop_login_accounts:4)", Source: codesSource, title: "The sign-in took too long to reach the app", sure: Likely,
		Behind: "What the browser hands to the app is good for a short time only, so a slow way, or a clock that is off, makes it expire. Sign in again, and go back to the app at once.",
		codes:  []string{"desktop_login_accounts:4"}, texts: []string{"your session has expired please try again", "your session has expired", "session expired"},
		fixes: []Fix{Clock, SignIn},
	},
	{
		ID: "app-sign-in", Label: "“The username or password is incorrect” at the start of the app (session:3)", Source: codesSource, title: "The app’s saved sign-in is over", sure: Likely,
		Behind: "It isn’t about what you typed: the sign-in that the app kept has expired or was ended. Sign out of the app, then sign in.",
		codes:  []string{"session:3"}, texts: []string{"username or password is incorrect"},
		fixes: []Fix{SignIn, Restart},
	},
	{
		ID: "too-slow", Label: "“Login timed out” (desktop_login_accounts:2)", Source: codesSource, title: "The sign-in in the browser took longer than five minutes", sure: Certain,
		Behind: "The app waits five minutes for the browser. Start the sign-in again in the app, and finish it in one go.",
		codes:  []string{"desktop_login_accounts:2"}, texts: []string{"login timed out", "log in timed out", "signup timed out"},
		fixes: []Fix{SignIn},
	},
	{
		ID: "no-way-back", Label: "The browser doesn’t come back to the app (desktop_login_accounts:5, session:103)", kind: blocked, Source: codesSource, title: "The browser can’t hand the sign-in to the app", sure: Likely,
		Behind: "The browser opens the app by a spotify: link, and that link is blocked or goes to another program. Try another default browser, and clear the cookies of spotify.com.",
		codes:  []string{"desktop_login_accounts:5", "session:103"},
		fixes:  []Fix{SignIn, Restart},
	},
	{
		ID: "servers-slow", Label: "“Service is temporarily unavailable” (auth:1, auth:2)", kind: service, Source: codesSource, title: "Spotify’s sign-in servers were slow", sure: Likely,
		Behind: "The app got no usable answer from them. With auth:2 the password may be wrong, too. Wait a few minutes, then sign out of the app and in again.",
		codes:  []string{"auth:1", "auth:2"}, texts: []string{"service is temporarily unavailable"},
		fixes: []Fix{SignIn, Restart},
	},
	{
		ID: "firewall", Label: "“A firewall may be blocking Spotify” (auth:3, accounts:103, accesspoint:39)", kind: blocked, Source: codesSource, title: "Something on this computer blocks the Spotify app", sure: Likely,
		Behind: "The app can’t get through to Spotify. Look at the firewall, the virus scanner, and the proxy in the app’s own settings.",
		codes:  []string{"auth:3", "accounts:103", "accesspoint:39", "accesspoint:30"}, texts: []string{"firewall may be blocking spotify"},
		fixes: []Fix{Restart, Device},
	},
	{
		ID: "proxy-code", Label: "“Your internet network is blocking Spotify” (accounts:53, 54, 55)", kind: blocked, Source: codesSource, title: "The network’s proxy doesn’t let the app through", sure: Likely,
		Behind: "The proxy wants a password or forbids Spotify. Use another network, or ask the administrator of this one.",
		codes:  []string{"accounts:53", "accounts:54", "accounts:55", "accesspoint:50"}, texts: []string{"network is blocking spotify"},
		fixes: []Fix{Device, Restart},
	},
	{
		ID: "thinks-offline", Label: "“No internet connection detected” (accounts:4, accesspoint:31)", kind: blocked, Source: codesSource, title: "The Spotify app believes that there is no network", sure: Likely,
		Behind: "The app asks the system, and can get a wrong answer. On Windows, restart the services “Network List” and “Network Location Awareness”, and turn off the app’s offline mode.",
		codes:  []string{"accounts:4", "accesspoint:31"}, texts: []string{"no internet connection", "no internet"},
		fixes: []Fix{Restart, Refresh},
	},
	{
		ID: "country", Label: "“Your country does not match” (auth:73, accesspoint:17, accounts:408)", kind: elsewhere, Source: codesSource, title: "Spotify sees you in another country than your account’s", sure: Likely, page: profilePage,
		Behind: "A VPN is on, or you have moved. Turn the VPN off, or change the country in your profile.",
		codes:  []string{"auth:73", "accesspoint:17", "accounts:408"}, texts: []string{"country does not match", "not available in your country", "isnt available in your country"},
	},
	{
		ID: "needs-premium", Label: "“Can’t play this right now” for every track (accounts:409)", kind: elsewhere, Source: codesSource, title: "This needs Premium", sure: Likely, page: subscriptionPage,
		Behind: "Your Premium has ended, or this feature is for Premium accounts only. See what your subscription says.",
		codes:  []string{"accounts:409", "not_available_in_non_premium", "premium_required"}, texts: []string{"cant play this right now", "cannot play this right now", "restricted to premium users", "premium required"},
	},
	{
		ID: "too-old", Label: "The app wants to be updated (accesspoint:22, accounts:402)", kind: elsewhere, Source: codesSource, title: "The Spotify app is too old", sure: Certain, page: downloadPage,
		Behind: "Spotify no longer lets this version in, whatever it says of Premium. Update the app.",
		codes:  []string{"accesspoint:22", "accounts:402", "client_version_sunsetted"}, texts: []string{"client is being updated"},
	},
	{
		ID: "protected-content", Label: "“Playback of protected content is not enabled”", kind: elsewhere, Source: codesSource, title: "The browser’s part for protected music is off", sure: Certain, page: drmPage,
		Behind: "Your session is fine. Allow protected content (DRM, Widevine) in the browser’s settings; in Firefox it is called “Play DRM-controlled content”.",
		codes:  []string{"eme_no_supported_keysystem"}, texts: []string{"playback of protected content is not enabled"},
	},
	{
		ID: "licence", Label: "A track stops in the middle (EME_LICENSE_REQUEST_FAILED)", Source: codesSource, title: "The permission to play this track ran out", sure: Likely,
		Behind: "Each track gets a permission of its own through your session, and this one ended in the middle. Play the next track; if that stops too, sign out and in.",
		codes:  []string{"eme_license_request_failed*", "fragment_request_failed*"},
		fixes:  []Fix{Refresh, SignIn},
	},
	{
		ID: "tabs", Label: "“You’ve got too many tabs open”", kind: elsewhere, Source: codesSource, title: "Too many Spotify players are open", sure: Certain,
		Behind: "Your session is fine. Close some of the tabs that play Spotify.",
		texts:  []string{"too many tabs open", "too many tabs"},
	},
	{
		ID: "waking", Label: "“No connection”, “Retrying in…”", Source: codesSource, title: "The player is still connecting", sure: Likely,
		Behind: "It shows this after the computer slept or joined another network, and connects by itself. Wait a minute.",
		texts:  []string{"retrying in", "no connection"},
		fixes:  []Fix{Refresh, Restart},
	},
	{
		ID: "invalid-client", Label: "“INVALID_CLIENT”, in a program", kind: program, Source: "developer.spotify.com: Redirect URIs", title: "A program’s client ID or redirect address is wrong", sure: Certain,
		Behind: "Spotify doesn’t know the client ID, or the redirect address isn’t registered for it. Compare both with the app’s page in the developer dashboard.",
		codes:  []string{"invalid_client"},
		fixes:  []Fix{SignIn},
	},
	{ID: Other, Label: "Something else", Source: "nothing follows from it", sure: NotFound},
}
