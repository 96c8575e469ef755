// Package config reads and keeps the settings: a TOML file that a person writes, or that the page
// "Connect Spotify…" adds an account to.
//
// A wrong setting never stops the program. It is named with its file and line, all of them at once,
// and whatever was good before goes on being used.
package config

import (
	"cmp"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"time"

	"fermata/checks/files"
)

// maxSize is what a file of settings may have at most, in bytes. A page of text has 3,000.
const maxSize = 1 << 20

// Config holds every setting, defaults filled in.
type Config struct {
	Clock    Clock
	Notify   Notify
	Secrets  Secrets
	Accounts []Account // in the order of the file, names unique
}

// Clock is the section [clock].
type Clock struct {
	Servers   []string      // time servers: host, host:port, or an IP address; at least one, none twice
	Tolerance time.Duration // beyond this the clock counts as wrong; 10 ms to 1 h
	Interval  time.Duration // between looks while all is well; 1 min, as public servers ask, to 7 days
}

// Notify is the section [notify].
type Notify struct {
	Session time.Duration   // how long before an access token that cannot be renewed ends; 10 s to 24 h
	Grant   []time.Duration // how long before a sign-in ends, the longest first; may be empty
}

// Secrets is the section [secrets].
type Secrets struct {
	Store string // "keyring", or "file": a file that only the user can read
}

// Account is one [[account]].
type Account struct {
	Name     string // as it stands in action IDs: letters, digits, "-", "_" and ".", at most 64 of them
	Provider string // "spotify" or "oauth2"
	ClientID string
	Renew    string // "auto", or "ask": warn before the end, renew on a click

	// The rest is for provider "oauth2" only.
	AuthorizeURL  string
	TokenURL      string
	APIURL        string // looked at to see whether the session lives; "": nothing is looked at
	Scopes        []string
	GrantLifetime time.Duration // from the person's consent to the end of the sign-in; 0: no end is known
}

// Default returns the settings of somebody who has written none.
func Default() Config {
	return Config{
		Clock: Clock{
			Servers:   []string{"time.cloudflare.com", "time.google.com", "time.apple.com", "time.windows.com"},
			Tolerance: 2 * time.Second,
			Interval:  30 * time.Minute,
		},
		Notify: Notify{
			Session: 5 * time.Minute,
			Grant:   []time.Duration{720 * time.Hour, 168 * time.Hour, 24 * time.Hour},
		},
		Secrets: Secrets{Store: "keyring"},
	}
}

// Path returns where the settings are when nobody says otherwise: fermata/config.toml under
// $XDG_CONFIG_HOME, %AppData% or ~/Library/Application Support.
func Path() (string, error) {
	dir, err := files.Config()
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, "config.toml"), nil
}

// Load reads the settings at path, with the default for each that is absent or wrong. No file at all
// is no problem.
func Load(path string) (Config, []Problem) { return Default().Reload(path) }

// Reload reads the settings at path again. A setting that is absent has its default; one that is
// wrong keeps the value that it has in c; a file that cannot be read at all leaves c as it is.
// The problems come in the order of the file.
func (c Config) Reload(path string) (Config, []Problem) {
	data, err := readFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Default(), nil
	}
	if err != nil {
		return c, []Problem{{File: path, Message: err.Error()}}
	}
	next, problems := parse(data, c)
	slices.SortStableFunc(problems, func(a, b Problem) int {
		return cmp.Or(a.Line-b.Line, a.Column-b.Column)
	})
	for i := range problems {
		problems[i].File = path
	}
	return next, problems
}

func readFile(path string) ([]byte, error) {
	data, err := files.Read(path, maxSize)
	return data, withoutPath(err)
}

// withoutPath leaves out the path, which a Problem names already.
func withoutPath(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}
