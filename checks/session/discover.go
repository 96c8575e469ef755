package session

import (
	"cmp"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"fermata/checks/web"
)

// metadata is what an issuer tells of itself (RFC 8414 section 2, OpenID Connect Discovery 1.0 section 3).
type metadata struct {
	Issuer       string   `json:"issuer"`
	AuthorizeURL string   `json:"authorization_endpoint"`
	TokenURL     string   `json:"token_endpoint"`
	DeviceURL    string   `json:"device_authorization_endpoint"`
	RevokeURL    string   `json:"revocation_endpoint"`
	UserURL      string   `json:"userinfo_endpoint"`
	AuthMethods  []string `json:"token_endpoint_auth_methods_supported"`
}

// of returns p with the addresses that the issuer tells, where it has none of its own.
func (m metadata) of(p Provider) Provider {
	if m.Issuer == "" || !sameIssuer(m.Issuer, p.Issuer) {
		return p
	}
	p.AuthorizeURL, p.TokenURL = cmp.Or(p.AuthorizeURL, m.AuthorizeURL), cmp.Or(p.TokenURL, m.TokenURL)
	p.DeviceURL, p.RevokeURL = cmp.Or(p.DeviceURL, m.DeviceURL), cmp.Or(p.RevokeURL, m.RevokeURL)
	if p.HealthURL == "" && slices.Contains(p.Scopes, "openid") { // others may not ask there
		p.HealthURL, p.User = m.UserURL, Userinfo
	}
	if p.Secret == SecretAsTold {
		p.Secret = SecretInHeader // the default, where nothing is said
		if len(m.AuthMethods) > 0 && !slices.Contains(m.AuthMethods, "client_secret_basic") {
			p.Secret = SecretInBody
		}
	}
	return p
}

// sameIssuer compares issuers. Some end with a slash that nobody types.
func sameIssuer(a, b string) bool { return strings.TrimSuffix(a, "/") == strings.TrimSuffix(b, "/") }

// Userinfo returns who answers in a reply of OpenID Connect's UserInfo endpoint (Core 1.0 section 5.3.2).
func Userinfo(body []byte) User {
	fields := readFields(body)
	name := ""
	for _, claim := range []string{"name", "preferred_username", "nickname", "email"} {
		name = cmp.Or(name, strings.TrimSpace(str(fields[claim])))
	}
	return User{ID: str(fields["sub"]), Name: name}
}

// wellKnown are the addresses that an issuer tells its metadata at: OpenID Connect's, and those of RFC 8414
// section 3.1, which puts the issuer's path last.
func wellKnown(issuer string) []string {
	issuer = strings.TrimSuffix(issuer, "/")
	all := []string{issuer + "/.well-known/openid-configuration"}
	if u, err := url.Parse(issuer); err == nil {
		root := u.Scheme + "://" + u.Host + "/.well-known/"
		all = append(all, root+"oauth-authorization-server"+u.EscapedPath())
	}
	return all
}

// Discover has the issuer tell its addresses, where the settings name one and it was not asked before.
func (a *Account) Discover(ctx context.Context) error {
	return a.click(ctx, func(ctx context.Context) error { return asError(a.discover(ctx)) })
}

// discover is Discover for whoever holds requests.
func (a *Account) discover(ctx context.Context) *Trouble {
	p := a.config().Provider
	if p.Issuer == "" || p.TokenURL != "" && p.AuthorizeURL != "" {
		return nil
	}
	var t *Trouble
	for _, address := range wellKnown(p.Issuer) {
		var m metadata
		if m, t = a.metadataAt(ctx, p, address); t == nil {
			a.mu.Lock()
			a.told = m
			a.mu.Unlock()
			return nil
		}
		if t.Reason != ReasonIssuer { // it may tell later
			return t
		}
	}
	return t
}

// metadataAt asks for the metadata at one address.
func (a *Account) metadataAt(ctx context.Context, p Provider, address string) (m metadata, t *Trouble) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return m, sortTransportError(err)
	}
	req.Header.Set("Accept", "application/json")
	resp, err := a.client.Do(req)
	if err != nil {
		return m, sortTransportError(err)
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body) // cannot fail, see web.Client
	r := received(AtToken, resp, body)
	none := func(text string) *Trouble {
		return &Trouble{Where: AtToken, Status: r.status, Reason: ReasonIssuer, Text: text, Ask: true}
	}
	switch {
	case r.status/100 != 2 && (r.status/100 != 4 || r.status == http.StatusTooManyRequests):
		return m, sortReply(p, r, a.clock.Now())
	case r.status/100 != 2:
		return m, none("it has no description of itself at " + address)
	case r.isPage() && !r.secure:
		return m, &Trouble{Where: AtNetwork, Code: CodePortal, Status: r.status, Text: "a web page came instead of a reply"}
	case json.Unmarshal(body, &m) != nil || m.TokenURL == "":
		return m, none("its description of itself can't be read")
	case !sameIssuer(m.Issuer, p.Issuer): // OpenID Connect Discovery 1.0 section 4.3
		return m, none("it says that it is " + clean(m.Issuer))
	}
	for _, endpoint := range []*string{&m.AuthorizeURL, &m.TokenURL, &m.DeviceURL, &m.RevokeURL, &m.UserURL} {
		if u, err := url.Parse(*endpoint); *endpoint != "" && (err != nil || !web.Private(u)) {
			return m, none("it names an address without HTTPS")
		}
	}
	return m, nil
}
