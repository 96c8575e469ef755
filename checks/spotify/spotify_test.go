package spotify

import (
	"strings"
	"testing"

	"fermata/checks"
	"fermata/checks/session"
)

func TestUser(t *testing.T) {
	for body, want := range map[string]string{
		`{"display_name":"Jane","id":"jane93"}`:  "Jane",
		`{"display_name":null,"id":"jane93"}`:    "jane93",
		`{"display_name":"  ","id":"jane93"}`:    "jane93",
		`{"display_name":7,"id":"jane93"}`:       "jane93",
		`{"display_name":["x"],"id":{"id":"x"}}`: "",
		`{}`:                                     "",
		`[]`:                                     "",
		`null`:                                   "",
		`<html>`:                                 "",
		``:                                       "",
	} {
		if got := User([]byte(body)); got != want {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
}

func TestSort(t *testing.T) {
	for _, tt := range []struct {
		status int
		body   string
		want   session.Outcome
	}{
		{503, "upstream connect error or disconnect/reset before headers. reset reason: connection termination", session.TryLater},
		{403, "upstream connect error or disconnect/reset before headers", session.TryLater},
		{401, "Jwks remote fetch is failed", session.TryLater},
		{401, "Audiences in Jwt are not allowed", session.TryLater},
		{400, `{"error":"invalid_grant","error_description":"Jwks doesn't have key to match kid"}`, session.TryLater},
		{401, "Jwt is expired", session.TokenExpired},
		{403, "JWT is expired", session.TokenExpired},
		{401, `{"error":{"status":401,"message":"The access token expired"}}`, session.Unsorted},
		{403, "User not registered in the Developer Dashboard", session.AskPerson},
		{403, "Check settings on developer.spotify.com/dashboard, the user may not be registered.", session.AskPerson},
		{403, "Active premium subscription required for the owner of the app", session.AskPerson},
		{403, `{"error":{"status":403,"message":"Insufficient client scope"}}`, session.AskPerson},
		{403, `{"error":{"status":403,"message":"Player command failed","reason":"PREMIUM_REQUIRED"}}`, session.AskPerson},
		{400, `{"error":"invalid_grant","error_description":"Refresh token revoked"}`, session.Unsorted},
		{200, "jwks", session.Unsorted},
		{500, "the user may not be registered", session.Unsorted},
	} {
		if got := Sort(tt.status, tt.body); got != tt.want {
			t.Errorf("%d %s: %v, want %v", tt.status, tt.body, got, tt.want)
		}
	}
}

func TestCheckClientID(t *testing.T) {
	const good = "0123456789abcdef0123456789abcdef"
	for in, want := range map[string]string{
		good:                               good,
		" " + good + "\n":                  good,
		strings.ToUpper(good):              good,
		"":                                 "",
		"   ":                              "",
		good[1:]:                           "",
		good + "0":                         "",
		strings.Replace(good, "a", "g", 1): "",
		"<script>":                         "",
		strings.Repeat("ä", 16):            "",
	} {
		got, err := CheckClientID(in)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", in, got, err)
		}
		if err != nil && !strings.Contains(checks.Hint(err), "dashboard") {
			t.Errorf("%q: hint %q", in, checks.Hint(err))
		}
	}
}

func FuzzReplies(f *testing.F) {
	f.Add(`{"display_name":"Jane","id":"jane93"}`, 403)
	f.Fuzz(func(t *testing.T, body string, status int) {
		User([]byte(body))
		if o := Sort(status, body); o == session.TokenExpired && status/100 == 2 {
			t.Errorf("%d is expired", status)
		}
	})
}
