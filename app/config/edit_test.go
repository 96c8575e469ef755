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

	"fermata/checks/programs"
)

var jane = Account{Name: "spotify", Provider: "spotify", ClientID: spotifyID, Renew: "auto"}

func TestAddSpotify(t *testing.T) {
	section := "[[account]]\nname = \"spotify\"\nprovider = \"spotify\"\nclient_id = \"" + spotifyID + "\"\nrenew = \"auto\"\n"
	old := strings.Repeat("f", 32)
	for _, test := range []struct{ name, before, after string }{
		{"empty", "", "\n" + section},
		{"a comment and no end of line", "# mine", "# mine\n\n" + section},
		{"other settings", "[clock] # c\ntolerance = '5s'\n", "[clock] # c\ntolerance = '5s'\n\n" + section},
		{"lines of Windows", "[clock]\r\n", "[clock]\r\n\r\n" + strings.ReplaceAll(section, "\n", "\r\n")},
		{"byte order mark", "\ufeff[clock]\n", "\ufeff[clock]\n\n" + section},
		{
			"the same account", "[[account]] # one\nrenew = 'ask' # two\nclient_id = '" + old + "' # three\n[clock]\n",
			"[[account]] # one\nrenew = 'ask' # two\nclient_id = \"" + spotifyID + "\" # three\n[clock]\n",
		},
		{
			"the second account", "[[account]]\nname = 'a'\nclient_id = '" + old + "'\n[[account]]\nname = 'spotify'\nclient_id = '" + old + "'\n",
			"[[account]]\nname = 'a'\nclient_id = '" + old + "'\n[[account]]\nname = 'spotify'\nclient_id = \"" + spotifyID + "\"\n",
		},
		{
			"no client ID yet", "[[account]]\nname = 'spotify'\n",
			"[[account]]\nclient_id = \"" + spotifyID + "\"\nname = 'spotify'\n",
		},
		{
			"no client ID yet, on Windows", "[[account]]\r\nname = 'spotify'\r\n",
			"[[account]]\r\nclient_id = \"" + spotifyID + "\"\r\nname = 'spotify'\r\n",
		},
		{"no line after the header", "[[account]]", "[[account]]\nclient_id = \"" + spotifyID + "\"\n"},
		{
			"an inline account", "account = [{client_id = 'x', name = 'spotify'}]\n",
			"account = [{client_id = \"" + spotifyID + "\", name = 'spotify'}]\n",
		},
		{
			"capitals", "[[Account]]\nClient_ID = \"\"\"x\"\"\" # c",
			"[[Account]]\nClient_ID = \"" + spotifyID + "\" # c",
		},
	} {
		path := write(t, test.before)
		if err := AddSpotify(path, spotifyID); err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
		if got, _ := os.ReadFile(path); string(got) != test.after {
			t.Errorf("%s:\ngot  %q\nwant %q", test.name, got, test.after)
		}
	}
}

func TestAddSpotifyMakesTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a", "fermata", "config.toml")
	for range 2 {
		if err := AddSpotify(path, spotifyID); err != nil {
			t.Fatal(err)
		}
	}
	c, problems := Load(path)
	if want := []Account{jane}; problems != nil || !reflect.DeepEqual(c.Accounts, want) {
		t.Fatalf("got %+v, %v\nwant %+v", c.Accounts, problems, want)
	}
	if data, _ := os.ReadFile(path); !strings.HasPrefix(string(data), "# Fermata's settings") {
		t.Errorf("the file begins %.40q", data)
	}
}

// TestAddSpotifyRefuses: a file that cannot be edited safely is left alone.
func TestAddSpotifyRefuses(t *testing.T) {
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
		err := AddSpotify(path, spotifyID)
		if err == nil || !strings.Contains(checks.Hint(err), path) {
			t.Errorf("%q: error %v, hint %q", before, err, checks.Hint(err))
		}
		if got, _ := os.ReadFile(path); string(got) != before {
			t.Errorf("%q became %q", before, got)
		}
	}
	path := write(t, "")
	if err := AddSpotify(path, "x\"\n[clock]"); err == nil {
		t.Error("a client ID with a line in it was written")
	}
	if p, ok := errors.AsType[Problem](AddSpotify(write(t, "\n[clock\n"), spotifyID)); !ok || p.Line != 2 || p.File == "" {
		t.Errorf("problem %+v", p)
	}
	if err := AddSpotify(t.TempDir(), spotifyID); err == nil {
		t.Error("an account was added to a folder")
	}
	if err := AddSpotify(filepath.Join(write(t, ""), "config.toml"), spotifyID); err == nil {
		t.Error("an account was added in a file")
	}
}

// TestVerify: an edit that changes anything else than it is to is refused.
func TestVerify(t *testing.T) {
	account := func(name string) string { return "[[account]]\nname='" + name + "'\nclient_id='" + spotifyID + "'\n" }
	before := "[clock]\ninterval='1h'\n" + account("a") + account("b")
	want := readDocument([]byte(before + account("spotify"))).values()
	for name, after := range map[string]string{
		"":                          before + "# c\n" + account("spotify"),
		"the account is not there":  before,
		"it is another one":         before + account("spotify") + "renew='ask'",
		"an account is lost":        "[clock]\ninterval='1h'\n" + account("b") + account("spotify"),
		"all accounts are lost":     "[clock]\ninterval='1h'\n" + account("spotify"),
		"another account is new":    before + account("c") + account("spotify"),
		"the order is another":      "[clock]\ninterval='1h'\n" + account("b") + account("a") + account("spotify"),
		"another setting is lost":   account("a") + account("b") + account("spotify"),
		"it cannot be read":         before + account("spotify") + "[clock",
		"it has an unknown setting": before + account("spotify") + "foo=1",
		"it has a wrong value":      strings.Replace(before, "1h", "1s", 1) + account("spotify"),
	} {
		if err := verify([]byte(after), want); (err == nil) != (name == "") {
			t.Errorf("%s: %v", name, err)
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
	if err := AddSpotify(path, spotifyID); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	path = filepath.Join(t.TempDir(), "config.toml")
	if err := AddSpotify(path, spotifyID); err != nil {
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
	if err := AddSpotify(path, spotifyID); err != nil {
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
	work := jane
	work.Browser = []string{"firefox", "-P", "work", "%s"}
	want.Accounts = []Account{work}
	want.Programs = []programs.Setting{{Name: "my bot", Path: "~/projects/bot/.cache", Login: []string{"bot", "login"}}}
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

// FuzzAddSpotify: after an edit the file says what was meant and nothing else is another, or the edit is
// refused.
func FuzzAddSpotify(f *testing.F) {
	for _, text := range []string{
		"", "[clock]\r\nservers=['a']", "[[account]]\nname='spotify'\nclient_id='x'\n[[account]]\nclient_id='" + spotifyID + "'",
		"account=[{name='spotify',client_id='x'}]", "[[account]]\n[clock]\ninterval='1h' # c", "\ufeffnotify.grant=[]",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		after, err := edited(data, spotifyID)
		if err != nil {
			return
		}
		got, d := parse(after)
		i := slices.IndexFunc(got.Accounts, func(b Account) bool { return b.Name == jane.Name })
		if d.problems != nil || i < 0 || got.Accounts[i].ClientID != spotifyID || got.Accounts[i].Provider != "spotify" {
			t.Fatalf("%q: %+v, %v", after, got, d.problems)
		}
		before, d := parse(data)
		if d.problems != nil {
			return // the client ID was what was wrong
		}
		if j := slices.IndexFunc(before.Accounts, func(b Account) bool { return b.Name == jane.Name }); j < 0 {
			before.Accounts = append(before.Accounts, jane)
		} else {
			before.Accounts[j].ClientID = spotifyID
		}
		if !reflect.DeepEqual(got, before) {
			t.Errorf("got  %+v\nwant %+v", got, before)
		}
	})
}
