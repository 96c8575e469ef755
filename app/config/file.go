package config

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/pelletier/go-toml/v2"

	"fermata/checks/spotify"
)

// A file is what stands in a settings file, word for word. Its values are strings, not types with
// UnmarshalText: go-toml would stop at the first wrong one.
type file struct {
	Clock struct {
		Servers   []string `toml:"servers"`
		Tolerance string   `toml:"tolerance"`
		Interval  string   `toml:"interval"`
	} `toml:"clock"`
	Notify struct {
		Session string   `toml:"session"`
		Grant   []string `toml:"grant"`
	} `toml:"notify"`
	Secrets struct {
		Store string `toml:"store"`
	} `toml:"secrets"`
	Accounts []account `toml:"account"`
}

type account struct {
	Account
	GrantLifetime string `toml:"grant_lifetime,omitempty"`
}

// settings lists the keys of each section, "" those outside of all.
var settings = map[string][]string{
	"":        {"clock", "notify", "secrets", "account"},
	"clock":   {"servers", "tolerance", "interval"},
	"notify":  {"session", "grant"},
	"secrets": {"store"},
	"account": append([]string{"name", "provider", "client_id", "renew"}, oauth2Only...),
}

var oauth2Only = []string{"authorize_url", "token_url", "api_url", "scopes", "grant_lifetime"}

// withDefaults returns what an empty file means.
func withDefaults() (f file) {
	f.Clock.Servers = []string{"time.cloudflare.com", "time.google.com", "time.apple.com", "time.windows.com"}
	f.Clock.Tolerance, f.Clock.Interval = "2s", "30m"
	f.Notify.Session, f.Notify.Grant = "5m", []string{"720h", "168h", "24h"}
	f.Secrets.Store = "keyring"
	return f
}

// decode reads a file word for word, and where in it everything stands. Without an outline it cannot be
// read at all.
func decode(data []byte) (file, *outline, []Problem) {
	f := withDefaults()
	if p := notText(data); p != nil {
		return f, nil, []Problem{*p}
	}
	o := newOutline(data)
	if o.over != nil {
		return f, nil, []Problem{*o.over}
	}
	err := toml.NewDecoder(bytes.NewReader(data)).DisallowUnknownFields().Decode(&f)
	var problems []Problem
	if e, ok := errors.AsType[*toml.StrictMissingError](err); ok {
		for i := range e.Errors {
			line, _ := e.Errors[i].Position()
			problems = append(problems, Problem{Line: line, Text: unknown(e.Errors[i].Key())})
		}
	} else if err != nil {
		return f, nil, []Problem{decodeProblem(data, err)}
	}
	return f, o, problems
}

// parse reads the settings in data. They can be used if there is no problem.
func parse(data []byte) (Config, []Problem) {
	f, o, problems := decode(bytes.TrimPrefix(data, byteOrderMark))
	if o == nil {
		return Config{}, problems
	}
	r := &reader{o, problems}
	c := Config{
		Clock: Clock{
			Servers:   readList(r, "clock.servers", f.Clock.Servers, server),
			Tolerance: read(r, "clock.tolerance", f.Clock.Tolerance, between("10ms", "1h")),
			Interval:  read(r, "clock.interval", f.Clock.Interval, between("1m", "7d")),
		},
		Notify: Notify{
			Session: read(r, "notify.session", f.Notify.Session, between("10s", "24h")),
			Grant:   readList(r, "notify.grant", f.Notify.Grant, between("1m", "3650d")),
		},
		Secrets: Secrets{Store: read(r, "secrets.store", f.Secrets.Store, oneOf("keyring", "file"))},
	}
	slices.SortFunc(c.Notify.Grant, func(a, b time.Duration) int { return cmp.Compare(b, a) })
	if len(f.Clock.Servers) == 0 {
		r.complain("clock.servers", errors.New("expected at least one"))
	}
	if len(f.Accounts) > 0 && !o.has("account[0]") {
		r.complain("account", errors.New("expected two brackets on each side: [[account]]"))
		f.Accounts = nil
	}
	for i, raw := range f.Accounts {
		a := r.account(item("account", i), raw)
		if slices.ContainsFunc(c.Accounts, func(b Account) bool { return b.Name == a.Name }) {
			r.complain(item("account", i)+".name", fmt.Errorf("there is an account %q already", a.Name))
		}
		c.Accounts = append(c.Accounts, a)
	}
	slices.SortStableFunc(r.problems, func(a, b Problem) int { return a.Line - b.Line })
	return c, r.problems
}

// A reader gathers what is wrong with the values of a file.
type reader struct {
	outline  *outline
	problems []Problem
}

func (r *reader) complain(address string, err error) {
	r.problems = append(r.problems, Problem{Line: r.outline.line(address), Text: label(address) + ": " + err.Error()})
}

// read returns what parse makes of the value at an address, which has to be there.
func read[T any](r *reader, address, value string, parse func(string) (T, error)) T {
	v, err := parse(value)
	if value == "" {
		err = errors.New("is missing")
	}
	if err != nil {
		r.complain(address, err)
	}
	return v
}

// readList is read for a list without repetitions.
func readList[T comparable](r *reader, address string, values []string, parse func(string) (T, error)) []T {
	var list []T
	for i, value := range values {
		v, err := parse(value)
		if err == nil && slices.Contains(list, v) {
			err = expected("each only once", value)
		}
		if err != nil {
			r.complain(item(address, i), err)
			continue
		}
		list = append(list, v)
	}
	return list
}

// account reads the account at an address.
func (r *reader) account(address string, f account) Account {
	at := func(key string) string { return address + "." + key }
	a := f.Account
	a.Provider = read(r, at("provider"), cmp.Or(a.Provider, "spotify"), oneOf("spotify", "oauth2"))
	a.Renew = read(r, at("renew"), cmp.Or(a.Renew, "auto"), oneOf("auto", "ask"))
	a.Name = read(r, at("name"), f.name(), accountName)
	switch a.Provider {
	case "spotify":
		a.ClientID = read(r, at("client_id"), a.ClientID, spotify.CheckClientID)
		for _, key := range oauth2Only {
			if r.outline.has(at(key)) {
				r.complain(at(key), errors.New(`is for provider = "oauth2" only; remove this line`))
			}
		}
	case "oauth2":
		read(r, at("client_id"), a.ClientID, clientID)
		read(r, at("authorize_url"), a.AuthorizeURL, endpoint)
		read(r, at("token_url"), a.TokenURL, endpoint)
		if a.APIURL != "" {
			read(r, at("api_url"), a.APIURL, endpoint)
		}
		a.Scopes = readList(r, at("scopes"), a.Scopes, scope)
		if f.GrantLifetime != "" {
			a.GrantLifetime = read(r, at("grant_lifetime"), f.GrantLifetime, between("1m", "3650d"))
		}
	}
	return a
}

// name is the account's name, which may be that of its provider.
func (f account) name() string { return cmp.Or(f.Name, f.Provider, "spotify") }

// file returns the account as it stands in a file.
func (a Account) file() account {
	a.Scopes = append([]string(nil), a.Scopes...) // nil if there are none, as when it is read
	f := account{Account: a}
	if a.GrantLifetime > 0 {
		f.GrantLifetime = a.GrantLifetime.String()
		f.Account.GrantLifetime = 0
	}
	return f
}
