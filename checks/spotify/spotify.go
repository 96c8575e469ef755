// Package spotify is what is peculiar to Spotify: its addresses, its permissions, the texts of its
// edge, its devices and its desktop app.
package spotify

import (
	"encoding/json"
	"errors"
	"strings"
	"time"

	"fermata/checks"
	"fermata/checks/session"
	"fermata/checks/text"
)

// Pages that a person is sent to.
const (
	DashboardPage  = "https://developer.spotify.com/dashboard"
	AppsPage       = "https://www.spotify.com/account/apps/" // "Manage apps": remove and re-allow permissions
	SupportPage    = "https://support.spotify.com/contact-spotify-support/"
	PlayerPage     = "https://open.spotify.com/"
	SignInPage     = "https://accounts.spotify.com/login"
	SignOutPage    = "https://www.spotify.com/logout/"                      // of this browser
	EverywherePage = "https://www.spotify.com/account/sign-out-everywhere/" // "Sign out everywhere": ends every session of the account
	StatusURL      = "https://status.spotify.dev/api/v2/summary.json"       // Statuspage's JSON
)

// Addresses that Fermata speaks to.
const (
	AuthorizeURL = "https://accounts.spotify.com/authorize"
	TokenURL     = "https://accounts.spotify.com/api/token"
	APIURL       = "https://api.spotify.com/v1"
	// AccessPointsURL lists the servers that the desktop app talks to, as JSON.
	AccessPointsURL = "https://apresolve.spotify.com/?type=accesspoint"
)

// RedirectURI is what a person registers for the client ID. Without a port, it serves any port
// (developer.spotify.com/documentation/web-api/concepts/redirect_uri).
const RedirectURI = "http://127.0.0.1/callback"

// GrantLifetime is how long a sign-in lasts: six months after the authorization, refreshed or not
// (developer.spotify.com/blog/2026-06-18-refresh-token-expiration). Spotify does not say how it counts
// months; six in a row have 181 to 184 days, and this is the least, so that a warning may come three
// days early and never late.
const GrantLifetime = 181 * 24 * time.Hour

// SessionLifetime is how long an access token lasts, as a rule
// (developer.spotify.com/documentation/web-api/concepts/access-token).
const SessionLifetime = time.Hour

// AppsPlace is where a person registers an app, as they know it.
const AppsPlace = "the developer dashboard"

// LifetimeNote is what a person wonders about the two lifetimes.
const LifetimeNote = "Premium makes no difference."

// Provider returns Spotify as session sees it. The permissions that it asks for are to see the devices,
// and to move playback from one to another; the health look needs none.
func Provider() session.Provider {
	return session.Provider{
		Name:          "Spotify",
		AuthorizeURL:  AuthorizeURL,
		TokenURL:      TokenURL,
		HealthURL:     APIURL + "/me",
		Scopes:        []string{"user-read-playback-state", "user-modify-playback-state"},
		GrantLifetime: GrantLifetime,
		Dialog:        map[string]string{"show_dialog": "true"},
		User:          User,
		Sort:          Sort,
	}
}

// User returns who answers in a reply of /v1/me: the user ID, and what the person chose to be called.
func User(body []byte) session.User {
	var me struct {
		DisplayName json.RawMessage `json:"display_name"` // null where none was chosen
		ID          json.RawMessage `json:"id"`
	}
	var u session.User
	if json.Unmarshal(body, &me) == nil {
		_ = json.Unmarshal(me.ID, &u.ID) // what is no text stays unknown
		_ = json.Unmarshal(me.DisplayName, &u.Name)
	}
	return session.User{ID: strings.TrimSpace(u.ID), Name: strings.TrimSpace(u.Name)}
}

// reasonRestricted is given by a device that can't be controlled.
const reasonRestricted session.Reason = "restricted"

// refusals are Spotify's texts, in lower case, and what they mean; the first that fits counts. Those of
// its edge proxy come with statuses that mean something else elsewhere.
var refusals = []struct {
	status  int // 0: any
	outcome session.Outcome
	reason  session.Reason
	texts   []string
}{
	{0, session.TryLater, session.ReasonGateway, []string{"upstream connect error", "upstream request timeout", "no healthy upstream", "jwks", "audiences in jwt"}},
	{0, session.TokenExpired, session.ReasonTokenExpired, []string{"jwt is expired"}},
	{0, session.Unsorted, session.ReasonTokenExpired, []string{"access token expired", "expired access token"}},
	{403, session.AskPerson, session.ReasonNotListed, []string{"not registered in the developer dashboard", "may not be registered"}},
	{403, session.AskPerson, session.ReasonOwnerPremium, []string{"premium subscription required"}},
	{403, session.AskPerson, session.ReasonPremium, []string{"premium_required", "premium required"}},
	{403, session.AskPerson, session.ReasonScope, []string{"insufficient client scope"}},
	{403, session.Unsorted, reasonRestricted, []string{"restriction violated", "restricted"}},
	{0, session.Unsorted, session.ReasonQuota, []string{"quota"}},
	{400, session.Unsorted, session.ReasonRedirect, []string{"redirect uri", "redirect_uri"}},
	{400, session.Unsorted, session.ReasonStaleCode, []string{"authorization code", "code_verifier"}},
	{400, session.Unsorted, session.ReasonUnknownToken, []string{"invalid refresh token"}},
	{400, session.Unsorted, session.ReasonRevoked, []string{"revoked"}},
	{400, session.Unsorted, session.ReasonExpired, []string{"expired"}},
}

// Sort says what follows from a reply that is no success, and what Spotify means by it.
func Sort(status int, body string) (session.Outcome, session.Reason) {
	if status/100 == 2 || status/100 == 3 {
		return session.Unsorted, ""
	}
	for _, r := range refusals {
		if (r.status == 0 || r.status == status) && text.Has(body, r.texts...) {
			return r.outcome, r.reason
		}
	}
	return session.Unsorted, ""
}

// CheckClientID returns the client ID in what a person pasted, or an error that says what to paste.
func CheckClientID(pasted string) (string, error) {
	id := strings.ToLower(strings.TrimSpace(pasted))
	const hint = `Copy the "Client ID" from your app's page in the Spotify developer dashboard.`
	switch {
	case id == "":
		return "", checks.WithHint(errors.New("no client ID was given"), hint)
	case strings.Trim(id, "0123456789abcdef") != "", len(id) != 32:
		return "", checks.WithHint(errors.New("that doesn't look like a client ID; a client ID is 32 characters long, using only 0–9 and a–f"), hint)
	}
	return id, nil
}
