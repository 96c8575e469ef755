// Package providers has the providers that Fermata knows by name, a row of data each. Any other is set up with its
// issuer, or with its addresses.
package providers

import (
	"maps"
	"slices"

	"fermata/checks/session"
	"fermata/checks/spotify"
)

// A Row is what is to be known of a provider. What the settings say goes before it.
type Row struct {
	session.Provider
	Redirect string // where a sign-in comes back to, as its client IDs are registered; "": the usual address
	Apps     string // the page where a person takes an app's access away
}

var rows = map[string]func() Row{
	"spotify": func() Row { return Row{Provider: spotify.Provider(), Apps: spotify.AppsPage} },
	// developers.google.com/identity/protocols/oauth2/native-app, …/limited-input-device and
	// accounts.google.com/.well-known/openid-configuration. Its client IDs for desktop apps come with a secret. It
	// gives a refresh token to access_type=offline, and for each sign-in after the first only with prompt=consent.
	"google": func() Row {
		return Row{
			Provider: session.Provider{
				Name:         "Google",
				AuthorizeURL: "https://accounts.google.com/o/oauth2/v2/auth",
				TokenURL:     "https://oauth2.googleapis.com/token",
				DeviceURL:    "https://oauth2.googleapis.com/device/code",
				RevokeURL:    "https://oauth2.googleapis.com/revoke",
				HealthURL:    "https://openidconnect.googleapis.com/v1/userinfo", User: session.Userinfo,
				Scopes: []string{"openid", "profile"},
				Secret: session.SecretInBody,
				Params: map[string]string{"access_type": "offline", "prompt": "consent"},
			},
			Apps: "https://myaccount.google.com/connections",
		}
	},
	// learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow, …/v2-oauth2-device-code and …/reply-url:
	// "localhost" serves any port, which 127.0.0.1 does only by editing the manifest. It has no revocation endpoint.
	"microsoft": func() Row {
		return Row{
			Provider: session.Provider{
				Name:         "Microsoft",
				AuthorizeURL: "https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
				TokenURL:     "https://login.microsoftonline.com/common/oauth2/v2.0/token",
				DeviceURL:    "https://login.microsoftonline.com/common/oauth2/v2.0/devicecode",
				HealthURL:    "https://graph.microsoft.com/oidc/userinfo", User: session.Userinfo,
				Scopes:  []string{"openid", "profile", "offline_access"},
				Dialog:  map[string]string{"prompt": "select_account"},
				Offline: []session.Setting{{List: "scopes", Value: "offline_access"}},
			},
			Redirect: "http://localhost",
			Apps:     "https://account.live.com/consent/Manage",
		}
	},
}

// Names are those that there are rows of, in the order of the alphabet.
func Names() []string { return slices.Sorted(maps.Keys(rows)) }

// Named returns the row of a name, and whether there is one.
func Named(name string) (Row, bool) {
	row, ok := rows[name]
	if !ok {
		return Row{}, false
	}
	return row(), true
}
