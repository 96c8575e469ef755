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

func TestParse(t *testing.T) {
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
	} {
		got, err := Parse([]byte(in))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\n got %#v %v\nwant %#v", in, got, err, want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for in, want := range map[string]error{
		"":                       ErrCut,
		" \n":                    ErrCut,
		`{"access_token":"BQ`:    ErrCut,
		`{`:                      ErrCut,
		`{"access_token":"BQ"}}`: ErrNotJSON,
		`access_token=BQ`:        ErrNotJSON,
		"\x00\x00":               ErrNotJSON,
		`{}`:                     ErrNotToken,
		`[]`:                     ErrNotToken,
		`"BQ"`:                   ErrNotToken,
		`{"access_token":7}`:     ErrNotToken,
		`{"access_token":""}`:    ErrNotToken,
	} {
		if _, err := Parse([]byte(in)); !errors.Is(err, want) {
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

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		`{"access_token":"BQa","expires_in":3600,"expires_at":1777636800,"refresh_token":"AQr","scope":"a b"}`,
		`{"access_token":"BQa","expires_at":"2026-05-01T12:00:00Z","scope":["a"]}`,
		`{"access_token":"BQa","expiry":"0001-01-01T00:00:00Z"}`, `{"auth_type":1,"auth_data":""}`, `{"expires_at":-1e308`, `null`, "",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		token, err := Parse(data)
		if err != nil {
			if !errors.Is(err, ErrCut) && !errors.Is(err, ErrNotJSON) && !errors.Is(err, ErrNotToken) {
				t.Errorf("another error: %v", err)
			}
			return
		}
		if token.Life < 0 {
			t.Errorf("life %v", token.Life)
		}
		if y := token.End.Year(); y < 0 || y > 9999 {
			t.Errorf("end in %d", y)
		}
	})
}
