package config

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"fermata/checks"
)

var jane = Account{Name: "spotify", Provider: "spotify", ClientID: clientID, Renew: "auto"}

func TestAddAccount(t *testing.T) {
	section := "[[account]]\nname      = \"spotify\"\nprovider  = \"spotify\"\nclient_id = \"" + clientID + "\"\n"
	old := strings.Repeat("f", 32)
	for _, test := range []struct{ name, before, after string }{
		{"empty", "", "\n" + section},
		{"a comment and no end of line", "# mine", "# mine\n\n" + section},
		{"other settings", "[clock] # c\ntolerance = '5s'\n", "[clock] # c\ntolerance = '5s'\n\n" + section},
		{"lines of Windows", "[clock]\r\n", "[clock]\r\n\r\n" + strings.ReplaceAll(section, "\n", "\r\n")},
		{"byte order mark", "\ufeff[clock]\n", "\ufeff[clock]\n\n" + section},
		{
			"a wrong setting elsewhere", "[clock]\ntolerance = 'fast'\n[[account]]\nname='b'\n",
			"[clock]\ntolerance = 'fast'\n[[account]]\nname='b'\n\n" + section,
		},
		{
			"the same account", "[[account]] # one\nrenew = 'ask' # two\nclient_id = '" + old + "' # three\n[clock]\n",
			"[[account]] # one\nrenew = 'ask' # two\nclient_id = \"" + clientID + "\" # three\n[clock]\n",
		},
		{
			"the second account", "[[account]]\nname = 'a'\nclient_id = '" + old + "'\n[[account]]\nname = 'spotify'\nclient_id = '" + old + "'\n",
			"[[account]]\nname = 'a'\nclient_id = '" + old + "'\n[[account]]\nname = 'spotify'\nclient_id = \"" + clientID + "\"\n",
		},
		{
			"no client ID yet", "[[account]]\nname = 'spotify'\n",
			"[[account]]\nclient_id = \"" + clientID + "\"\nname = 'spotify'\n",
		},
		{"no line after the header", "[[account]]", "[[account]]\nclient_id = \"" + clientID + "\"\n"},
		{
			"an inline account", "account = [{client_id = 'x', name = 'spotify'}]\n",
			"account = [{client_id = \"" + clientID + "\", name = 'spotify'}]\n",
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
		Name: "work", Provider: "oauth2", ClientID: `a "b" c`, Renew: "ask",
		AuthorizeURL: "https://a.example/authorize", TokenURL: "https://a.example/token", APIURL: "https://a.example/me",
		Scopes: []string{"a", "b:c"}, GrantLifetime: 90 * day,
	}
	for _, a := range []Account{jane, other, jane} {
		if err := AddAccount(path, a); err != nil {
			t.Fatal(err)
		}
	}
	c, problems := Load(path)
	if len(problems) > 0 || len(c.Accounts) != 2 {
		t.Fatalf("%+v, %v", c, problems)
	}
	if got := c.Accounts[1]; got.ClientID != other.ClientID || got.Renew != "ask" || len(got.Scopes) != 2 ||
		got.APIURL != other.APIURL || got.GrantLifetime != other.GrantLifetime {
		t.Errorf("got %+v, want %+v", got, other)
	}
	if data, _ := os.ReadFile(path); !strings.HasPrefix(string(data), "# Fermata's settings") {
		t.Errorf("the file begins %.40q", data)
	}
}

// TestAddAccountRefuses: a file that cannot be edited safely is left alone.
func TestAddAccountRefuses(t *testing.T) {
	for _, before := range []string{
		"[clock\n",
		"account = []\n",
		"account = [{name = 'spotify'}]\n",
		"[account]\nname = 'x'\n",
		"[[account]]\nname = 'spotify'\nprovider = 'oauth2'\nclient_id = 'x'\n",
	} {
		path := write(t, before)
		err := AddAccount(path, jane)
		if err == nil || checks.Hint(err) == "" {
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
}

func TestAddAccountKeepsMode(t *testing.T) {
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
	if fi, err := os.Stat(path); err != nil || fi.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", fi.Mode(), err)
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
	settings = strings.ReplaceAll(strings.ReplaceAll(settings, "\n#", "\n"), `client_id = ""`, `client_id = "`+clientID+`"`)
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
}
