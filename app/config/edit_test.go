package config

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"fermata/checks"
)

var jane = Account{Name: "spotify", Provider: "spotify", ClientID: spotifyID, Renew: "auto"}

func TestAddAccount(t *testing.T) {
	section := "[[account]]\nname = 'spotify'\nprovider = 'spotify'\nclient_id = '" + spotifyID + "'\nrenew = 'auto'\n"
	old := strings.Repeat("f", 32)
	for _, test := range []struct{ name, before, after string }{
		{"empty", "", "\n" + section},
		{"a comment and no end of line", "# mine", "# mine\n\n" + section},
		{"other settings", "[clock] # c\ntolerance = '5s'\n", "[clock] # c\ntolerance = '5s'\n\n" + section},
		{"lines of Windows", "[clock]\r\n", "[clock]\r\n\r\n" + strings.ReplaceAll(section, "\n", "\r\n")},
		{"byte order mark", "\ufeff[clock]\n", "\ufeff[clock]\n\n" + section},
		{
			"the same account", "[[account]] # one\nrenew = 'ask' # two\nclient_id = '" + old + "' # three\n[clock]\n",
			"[[account]] # one\nrenew = 'ask' # two\nclient_id = '" + spotifyID + "' # three\n[clock]\n",
		},
		{
			"the second account", "[[account]]\nname = 'a'\nclient_id = '" + old + "'\n[[account]]\nname = 'spotify'\nclient_id = '" + old + "'\n",
			"[[account]]\nname = 'a'\nclient_id = '" + old + "'\n[[account]]\nname = 'spotify'\nclient_id = '" + spotifyID + "'\n",
		},
		{
			"no client ID yet", "[[account]]\nname = 'spotify'\n",
			"[[account]]\nclient_id = '" + spotifyID + "'\nname = 'spotify'\n",
		},
		{
			"no client ID yet, on Windows", "[[account]]\r\nname = 'spotify'\r\n",
			"[[account]]\r\nclient_id = '" + spotifyID + "'\r\nname = 'spotify'\r\n",
		},
		{"no line after the header", "[[account]]", "[[account]]\nclient_id = '" + spotifyID + "'\n"},
		{
			"an inline account", "account = [{client_id = 'x', name = 'spotify'}]\n",
			"account = [{client_id = '" + spotifyID + "', name = 'spotify'}]\n",
		},
		{
			"capitals", "[[Account]]\nClient_ID = \"\"\"x\"\"\" # c",
			"[[Account]]\nClient_ID = '" + spotifyID + "' # c",
		},
	} {
		path := write(t, test.before)
		if err := AddAccount(path, jane); err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
		if got, _ := os.ReadFile(path); string(got) != test.after {
			t.Errorf("%s:\ngot  %q\nwant %q", test.name, got, test.after)
		}
	}
}

func TestAddAccountMakesTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a", "fermata", "config.toml")
	other := Account{
		Name: "work", Provider: "oauth2", ClientID: `a "b" 'c'`, Renew: "ask",
		AuthorizeURL: "https://a.example/authorize", TokenURL: "https://a.example/token", APIURL: "https://a.example/me",
		Scopes: []string{"a", "b:c"}, GrantLifetime: 90 * day,
	}
	least := other
	least.Name, least.APIURL, least.Scopes, least.GrantLifetime = "least", "", []string{}, 0
	for _, a := range []Account{jane, other, least, jane} {
		if err := AddAccount(path, a); err != nil {
			t.Fatal(err)
		}
	}
	least.Scopes = nil
	c, problems := Load(path)
	if want := []Account{jane, other, least}; problems != nil || !reflect.DeepEqual(c.Accounts, want) {
		t.Fatalf("got %+v, %v\nwant %+v", c.Accounts, problems, want)
	}
	if data, _ := os.ReadFile(path); !strings.HasPrefix(string(data), "# Fermata's settings") {
		t.Errorf("the file begins %.40q", data)
	}
}

// TestAddAccountRefuses: a file that cannot be edited safely is left alone.
func TestAddAccountRefuses(t *testing.T) {
	id := "client_id = '" + spotifyID + "'\n"
	for _, before := range []string{
		"[clock\n",
		"\xff\xfe",
		"[clock]\ntolerance = 'fast'\n",
		"[clock]\nfoo = 1\n",
		"account = []\n",
		"account = [{name = 'spotify'}]\n",
		"[account]\nname = 'x'\n" + id,
		"[[account]]\nname = 'x'\n",
		"[[account]]\nname = 'spotify'\nprovider = 'oauth2'\nclient_id = 'x'\nauthorize_url='https://a.example'\ntoken_url='https://a.example'\n",
	} {
		path := write(t, before)
		err := AddAccount(path, jane)
		if err == nil || !strings.Contains(checks.Hint(err), path) {
			t.Errorf("%q: error %v, hint %q", before, err, checks.Hint(err))
		}
		if got, _ := os.ReadFile(path); string(got) != before {
			t.Errorf("%q became %q", before, got)
		}
	}
	bad := jane
	bad.ClientID = "x\"\n[clock]"
	path := write(t, "")
	if err := AddAccount(path, bad); err == nil {
		t.Error("a client ID with a line in it was written")
	}
	if p, ok := errors.AsType[Problem](AddAccount(write(t, "\n[clock\n"), jane)); !ok || p.Line != 2 || p.File == "" {
		t.Errorf("problem %+v", p)
	}
	if err := AddAccount(t.TempDir(), jane); err == nil {
		t.Error("an account was added to a folder")
	}
	if err := AddAccount(filepath.Join(write(t, ""), "config.toml"), jane); err == nil {
		t.Error("an account was added in a file")
	}
}

// TestEditedIsReadAgain: an edit that changes anything else than it is to is refused.
func TestEditedIsReadAgain(t *testing.T) {
	account := func(name string) string { return "[[account]]\nname='" + name + "'\nclient_id='" + spotifyID + "'\n" }
	before := "[clock]\ninterval='1h'\n" + account("a") + account("b")
	intend := jane.addTo
	for name, after := range map[string]string{
		"":                          before + account("spotify") + "provider='spotify'\nrenew='auto'",
		"the account is not there":  before,
		"it is another one":         before + account("spotify") + "provider='spotify'\nrenew='ask'",
		"an account is lost":        "[clock]\ninterval='1h'\n" + account("b") + account("spotify") + "provider='spotify'\nrenew='auto'",
		"all accounts are lost":     "[clock]\ninterval='1h'\n" + account("spotify") + "provider='spotify'\nrenew='auto'",
		"another account is new":    before + account("c") + account("spotify") + "provider='spotify'\nrenew='auto'",
		"the order is another":      "[clock]\ninterval='1h'\n" + account("b") + account("a") + account("spotify") + "provider='spotify'\nrenew='auto'",
		"another setting is lost":   account("a") + account("b") + account("spotify") + "provider='spotify'\nrenew='auto'",
		"it cannot be read":         before + account("spotify") + "provider='spotify'\nrenew='auto'\n[clock",
		"it has an unknown setting": before + account("spotify") + "provider='spotify'\nrenew='auto'\nfoo=1",
		"it has a wrong value":      strings.Replace(before, "1h", "1s", 1) + account("spotify") + "provider='spotify'\nrenew='auto'",
	} {
		got, err := edited([]byte(before), func(*outline, file) []byte { return []byte(after) }, intend)
		if (err == nil) != (name == "") || err == nil && string(got) != after || err != nil && got != nil {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if _, err := edited([]byte(before), jane.add, func(*file) error { return errors.New("no") }); err == nil {
		t.Error("an intention that failed was carried out")
	}
}

func TestSet(t *testing.T) {
	for _, test := range []struct {
		before, section, key string
		value                any
		after                string
	}{
		{"# c\n", "clock", "tolerance", "5s", "# c\n\n[clock]\ntolerance = '5s'\n"},
		{"[clock] # c\n# tolerance = '2s'\ninterval='1h'\n", "clock", "tolerance", "5s", "[clock] # c\ntolerance = '5s'\n# tolerance = '2s'\ninterval='1h'\n"},
		{"[clock]\ntolerance   =\t\"2s\"   # c\n", "clock", "tolerance", "5s", "[clock]\ntolerance   =\t'5s'   # c\n"},
		{"clock.tolerance = '2s'", "clock", "tolerance", "5s", "clock.tolerance = '5s'"},
		{"clock = {tolerance = '2s', interval = '1h'}", "clock", "interval", "5m", "clock = {tolerance = '2s', interval = '5m'}"},
		{"[clock]\nservers = ['a',\n'b' ] # c\n", "clock", "servers", []string{"c", "d"}, "[clock]\nservers = ['c', 'd'] # c\n"},
		{"[clock]\r\n[notify]\r\nsession='1m'", "notify", "grant", []string{}, "[clock]\r\n[notify]\r\ngrant = []\r\nsession='1m'"},
		{"[notify]\ngrant = ['1h']", "notify", "grant", []string{"2h"}, "[notify]\ngrant = ['2h']"},
		{"\ufeff[secrets]\nstore='keyring'", "secrets", "store", "file", "\ufeff[secrets]\nstore='file'"},
		// Refused.
		{"[clock]\n", "clock", "tolerance", "fast", ""},
		{"[clock]\n", "clock", "tolerance", 5, ""},
		{"[clock]\n", "clock", "tolerence", "5s", ""},
		{"[clock]\n", "clok", "tolerance", "5s", ""},
		{"[clock]\n", "clock", "tolerance", []string{"5s"}, ""},
		{"clock.interval = '1h'\n", "clock", "tolerance", "5s", ""},
		{"clock = {interval = '1h'}\n", "clock", "tolerance", "5s", ""},
		{"[clock]\nTolerance = '1s'\ntolerance = '1s'\n", "clock", "Tolerance", "5s", ""},
	} {
		path := write(t, test.before)
		want, _ := Load(path)
		err := Set(path, test.section, test.key, test.value)
		got, _ := os.ReadFile(path)
		if test.after == "" {
			if err == nil || string(got) != test.before {
				t.Errorf("%q %s: %v, %q", test.before, test.key, err, got)
			}
			continue
		}
		if err != nil || string(got) != test.after {
			t.Errorf("%q %s: %v\ngot  %q\nwant %q", test.before, test.key, err, got, test.after)
		}
		if c, problems := Load(path); problems != nil || reflect.DeepEqual(c, want) {
			t.Errorf("%q %s: %+v, %v", test.before, test.key, c, problems)
		}
	}
}

func TestEditKeepsMode(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such modes")
	}
	path := write(t, "")
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := AddAccount(path, jane); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	path = filepath.Join(t.TempDir(), "config.toml")
	if err := AddAccount(path, jane); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("a new file: %v, %v", info.Mode(), err)
	}
}

func TestEditKeepsLink(t *testing.T) {
	target := write(t, "")
	path := filepath.Join(t.TempDir(), "config.toml")
	if err := os.Symlink(target, path); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	if err := AddAccount(path, jane); err != nil {
		t.Fatal(err)
	}
	if c, problems := Load(target); problems != nil || len(c.Accounts) != 1 {
		t.Errorf("%+v, %v", c, problems)
	}
}

// TestCreate: the example shows the defaults and nothing else, and an older file stays as it is.
func TestCreate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "fermata", "config.toml")
	if err := Create(path); err != nil {
		t.Fatal(err)
	}
	if c, problems := Load(path); !reflect.DeepEqual(c, Default()) || problems != nil {
		t.Errorf("as made: %+v, %v", c, problems)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	settings := strings.ReplaceAll(strings.TrimPrefix(string(data), header), "\n# ", "\n")
	settings = strings.ReplaceAll(strings.ReplaceAll(settings, "\n#", "\n"), `client_id = ""`, `client_id = "`+spotifyID+`"`)
	want := Default()
	want.Accounts = []Account{jane}
	if c, problems := Load(write(t, settings)); !reflect.DeepEqual(c, want) || problems != nil {
		t.Errorf("without the comment signs: %+v, %v", c, problems)
	}
	if err := os.WriteFile(path, []byte("# mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := Create(path); err != nil {
		t.Error(err)
	}
	if data, _ := os.ReadFile(path); string(data) != "# mine" {
		t.Errorf("an older file became %q", data)
	}
	if err := Create(filepath.Join(path, "config.toml")); err == nil {
		t.Error("a file was made in a file")
	}
}

// FuzzAddAccount: after an edit the file says what was meant and nothing else is another, or the edit is
// refused.
func FuzzAddAccount(f *testing.F) {
	for _, text := range []string{
		"", "[clock]\r\nservers=['a']", "[[account]]\nname='new'\nclient_id='x'\n[[account]]\nclient_id='" + spotifyID + "'",
		"account=[{name='new',client_id='x'}]", "[[account]]\n[clock]\ninterval='1h' # c", "\ufeffnotify.grant=[]",
	} {
		f.Add([]byte(text), "new")
	}
	f.Fuzz(func(t *testing.T, data []byte, name string) {
		if name == "" {
			return // no Account is without one
		}
		a := Account{Name: name, Provider: "spotify", ClientID: spotifyID, Renew: "auto"}
		after, err := edited(data, a.add, a.addTo)
		if err != nil {
			return
		}
		got, problems := parse(after)
		i := slices.IndexFunc(got.Accounts, func(b Account) bool { return b.Name == name })
		if problems != nil || i < 0 || got.Accounts[i].ClientID != spotifyID || got.Accounts[i].Provider != "spotify" {
			t.Fatalf("%q: %+v, %v", after, got, problems)
		}
		before, problems := parse(data)
		if problems != nil {
			return // the client ID was what was wrong
		}
		if j := slices.IndexFunc(before.Accounts, func(b Account) bool { return b.Name == name }); j < 0 {
			before.Accounts = append(before.Accounts, a)
		} else {
			before.Accounts[j].ClientID = spotifyID
		}
		if !reflect.DeepEqual(got, before) {
			t.Errorf("got  %+v\nwant %+v", got, before)
		}
	})
}
