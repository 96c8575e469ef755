package config

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2/unstable"

	"fermata/checks/programs"
	"fermata/checks/providers"
	"fermata/checks/session"
	"fermata/checks/spotify"
)

// parse reads the settings in data. They can be used if the document has no problem.
func parse(data []byte) (Config, *document) {
	d := readDocument(bytes.TrimPrefix(data, byteOrderMark))
	c := Default()
	readList(d, "clock.servers", &c.Clock.Servers, server)
	read(d, "clock.tolerance", &c.Clock.Tolerance, between("10ms", "1h"))
	read(d, "clock.interval", &c.Clock.Interval, between("1m", "7d"))
	read(d, "notify.session", &c.Notify.Session, between("10s", "24h"))
	readList(d, "notify.grant", &c.Notify.Grant, between("1m", "3650d"))
	read(d, "secrets.store", &c.Secrets.Store, oneOf("keyring", "file"))
	read(d, "secrets.token", &c.Secrets.Token, oneOf("allow", "refuse"))
	slices.SortFunc(c.Notify.Grant, func(a, b time.Duration) int { return cmp.Compare(b, a) })
	if d.entries["clock.servers"].kind == unstable.Array && d.entries["clock.servers[0]"].kind == unstable.Invalid {
		d.complain("clock.servers", errors.New("expected at least one"))
	}
	names := map[string]bool{}
	for i := range d.count["account"] {
		a := d.account(item("account", i))
		if names[a.Name] {
			d.complain(item("account", i)+".name", fmt.Errorf("there is an account %q already", a.Name))
		}
		names[a.Name] = true
		c.Accounts = append(c.Accounts, a)
	}
	for i := range d.count["program"] {
		c.Programs = append(c.Programs, d.program(item("program", i)))
	}
	slices.SortStableFunc(d.problems, func(a, b Problem) int { return a.Line - b.Line })
	return c, d
}

// read sets value to what parse makes of the text at an address; without a text it stays as it is.
func read[T any](d *document, at string, value *T, parse func(string) (T, error)) (ok bool) {
	e, ok := d.entries[at]
	var err error
	switch {
	case !ok:
		return false
	case e.kind != unstable.String:
		err = errors.New(`expected a text in quotes such as "2s"`)
	case e.text == "":
		err = errors.New("is missing")
	default:
		*value, err = parse(e.text)
	}
	if err != nil {
		d.complain(at, err)
	}
	return err == nil
}

// readList is read for a list without repetitions.
func readList[T comparable](d *document, at string, list *[]T, parse func(string) (T, error)) {
	e, ok := d.entries[at]
	if !ok {
		return
	}
	if e.kind != unstable.Array {
		d.complain(at, errors.New(`expected a list such as ["first", "second"]`))
		return
	}
	*list = nil
	seen := map[T]bool{}
	for i := 0; d.entries[item(at, i)].kind != unstable.Invalid; i++ {
		var v T
		if !read(d, item(at, i), &v, parse) {
			continue
		}
		if seen[v] {
			d.complain(item(at, i), expected("each only once", d.entries[item(at, i)].text))
		}
		seen[v] = true
		*list = append(*list, v)
	}
}

// browser reads the command of a browser. Unlike in other lists, an argument may be there twice.
func (d *document) browser(address string, command *[]string) {
	e, ok := d.entries[address]
	if !ok {
		return
	}
	if e.kind != unstable.Array {
		d.complain(address, errors.New(`expected a list such as ["firefox", "-P", "work", "%s"]`))
		return
	}
	placed := false
	for i := 0; d.entries[item(address, i)].kind != unstable.Invalid; i++ {
		var word string
		if read(d, item(address, i), &word, argument) {
			placed = placed || i > 0 && strings.Contains(word, "%s")
			*command = append(*command, word)
		}
	}
	if !placed {
		d.complain(address, errors.New(`expected a program and, among its arguments, "%s" for the address`))
	}
}

// program reads what is said of another program's token files.
func (d *document) program(address string) programs.Setting {
	at := func(key string) string { return address + "." + key }
	var s programs.Setting
	text := func(key string, value *string) {
		if !d.empty(at(key)) {
			read(d, at(key), value, programValue(key))
		}
	}
	text("name", &s.Name)
	text("path", &s.Path)
	text("glob", &s.Glob)
	readList(d, at("login"), &s.Login, programValue("login"))
	if e, ok := d.entries[at("watch")]; ok {
		s.Off = e.text == "false"
		if e.kind != unstable.Bool {
			d.complain(at("watch"), errors.New("expected true or false, without quotes"))
		}
	}
	switch {
	case s.Path != "" && s.Glob != "":
		d.complain(at("glob"), errors.New("expected a path or a glob, not both"))
	case d.empty(at("name")) && d.empty(at("path")) && d.empty(at("glob")):
		d.complain(address, errors.New("expected a name, a path or a glob"))
	}
	return s
}

// account reads the account at an address. A setting of an account that is empty counts as left out.
func (d *document) account(address string) Account {
	at := func(key string) string { return address + "." + key }
	text := func(key string, value *string, parse func(string) (string, error)) {
		if !d.empty(at(key)) {
			read(d, at(key), value, parse)
		} else if *value == "" {
			d.complain(at(key), errors.New("is missing"))
		}
	}
	a := Account{Provider: "spotify", Renew: "auto"}
	text("provider", &a.Provider, oneOf(append(providers.Names(), "oauth2")...))
	a.Name = a.Provider
	text("name", &a.Name, accountName)
	text("renew", &a.Renew, oneOf("auto", "ask"))
	d.browser(at("browser"), &a.Browser)
	if a.Provider == "spotify" {
		text("client_id", &a.ClientID, spotify.CheckClientID)
		d.without(address, notSpotify, `is not for provider = "spotify"; remove this line`)
		return a
	}
	text("client_id", &a.ClientID, clientID)
	optional := func(key string, value *string, parse func(string) (string, error)) {
		if !d.empty(at(key)) {
			read(d, at(key), value, parse)
		}
	}
	optional("api_url", &a.APIURL, endpoint)
	optional("redirect", &a.Redirect, redirect)
	readList(d, at("scopes"), &a.Scopes, scope)
	readList(d, at("params"), &a.Params, param)
	if !d.empty(at("grant_lifetime")) {
		read(d, at("grant_lifetime"), &a.GrantLifetime, between("1m", "3650d"))
	}
	a.Device = d.flag(at("device"))
	if e := d.entries[at("secret")]; e.kind == unstable.String {
		optional("secret", &a.Secret, oneOf("basic", "post"))
	} else if d.flag(at("secret")) {
		a.Secret = string(session.SecretAsTold)
	}
	if a.Provider != "oauth2" {
		d.without(address, addresses, `is for provider = "oauth2" only; remove this line`)
		return a
	}
	optional("issuer", &a.Issuer, endpoint)
	optional("revoke_url", &a.RevokeURL, endpoint)
	need := text
	if !d.empty(at("issuer")) { // which tells the addresses
		need = optional
	}
	need("token_url", &a.TokenURL, endpoint)
	if a.Device {
		need("device_url", &a.DeviceURL, endpoint)
		optional("authorize_url", &a.AuthorizeURL, endpoint)
		return a
	}
	need("authorize_url", &a.AuthorizeURL, endpoint)
	optional("device_url", &a.DeviceURL, endpoint)
	return a
}

// without complains of the settings of an account that are there and should not be.
func (d *document) without(account string, settings []string, problem string) {
	for _, key := range settings {
		if _, ok := d.entries[account+"."+key]; ok {
			d.complain(account+"."+key, errors.New(problem))
		}
	}
}

// flag returns the setting at an address that is true or false; it is false where there is none.
func (d *document) flag(at string) bool {
	e, ok := d.entries[at]
	if ok && e.kind != unstable.Bool {
		d.complain(at, errors.New("expected true or false, without quotes"))
	}
	return e.kind == unstable.Bool && e.text == "true"
}
