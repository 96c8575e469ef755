package tokenfile

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

func TestObject(t *testing.T) {
	for in, want := range map[string]Token{
		`{"access_token":"BQa","token_type":"Bearer","expires_in":3600,"refresh_token":"AQr","scope":"a b","expires_at":1777636800}`: {
			Form: Spotipy, Access: "BQa", Refresh: "AQr", Scopes: []string{"a", "b"}, Life: time.Hour, End: noon, SignIn: true},
		`{"access_token":"BQa","expires_in":3600,"expires_at":"2026-05-01T12:00:00.000000Z","refresh_token":null,"scope":""}`: {
			Form: Rspotify, Access: "BQa", Scopes: []string{}, Life: time.Hour, End: noon},
		`{"access_token":"BQa","expires_in":3600,"expires_at":null,"refresh_token":"AQr","scope":["a"]}`: {
			Form: Rspotify, Access: "BQa", Refresh: "AQr", Scopes: []string{"a"}, Life: time.Hour, SignIn: true},
		`{"access_token":"BQa","token_type":"Bearer","refresh_token":"AQr","expiry":"2026-05-01T14:00:00+02:00"}`: {
			Form: Go, Access: "BQa", Refresh: "AQr", End: noon, SignIn: true},
		`{"access_token":"BQa","expiry":"0001-01-01T00:00:00Z"}`: {Form: Go, Access: "BQa"},
		"\ufeff {\"access_token\":\"BQa\",\"expires_in\":\"3600\"}": {
			Form: Reply, Access: "BQa", Life: time.Hour},
		`{"username":"jane","auth_type":1,"auth_data":"c2VjcmV0"}`:    {Form: Librespot, SignIn: true},
		`{"access_token":"BQa","expires_at":1777636800000}`:           {Form: Spotipy, Access: "BQa", End: noon, Millis: true},
		`{"access_token":"BQa","expires_at":"1777636800"}`:            {Form: Rspotify, Access: "BQa", End: noon},
		`{"access_token":"BQa","expires_at":"soon","expires_in":-1}`:  {Form: Rspotify, Access: "BQa", BadEnd: true},
		`{"access_token":"BQa","expires_at":1e999,"expires_in":1e99}`: {Form: Spotipy, Access: "BQa", BadEnd: true},
		`{"access_token":"BQa","expires_at":{},"scope":7}`:            {Form: Rspotify, Access: "BQa", BadEnd: true},
		`{"access_token":"BQa","expires_in":315359999}`:               {Access: "BQa", Life: 315359999 * time.Second},
		`{"access_token":"BQa","expires_in":315360000}`:               {Access: "BQa"},
		`{"access_token":"BQa","expiry":"0001-06-01T00:00:00Z"}`:      {Form: Go, Access: "BQa", BadEnd: true},
		`{"id_token":"a.b.c"}`:                                        {ID: "a.b.c"},
		`{"access_token":"BQa","expires_in":1777636800}`:              {Access: "BQa", End: noon}, // a moment and no number
		`{"access_token":"BQa","expires":3600}`:                       {Form: Other, Access: "BQa", Life: time.Hour},
	} {
		got, err := Find([]byte(in), "")
		if err != nil || !reflect.DeepEqual(got, []Token{want}) {
			t.Errorf("%s:\n got %s %v\nwant %s", in, plain(got), err, plain([]Token{want}))
		}
	}
}

func TestFindRefuses(t *testing.T) {
	for in, want := range map[string]error{
		"":                    ErrCut,
		" \n":                 ErrCut,
		`{"access_token":"BQ`: ErrCut,
		`{`:                   ErrCut,
		`{"access_token"}`:    ErrNotJSON,
		`hello`:               ErrNotJSON,
		"\x00\x00":            ErrNotJSON,
		`{}`:                  ErrNotToken,
		`[]`:                  ErrNotToken,
		`"BQ"`:                ErrNotToken,
		`{"access_token":7}`:  ErrNotToken,
		`{"access_token":""}`: ErrNotToken,
	} {
		if _, err := Find([]byte(in), ""); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", in, err, want)
		}
	}
}

func TestUnix(t *testing.T) {
	for _, tt := range []struct {
		n    json.Number
		want string
		unit time.Duration // 0: it is no time
	}{
		{"0", "1970-01-01T00:00:00Z", time.Second},
		{"1777636800", "2026-05-01T12:00:00Z", time.Second},
		{"1777636800.75", "2026-05-01T12:00:00.75Z", time.Second},
		{"1.7776368e9", "2026-05-01T12:00:00Z", time.Second},
		{"99999999999", "5138-11-16T09:46:39Z", time.Second},
		{"100000000000", "1973-03-03T09:46:40Z", time.Millisecond},
		{"1777636800001", "2026-05-01T12:00:00.001Z", time.Millisecond},
		{"1777636800000001", "2026-05-01T12:00:00.000001Z", time.Microsecond},
		{"1777636800123456789", "2026-05-01T12:00:00.123456789Z", time.Nanosecond},
		{"9999999999999999999", "2286-11-20T17:46:40Z", time.Nanosecond}, // no int64
		{"1e-400", "1970-01-01T00:00:00Z", time.Second},
		{"1e20", "", 0}, {"1e999", "", 0}, {"-1", "", 0}, {"NaN", "", 0}, {"Inf", "", 0}, {"", "", 0},
	} {
		got, unit, ok := Unix(tt.n)
		if ok != (tt.unit > 0) || unit != tt.unit || ok && got.Format(time.RFC3339Nano) != tt.want {
			t.Errorf("%s: %v in %v, %v; want %s in %v", tt.n, got, unit, ok, tt.want, tt.unit)
		}
	}
}

func TestSecretIsNeverPrinted(t *testing.T) {
	token := Token{Access: "hush", Refresh: "hush", ID: "hush"}
	out, err := json.Marshal(token)
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		out = fmt.Appendf(out, verb, token)
		out = fmt.Appendf(out, verb, token.Access)
	}
	if s := string(out); strings.Contains(s, "hush") || strings.Contains(s, "68757368") {
		t.Error(s)
	}
}

// plain writes tokens with their secrets.
func plain(all []Token) string {
	var lines []string
	for _, t := range all {
		lines = append(lines, fmt.Sprintf("%v %q %q %q %q %v %v %v %v %v %v %v", t.Form, t.Label, string(t.Access), string(t.Refresh), string(t.ID), t.Scopes, t.Life, t.RefreshLife, t.Issued, t.End, t.Millis, t.BadEnd))
	}
	return strings.Join(lines, "\n")
}

// jwt ends at noon.
const jwt = "eyJhbGciOiJub25lIn0.eyJleHAiOjE3Nzc2MzY4MDB9.c2ln"

func TestFind(t *testing.T) {
	const (
		pair  = `{"access_token":"BQa","refresh_token":"AQr","expires_at":1777636800}`
		whole = `spotipy "" "BQa" "AQr" "" [] 0s 0s 0001-01-01 00:00:00 +0000 UTC 2026-05-01 12:00:00 +0000 UTC false false`
		bare  = `a program "" "` + jwt + `" "" "" [] 0s 0s 0001-01-01 00:00:00 +0000 UTC 2026-05-01 12:00:00 +0000 UTC false false`
	)
	labelled := func(label, line string) string { return strings.Replace(line, `""`, `"`+label+`"`, 1) }
	for _, tt := range []struct{ name, in, want string }{
		{"nested", `{"data":{"entries":[{"domain":"spotify","data":{"token":` + pair + `}}]}}`, labelled("spotify", whole)},
		{"two labels", `[{"domain":"a","t":` + pair + `},{"domain":"b","t":` + pair + `}]`, labelled("a", whole) + "\n" + labelled("b", whole)},
		{"JSON lines", pair + "\n" + pair + "\n", whole + "\n" + whole},
		{"JSON lines, the last is half written", pair + "\n" + pair[:30], whole},
		{"log", "[info] 12:00 saved " + pair + " to disk\n", whole},
		{"ini", "[gdrive]\ntype = drive\ntoken = " + pair + "\n\n[box]\ntoken = " + pair, labelled("gdrive", whole) + "\n" + labelled("box", whole)},
		{"ini of scalars", "; a remark\n[spotify]\naccess_token = BQa\nrefresh_token=AQr\nexpiry=2026-05-01T14:00:00+02:00\n[other]\naccess_token=x\n",
			labelled("spotify", strings.Replace(whole, "spotipy", "Go's oauth2", 1)) + "\n" + `an OAuth reply "other" "x" "" "" [] 0s 0s 0001-01-01 00:00:00 +0000 UTC 0001-01-01 00:00:00 +0000 UTC false false`},
		{"environment", "export SPOTIFY_ACCESS_TOKEN='BQa'\nSPOTIFY_REFRESH_TOKEN=\"AQr\"\nSPOTIFY_EXPIRES_AT=1777636800\n", strings.Replace(whole, "spotipy", "a program", 1)},
		{"YAML", "accounts:\n  - name: a\n    access_token: BQa\n    refresh_token: AQr\n    expires_at: 1777636800\n  - name: b\n    access_token: BQa\n    refresh_token: AQr\n    expires_at: 1777636800\nother: 1\n",
			strings.Replace(whole, "spotipy", "rspotify", 1) + "\n" + strings.Replace(whole, "spotipy", "rspotify", 1)},
		{"HAR", `{"log":{"entries":[{"request":{"headers":[{"name":"authorization","value":"Bearer ` + jwt + `"}]},"response":{"content":{"text":` + fmt.Sprintf("%q", pair) + `}}}]}}`, bare + "\n" + whole},
		{"JWT", jwt + "\n", bare},
		{"JWT in a text", "Authorization: Bearer " + jwt + "\r\n", bare},
		{"Volumio", `{"refresh_token":{"type":"string","value":"AQr"},"logged_user_id":{"type":"string","value":"jane"}}`,
			`an OAuth reply "" "" "AQr" "" [] 0s 0s 0001-01-01 00:00:00 +0000 UTC 0001-01-01 00:00:00 +0000 UTC false false`},
		{"SpotifyAPI-NET", `{"AccessToken":"BQa","ExpiresIn":3600,"RefreshToken":"AQr","CreatedAt":"2026-05-01T11:00:00+00:00"}`,
			`a program "" "BQa" "AQr" "" [] 1h0m0s 0s 2026-05-01 11:00:00 +0000 UTC 2026-05-01 12:00:00 +0000 UTC false false`},
		{"MSAL", `{"AccessToken":{"k":{"credential_type":"AccessToken","secret":"BQa","cached_at":"1777633200","expires_on":"1777636800"}},"RefreshToken":{"k":{"credential_type":"RefreshToken","secret":"AQr"}}}`,
			`a program "" "BQa" "" "" [] 0s 0s 2026-05-01 11:00:00 +0000 UTC 2026-05-01 12:00:00 +0000 UTC false false
a program "" "" "AQr" "" [] 0s 0s 0001-01-01 00:00:00 +0000 UTC 0001-01-01 00:00:00 +0000 UTC false false`},
		{"AWS SSO", `{"accessToken":"BQa","expiresAt":"2026-05-01T12:00:00UTC","region":"eu-west-1"}`,
			`a program "" "BQa" "" "" [] 0s 0s 0001-01-01 00:00:00 +0000 UTC 2026-05-01 12:00:00 +0000 UTC false false`},
		{"kubelogin", `{"id_token":"` + jwt + `","refresh_token":"AQr"}`,
			`an OAuth reply "" "" "AQr" "` + jwt + `" [] 0s 0s 0001-01-01 00:00:00 +0000 UTC 2026-05-01 12:00:00 +0000 UTC false false`},
		{"Keycloak", `{"access_token":"BQa","expires_in":300,"refresh_expires_in":1800,"refresh_token":"AQr"}`,
			`an OAuth reply "" "BQa" "AQr" "" [] 5m0s 30m0s 0001-01-01 00:00:00 +0000 UTC 0001-01-01 00:00:00 +0000 UTC false false`},
		{"Google", `{"token":"BQa","refresh_token":"AQr","expiry":"2026-05-01T12:00:00.5Z"}`,
			`a program "" "BQa" "AQr" "" [] 0s 0s 0001-01-01 00:00:00 +0000 UTC 2026-05-01 12:00:00.5 +0000 UTC false false`},
		{"go-librespot", `{"device_id":"d","credentials":{"username":"jane","data":"QVFCeA=="}}`,
			`librespot "" "" "" "" [] 0s 0s 0001-01-01 00:00:00 +0000 UTC 0001-01-01 00:00:00 +0000 UTC false false`},
		{"zotify", `{"username":"jane","credentials":"QVFCeA==","type":"AUTHENTICATION_STORED_SPOTIFY_CREDENTIALS"}`,
			`librespot "" "" "" "" [] 0s 0s 0001-01-01 00:00:00 +0000 UTC 0001-01-01 00:00:00 +0000 UTC false false`},
	} {
		got, err := Find([]byte(tt.in), "domain")
		if err != nil || plain(got) != tt.want {
			t.Errorf("%s: %v, got\n%s\nwant\n%s", tt.name, err, plain(got), tt.want)
		}
	}
}

func TestFindsNoMoreThanThereIs(t *testing.T) {
	for _, in := range []string{
		`{"username":"jane","data":"x"}`, `{"token":"x"}`, `{"refresh_token":{"type":"string","value":"none"}}`,
		`{"type":"AUTHENTICATION_USER_PASS","username":"jane"}`, "name: value\nother = 2\n", `{"secret":"x","credential_type":"Account"}`,
		"{\n  \"access_token\": \"BQa\",\n  \"expires_at\": 17", // is being written
	} {
		if got, err := Find([]byte(in), ""); err == nil {
			t.Errorf("%s: %s", in, plain(got))
		}
	}
}

// What takes long to read is given up.
func TestFindIsQuick(t *testing.T) {
	for _, in := range []string{strings.Repeat("{\"a\":\n", 1<<17), strings.Repeat("[", 1<<20), strings.Repeat("x {", 1<<18), strings.Repeat("a=b\n", 1<<18)} {
		begin := time.Now()
		if _, err := Find([]byte("x\n"+in), ""); err == nil {
			t.Error("found something")
		}
		if d := time.Since(begin); d > 5*time.Second {
			t.Errorf("%q… took %v", in[:8], d)
		}
	}
}

func TestTime(t *testing.T) {
	old := time.Local
	time.Local = time.FixedZone("here", 2*3600)
	defer func() { time.Local = old }()
	for _, in := range []any{
		json.Number("1777636800"), json.Number("1777636800000"), "1777636800", " 1777636800.0 ",
		"2026-05-01T12:00:00Z", "2026-05-01T14:00:00+02:00", "2026-05-01T14:00:00+0200", "2026-05-01T14:00:00", "2026-05-01T14:00:00.000000",
		"2026-05-01 14:00:00", "2026-05-01 14:00:00.000000+02:00", "2026-05-01T12:00:00UTC",
		"2026-05-01 14:00:00 +0200 CEST", "2026-05-01 14:00:00 +0200 CEST m=+12.5",
		"Fri, 01 May 2026 12:00:00 GMT", "Friday, 01-May-26 12:00:00 GMT", "Fri May  1 12:00:00 2026", "Fri, 01 May 2026 14:00:00 +0200",
	} {
		if got, _, ok := Time(in); !ok || !got.Equal(noon) || got.Location() != time.UTC {
			t.Errorf("%v: %v %v", in, got, ok)
		}
	}
	for _, in := range []any{nil, true, "", "soon", "07:29", "2026-05-01", "0001-06-01T00:00:00Z", map[string]any{}} {
		if got, _, ok := Time(in); ok {
			t.Errorf("%v: %v", in, got)
		}
	}
}

func TestMerge(t *testing.T) {
	for _, tt := range []struct{ all, want []Token }{
		{[]Token{{Access: "a", End: noon}, {Refresh: "r", SignIn: true}}, []Token{{Access: "a", End: noon, Refresh: "r", SignIn: true}}},
		{[]Token{{Refresh: "r", SignIn: true}, {Access: "a", End: noon}}, []Token{{Access: "a", End: noon, Refresh: "r", SignIn: true}}},
		{[]Token{{Access: "a", End: noon, Refresh: "r"}, {Access: "b", End: noon.Add(1), Refresh: "s"}}, []Token{{Access: "b", End: noon.Add(1), Refresh: "s"}}},
		{[]Token{{Access: "a", End: noon}, {Access: "b", End: noon}}, []Token{{Access: "a", End: noon}}},
	} {
		if got := []Token{Merge(tt.all)}; !reflect.DeepEqual(got, tt.want) {
			t.Errorf("got %s, want %s", plain(got), plain(tt.want))
		}
	}
}

func FuzzFind(f *testing.F) {
	for _, s := range []string{
		`{"access_token":"BQa","expires_in":3600,"expires_at":1777636800,"refresh_token":"AQr","scope":"a b"}`,
		`{"access_token":"BQa","expires_at":"2026-05-01T12:00:00Z","scope":["a"]}`, "[a]\ntoken = {\"access_token\":\"x\"}\n", "a:\n  - access_token: b\n    expires: Fri, 01 May 2026 12:00:00 GMT\n",
		`{"access_token":"BQa","expiry":"0001-01-01T00:00:00Z"}`, `{"auth_type":1,"auth_data":""}`, `{"expires_at":-1e308`, `null`, "", jwt, `{"credential_type":"AccessToken","secret":"x"}`,
		`{"refresh_token":{"type":"string","value":"AQr"}}`, "\xff\xfe{\x00}\x00", `{"text":"{\"access_token\":\"x\",\"expires_in\":1e9}"}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		all, err := Find(data, "name")
		if err != nil && !errors.Is(err, ErrCut) && !errors.Is(err, ErrNotJSON) && !errors.Is(err, ErrNotToken) {
			t.Errorf("another error: %v", err)
		}
		if (err == nil) != (len(all) > 0) || len(all) > most {
			t.Errorf("%d tokens, %v", len(all), err)
		}
		for _, token := range all {
			if token.Life < 0 || token.RefreshLife < 0 {
				t.Errorf("life %v, %v", token.Life, token.RefreshLife)
			}
			if y := token.End.Year(); y < 0 || y > 10000 {
				t.Errorf("end in %d", y)
			}
		}
		if len(all) > 0 {
			Merge(all)
		}
	})
}
