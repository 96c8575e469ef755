package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"

	"fermata/checks"
	"fermata/checks/files"
)

// An Edit is a new value for one setting.
type Edit struct {
	Account string   // whose setting it is; "": it is in a section
	Key     string   // "clock.tolerance", or, of an account, "renew"
	Values  []string // one; of a list, any number
}

// A Wrong is an Edit that can't be made.
type Wrong struct {
	Edit
	Err error // without the setting's name: "expected …"
}

// Error implements error.
func (w Wrong) Error() string {
	at := label(w.Key)
	if w.Account != "" {
		at = fmt.Sprintf("account %q, %s", w.Account, w.Key)
	}
	return at + ": " + w.Err.Error()
}

// lists are the settings that are lists.
var lists = []string{"clock.servers", "notify.grant"}

// Change makes edits in the settings file at path, all or none. One that changes nothing is left out.
// Comments and everything else stay as they are, but for comments between the items of a list that is
// changed. It returns those edits that are wrong, or an error: the file has problems already, or can't be
// read, edited so, or written. Without a file one is made.
func Change(path string, edits []Edit) ([]Wrong, error) {
	data, perm, err := readForEdit(path)
	if err != nil {
		return nil, hintEditor(path, err)
	}
	before := data
	var wrong []Wrong
	for _, e := range edits {
		next, err := e.apply(data)
		if err != nil {
			wrong = append(wrong, Wrong{e, err})
			continue
		}
		data = next
	}
	if len(wrong) > 0 || string(before) == string(data) {
		return wrong, nil
	}
	if err := files.Write(path, data, perm); err != nil {
		return nil, fmt.Errorf("writing the settings: %w", err)
	}
	return nil, nil
}

// AddAccount writes an account of Spotify's at the end of the settings file at path. What is wrong with its
// name or its client ID comes back as Change has it.
func AddAccount(path, name, clientID string) ([]Wrong, error) {
	data, perm, err := readForEdit(path)
	if err != nil {
		return nil, hintEditor(path, err)
	}
	text, marked := bytes.CutPrefix(data, byteOrderMark)
	d := readDocument(text)
	lines := fmt.Sprintf("\n[[account]]\nname = %s\nprovider = \"spotify\"\nclient_id = %s\nrenew = \"auto\"\n", quote(name), quote(clientID))
	result := d.insert(len(text), lines)
	_, next := parse(result)
	var wrong []Wrong
	for _, key := range []string{"name", "client_id"} {
		at := item("account", d.count["account"]) + "." + key
		for _, p := range next.problems {
			if rest, ok := strings.CutPrefix(p.Text, label(at)+": "); ok {
				wrong = append(wrong, Wrong{Edit{Account: name, Key: key}, errors.New(rest)})
			}
		}
	}
	if len(wrong) > 0 {
		return wrong, nil
	}
	want := d.values()
	maps.Copy(want, map[string]string{item("account", d.count["account"]): "", item("account", d.count["account"]) + ".name": name,
		item("account", d.count["account"]) + ".provider": "spotify", item("account", d.count["account"]) + ".client_id": clientID, item("account", d.count["account"]) + ".renew": "auto"})
	if err := verify(result, want); err != nil {
		return nil, hintEditor(path, err)
	}
	if err := files.Write(path, withMark(result, marked), perm); err != nil {
		return nil, fmt.Errorf("writing the settings: %w", err)
	}
	return nil, nil
}

// readForEdit returns a settings file without problems, or what a new one begins with, and its permissions.
func readForEdit(path string) ([]byte, fs.FileMode, error) {
	data, perm, err := readOrBegin(path)
	if err != nil {
		return nil, 0, err
	}
	if _, d := parse(data); len(d.problems) > 0 {
		d.problems[0].File = path
		return nil, 0, d.problems[0]
	}
	return data, perm, nil
}

// readOrBegin returns a settings file, or what a new one begins with, and its permissions.
func readOrBegin(path string) ([]byte, fs.FileMode, error) {
	data, err := files.Read(path, maxSize)
	if errors.Is(err, fs.ErrNotExist) {
		return []byte(header), 0o644, nil
	}
	perm := fs.FileMode(0o644)
	if info, err := os.Stat(path); err == nil {
		perm = info.Mode().Perm()
	}
	return data, perm, err
}

// withMark puts the byte order mark back that a file began with.
func withMark(data []byte, marked bool) []byte {
	if marked {
		return slices.Concat(byteOrderMark, data)
	}
	return data
}

func hintEditor(path string, err error) error {
	return checks.WithHint(fmt.Errorf("changing the settings: %w", err), "Fix "+path+" in an editor, then try again.")
}

// apply returns the text of a file with the edit made in it.
func (e Edit) apply(data []byte) ([]byte, error) {
	before, d := parse(data)
	text := d.data
	section, key, at, err := e.place(d)
	if err != nil {
		return nil, err
	}
	var result []byte
	setting := fmt.Sprintf("%s = %s\n", key, e.toml())
	if old, ok := d.entries[at]; ok {
		result = slices.Concat(text[:old.value], []byte(e.toml()), text[old.end:])
	} else if s, ok := d.entries[section]; ok {
		end := bytes.IndexByte(text[s.start:], '\n')
		if end < 0 {
			end = len(text) - s.start - 1
		}
		result = d.insert(s.start+end+1, setting)
	} else {
		result = d.insert(len(text), fmt.Sprintf("\n[%s]\n%s", section, setting))
	}
	after, next := parse(result)
	for _, p := range next.problems {
		if rest, ok := strings.CutPrefix(p.Text, label(at)+": "); ok {
			return nil, errors.New(rest)
		}
	}
	want := d.values()
	maps.DeleteFunc(want, func(k, _ string) bool { return strings.HasPrefix(k, at+"[") })
	if _, ok := d.entries[at]; !ok {
		want[section] = ""
	}
	if e.isList() {
		want[at] = ""
		for i, v := range e.Values {
			want[item(at, i)] = v
		}
	} else {
		want[at] = e.Values[0]
	}
	if err := verify(result, want); err != nil {
		return nil, err
	}
	if reflect.DeepEqual(before, after) {
		return data, nil
	}
	return withMark(result, bytes.HasPrefix(data, byteOrderMark)), nil
}

// place returns the section that the setting is in, its name there, and the address of both.
func (e Edit) place(d *document) (section, key, at string, err error) {
	if e.Account == "" {
		section, key, _ = strings.Cut(e.Key, ".")
		return section, key, e.Key, nil
	}
	for i := range d.count["account"] {
		a := item("account", i)
		name := d.entries[a+".name"].text
		for _, usual := range []string{d.entries[a+".provider"].text, "spotify"} {
			if name == "" {
				name = usual
			}
		}
		if name == e.Account {
			return a, e.Key, a + "." + e.Key, nil
		}
	}
	return "", "", "", fmt.Errorf("there is no account %q in the settings file", e.Account)
}

func (e Edit) isList() bool { return e.Account == "" && slices.Contains(lists, e.Key) }

// toml is the new value as the file has it.
func (e Edit) toml() string {
	if !e.isList() {
		return quote(e.Values[0])
	}
	var all []string
	for _, v := range e.Values {
		all = append(all, quote(v))
	}
	return "[" + strings.Join(all, ", ") + "]"
}

// quote writes a text as TOML does. TOML knows not all of Go's escapes.
func quote(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '"', r == '\\':
			b.WriteString("\\" + string(r))
		case r < ' ', r == 0x7f:
			fmt.Fprintf(&b, "\\u%04X", r)
		default:
			b.WriteRune(r)
		}
	}
	return `"` + b.String() + `"`
}
