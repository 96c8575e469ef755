package account

import (
	"cmp"
	"maps"
	"strings"

	"fermata/app/config"
	"fermata/checks/providers"
	"fermata/checks/session"
)

// Provider says whom an account is with: what is known of its provider, and what the settings say.
func Provider(c config.Account) session.Provider {
	row, known := providers.Named(c.Provider)
	p := row.Provider
	if !known {
		p.Name = c.Name
		p.Offline = []session.Setting{{List: "scopes", Value: "offline_access"}, {List: "params", Value: "prompt=consent"}}
		if c.Issuer != "" { // OpenID Connect Core 1.0 section 3.1.2.1
			p.Dialog = map[string]string{"prompt": "consent"}
		}
	}
	p.Issuer, p.DeviceURL, p.RevokeURL = c.Issuer, cmp.Or(c.DeviceURL, p.DeviceURL), cmp.Or(c.RevokeURL, p.RevokeURL)
	p.AuthorizeURL, p.TokenURL = cmp.Or(c.AuthorizeURL, p.AuthorizeURL), cmp.Or(c.TokenURL, p.TokenURL)
	if c.APIURL != "" {
		p.HealthURL, p.User = c.APIURL, nil
	}
	if c.Scopes != nil {
		p.Scopes = c.Scopes
	}
	p.GrantLifetime, p.Secret = cmp.Or(c.GrantLifetime, p.GrantLifetime), cmp.Or(session.Secret(c.Secret), p.Secret)
	p.Params = maps.Clone(p.Params)
	for _, param := range c.Params {
		if p.Params == nil {
			p.Params = map[string]string{}
		}
		name, value, _ := strings.Cut(param, "=")
		p.Params[name] = value
	}
	return p
}
