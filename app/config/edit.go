package config

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

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
# token = "allow"        # or "refuse": "fermata token" hands out no access tokens
#
# [[account]]
# name      = "spotify"
# provider  = "spotify"  # or "google", "microsoft", or "oauth2" for any other, with its issuer
# client_id = ""
# renew     = "auto"     # or "ask": warn before it expires, renew on a click
# browser   = ["firefox", "-P", "work", "%s"]   # for this account's sign-in; left out: the usual one
#
# [[program]]            # another program's token file, which is only read; the usual ones are found without this
# name  = "my bot"
# path  = "~/projects/bot/.cache"   # or the folder that it works in; or, for several, glob = "~/projects/*/.cache"
# login = ["bot", "login"]          # how to sign in there again, which is shown
# watch = true           # false: don't look at it; with the name of a program that Fermata knows, none of its files
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

// AddSpotify writes the account "spotify" into the settings at path: at the end, or, if it is there, its
// client ID in the place of the old one. Comments and everything else stay as they are. A file that has
// problems, or cannot be edited so, is left alone. Without a file one is made.
func AddSpotify(path, clientID string) error {
	data, perm, err := readOrBegin(path)
	if err == nil {
		data, err = edited(data, clientID)
	}
	if p, ok := errors.AsType[Problem](err); ok {
		p.File = path
		err = p
	}
	if err != nil {
		return hintEditor(path, err)
	}
	if err := files.Write(path, data, perm); err != nil {
		return fmt.Errorf("writing the settings: %w", err)
	}
	return nil
}

// edited returns the text of a file with the account "spotify" in it.
func edited(data []byte, clientID string) ([]byte, error) {
	text, marked := bytes.CutPrefix(data, byteOrderMark)
	d := readDocument(text)
	if len(d.problems) > 0 {
		return nil, d.problems[0]
	}
	want := d.values()
	i := 0
	for i < d.count["account"] && cmp.Or(want[item("account", i)+".name"], want[item("account", i)+".provider"], "spotify") != "spotify" {
		i++
	}
	account := item("account", i)
	var result []byte
	if i == d.count["account"] {
		maps.Copy(want, map[string]string{account: "", account + ".name": "spotify", account + ".provider": "spotify", account + ".renew": "auto"})
		result = d.insert(len(text), fmt.Sprintf("\n[[account]]\nname = \"spotify\"\nprovider = \"spotify\"\nclient_id = %q\nrenew = \"auto\"\n", clientID))
	} else if p := want[account+".provider"]; p != "" && p != "spotify" {
		return nil, fmt.Errorf(`there is an account "spotify" already, with provider = %q`, p)
	} else if id, ok := d.entries[account+".client_id"]; ok {
		result = fmt.Appendf(nil, "%s%q%s", text[:id.value], clientID, text[id.end:])
	} else {
		header, _, _ := bytes.Cut(text[d.entries[account].start:], []byte("\n"))
		below := d.entries[account].start + len(header) + 1
		result = d.insert(min(below, len(text)), fmt.Sprintf("client_id = %q\n", clientID))
	}
	want[account+".client_id"] = clientID
	if err := verify(result, want); err != nil {
		return nil, err
	}
	return withMark(result, marked), nil
}

// insert returns the text with lines at an offset, which is the beginning or the end of a line.
func (d *document) insert(offset int, lines string) []byte {
	if offset > 0 && d.data[offset-1] != '\n' {
		lines = "\n" + lines
	}
	if bytes.Contains(d.data, []byte("\r\n")) {
		lines = strings.ReplaceAll(lines, "\n", "\r\n")
	}
	return slices.Concat(d.data[:offset], []byte(lines), d.data[offset:])
}

// values returns each text by its address, and "" for each list and section.
func (d *document) values() map[string]string {
	values := map[string]string{}
	for at, e := range d.entries {
		values[at] = e.text
	}
	return values
}

// verify reads an edited file again: there are more ways to lay out a file than an edit can know.
func verify(data []byte, want map[string]string) error {
	_, d := parse(data)
	if len(d.problems) > 0 {
		return d.problems[0]
	}
	if !maps.Equal(d.values(), want) {
		return errors.New("this can't be done without changing other settings in the file")
	}
	return nil
}
