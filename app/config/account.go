package config

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"fermata/checks/spotify"
)

// defaultProvider is the provider of an account that names none.
const defaultProvider = "spotify"

// accounts reads every [[account]]. One that lacks what it cannot do without is left out.
func (d *document) accounts(last Config, problems *[]Problem) []Account {
	v, ok := d.values["account"]
	if !ok {
		return nil
	}
	list, ok := v.([]any)
	if !ok {
		d.complain(problems, "account", fmt.Sprintf("[[account]]: %v", expected("two brackets on each side", v)))
		return last.Accounts
	}
	var accounts []Account
	names := map[string]bool{}
	for i, v := range list {
		address := item("account", i)
		values, ok := v.(map[string]any)
		if !ok {
			d.complain(problems, address, fmt.Sprintf("[[account]]: %v", expected("a section", v)))
			continue
		}
		t := &table{doc: d, address: address, label: "[[account]]", values: values, problems: problems}
		a, ok := t.account(last.Accounts)
		switch {
		case a.Name != "" && names[a.Name]:
			t.complain("name", fmt.Errorf("there is an account %q already", a.Name))
		case ok:
			accounts = append(accounts, a)
		}
		names[a.Name] = true
	}
	return accounts
}

// account reads one account; ok is false if it cannot be used.
func (t *table) account(last []Account) (a Account, ok bool) {
	a.Provider = defaultProvider
	providerKnown := read(t, "provider", &a.Provider, "", oneOf("spotify", "oauth2"))
	a.Name = a.Provider
	nameKnown := read(t, "name", &a.Name, "", accountName)
	var old Account
	if i := slices.IndexFunc(last, func(b Account) bool { return b.Name == a.Name }); i >= 0 {
		old = last[i]
	}
	if !providerKnown {
		a.Provider = old.Provider
	}
	if a.Provider != old.Provider {
		old = Account{}
	}

	// A line that is missing while the file is being edited does not end a session.
	a.ClientID, a.AuthorizeURL, a.TokenURL = old.ClientID, old.AuthorizeURL, old.TokenURL
	a.Renew = "auto"
	read(t, "renew", &a.Renew, cmp.Or(old.Renew, a.Renew), oneOf("auto", "ask"))
	if a.Provider == "spotify" {
		read(t, "client_id", &a.ClientID, old.ClientID, spotifyClientID)
		t.refuseEndpoints()
	} else {
		read(t, "client_id", &a.ClientID, old.ClientID, anyClientID)
		t.endpoints(&a, old)
	}
	t.done()

	required := []string{"client_id"}
	if a.Provider == "oauth2" {
		required = append(required, "authorize_url", "token_url")
	}
	for _, key := range required {
		if _, given := t.values[key]; !given {
			t.complainOf(key, t.address, errors.New("is missing"))
		}
	}
	complete := a.ClientID != "" && (a.Provider == "spotify" || a.AuthorizeURL != "" && a.TokenURL != "")
	return a, nameKnown && a.Provider != "" && complete
}

// endpoints reads what only provider "oauth2" has.
func (t *table) endpoints(a *Account, old Account) {
	read(t, "authorize_url", &a.AuthorizeURL, old.AuthorizeURL, endpoint)
	read(t, "token_url", &a.TokenURL, old.TokenURL, endpoint)
	read(t, "api_url", &a.APIURL, old.APIURL, endpoint)
	readList(t, "scopes", &a.Scopes, old.Scopes, 0, scope)
	read(t, "grant_lifetime", &a.GrantLifetime, old.GrantLifetime, between(time.Minute, 3650*day))
}

// refuseEndpoints says of them that they mean nothing here.
func (t *table) refuseEndpoints() {
	for _, key := range []string{"authorize_url", "token_url", "api_url", "scopes", "grant_lifetime"} {
		if _, given := t.values[key]; given {
			t.complain(key, errors.New(`is for provider = "oauth2" only; remove this line`))
			delete(t.values, key)
		}
	}
}

// accountName parses a name that can stand in an action ID.
func accountName(v any) (string, error) {
	s, _ := v.(string)
	if s == "" || len(s) > 64 || bare(strings.ReplaceAll(s, ".", "_")) != strings.ReplaceAll(s, ".", "_") {
		return "", expected(`a name of letters, digits, "-", "_" and "."`, v)
	}
	if slices.Contains([]string{"app", "clock", "demo"}, s) {
		return "", expected("another name, Fermata uses this one itself", v)
	}
	return s, nil
}

// spotifyClientID parses a client ID of Spotify's. What stands there instead is not repeated: it may
// be a secret in the wrong place.
func spotifyClientID(v any) (string, error) {
	s, _ := v.(string)
	return spotify.CheckClientID(s)
}

// anyClientID parses a client ID as RFC 6749 appendix A.1 allows it.
func anyClientID(v any) (string, error) {
	s, _ := v.(string)
	if s == "" || len(s) > 512 || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) {
		return "", errors.New("expected the client ID that the provider gave this program")
	}
	return s, nil
}

// scope parses one scope token (RFC 6749 section 3.3).
func scope(v any) (string, error) {
	s, _ := v.(string)
	odd := func(r rune) bool { return r <= ' ' || r > '~' || r == '"' || r == '\\' }
	if s == "" || len(s) > 256 || strings.ContainsFunc(s, odd) {
		return "", expected(`a scope such as "offline_access"`, v)
	}
	return s, nil
}
