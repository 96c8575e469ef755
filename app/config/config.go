// Package config reads and edits the settings: a TOML file that a person writes, or that the page
// "Connect Spotify…" adds an account to.
//
// A wrong file never stops the program. What is wrong in it is named with its line, and the last good
// file counts, as a whole.
package config

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"fermata/checks/files"
	"fermata/checks/programs"
)

// Config holds every setting, defaults filled in.
type Config struct {
	Clock    Clock
	Notify   Notify
	Secrets  Secrets
	Accounts []Account          // in the order of the file, names unique
	Programs []programs.Setting // other programs' token files, in the order of the file
}

// Clock is the section [clock].
type Clock struct {
	Servers   []string      // time servers: host, host:port, or an IP address; at least one, none twice
	Tolerance time.Duration // beyond this the clock counts as wrong; 10 ms to 1 h
	Interval  time.Duration // between looks while all is well; 1 min, as public servers ask, to 7 days
}

// Notify is the section [notify].
type Notify struct {
	Session time.Duration   // how long before an access token that cannot be renewed expires; 10 s to 24 h
	Grant   []time.Duration // how long before a sign-in expires, the longest first; 1 min to 3650 days, may be empty
}

// Secrets is the section [secrets].
type Secrets struct {
	Store string // "keyring", or "file": a file that only the user can read
	Token string // "allow", or "refuse": "fermata token" hands out no access tokens
}

// Account is one [[account]].
type Account struct {
	// Name is how it is called in action IDs: letters, digits, "-", "_" and ".", at most 64 of them.
	Name     string
	Provider string // a name that checks/providers knows, or "oauth2"
	ClientID string
	Renew    string // "auto", or "ask": warn before it expires, renew on a click
	// Browser is the command that opens the account's sign-in, in which an argument has "%s" for the address;
	// empty: the system's browser.
	Browser []string

	// The rest is for other providers than Spotify. What is empty is as the provider's row in checks/providers, or
	// its issuer, has it.
	APIURL        string // requested to see whether the session lives; "": nothing is
	Scopes        []string
	GrantLifetime time.Duration // from the person's consent to the end of the sign-in; 0: no end is known
	Redirect      string        // where a sign-in comes back to: an address of this computer, without a port for any; "": the usual
	Params        []string      // more for AuthorizeURL: "access_type=offline"
	Secret        string        // the provider insists on a client secret: "told", or how it is sent: "basic", "post"; "": it does not
	Device        bool          // a sign-in is done with a code, in a browser on any device

	// And this is for provider "oauth2" only.
	Issuer       string // tells the addresses
	AuthorizeURL string
	TokenURL     string
	DeviceURL    string // gives codes, for Device
	RevokeURL    string // takes back what was given, when the person signs out; "": there is none
}

// Default returns the settings of somebody who has written none.
func Default() Config {
	const day = 24 * time.Hour
	return Config{
		Clock: Clock{
			Servers:   []string{"time.cloudflare.com", "time.google.com", "time.apple.com", "time.windows.com"},
			Tolerance: 2 * time.Second,
			Interval:  30 * time.Minute,
		},
		Notify:  Notify{Session: 5 * time.Minute, Grant: []time.Duration{30 * day, 7 * day, day}},
		Secrets: Secrets{Store: "keyring", Token: "allow"},
	}
}

// Path returns where the settings are by default: config.toml in the folder files.Config.
func Path() (string, error) {
	dir, err := files.Config()
	return filepath.Join(dir, "config.toml"), err
}

// Load reads the settings at path. Without a file, or with one that has problems, they are the defaults.
func Load(path string) (Config, []Problem) { return Default().Reload(path) }

// Reload reads the settings at path again. A file with any problem leaves c as it is; the problems
// come in the order of the file. So does an empty one, without a problem: an editor may be about to
// fill it. Without a file there are the defaults.
func (c Config) Reload(path string) (Config, []Problem) {
	data, err := files.Read(path, maxSize)
	if _, noLink := os.Lstat(path); errors.Is(err, fs.ErrNotExist) && noLink != nil {
		return Default(), nil
	}
	if errors.Is(err, fs.ErrNotExist) {
		return c, []Problem{{File: path, Text: "is a link that leads to a file that isn't there"}}
	}
	if err != nil {
		if e, ok := errors.AsType[*fs.PathError](err); ok {
			err = e.Err // a Problem names the path itself
		}
		return c, []Problem{{File: path, Text: "can't be read: " + err.Error()}}
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return c, nil
	}
	next, d := parse(data)
	if len(d.problems) == 0 {
		return next, nil
	}
	for i := range d.problems {
		d.problems[i].File = path
	}
	return c, d.problems
}
