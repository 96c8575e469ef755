package spotify

import (
	"strings"
	"testing"

	"fermata/checks"
	"fermata/checks/session"
)

func TestUser(t *testing.T) {
	for body, want := range map[string]session.User{
		`{"display_name":"Jane","id":"jane93"}`:  {ID: "jane93", Name: "Jane"},
		`{"display_name":null,"id":"jane93"}`:    {ID: "jane93"},
		`{"display_name":"  ","id":" jane93"}`:   {ID: "jane93"},
		`{"display_name":7,"id":"jane93"}`:       {ID: "jane93"},
		`{"display_name":["x"],"id":{"id":"x"}}`: {},
		`{}`:                                     {},
		`[]`:                                     {},
		`null`:                                   {},
		`<html>`:                                 {},
		``:                                       {},
	} {
		if got := User([]byte(body)); got != want {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
}

func TestSort(t *testing.T) {
	for _, tt := range []struct {
		status  int
		body    string
		outcome session.Outcome
		reason  session.Reason
	}{
		{503, "upstream connect error or disconnect/reset before headers. reset reason: connection termination", session.TryLater, session.ReasonGateway},
		{403, "upstream connect error or disconnect/reset before headers", session.TryLater, session.ReasonGateway},
		{504, "upstream request timeout", session.TryLater, session.ReasonGateway},
		{503, "no healthy upstream", session.TryLater, session.ReasonGateway},
		{401, "Jwks remote fetch is failed", session.TryLater, session.ReasonGateway},
		{401, "Audiences in Jwt are not allowed", session.TryLater, session.ReasonGateway},
		{400, `{"error":"invalid_grant","error_description":"Jwks doesn't have key to match kid"}`, session.TryLater, session.ReasonGateway},
		{401, "Jwt is expired", session.TokenExpired, session.ReasonTokenExpired},
		{403, "JWT is expired", session.TokenExpired, session.ReasonTokenExpired},
		{401, `{"error":{"status":401,"message":"The access token expired"}}`, session.Unsorted, session.ReasonTokenExpired},
		{401, "Missing/invalid/expired access token", session.Unsorted, session.ReasonTokenExpired},
		{403, "User not registered in the Developer Dashboard", session.AskPerson, session.ReasonNotListed},
		{403, "Check settings on developer.spotify.com/dashboard, the user may not be registered.", session.AskPerson, session.ReasonNotListed},
		{403, "Active premium subscription required for the owner of the app", session.AskPerson, session.ReasonOwnerPremium},
		{403, `{"error":{"status":403,"message":"Insufficient client scope"}}`, session.AskPerson, session.ReasonScope},
		{403, `{"error":{"status":403,"message":"Player command failed","reason":"PREMIUM_REQUIRED"}}`, session.AskPerson, session.ReasonPremium},
		{403, "Player command failed: Premium required", session.AskPerson, session.ReasonPremium},
		{403, "Player command failed: Restriction violated", session.Unsorted, reasonRestricted},
		{403, "Device is restricted", session.Unsorted, reasonRestricted},
		{429, `{"error":{"status":429,"reason":"QUOTA_EXCEEDED"}}`, session.Unsorted, session.ReasonQuota},
		{400, `{"error":"invalid_grant","error_description":"Refresh token revoked"}`, session.Unsorted, session.ReasonRevoked},
		{400, `{"error":"invalid_grant","error_description":"Refresh token expired"}`, session.Unsorted, session.ReasonExpired},
		{400, `{"error":"invalid_grant","error_description":"Invalid refresh token"}`, session.Unsorted, session.ReasonUnknownToken},
		{400, `{"error":"invalid_grant","error_description":"Authorization code expired"}`, session.Unsorted, session.ReasonStaleCode},
		{400, `{"error":"invalid_grant","error_description":"code_verifier was incorrect"}`, session.Unsorted, session.ReasonStaleCode},
		{400, `{"error":"invalid_grant","error_description":"Invalid redirect URI"}`, session.Unsorted, session.ReasonRedirect},
		{400, `{"error":"invalid_request"}`, session.Unsorted, ""},
		{200, "jwks", session.Unsorted, ""},
		{302, "jwks", session.Unsorted, ""},
		{500, "the user may not be registered", session.Unsorted, ""},
	} {
		if outcome, reason := Sort(tt.status, tt.body); outcome != tt.outcome || reason != tt.reason {
			t.Errorf("%d %s: %v %q, want %v %q", tt.status, tt.body, outcome, reason, tt.outcome, tt.reason)
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
		if o, _ := Sort(status, body); o == session.TokenExpired && status/100 == 2 {
			t.Errorf("%d is expired", status)
		}
	})
}
