package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"fermata/checks"
	"fermata/checks/files"
)

// header begins a new settings file.
const header = `# Fermata's settings. A change counts as soon as the file is saved; what is left out has its default.
`

// example shows every setting with its default.
const example = `
# [clock]
# servers   = ["time.cloudflare.com", "time.google.com", "time.apple.com", "time.windows.com"]
# tolerance = "2s"       # beyond this the clock counts as wrong
# interval  = "30m"      # between looks while all is well
#
# [notify]
# session = "5m"         # before an access token that cannot be renewed expires
# grant   = ["720h", "168h", "24h"]   # before a sign-in expires
#
# [secrets]
# store = "keyring"      # or "file": a file that only you can read
#
# [[account]]
# name      = "spotify"
# provider  = "spotify"  # or "oauth2", with authorize_url, token_url, api_url, scopes, grant_lifetime
# client_id = ""
# renew     = "auto"     # or "ask": warn before it expires, renew on a click
`

// Create makes the file at path, with nothing but comments in it, if there is none.
func Create(path string) error {
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := files.Write(path, []byte(header+example), 0o644); err != nil {
		return fmt.Errorf("writing the settings: %w", err)
	}
	return nil
}

// AddAccount writes an account into the settings at path: at the end, or, if there is an account of
// that name, its client ID in the place of the old one. Comments and everything else stay as they are.
// A file that has problems, or cannot be edited so, is left alone. Without a file one is made.
func AddAccount(path string, a Account) error {
	return edit(path, a.add, a.addTo)
}

// Set writes a setting of the section "clock", "notify" or "secrets"; value is a string or a []string.
// The rest is as with AddAccount, but comments within a list go with the list.
func Set(path, section, key string, value any) error {
	line := key + " = " + literal(value)
	return edit(path, func(o *outline, _ file) []byte {
		return o.set(section, key, literal(value))
	}, func(f *file) error {
		return toml.Unmarshal([]byte("["+section+"]\n"+line), f)
	})
}

// literal writes a value as TOML does.
func literal(value any) string {
	line, _ := toml.Marshal(map[string]any{"v": value}) // the edited file is read again
	return strings.TrimSpace(strings.TrimPrefix(string(line), "v = "))
}

// add edits the account into the text of a file.
func (a Account) add(o *outline, f file) []byte {
	if i := f.account(a.Name); i >= 0 {
		return o.set(item("account", i), "client_id", literal(a.ClientID))
	}
	section, _ := toml.Marshal(map[string]any{"account": []account{a.file()}}) // the edited file is read again
	return o.paragraph(string(section))
}

// addTo puts the account where add is to put it.
func (a Account) addTo(f *file) error {
	i := f.account(a.Name)
	if i < 0 {
		f.Accounts = append(f.Accounts, a.file())
		return nil
	}
	if p := f.Accounts[i].Provider; p != a.Provider && p != "" {
		return fmt.Errorf("there is an account %q already, with provider = %q", a.Name, p)
	}
	f.Accounts[i].ClientID = a.ClientID
	return nil
}

// account returns which account has that name, -1 if none has.
func (f file) account(name string) int {
	return slices.IndexFunc(f.Accounts, func(a account) bool { return a.name() == name })
}

// edit writes the settings at path as change makes them, if they then say what intend makes of them.
func edit(path string, change func(*outline, file) []byte, intend func(*file) error) error {
	perm := fs.FileMode(0o644)
	data, err := files.Read(path, maxSize)
	if errors.Is(err, fs.ErrNotExist) {
		data, err = []byte(header), nil
	} else if info, err := os.Stat(path); err == nil {
		perm = info.Mode().Perm()
	}
	if err == nil {
		data, err = edited(data, change, intend)
	}
	if p, ok := errors.AsType[Problem](err); ok {
		p.File = path
		err = p
	}
	if err != nil {
		return checks.WithHint(fmt.Errorf("changing the settings: %w", err), "Fix "+path+" in an editor, then try again.")
	}
	if err := files.Write(path, data, perm); err != nil {
		return fmt.Errorf("writing the settings: %w", err)
	}
	return nil
}

// edited returns the edited text of a file. There are more ways to lay out a file than change knows,
// so the result is read again.
func edited(data []byte, change func(*outline, file) []byte, intend func(*file) error) ([]byte, error) {
	text, marked := bytes.CutPrefix(data, byteOrderMark)
	f, o, problems := decode(text)
	if len(problems) > 0 {
		return nil, problems[0]
	}
	result := change(o, f)
	if err := intend(&f); err != nil {
		return nil, err
	}
	if _, problems := parse(result); len(problems) > 0 {
		return nil, problems[0]
	}
	if after, _, _ := decode(result); !reflect.DeepEqual(after, f) {
		return nil, errors.New("this can't be done without changing other settings in the file")
	}
	if marked {
		result = slices.Concat(byteOrderMark, result)
	}
	return result, nil
}

// set returns the text with a setting in the place of the old one, below the header of its section, or
// at the end.
func (o *outline) set(section, key, value string) []byte {
	if p, ok := o.places[section+"."+key]; ok {
		return slices.Concat(o.data[:p.value], []byte(value), o.data[p.end:])
	}
	line := key + " = " + value + "\n"
	if !o.has(section) {
		return o.paragraph("[" + section + "]\n" + line)
	}
	header := o.places[section].start
	end := bytes.IndexByte(o.data[header:], '\n')
	if end < 0 {
		return slices.Concat(o.data, []byte("\n"+line))
	}
	return slices.Concat(o.data[:header+end+1], o.lines(line), o.data[header+end+1:])
}

// paragraph returns the text with another one at its end, after an empty line.
func (o *outline) paragraph(s string) []byte {
	if len(o.data) > 0 && !bytes.HasSuffix(o.data, []byte("\n")) {
		s = "\n" + s
	}
	return slices.Concat(o.data, o.lines("\n"+s))
}

// lines returns s with the ends of lines that the text has.
func (o *outline) lines(s string) []byte {
	if bytes.Contains(o.data, []byte("\r\n")) {
		s = strings.ReplaceAll(s, "\n", "\r\n")
	}
	return []byte(s)
}
