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
)

// Pages that a person is sent to.
const (
	DashboardPage = "https://developer.spotify.com/dashboard"
	AppsPage      = "https://www.spotify.com/account/apps/" // "Manage apps": remove and re-allow permissions
	SupportPage   = "https://support.spotify.com/contact-spotify-support/"
	PlayerPage    = "https://open.spotify.com/"
	StatusPage    = "https://status.spotify.dev"
	StatusURL     = "https://status.spotify.dev/api/v2/summary.json" // Statuspage's JSON
)

// Addresses that Fermata speaks to.
const (
	AuthorizeURL = "https://accounts.spotify.com/authorize"
	TokenURL     = "https://accounts.spotify.com/api/token"
	APIURL       = "https://api.spotify.com/v1"
)

// RedirectURI is what a person registers for the client ID. Without a port, it serves any port
// (developer.spotify.com/documentation/web-api/concepts/redirect_uri).
const RedirectURI = "http://127.0.0.1/callback"

// GrantLifetime is how long a sign-in lasts: six months after the authorization, refreshed or not
// (developer.spotify.com/blog/2026-06-18-refresh-token-expiration). Spotify does not say how it counts
// months; six in a row have 181 to 184 days, and this is the least, so that a warning may come three
// days early and never late.
const GrantLifetime = 181 * 24 * time.Hour

// Scopes returns the permissions to ask for: to see the devices, and to move playback from one to
// another. The health look needs none.
func Scopes() []string {
	return []string{"user-read-playback-state", "user-modify-playback-state"}
}

// Provider returns Spotify as session sees it.
func Provider() session.Provider {
	return session.Provider{
		Name:          "Spotify",
		AuthorizeURL:  AuthorizeURL,
		TokenURL:      TokenURL,
		HealthURL:     APIURL + "/me",
		Scopes:        Scopes(),
		GrantLifetime: GrantLifetime,
		User:          User,
		Sort:          Sort,
	}
}

// User returns the name in a reply of /v1/me: what the person chose to be called, else the user ID,
// else "".
func User(body []byte) string {
	var me struct {
		DisplayName json.RawMessage `json:"display_name"` // null where none was chosen
		ID          json.RawMessage `json:"id"`
	}
	if json.Unmarshal(body, &me) != nil {
		return ""
	}
	var name string
	if json.Unmarshal(me.DisplayName, &name); strings.TrimSpace(name) == "" {
		json.Unmarshal(me.ID, &name)
	}
	return strings.TrimSpace(name)
}

// Sort recognises the texts of Spotify's edge proxy, which answer with statuses that mean something
// else elsewhere, and the refusals of development mode.
func Sort(status int, body string) session.Outcome {
	switch {
	case status/100 == 2, status/100 == 3:
		return session.Unsorted
	case contains(body, "upstream connect error", "jwks", "audiences in jwt", "no healthy upstream", "upstream request timeout"):
		return session.TryLater
	case contains(body, "jwt is expired"):
		return session.TokenExpired
	case status == 403 && contains(body, "not registered in the developer dashboard", "may not be registered",
		"active premium subscription required", "insufficient client scope", "premium_required"):
		return session.AskPerson
	}
	return session.Unsorted
}

// contains reports whether text has one of the phrases, which are in lower case.
func contains(text string, phrases ...string) bool {
	text = strings.ToLower(text)
	for _, p := range phrases {
		if strings.Contains(text, p) {
			return true
		}
	}
	return false
}

// CheckClientID returns the client ID in what a person pasted, or an error that says what to paste.
func CheckClientID(pasted string) (string, error) {
	id := strings.ToLower(strings.TrimSpace(pasted))
	const hint = `Copy the "Client ID" from your app's page in the Spotify developer dashboard.`
	switch {
	case id == "":
		return "", checks.WithHint(errors.New("no client ID was given"), hint)
	case strings.Trim(id, "0123456789abcdef") != "", len(id) != 32:
		return "", checks.WithHint(errors.New("a Spotify client ID has 32 characters, each a digit or a letter from a to f"), hint)
	}
	return id, nil
}
