package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"fermata/checks"
	"fermata/checks/files"
)

// header begins a new file of settings.
const header = `# Fermata's settings. A change counts as soon as the file is saved; what is not said has its default.
`

// example shows every setting with its default.
const example = `
# [clock]
# servers   = ["time.cloudflare.com", "time.google.com", "time.apple.com", "time.windows.com"]
# tolerance = "2s"       # beyond this the clock counts as wrong
# interval  = "30m"      # between looks while all is well
#
# [notify]
# session = "5m"         # before an access token that cannot be renewed ends
# grant   = ["720h", "168h", "24h"]   # before a sign-in ends
#
# [secrets]
# store = "keyring"      # or "file": a file that only you can read
#
# [[account]]
# name      = "spotify"
# provider  = "spotify"  # or "oauth2", with authorize_url, token_url, api_url, scopes, grant_lifetime
# client_id = ""
# renew     = "auto"     # or "ask": warn before it ends, renew on a click
`

// Create makes the file at path, with nothing but comments in it, if there is none.
func Create(path string) error {
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	if err := files.Write(path, []byte(header+example), 0o644); err != nil {
		return fmt.Errorf("writing the settings: %w", err)
	}
	return nil
}

// AddAccount writes an account into the settings at path: at the end, or, if there is an account of
// that name, its client ID in the place of the old one. Comments and everything else stay as they
// are, and a file that cannot be edited so is left alone. What is missing of the path is made.
func AddAccount(path string, a Account) error {
	mode := fs.FileMode(0o644)
	data, err := readFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		data, err = []byte(header), nil
	} else if fi, statErr := os.Stat(path); statErr == nil {
		mode = fi.Mode().Perm()
	}
	if err != nil {
		return fmt.Errorf("adding an account to the settings: %w", err)
	}
	edited, err := withAccount(data, a)
	if err != nil {
		if p, ok := errors.AsType[Problem](err); ok {
			p.File = path
			err = p
		}
		return checks.WithHint(fmt.Errorf("adding an account to the settings: %w", err),
			"Mend "+path+" in an editor, then try again.")
	}
	if err := files.Write(path, edited, mode); err != nil {
		return fmt.Errorf("writing the settings: %w", err)
	}
	return nil
}

// withAccount returns the text of a file with the account in it.
func withAccount(data []byte, a Account) ([]byte, error) {
	text, marked := bytes.CutPrefix(data, byteOrderMark)
	doc, err := newDocument(text)
	if err != nil {
		return nil, err
	}
	edited := doc.edit(a)
	// There are more ways to lay out a file than edit knows, so look at what came of it.
	before, _ := parse(text, Default())
	after, problems := parse(edited, Default())
	i := slices.IndexFunc(after.Accounts, func(b Account) bool { return b.Name == a.Name })
	switch {
	case i < 0 && len(problems) > 0:
		return nil, problems[len(problems)-1]
	case i < 0 || !strings.EqualFold(after.Accounts[i].ClientID, a.ClientID) || after.Accounts[i].Provider != a.Provider:
		return nil, fmt.Errorf("it has no place for the account %q", a.Name)
	case !reflect.DeepEqual(without(before, a.Name), without(after, a.Name)):
		return nil, fmt.Errorf("there is no place for the account %q that leaves the rest as it is", a.Name)
	}
	if marked {
		edited = slices.Concat(byteOrderMark, edited)
	}
	return edited, nil
}

// edit puts the account into the text where it belongs in a file laid out as usual.
func (d *document) edit(a Account) []byte {
	end := "\n"
	if bytes.Contains(d.data, []byte("\r\n")) {
		end = "\r\n"
	}
	clientID := strconv.Quote(a.ClientID)
	i := d.indexOf(a.Name)
	if i < 0 {
		gap := end
		if len(d.data) > 0 && !bytes.HasSuffix(d.data, []byte("\n")) {
			gap += end
		}
		return slices.Concat(d.data, []byte(gap+strings.ReplaceAll(a.toml(), "\n", end)))
	}
	address := item("account", i)
	if r, ok := d.texts[join(address, "client_id")]; ok {
		return slices.Concat(d.data[:r.Offset], []byte(clientID), d.data[r.Offset+r.Length:])
	}
	line := int(d.keys[address].Offset)
	if n := bytes.IndexByte(d.data[line:], '\n'); n >= 0 {
		line += n + 1
	} else {
		return slices.Concat(d.data, []byte(end+"client_id = "+clientID+end))
	}
	return slices.Concat(d.data[:line], []byte("client_id = "+clientID+end), d.data[line:])
}

// indexOf returns which [[account]] has that name, -1 if none has.
func (d *document) indexOf(name string) int {
	list, _ := d.values["account"].([]any)
	return slices.IndexFunc(list, func(v any) bool {
		values, _ := v.(map[string]any)
		own, ok := values["name"]
		if !ok {
			if own, ok = values["provider"]; !ok {
				own = defaultProvider
			}
		}
		return own == name
	})
}

// toml writes the account as a section of its own.
func (a Account) toml() string {
	var b strings.Builder
	b.WriteString("[[account]]\n")
	line := func(key, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%-9s = %s\n", key, strconv.Quote(value))
		}
	}
	line("name", a.Name)
	line("provider", a.Provider)
	line("client_id", a.ClientID)
	if a.Renew != "auto" {
		line("renew", a.Renew)
	}
	line("authorize_url", a.AuthorizeURL)
	line("token_url", a.TokenURL)
	line("api_url", a.APIURL)
	if len(a.Scopes) > 0 {
		fmt.Fprintf(&b, "%-9s = [\"%s\"]\n", "scopes", strings.Join(a.Scopes, `", "`))
	}
	if a.GrantLifetime > 0 {
		line("grant_lifetime", a.GrantLifetime.String())
	}
	return b.String()
}

// without returns c without the account of that name.
func without(c Config, name string) Config {
	var others []Account
	for _, a := range c.Accounts {
		if a.Name != name {
			others = append(others, a)
		}
	}
	c.Accounts = others
	return c
}
