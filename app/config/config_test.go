package config

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

const clientID = "0123456789abcdef0123456789abcdef"

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLoadNothing(t *testing.T) {
	for name, path := range map[string]string{
		"no file":    filepath.Join(t.TempDir(), "none", "config.toml"),
		"empty file": write(t, ""),
		"comments":   write(t, "# nothing\n\n[clock]\n"),
	} {
		c, problems := Load(path)
		if !reflect.DeepEqual(c, Default()) || problems != nil {
			t.Errorf("%s: %+v, %v", name, c, problems)
		}
	}
}

func TestLoadEverything(t *testing.T) {
	c, problems := Load(write(t, "\ufeff"+`
account = [] # said again below would be an error, so this list stays empty
`))
	if len(problems) > 0 || len(c.Accounts) > 0 {
		t.Errorf("%+v, %v", c, problems)
	}
	c, problems = Load(write(t, `
notify.session = "90s"
notify.grant = ["24h", "60d", "1d12h"]
[clock]
servers   = [
  "ntp.example.org:1123",
  "192.0.2.1", # a comment
  "[2001:db8::1]:123", "2001:db8::2",
]
tolerance = "1.5s"
interval  = "1h"
[secrets]
store = 'file'
[[account]]
client_id = "`+clientID+`"
[[account]]
name           = "work.mail"
provider       = "oauth2"
client_id      = "a client"
renew          = "ask"
authorize_url  = "https://auth.example.org/authorize?tenant=1"
token_url      = "http://127.0.0.1:8080/token"
api_url        = "https://api.example.org/me"
scopes         = ["openid", "offline_access"]
grant_lifetime = "90d"
`))
	want := Config{
		Clock: Clock{
			Servers:   []string{"ntp.example.org:1123", "192.0.2.1", "[2001:db8::1]:123", "2001:db8::2"},
			Tolerance: 1500 * time.Millisecond,
			Interval:  time.Hour,
		},
		Notify: Notify{
			Session: 90 * time.Second,
			Grant:   []time.Duration{60 * day, 36 * time.Hour, day},
		},
		Secrets: Secrets{Store: "file"},
		Accounts: []Account{
			{Name: "spotify", Provider: "spotify", ClientID: clientID, Renew: "auto"},
			{
				Name: "work.mail", Provider: "oauth2", ClientID: "a client", Renew: "ask",
				AuthorizeURL:  "https://auth.example.org/authorize?tenant=1",
				TokenURL:      "http://127.0.0.1:8080/token",
				APIURL:        "https://api.example.org/me",
				Scopes:        []string{"openid", "offline_access"},
				GrantLifetime: 90 * day,
			},
		},
	}
	if problems != nil {
		t.Error(problems)
	}
	if !reflect.DeepEqual(c, want) {
		t.Errorf("got  %+v\nwant %+v", c, want)
	}
}

// TestProblems holds what a person reads for each kind of slip. The file may have several.
func TestProblems(t *testing.T) {
	account := "[[account]]\nclient_id = \"" + clientID + "\"\n"
	other := "[[account]]\nname=\"x\"\nprovider=\"oauth2\"\nclient_id=\"y\"\ntoken_url=\"https://a.example/t\"\nauthorize_url="
	for _, test := range []struct {
		text string
		want string // a line for each problem
	}{
		{"[clock]\ntolerance = \"fast\"", `config.toml:2: [clock] tolerance: expected a duration such as "2s", "30m" or "7d", got "fast"`},
		{"[clock]\ntolerance = 2", `config.toml:2: [clock] tolerance: expected a duration such as "2s", "30m" or "7d", got 2`},
		{"[clock]\ntolerance = \"0s\"", `config.toml:2: [clock] tolerance: expected at least 10ms, got "0s"`},
		{"[clock]\ntolerance = \"-2s\"", `config.toml:2: [clock] tolerance: expected at least 10ms, got "-2s"`},
		{"[clock]\ntolerance = \"2d\"", `config.toml:2: [clock] tolerance: expected at most 1h, got "2d"`},
		{"[clock]\ninterval = \"1s\"", `config.toml:2: [clock] interval: expected at least 1m, got "1s"`},
		{"[clock]\ninterval = \"99999d\"", `config.toml:2: [clock] interval: expected a duration such as "2s", "30m" or "7d", got "99999d"`},
		{"[clock]\ninterval = \"1d25h\"", `config.toml:2: [clock] interval: expected a duration such as "2s", "30m" or "7d", got "1d25h"`},
		{"[clock]\ntolerence = \"2s\"", `config.toml:2: [clock] tolerence: unknown setting; did you mean "tolerance"?`},
		{"[clock]\ncolour = \"red\"", `config.toml:2: [clock] colour: unknown setting; expected one of servers, tolerance, interval`},
		{"[clock]\n\"a b\\n\" = 1", `config.toml:2: [clock] "a b\n": unknown setting; expected one of servers, tolerance, interval`},
		{"[clok]\n", `config.toml:1: clok: unknown setting; did you mean "clock"?`},
		{"clock = 5", `config.toml:1: [clock]: expected a section, got 5`},
		{"[clock]\nservers = \"a\"", `config.toml:2: [clock] servers: expected a list, got "a"`},
		{"[clock]\nservers = []", `config.toml:2: [clock] servers: expected at least one, got a list`},
		{
			"[clock]\nservers = [\n\"good\",\n\"bad host\",\n3, [1], \"good\", \"a:0\", \"1.2.3\"]",
			`config.toml:4: [clock] servers: expected a time server such as "time.example.org" or "192.0.2.1:123", got "bad host"
config.toml:5: [clock] servers: expected a time server such as "time.example.org" or "192.0.2.1:123", got 3
config.toml:2: [clock] servers: expected a time server such as "time.example.org" or "192.0.2.1:123", got a list
config.toml:5: [clock] servers: expected each only once, got "good"
config.toml:5: [clock] servers: expected a port from 1 to 65535, got "a:0"
config.toml:5: [clock] servers: expected a time server such as "time.example.org" or "192.0.2.1:123", got "1.2.3"`,
		},
		{"[notify]\ngrant = [\"1s\"]", `config.toml:2: [notify] grant: expected at least 1m, got "1s"`},
		{"[notify]\nsession = 2020-01-01", `config.toml:2: [notify] session: expected a duration such as "2s", "30m" or "7d", got a date or time`},
		{"[secrets]\nstore = \"paper\"", `config.toml:2: [secrets] store: expected "keyring" or "file", got "paper"`},
		{"[secrets]\nstore = {a = 1}", `config.toml:2: [secrets] store: expected "keyring" or "file", got a table`},
		{account + account, `config.toml:3: [[account]] name: there is an account "spotify" already`},
		{"[account]\nname = \"x\"", `config.toml:1: [[account]]: expected two brackets on each side, got a table`},
		{"account = [1]", `config.toml:1: [[account]]: expected a section, got 1`},
		{"\n[[account]]\nname = \"x\"", `config.toml:2: [[account]] client_id: is missing`},
		{"[[account]]\nclient_id = \"0123\"", `config.toml:2: [[account]] client_id: a Spotify client ID has 32 characters, each a digit or a letter from a to f`},
		{account + "clientid = 1", `config.toml:3: [[account]] clientid: unknown setting; did you mean "client_id"?`},
		{account + "client_secret = \"hush\"", `config.toml:3: [[account]] client_secret: Fermata needs no client secret; remove this line`},
		{account + "renew = true", `config.toml:3: [[account]] renew: expected "auto" or "ask", got true`},
		{account + "name = \"a/b\"", `config.toml:3: [[account]] name: expected a name of letters, digits, "-", "_" and ".", got "a/b"`},
		{account + "name = \"clock\"", `config.toml:3: [[account]] name: expected another name, Fermata uses this one itself, got "clock"`},
		{account + "provider = \"spotfy\"", `config.toml:3: [[account]] provider: expected "spotify" or "oauth2", got "spotfy"`},
		{account + "scopes = []", `config.toml:3: [[account]] scopes: is for provider = "oauth2" only; remove this line`},
		{other + `"http://auth.example.org"`, `config.toml:6: [[account]] authorize_url: expected an address that begins with "https://", got "http://auth.example.org"`},
		{other + `"https://user:pw@auth.example.org"`, `config.toml:6: [[account]] authorize_url: expected an address such as "https://auth.example.org/token", got "https://user:pw@auth.example.org"`},
		{other + `"auth.example.org"`, `config.toml:6: [[account]] authorize_url: expected an address such as "https://auth.example.org/token", got "auth.example.org"`},
		{other + "\"https://a.example\"\nscopes = [\"a b\"]", `config.toml:7: [[account]] scopes: expected a scope such as "offline_access", got "a b"`},
		{"[[account]]\nname=\"x\"\nprovider=\"oauth2\"\n", `config.toml:1: [[account]] client_id: is missing
config.toml:1: [[account]] authorize_url: is missing
config.toml:1: [[account]] token_url: is missing`},
		{"a = 1\ntolerance = 2s\n[clock]\nx=1", `config.toml:2: strings must be quoted`},
		{"[clock]\n[clock]", `config.toml:2: table clock already exists`},
		{"\n\x00", `config.toml:2: invalid character at start of key: U+0000`},
		{strings.Repeat("#", maxSize+1), `config.toml: too large: more than 1024 kB`},
	} {
		_, problems := Load(write(t, test.text))
		var lines []string
		for _, p := range problems {
			lines = append(lines, p.Error())
		}
		want := strings.Split(test.want, "\n")
		slices.Sort(lines)
		slices.Sort(want)
		if !slices.Equal(lines, want) {
			t.Errorf("%.200q\ngot:  %s\nwant: %s", test.text, strings.Join(lines, "\n"), strings.Join(want, "\n"))
		}
	}
}

func TestProblemsComeInOrder(t *testing.T) {
	_, problems := Load(write(t, "[secrets]\nstore=1\n[[account]]\nrenew=1\nfoo=2\n[clock]\ninterval=1\ntolerance=2\n"))
	var lines []int
	for _, p := range problems {
		lines = append(lines, p.Line)
	}
	if want := []int{2, 3, 4, 5, 7, 8}; !slices.Equal(lines, want) {
		t.Errorf("lines %v, want %v: %v", lines, want, problems)
	}
}

// TestReloadKeeps: what is wrong keeps its last good value, what is right or gone does not.
func TestReloadKeeps(t *testing.T) {
	last, problems := Load(write(t, `
[clock]
servers = ["a.example", "b.example"]
tolerance = "5s"
interval = "45m"
[[account]]
name = "music"
client_id = "`+clientID+`"
renew = "ask"
`))
	if problems != nil {
		t.Fatal(problems)
	}
	next, problems := last.Reload(write(t, `
[clock]
servers = ["b.example", "no host"]
tolerance = "fast"
[[account]]
name = "music"
client_id = "half"
renew = "sometimes"
[[account]]
name = "new"
client_id = "half"
`))
	want := last
	want.Clock.Servers = []string{"b.example"}
	want.Clock.Interval = Default().Clock.Interval
	if !reflect.DeepEqual(next, want) {
		t.Errorf("got  %+v\nwant %+v", next, want)
	}
	if len(problems) != 5 {
		t.Errorf("problems: %v", problems)
	}
	for name, path := range map[string]string{"not TOML": write(t, "[clock"), "a folder": t.TempDir()} {
		if next, problems := last.Reload(path); !reflect.DeepEqual(next, last) || len(problems) != 1 {
			t.Errorf("%s: %+v, %v", name, next, problems)
		}
	}
	if next, _ := last.Reload(filepath.Join(t.TempDir(), "gone")); !reflect.DeepEqual(next, Default()) {
		t.Errorf("a removed file left %+v", next)
	}
}

func TestPath(t *testing.T) {
	path, err := Path()
	if err != nil || filepath.Base(path) != "config.toml" || filepath.Base(filepath.Dir(path)) != "fermata" {
		t.Errorf("Path() = %q, %v", path, err)
	}
}

// FuzzParse: whatever is in the file, what comes out can be used, and each problem has its place.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"", "\ufeff[clock]\nservers=[\"a\",[1],{b=2}]\ntolerance='1d2h'", "[a.b.c]\n[[a.b.d]]\n[a.b.d.e]\nx.y.z=1",
		"[[account]]\nname='a'\nclient_id='" + clientID + "'\n[[account]]\nprovider='oauth2'\ntoken_url='https://x/'\n",
		"account=[{name='x',scopes=['a']}]", "[[a]]\n[[a.b]]\n[[a]]\n[[a.b]]\n[[a.b]]\nc=[[[[1]]]]",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, problems := parse(data, Default())
		if len(c.Clock.Servers) == 0 || c.Clock.Tolerance <= 0 || c.Clock.Interval < time.Minute ||
			c.Notify.Session <= 0 || c.Secrets.Store == "" {
			t.Errorf("unusable: %+v", c)
		}
		for _, a := range c.Accounts {
			if a.Name == "" || a.ClientID == "" || a.Provider == "" || a.Renew == "" {
				t.Errorf("unusable: %+v", a)
			}
		}
		lines := strings.Count(string(data), "\n") + 1
		for _, p := range problems {
			if p.Line < 1 || p.Line > lines || p.Column < 1 || strings.ContainsAny(p.Error(), "\r\n") {
				t.Errorf("%+v", p)
			}
		}
		if edited, err := withAccount(data, Account{Name: "new", Provider: "spotify", ClientID: clientID}); err == nil {
			again, _ := parse(edited, Default())
			if !reflect.DeepEqual(without(again, "new"), without(c, "new")) {
				t.Errorf("adding an account made %+v of %+v", again, c)
			}
		}
	})
}
