package standin

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// A Trouble is something that can go wrong in a World. Troubles add up until "repair".
type Trouble struct {
	Name  string // as the action "demo/NAME" has it
	Label string // as a menu shows it
	apply func(*World)
}

const (
	aheadBy    = 90 * time.Second
	halfAge    = 185 * 24 * time.Hour // longer than any six months
	almostHalf = 174 * 24 * time.Hour // a week short of the shortest
	edge       = "upstream connect error or disconnect/reset before headers. reset reason: connection termination"
)

// Troubles returns every trouble in a menu's order, the repair last. Where nothing else is said, a
// repair mends it and signing in again does not.
//
//   - end-session: Spotify's API no longer takes the access tokens given so far. A refresh mends it,
//     so a person whose account renews by itself sees nothing but a later end of the session.
//   - revoke: neither access nor refresh tokens are taken. Only signing in again mends it.
//   - six-months: the same with "Refresh token expired", and World.Aged is told the new age.
//   - clock-ahead: all time servers, and the Date of Spotify's replies, are 90 s behind this clock.
//   - lying-server: the last time server is 90 s ahead of the others.
//   - no-network: Transport and Dial fail, and a browser cannot reach Spotify either.
//   - spotify-down: every address of Spotify answers 503 with the text of its edge proxy.
//   - seven-days: sign-ins have about a week to go, and World.Aged is told their age. Signing in
//     again mends it.
//   - signed-out: the API takes no access token, renewed ones neither. Signing in again mends it.
//   - damaged: the refresh token is unknown: "Invalid refresh token". Signing in again mends it.
//   - scopes: a permission is taken away. Signing in again mends it.
//   - not-listed, owner-premium, premium: the API's three refusals of a good token.
//   - unknown-client: the client ID belongs to no app any more, and sessions have ended.
//   - redirect: the page to sign in on says that the redirect address is not registered.
//   - rate-limit, quota: the API answers 429 and wants to be left alone for a minute, or for ten.
//   - false-revoke: an outage in which the API answers 503 and good sign-ins are called revoked.
//   - portal: all that comes is a page of the network's own, in a browser too.
//   - proxy, intercepted, certificate: the connection fails on the way as with Go's own client.
//   - keyring: World.Locked is told to lock the keyring.
//   - unknown: the API answers what nobody has heard of.
//   - shared, idle, confirm, account-closed, refused, secret-missing, secret-expired, secret-wrong: sessions have
//     ended, and the token endpoint refuses as those of other providers do.
//   - empty-answer: sessions have ended, and the token endpoint answers with nothing.
//   - sign-in-down, api-down: one of Spotify's servers alone answers 503.
//   - player-expired: the web player's page says "Jwt is expired", to anybody.
//   - player-hangs: the web player's page never comes.
//   - unreachable: no connection is made to Spotify, though the network works.
//   - names: no name can be looked up.
//   - hosts-file: the hosts file names the sign-in server, which leads nowhere.
//   - ports: the servers of the desktop app are blocked.
//   - ipv6: what goes over IPv6 is never answered.
//   - no-app: there is no desktop app, and nothing opens its links.
func Troubles() []Trouble {
	return []Trouble{
		{"end-session", "End the session early", func(w *World) { w.Spotify.EndSessions() }},
		{"revoke", "Revoke the sign-in", func(w *World) { w.Spotify.Revoke() }},
		{"six-months", "Sign-in is six months old", func(w *World) { w.age(func() { w.Spotify.age(halfAge) }) }},
		{"clock-ahead", "Put the clock 90 s ahead", (*World).putClockAhead},
		{"lying-server", "One time server lies", func(w *World) { w.Times.lie() }},
		{"no-network", "Cut the network", func(w *World) { w.cut.Store(true) }},
		{"spotify-down", "Spotify is down", func(w *World) { w.Spotify.Override("/", Answer(http.StatusServiceUnavailable, "text/plain", edge)) }},
		{"seven-days", "Sign-in expires in a week", func(w *World) { w.age(func() { w.Spotify.age(almostHalf) }) }},
		{"signed-out", "Sign out everywhere", func(w *World) { w.Spotify.signOut() }},
		{"damaged", "Damage the saved sign-in", func(w *World) { w.Spotify.forget() }},
		{"scopes", "Remove a permission", func(w *World) { w.Spotify.narrow("user-modify-playback-state") }},
		{"not-listed", "Account not on the user list", refuses(http.StatusForbidden, "User not registered in the Developer Dashboard")},
		{"owner-premium", "Owner’s Premium has ended", refuses(http.StatusForbidden, "Active premium subscription required for the owner of the app.")},
		{"premium", "Premium required", refuses(http.StatusForbidden, `{"error":{"status":403,"message":"Player command failed: Premium required","reason":"PREMIUM_REQUIRED"}}`)},
		{"unknown-client", "Delete the app in the dashboard", (*World).deleteApp},
		{"redirect", "Unregister the redirect URI", func(w *World) { w.Spotify.Override("/authorize", errorPage("INVALID_CLIENT: Invalid redirect URI")) }},
		{"rate-limit", "Too many requests", limits(60, `{"error":{"status":429,"message":"API rate limit exceeded"}}`)},
		{"quota", "App’s quota is used up", limits(600, `{"error":{"status":429,"message":"Quota exceeded","reason":"QUOTA_EXCEEDED"}}`)},
		{"false-revoke", "Outage that rejects valid sign-ins", (*World).falseRevoke},
		{"portal", "Wi-Fi login page (captive portal)", func(w *World) { w.Spotify.Override("/", portal) }},
		{"proxy", "Proxy asks for a password", fails(proxyPassword)},
		{"intercepted", "Connection is intercepted", fails(unknownAuthority)},
		{"certificate", "Certificate has expired", fails(outOfDate)},
		{"keyring", "Lock the keyring", func(w *World) { w.Locked(true) }},
		{"unknown", "Unknown error", refuses(http.StatusConflict, `{"error":{"status":409,"message":"The bard is on strike"}}`)},
		{"sign-in-down", "Sign-in server is down", func(w *World) {
			w.Spotify.Override("/api/token", Answer(http.StatusServiceUnavailable, "text/plain", edge))
		}},
		{"api-down", "Web API is down", refuses(http.StatusServiceUnavailable, edge)},
		{"player-expired", "Web player says “Jwt is expired”", func(w *World) {
			w.Spotify.Override(playerPath, Answer(http.StatusUnauthorized, "text/plain", "Jwt is expired"))
		}},
		{"player-hangs", "Web player doesn’t answer", func(w *World) { w.Spotify.Override(playerPath, hangs) }},
		{"unreachable", "Spotify can’t be reached", fails(refused)},
		{"names", "Names can’t be looked up", fails(noName)},
		{"hosts-file", "Hosts file blocks Spotify", (*World).onlySeen},
		{"ports", "Firewall blocks the app", (*World).onlySeen},
		{"ipv6", "IPv6 hangs", (*World).onlySeen},
		{"no-app", "No Spotify app", (*World).onlySeen},
		{"shared", "Another program uses the sign-in", says(http.StatusBadRequest, "invalid_grant", "Maximum allowed refresh token reuse exceeded")},
		{"idle", "Sign-in not used for too long", says(http.StatusBadRequest, "invalid_grant", "Session not active")},
		{"confirm", "It wants to know who you are", says(http.StatusBadRequest, "interaction_required", "You must use multi-factor authentication.")},
		{"account-closed", "Account is blocked", says(http.StatusForbidden, "invalid_grant", "user is blocked")},
		{"refused", "Refuses without a reason", says(http.StatusBadRequest, "invalid_grant", "")},
		{"secret-missing", "It wants a client secret", says(http.StatusBadRequest, "invalid_request", "client_secret is missing.")},
		{"secret-expired", "Client secret has expired", says(http.StatusUnauthorized, "invalid_client", "The provided client secret keys are expired.")},
		{"secret-wrong", "Client secret is wrong", says(http.StatusUnauthorized, "invalid_client", "Invalid client secret provided.")},
		{"empty-answer", "Empty answers", func(w *World) {
			w.Spotify.EndSessions()
			w.Spotify.Override("/api/token", Answer(http.StatusOK, "application/json", ""))
		}},
		{"repair", "Fix everything", (*World).repair},
	}
}

// Cause causes the trouble of that name.
func (w *World) Cause(name string) error {
	var names []string
	for _, t := range Troubles() {
		if t.Name == name {
			w.on.Store(name, true)
			t.apply(w)
			return nil
		}
		names = append(names, t.Name)
	}
	return fmt.Errorf("no trouble is called %q; there are %s", name, strings.Join(names, ", "))
}

// has reports whether a trouble was caused since the last repair.
func (w *World) has(name string) bool {
	_, on := w.on.Load(name)
	return on
}

// onlySeen is a trouble that no request to Spotify meets, but who looks for it: see Doctor.
func (*World) onlySeen() {}

// age tells by how much change made the latest sign-in older.
func (w *World) age(change func()) {
	before := w.Spotify.aged()
	change()
	if d := w.Spotify.aged() - before; d != 0 {
		w.Aged(d)
	}
}

// putClockAhead shifts everyone else, since this computer's clock is not the demo's to set.
func (w *World) putClockAhead() {
	w.Times.Shift(-aheadBy)
	w.Spotify.shift(-aheadBy)
}

func (w *World) repair() {
	w.age(w.Spotify.Repair)
	w.Times.Shift(0)
	w.cut.Store(false)
	w.fault.Store(nil)
	w.on.Clear()
	w.Locked(false)
}
