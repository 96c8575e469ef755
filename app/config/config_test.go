package config

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"fermata/checks/programs"
)

const (
	spotifyID = "0123456789abcdef0123456789abcdef"
	day       = 24 * time.Hour
)

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestDefault(t *testing.T) {
	want := Config{
		Clock: Clock{
			Servers:   []string{"time.cloudflare.com", "time.google.com", "time.apple.com", "time.windows.com"},
			Tolerance: 2 * time.Second, Interval: 30 * time.Minute,
		},
		Notify:  Notify{Session: 5 * time.Minute, Grant: []time.Duration{30 * day, 7 * day, day}},
		Secrets: Secrets{Store: "keyring", Token: "allow"},
	}
	if got := Default(); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
}

func TestLoadNothing(t *testing.T) {
	for name, path := range map[string]string{
		"no file":    filepath.Join(t.TempDir(), "none", "config.toml"),
		"empty file": write(t, ""),
		"comments":   write(t, "# nothing\n\n[clock]\n"),
		"a mark":     write(t, "\ufeff"),
		"no account": write(t, "account = []"),
	} {
		c, problems := Load(path)
		if !reflect.DeepEqual(c, Default()) || problems != nil {
			t.Errorf("%s: %+v, %v", name, c, problems)
		}
	}
}

func TestLoadPrograms(t *testing.T) {
	c, problems := Load(write(t, `
[[program]]
name = "my bot"
path = "~/projects/bot"
login = ["bot", "login"]
[[program]]
glob = "~/*/.cache"
watch = true
[[program]]
name = "ncspot"
watch = false
`))
	want := []programs.Setting{{Name: "my bot", Path: "~/projects/bot", Login: []string{"bot", "login"}}, {Glob: "~/*/.cache"}, {Name: "ncspot", Off: true}}
	if !reflect.DeepEqual(c.Programs, want) || problems != nil {
		t.Errorf("%+v %v", c.Programs, problems)
	}
}

func TestLoadEverything(t *testing.T) {
	text := `
notify.session = "90s"
notify.grant = ["24h", "60d", "1d12h"]
[clock]
servers   = [
  "ntp.example.org:1123",
  "192.0.2.1", # a comment
  "[2001:db8::1]:123", "2001:db8::2", "a_b.example.", "1e100.example:65535", "x:1",
]
tolerance = "1.5s"
interval  = "1h"
[secrets]
store = 'file'
[[account]]
client_id = "` + strings.ToUpper(spotifyID) + `"
[[account]]
name           = "work.mail"
provider       = "oauth2"
client_id      = "a client"
renew          = "ask"
authorize_url  = "https://auth.example.org/authorize?tenant=1"
token_url      = "http://127.0.0.1:8080/token"
api_url        = "http://localhost/me"
scopes         = ["openid", "offline_access", "!#[]~"]
grant_lifetime = "90d"
`
	want := Config{
		Clock: Clock{
			Servers: []string{
				"ntp.example.org:1123", "192.0.2.1", "[2001:db8::1]:123", "2001:db8::2", "a_b.example.", "1e100.example:65535", "x:1",
			},
			Tolerance: 1500 * time.Millisecond,
			Interval:  time.Hour,
		},
		Notify: Notify{
			Session: 90 * time.Second,
			Grant:   []time.Duration{60 * day, 36 * time.Hour, day},
		},
		Secrets: Secrets{Store: "file", Token: "allow"},
		Accounts: []Account{
			{Name: "spotify", Provider: "spotify", ClientID: spotifyID, Renew: "auto"},
			{
				Name: "work.mail", Provider: "oauth2", ClientID: "a client", Renew: "ask",
				AuthorizeURL:  "https://auth.example.org/authorize?tenant=1",
				TokenURL:      "http://127.0.0.1:8080/token",
				APIURL:        "http://localhost/me",
				Scopes:        []string{"openid", "offline_access", "!#[]~"},
				GrantLifetime: 90 * day,
			},
		},
	}
	for _, text := range []string{text, "\ufeff" + text, strings.ReplaceAll(text, "\n", "\r\n")} {
		c, problems := Load(write(t, text))
		if problems != nil || !reflect.DeepEqual(c, want) {
			t.Errorf("got  %+v, %v\nwant %+v", c, problems, want)
		}
	}
	c, problems := Load(write(t, `account = [{name = "a", client_id = "`+spotifyID+`"}, {name = "b", client_id = "`+spotifyID+`"}]`))
	if problems != nil || len(c.Accounts) != 2 || c.Accounts[1].Name != "b" {
		t.Errorf("inline accounts: %+v, %v", c.Accounts, problems)
	}
}

// TestLimits: each limit is included, what is beyond is refused.
func TestLimits(t *testing.T) {
	oauth2 := func(line string) string {
		return "[[account]]\nprovider='oauth2'\nclient_id='x'\nauthorize_url='https://a.example'\ntoken_url='https://a.example'\n" + line
	}
	host := strings.Repeat(strings.Repeat("a", 63)+".", 3)
	for _, test := range []struct{ good, bad string }{
		{"clock.tolerance='10ms'", "clock.tolerance='9.9ms'"},
		{"clock.tolerance='1h'", "clock.tolerance='1h1ns'"},
		{"clock.interval='1m'", "clock.interval='59s'"},
		{"clock.interval='7d'", "clock.interval='7d1ns'"},
		{"clock.interval='1d23h59m'", "clock.interval='1d24h'"},
		{"clock.interval='1d0s'", "clock.interval='1d-1s'"},
		{"notify.session='10s'", "notify.session='9s'"},
		{"notify.session='24h'", "notify.session='25h'"},
		{"notify.grant=['1m']", "notify.grant=['59s']"},
		{"notify.grant=['3650d']", "notify.grant=['3651d']"},
		{"notify.grant=[]", "notify.grant=['']"},
		{"notify.grant=['1d','48h']", "notify.grant=['1d','24h']"},
		{"clock.servers=['a:1']", "clock.servers=['a:0']"},
		{"clock.servers=['a:65535']", "clock.servers=['a:65536']"},
		{"clock.servers=['1.2.3.4']", "clock.servers=['1.2.3']"},
		{"clock.servers=['1.2.a3']", "clock.servers=['1.2.3.']"},
		{"clock.servers=['" + strings.Repeat("a", 63) + "']", "clock.servers=['" + strings.Repeat("a", 64) + "']"},
		{"clock.servers=['" + host + strings.Repeat("b", 61) + ".']", "clock.servers=['" + host + strings.Repeat("b", 62) + "']"},
		{"clock.servers=['a-b']", "clock.servers=['a-']"},
		{"clock.servers=['a.b']", "clock.servers=['a..b']"},
		{oauth2("grant_lifetime='1m'"), oauth2("grant_lifetime='59s'")},
		{oauth2("grant_lifetime='3650d'"), oauth2("grant_lifetime='3651d'")},
		{oauth2("scopes=['" + strings.Repeat("a", 256) + "']"), oauth2("scopes=['" + strings.Repeat("a", 257) + "']")},
		{oauth2("scopes=[]"), oauth2(`scopes=['a"b']`)},
		{oauth2("scopes=['a']"), oauth2(`scopes=['a\b']`)},
		{oauth2("api_url='https://[::1]:8/'"), oauth2("api_url='ftp://[::1]:8/'")},
		{oauth2("api_url='http://[::1]:8/'"), oauth2("api_url='http://[2001:db8::1]:8/'")},
		{oauth2("api_url='https://a/?b'"), oauth2("api_url='https://a/#b'")},
		{oauth2("api_url='https://a/'"), oauth2("api_url='https://u@a/'")},
		{oauth2("api_url='https://a/'"), oauth2("api_url='https:///a'")},
		{oauth2("api_url='https://a/" + strings.Repeat("b", 2038) + "'"), oauth2("api_url='https://a/" + strings.Repeat("b", 2039) + "'")},
		{oauth2("name='" + strings.Repeat("a", 64) + "'"), oauth2("name='" + strings.Repeat("a", 65) + "'")},
		{oauth2("renew='ask'"), oauth2("renew='Ask'")},
		{strings.Replace(oauth2(""), "'x'", "'"+strings.Repeat("~", 512)+"'", 1), strings.Replace(oauth2(""), "'x'", "'"+strings.Repeat("~", 513)+"'", 1)},
		{"#" + strings.Repeat("x", 64<<10-1), "#" + strings.Repeat("x", 64<<10)},
	} {
		if _, d := parse([]byte(test.good)); len(d.problems) > 0 {
			t.Errorf("%.120s: %v", test.good, d.problems)
		}
		if _, problems := Load(write(t, test.bad)); len(problems) != 1 {
			t.Errorf("%.120s: problems %v, want one", test.bad, problems)
		}
	}
	if _, d := parse([]byte(many(0, 200))); len(d.problems) != maxProblems {
		t.Errorf("200 unknown settings are %d problems", len(d.problems))
	}
	if _, d := parse([]byte("clock.servers=[" + strings.Repeat("'a b',", 99) + "]")); len(d.problems) != 99 {
		t.Errorf("99 wrong servers are %d problems", len(d.problems))
	}
}

// many writes n sections and n settings that are unknown.
func many(sections, settings int) string {
	var b strings.Builder
	for i := range settings {
		fmt.Fprintf(&b, "x%d=1\n", i)
	}
	for i := range sections {
		fmt.Fprintf(&b, "[y%d]\n", i)
	}
	return b.String()
}

// TestProblems holds what a person reads for each kind of slip. The file may have several.
func TestProblems(t *testing.T) {
	const (
		wantLine = `expected a line such as [clock], tolerance = "2s" or grant = ["720h", "24h"]`
		wantHost = `expected a time server such as "time.example.org" or "192.0.2.1:123"`
		utf8     = `; save the file as "UTF-8" in your editor`
		notText  = `this line has an invisible control character, or bytes that are not UTF-8` + utf8
	)
	account := "[[account]]\nclient_id = \"" + spotifyID + "\"\n"
	other := "[[account]]\nname=\"x\"\nprovider=\"oauth2\"\nclient_id=\"y\"\ntoken_url=\"https://a.example/t\"\nauthorize_url="
	for _, test := range []struct {
		text string
		want string // a line for each problem, without "config.toml:"
	}{
		{"[clock]\ntolerance = \"fast\"", `2: [clock] tolerance: expected a duration such as "2s", "30m" or "7d", got "fast"`},
		{"[clock]\ntolerance = 2", `2: [clock] tolerance: expected a text in quotes such as "2s"`},
		{"[clock]\ntolerance = [1]", `2: [clock] tolerance: expected a text in quotes such as "2s"`},
		{"[clock]\ntolerance = \"0s\"", `2: [clock] tolerance: expected 10ms to 1h, got "0s"`},
		{"[clock]\ntolerance = \"\"", `2: [clock] tolerance: is missing`},
		{"[clock]\ninterval = \"99999d\"", `2: [clock] interval: expected a duration such as "2s", "30m" or "7d", got "99999d"`},
		{"[clock]\ntolerence = \"2s\"", `2: [clock] tolerence: unknown setting; this section has servers, tolerance, interval`},
		{"[notify]\n\nsessions = \"2s\"", `3: [notify] sessions: unknown setting; this section has session, grant`},
		{"[secrets]\nfile = true", `2: [secrets] file: unknown setting; this section has store, token`},
		{"[clock]\n\"a b\\n\" = 1", `2: [clock] a b: unknown setting; this section has servers, tolerance, interval`},
		{"[clock.servers]\n", `1: [clock] servers: expected a list such as ["first", "second"]`},
		{"[clock.x.y]\n", `1: [clock] x.y: unknown setting; this section has servers, tolerance, interval`},
		{"[clok]\na=1", `1: clok: unknown section; expected [clock], [notify], [secrets], [[account]] or [[program]]`},
		{"clok.a=1", `1: clok.a: unknown section; expected [clock], [notify], [secrets], [[account]] or [[program]]`},
		{"tolerance = \"2s\"\nclient_id = 1", "1: tolerance: belongs below the line [clock]\n2: client_id: belongs below the line [[account]]"},
		{"clock = 5", `1: [clock]: expected a section, with settings in lines of their own below`},
		{"[[clock]]", `1: [clock]: expected one bracket on each side`},
		{"[clock]\nservers = \"a\"", `2: [clock] servers: expected a list such as ["first", "second"]`},
		{"[clock]\nservers = []", `2: [clock] servers: expected at least one`},
		{"[clock]\nservers = [\n\"a\",\n3]", `4: [clock] servers: expected a text in quotes such as "2s"`},
		{"[clock]\nservers = [\n[\"a\"]]", `2: [clock] servers: expected a text in quotes such as "2s"`},
		{"account = [{scopes=[\"a\"]}]", "1: [[account]] client_id: is missing\n1: [[account]] scopes: is not for provider = \"spotify\"; remove this line"},
		{"x={y={z={a=1}}}", `1: x: unknown section; expected [clock], [notify], [secrets], [[account]] or [[program]]`},
		{
			"[clock]\nservers = [\n\"good\",\n\"bad host\",\n\"good\", \"a:0\", \"1.2.3\"]",
			"4: [clock] servers: " + wantHost + ", got \"bad host\"\n" +
				`5: [clock] servers: expected each only once, got "good"
5: [clock] servers: expected a port from 1 to 65535, got "a:0"
5: [clock] servers: ` + wantHost + `, got "1.2.3"`,
		},
		{"[[program]]\npath = \"bot/.cache\"", `2: [[program]] path: expected a whole path such as "~/projects/bot/.cache", got "bot/.cache"`},
		{"[[program]]\nglob = \"~/[\"", `2: [[program]] glob: expected a pattern such as "~/projects/*/.cache", got "~/["`},
		{"[[program]]\nname = \"a\\nb\"", `2: [[program]] name: expected one line of at most 500 characters`},
		{"[[program]]\nwatch = \"false\"\nname = \"ncspot\"", `2: [[program]] watch: expected true or false, without quotes`},
		{"[[program]]\nwatch = false", `1: [[program]]: expected a name, a path or a glob`},
		{"[[program]]\npath = \"~/a\"\nglob = \"~/b\"", `3: [[program]] glob: expected a path or a glob, not both`},
		{"[[program]]\nname = \"a\"\ntoken = \"b\"", `3: [[program]] token: unknown setting; this section has name, path, glob, login, watch`},
		{"[program]\nname = \"a\"", `1: [[program]]: expected two brackets on each side`},
		{"[clock]\nservers = [\"-\", \"-\"]", "2: [clock] servers: " + wantHost + ", got \"-\"\n2: [clock] servers: " + wantHost + ", got \"-\""},
		{"[notify]\ngrant = [\"1s\"]", `2: [notify] grant: expected 1m to 3650d, got "1s"`},
		{"[notify]\nsession = 2020-01-01", `2: [notify] session: expected a text in quotes such as "2s"`},
		{"[secrets]\nstore = \"paper\"", `2: [secrets] store: expected "keyring" or "file", got "paper"`},
		{"[secrets]\nstore = {a = 1}", `2: [secrets] store: expected a text in quotes such as "2s"`},
		{account + account, `3: [[account]] name: there is an account "spotify" already`},
		{"[account]\nname = \"x\"", `1: [[account]]: expected two brackets on each side`},
		{"[account]\n[[account]]", `2: account is there twice; remove one of them`},
		{"[[account]]\n[account]", `2: account is there twice; remove one of them`},
		{"account = [1]", `1: [[account]]: expected a section, with settings in lines of their own below`},
		{"account = 1", `1: [[account]]: expected a section, with settings in lines of their own below`},
		{"\n[[account]]\nname = \"x\"", `2: [[account]] client_id: is missing`},
		{account + "[[account]]\nname = \"x\"", `3: [[account]] client_id: is missing`},
		{"[[account]]\nclient_id = \"0123\"", `2: [[account]] client_id: that doesn't look like a client ID; a client ID is 32 characters long, using only 0–9 and a–f`},
		{account + "clientid = 1", `3: [[account]] clientid: unknown setting; this section has name, provider, client_id, renew, browser, api_url, scopes, grant_lifetime, redirect, params, secret, device, issuer, authorize_url, token_url, device_url, revoke_url`},
		{account + "client_secret = \"hush\"", `3: [[account]] client_secret: the secret doesn't belong in this file; put secret = true here, and Fermata asks for it when you sign in`},
		{account + "browser = \"firefox\"", `3: [[account]] browser: expected a list such as ["firefox", "-P", "work", "%s"]`},
		{account + "browser = [\"%s\"]", `3: [[account]] browser: expected a program and, among its arguments, "%s" for the address`},
		{account + "browser = []", `3: [[account]] browser: expected a program and, among its arguments, "%s" for the address`},
		{account + "browser = [\"firefox\", 1, \"%s\"]", `3: [[account]] browser: expected a text in quotes such as "2s"`},
		{account + "browser = [\"firefox\", \"a\\nb\", \"%s\"]", `3: [[account]] browser: expected a program or an argument on one line, got "a b"`},
		{account + "renew = true", `3: [[account]] renew: expected a text in quotes such as "2s"`},
		{account + "renew = \"no\"", `3: [[account]] renew: expected "auto" or "ask", got "no"`},
		{account + "name = \"a/b\"", `3: [[account]] name: expected a name of at most 64 letters, digits, "-", "_" and ".", got "a/b"`},
		{account + "name = \"app\"", `3: [[account]] name: expected another name, Fermata uses this one itself, got "app"`},
		{account + "name = \"clock\"", `3: [[account]] name: expected another name, Fermata uses this one itself, got "clock"`},
		{account + "name = \"demo\"", `3: [[account]] name: expected another name, Fermata uses this one itself, got "demo"`},
		{account + "name = \"x\"\nprovider = \"spotfy\"\nscopes = []", `4: [[account]] provider: expected "google", "microsoft", "spotify" or "oauth2", got "spotfy"`},
		{
			account + "scopes = []\nauthorize_url=''\ntoken_url=''\napi_url=''\ngrant_lifetime=''",
			strings.Join([]string{
				`3: [[account]] scopes: is not for provider = "spotify"; remove this line`,
				`4: [[account]] authorize_url: is not for provider = "spotify"; remove this line`,
				`5: [[account]] token_url: is not for provider = "spotify"; remove this line`,
				`6: [[account]] api_url: is not for provider = "spotify"; remove this line`,
				`7: [[account]] grant_lifetime: is not for provider = "spotify"; remove this line`,
			}, "\n"),
		},
		{other + `"http://auth.example.org"`, `6: [[account]] authorize_url: expected an address that begins with "https://", got "http://auth.example.org"`},
		{other + `"auth.example.org"`, `6: [[account]] authorize_url: expected an address such as "https://auth.example.org/token", got "auth.example.org"`},
		{other + "\"https://a.example\"\nscopes = [\"a b\"]", `7: [[account]] scopes: expected a scope such as "offline_access", got "a b"`},
		{strings.Replace(other, "\"y\"", "\"sécret\"", 1) + `"https://a.example"`, `4: [[account]] client_id: expected the client ID that the provider gave this program`},
		{"[[account]]\nname=\"x\"\nprovider=\"oauth2\"\n", `1: [[account]] client_id: is missing
1: [[account]] token_url: is missing
1: [[account]] authorize_url: is missing`},

		{"\ntolerance = 2s\n", "2: " + wantLine},
		{"a = b", "1: " + wantLine},
		{"a =", "1: " + wantLine},
		{"a = truth", "1: " + wantLine},
		{"a = 01", "1: " + wantLine},
		{"a", "1: " + wantLine},
		{"\na: 5", "2: " + wantLine},
		{"= 5", "1: " + wantLine},
		{"a = 1 b = 2", "1: " + wantLine},
		{"[clock\n", "1: " + wantLine},
		{"[[account]\n", "1: " + wantLine},
		{"\na = \"b", "2: " + wantLine},
		{"a = 'b\n'", "1: " + wantLine},
		{"a = '''b", "1: " + wantLine},
		{"a = ['b' 'c']", "1: " + wantLine},
		{"a = ['b'", "1: " + wantLine},
		{"a = {b = 1", "1: " + wantLine},
		{`a = "C:\users"`, "1: " + wantLine},
		{`a = "\q"`, "1: " + wantLine},
		{"# \x01", "1: " + notText},
		{"# \rx", "1: " + wantLine},
		{"[clock]\nServers=['a','b']\nservers=['c']", `3: [clock] servers: is there twice; remove one of them`},
		{"[clock]\n[clock]", `2: clock is there twice; remove one of them`},
		{"[clock]\ninterval='1h'\ninterval='2h'", `3: interval is there twice; remove one of them`},
		{"clock.interval='1h'\n[clock]", `2: clock is there twice; remove one of them`},
		{"[clock]\ntolerance = “2s”", `2: expected straight quotes ("), got “`},
		{"‘a = 1", `1: expected straight quotes ("), got ‘`},
		{"# “fine”\n[notify]\nsession = '“'", `3: [notify] session: expected a duration such as "2s", "30m" or "7d", got "“"`},
		{"\n\x00", "2: " + notText},
		{"# fine \ufffd\n# caf\xe9", "2: " + notText},
		{"\xff\xfe[\x00c\x00", "1: this is UTF-16" + utf8},
		{"\xfe\xff\x00[\x00c", "1: this is UTF-16" + utf8},
		{"#" + strings.Repeat(" ", 64<<10), ` can't be read: too large: more than 64 kB`},
	} {
		c, problems := Load(write(t, test.text))
		var lines []string
		for _, p := range problems {
			lines = append(lines, strings.TrimPrefix(p.Error(), "config.toml:"))
		}
		if got := strings.Join(lines, "\n"); got != test.want && strings.TrimSpace(test.text) != "" {
			t.Errorf("%.200q\ngot:  %s\nwant: %s", test.text, got, test.want)
		}
		if !reflect.DeepEqual(c, Default()) {
			t.Errorf("%.200q: %+v", test.text, c)
		}
	}
}

func TestProblemsComeInOrder(t *testing.T) {
	path := write(t, "[secrets]\nstore='1'\n[[account]]\nrenew='1'\nfoo=2\n[clock]\ninterval='1'\ntolerance='2'\n")
	_, problems := Load(path)
	var lines []int
	for _, p := range problems {
		if p.File != path {
			t.Errorf("file %q", p.File)
		}
		lines = append(lines, p.Line)
	}
	if want := []int{2, 3, 4, 5, 7, 8}; !slices.Equal(lines, want) {
		t.Errorf("lines %v, want %v: %v", lines, want, problems)
	}
}

// TestReload: the last good file counts, as a whole, until there is another good one.
func TestReload(t *testing.T) {
	last, problems := Load(write(t, "clock.interval='45m'\n[[account]]\nname='music'\nclient_id='"+spotifyID+"'\n"))
	if problems != nil || len(last.Accounts) != 1 {
		t.Fatal(last, problems)
	}
	for name, path := range map[string]string{
		"a wrong value":        write(t, "clock.interval='50m'\nclock.tolerance='fast'"),
		"an unknown key":       write(t, "clock.interval='50m'\nclock.tolerence='2s'"),
		"not TOML":             write(t, "clock.interval='50m'\n[clock"),
		"too large":            write(t, strings.Repeat("\n", maxSize+1)),
		"a folder":             t.TempDir(),
		"a file in the middle": filepath.Join(write(t, ""), "config.toml"),
	} {
		next, problems := last.Reload(path)
		if !reflect.DeepEqual(next, last) || len(problems) != 1 || problems[0].File != path || strings.Contains(problems[0].Text, path) {
			t.Errorf("%s: %+v, %v", name, next, problems)
		}
	}
	for _, text := range []string{"", "\n \r\n"} {
		if next, problems := last.Reload(write(t, text)); !reflect.DeepEqual(next, last) || problems != nil {
			t.Errorf("emptied: %+v, %v", next, problems)
		}
	}
	for name, path := range map[string]string{
		"removed":  filepath.Join(t.TempDir(), "gone"),
		"comments": write(t, "# nothing"),
	} {
		if next, problems := last.Reload(path); !reflect.DeepEqual(next, Default()) || problems != nil {
			t.Errorf("%s: %+v, %v", name, next, problems)
		}
	}
	link := filepath.Join(t.TempDir(), "config.toml")
	if err := os.Symlink(filepath.Join(t.TempDir(), "gone"), link); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	if next, problems := last.Reload(link); !reflect.DeepEqual(next, last) || len(problems) != 1 || !strings.Contains(problems[0].Text, "leads to a file that isn't there") {
		t.Errorf("a link to nothing: %+v, %v", next, problems)
	}
}

// TestLoadNeedsLittle: what somebody builds to cost memory is refused before it does.
func TestLoadNeedsLittle(t *testing.T) {
	fit := func(s string) string { return s + "#" + strings.Repeat("x", max(0, maxSize-len(s)-1)) }
	inline := "clock={" + strings.ReplaceAll(many(0, 195), "\n", ",") + "z=1}"
	for name, text := range map[string]string{
		"tables":              strings.Repeat("[a.b.c.d.e.f]\n", 7000),
		"arrays":              "a=" + strings.Repeat("[", 32000) + strings.Repeat("]", 32000),
		"arrays without end":  "a=" + strings.Repeat("[", 9999),
		"inline tables":       "a=" + strings.Repeat("{a=", 16000),
		"closed tables":       "a=" + strings.Repeat("{a=", 9000) + "1" + strings.Repeat("}", 9000),
		"a dotted key":        strings.Repeat("a.", 32000) + "a=1",
		"a dotted table":      "[" + strings.Repeat("a.", 30000) + "a]\n" + many(0, 190),
		"dotted keys":         strings.Repeat(strings.Repeat("a.", 150)+"a=1\n", 200),
		"unknown keys":        many(0, 8000),
		"unknown sections":    many(6000, 0),
		"keys in two cases":   strings.Repeat("aB=1\nAb=1\n", 6000),
		"keys in a long line": fit(inline),
		"keys in short lines": fit(many(0, 195) + strings.Repeat("\n", 2000)),
		"servers":             "clock.servers=[" + strings.Repeat("'',", 21000) + "]",
		"a long value":        "clock.tolerance='" + strings.Repeat("x", maxSize-20) + "'",
		"accounts":            strings.Repeat("[[account]]\n", 5000),
		"1 MB of arrays":      "a=" + strings.Repeat("[", 1<<20),
		"1 MB of tables":      strings.Repeat("[a.b.c]\n", 1<<17),
		"1 MB of dots":        strings.Repeat("a.", 1<<19),
	} {
		path := write(t, text)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		began := time.Now()
		_, problems := Load(path)
		took := time.Since(began)
		runtime.ReadMemStats(&after)
		if got := after.TotalAlloc - before.TotalAlloc; got > 48<<20 || took > 20*time.Second { // the race detector is slow, what grows with the square is slower
			t.Errorf("%s: %d MB, %v", name, got>>20, took)
		}
		if len(problems) == 0 || len(problems) > maxProblems {
			t.Errorf("%s: %d problems", name, len(problems))
		}
	}
}

func TestPath(t *testing.T) {
	path, err := Path()
	if err != nil || filepath.Base(path) != "config.toml" || filepath.Base(filepath.Dir(path)) != "fermata" {
		t.Errorf("Path() = %q, %v", path, err)
	}
}

// FuzzLoad: whatever is in the file, it can be used or has problems, each with its place in words.
func FuzzLoad(f *testing.F) {
	for _, text := range []string{
		"", "\ufeff[clock]\nservers=[\"a\",[1],{b=2}]\ntolerance='1d2h'", "[a.b.c]\n[[a.b.d]]\n[a.b.d.e]\nx.y.z=1",
		"[[account]]\nname='a'\nclient_id='" + spotifyID + "'\n[[account]]\nprovider='oauth2'\ntoken_url='https://x/'\n",
		"account=[{name='x',scopes=['a']}]", "[[a]]\n[[a.b]]\n[[a]]\n[[a.b]]\n[[a.b]]\nc=[[[[1]]]]", "[Clock]\nTolerance='1s'\n\"\"=1",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, d := parse(data)
		problems := d.problems
		lines := strings.Count(string(data), "\n") + 1
		for _, p := range problems {
			if p.Line < 1 || p.Line > lines || strings.ContainsAny(p.Error(), "\r\n") || strings.Contains(p.Text, "U+") {
				t.Errorf("%+v", p)
			}
		}
		if len(problems) > 0 {
			return
		}
		if len(c.Clock.Servers) == 0 || c.Clock.Tolerance <= 0 || c.Clock.Interval < time.Minute ||
			c.Notify.Session <= 0 || c.Secrets.Store == "" {
			t.Errorf("unusable: %+v", c)
		}
		for _, a := range c.Accounts {
			if a.Name == "" || a.ClientID == "" || a.Provider == "" || a.Renew == "" {
				t.Errorf("unusable: %+v", a)
			}
		}
	})
}
