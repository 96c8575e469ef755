package config

import (
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"fermata/checks"
)

// one is an edit of a setting that is no list.
func one(account, key, value string) Edit { return Edit{account, key, []string{value}} }

const twoAccounts = "[[account]] # mine\nclient_id = '" + spotifyID + "' # id\n\n[[account]]\nname = 'bot'\nclient_id = '" + spotifyID + "'\n"

func TestChange(t *testing.T) {
	for _, test := range []struct {
		name, before, after string
		edits               []Edit
	}{
		{"a value in its place", "# a\n[clock] # b\n  tolerance = '5s' # c\ninterval = '1h'\n", "# a\n[clock] # b\n  tolerance = \"3s\" # c\ninterval = '1h'\n",
			[]Edit{one("", "clock.tolerance", "3s")}},
		{"a section that is there", "[clock] # b\ninterval = '1h'\n[secrets]\n", "[clock] # b\ntolerance = \"3s\"\ninterval = '1h'\n[secrets]\n",
			[]Edit{one("", "clock.tolerance", "3s")}},
		{"the last line is a section", "[clock]", "[clock]\ntolerance = \"3s\"\n", []Edit{one("", "clock.tolerance", "3s")}},
		{"no section", "[secrets]\nstore = 'file'", "[secrets]\nstore = 'file'\n\n[notify]\nsession = \"1m\"\n", []Edit{one("", "notify.session", "1m")}},
		{"a list", "[notify]\ngrant = [ # c\n  '30d',\n  '7d',\n] # d\nsession = '2m'\n", "[notify]\ngrant = [\"14d\", \"1d\"] # d\nsession = '2m'\n",
			[]Edit{{"", "notify.grant", []string{"14d", "1d"}}}},
		{"an empty list", "[notify]\ngrant = ['30d']\n", "[notify]\ngrant = []\n", []Edit{{"", "notify.grant", nil}}},
		{"an inline section", "clock = {tolerance = '5s', interval = '1h'}\n", "clock = {tolerance = \"3s\", interval = '1h'}\n", []Edit{one("", "clock.tolerance", "3s")}},
		{"a dotted key", "clock.tolerance = '5s'\n", "clock.tolerance = \"3s\"\n", []Edit{one("", "clock.tolerance", "3s")}},
		{"the lines of Windows", "[clock]\r\ninterval = '1h'\r\n", "[clock]\r\ntolerance = \"3s\"\r\ninterval = '1h'\r\n", []Edit{one("", "clock.tolerance", "3s")}},
		{"a byte order mark", "\ufeff[clock]\n", "\ufeff[clock]\ntolerance = \"3s\"\n", []Edit{one("", "clock.tolerance", "3s")}},
		{"the default is left out", "[clock]\n", "[clock]\n", []Edit{one("", "clock.tolerance", "2s")}},
		{"the same in other words", "[clock]\ntolerance = '60s'\n", "[clock]\ntolerance = '60s'\n", []Edit{one("", "clock.tolerance", "1m")}},
		{"the only account of no name", twoAccounts, strings.Replace(twoAccounts, "# mine\n", "# mine\nrenew = \"ask\"\n", 1), []Edit{one("spotify", "renew", "ask")}},
		{"an account by its name", twoAccounts, strings.Replace(twoAccounts, "'bot'\nclient_id = '"+spotifyID+"'", "'bot'\nclient_id = \""+strings.Repeat("f", 32)+"\"", 1),
			[]Edit{one("bot", "client_id", strings.Repeat("f", 32))}},
		{"two at once", "", "\n[clock]\ntolerance = \"3s\"\n\n[notify]\nsession = \"1m\"\n", []Edit{one("", "clock.tolerance", "3s"), one("", "notify.session", "1m")}},
	} {
		path := write(t, test.before)
		if wrong, err := Change(path, test.edits); err != nil || len(wrong) > 0 {
			t.Errorf("%s: %v, %v", test.name, wrong, err)
		}
		if got, _ := os.ReadFile(path); string(got) != test.after {
			t.Errorf("%s:\ngot  %q\nwant %q", test.name, got, test.after)
		}
	}
}

// What is wrong is told beside its setting, and nothing is written then.
func TestChangeWrong(t *testing.T) {
	before := "[clock] # c\ninterval = '1h'\n\n" + twoAccounts
	path := write(t, before)
	wrong, err := Change(path, []Edit{
		one("", "clock.tolerance", "fast"), one("", "clock.interval", "2h"), {"", "clock.servers", []string{"a.example", "\"\\\x01"}}, {"", "clock.servers", nil},
		one("bot", "client_id", "x"), one("nobody", "renew", "ask"), one("bot", "renew", "sometimes"), one("", "notify.session", "1s"),
	})
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, w := range wrong {
		said = append(said, w.Error())
	}
	const want = `[clock] tolerance: expected a duration such as "2s", "30m" or "7d", got "fast"
[clock] servers: expected a time server such as "time.example.org" or "192.0.2.1:123", got "\"\\"
[clock] servers: expected at least one
account "bot", client_id: that doesn’t look like a client ID
account "nobody", renew: there is no account "nobody" in the settings file
account "bot", renew: expected "auto" or "ask", got "sometimes"
[notify] session: expected 10s to 24h, got "1s"`
	if got := strings.Join(said, "\n"); !same(got, want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got, _ := os.ReadFile(path); string(got) != before {
		t.Errorf("the file became %q", got)
	}
}

// same compares, but for the client ID, whose words are another package's.
func same(got, want string) bool {
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range a {
		if i >= len(b) || a[i] != b[i] && !strings.Contains(b[i], "client_id: ") {
			return false
		}
	}
	return len(a) == len(b)
}

func TestAddAccount(t *testing.T) {
	path := write(t, twoAccounts)
	for _, c := range []struct{ name, id, key string }{{"bot", spotifyID, "name"}, {"a/b", spotifyID, "name"}, {"", spotifyID, "name"}, {"new", "x", "client_id"}} {
		wrong, err := AddAccount(path, c.name, c.id)
		if err != nil || len(wrong) != 1 || wrong[0].Key != c.key {
			t.Errorf("%q, %q: %v, %v", c.name, c.id, wrong, err)
		}
	}
	if got, _ := os.ReadFile(path); string(got) != twoAccounts {
		t.Fatalf("the file became %q", got)
	}
	if wrong, err := AddAccount(path, "new", spotifyID); err != nil || len(wrong) > 0 {
		t.Fatal(wrong, err)
	}
	cfg, problems := Load(path)
	if len(problems) > 0 || len(cfg.Accounts) != 3 || !reflect.DeepEqual(cfg.Accounts[2], Account{Name: "new", Provider: "spotify", ClientID: spotifyID, Renew: "auto"}) {
		t.Errorf("%v, %v", cfg.Accounts, problems)
	}
	if got, _ := os.ReadFile(path); !strings.HasPrefix(string(got), twoAccounts) {
		t.Errorf("the file became %q", got)
	}
}

// A file that can't be used, or is none, is left alone; without one, one is made.
func TestChangeBadFile(t *testing.T) {
	edits := []Edit{one("", "clock.tolerance", "3s")}
	path := write(t, "[clock]\ntolerance = 5\n")
	if _, err := Change(path, edits); err == nil || checks.Hint(err) == "" || !strings.Contains(err.Error(), "config.toml:2") {
		t.Errorf("a wrong file: %v", err)
	}
	if _, err := AddAccount(path, "new", spotifyID); err == nil || checks.Hint(err) == "" {
		t.Errorf("a wrong file: %v", err)
	}
	fresh := filepath.Join(t.TempDir(), "config.toml")
	if wrong, err := Change(fresh, edits); err != nil || len(wrong) > 0 {
		t.Error(wrong, err)
	}
	if got, _ := os.ReadFile(fresh); string(got) != header+"\n[clock]\ntolerance = \"3s\"\n" {
		t.Errorf("the new file is %q", got)
	}
	if runtime.GOOS == "windows" {
		return
	}
	if err := os.Chmod(fresh, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Change(fresh, []Edit{one("", "clock.tolerance", "4s")}); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(fresh); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the permissions became %v, %v", info.Mode(), err)
	}
}
