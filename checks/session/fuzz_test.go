package session

import (
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode"
)

func FuzzReply(f *testing.F) {
	for _, body := range []string{
		`{"error":"invalid_grant","error_description":"Refresh token revoked"}`,
		`{"error":{"status":401,"message":"The access token expired","reason":"x"}}`,
		`{"error":[],"message":1}`, portal, "upstream connect error", "\u202e\x1b", `{"expires_in":1e999}`, "",
	} {
		f.Add(400, body, "120")
		f.Add(503, body, "Sat, 01 Jan 2000 02:00:00 GMT")
	}
	const secret = "s3cret-refresh-token"
	f.Fuzz(func(t *testing.T, status int, body, retry string) {
		for _, where := range []string{AtToken, AtAPI} {
			r := reply{where, status, http.Header{"Retry-After": {retry}, "Location": {body}}, []byte(body + secret + body), status%2 == 0}
			tr := sortReply(Provider{}, r, time.Unix(946684800, 0), secret)
			for _, s := range []string{tr.Text, tr.Code} {
				if strings.Contains(s, secret) || len([]rune(s)) > maxText {
					t.Errorf("%q", s)
				}
				for _, c := range s {
					if !unicode.IsPrint(c) {
						t.Errorf("%q has %U", s, c)
					}
				}
			}
			if tr.RetryAfter < 0 || tr.RetryAfter > maxRetryAfter {
				t.Errorf("wait %v", tr.RetryAfter)
			}
			if tr.Ask && (status >= 500 || status == 429) {
				t.Errorf("%d asks a person", status)
			}
		}
		if fields := tokenFields([]byte(body)); fields != nil {
			mend(fields, retry)
		}
	})
}

func FuzzRetryAfter(f *testing.F) {
	for _, s := range []string{"0", "-1", "1e99", "NaN", "Inf", "120", " 5 ", "Sat, 01 Jan 2000 02:00:00 GMT", "x"} {
		f.Add(s, "Sat, 01 Jan 2000 00:00:00 GMT")
	}
	f.Fuzz(func(t *testing.T, value, date string) {
		if d := parseRetryAfter(value, date, time.Unix(946684800, 0)); d < 0 || d > maxRetryAfter {
			t.Errorf("%q %q: %v", value, date, d)
		}
	})
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"plain":                                                          "plain",
		" a\n\tb\u2028c ":                                                "a b c",
		"a\u202eb\u200bc\ufeff\x00\x7f\xff":                              "abc",
		"se\u200d/cr\u200cet se\u200b/cret":                              "… …",
		"code=se%2Fcret&x=se/cret":                                       "code=…&x=…",
		"Bearer BQDk1234567890abcdefghijklmno":                           "Bearer BQDk1234567890abcdefghijklmno",
		"Bearer BQDk1234567890abcdefghijklmnopqrs":                       "Bearer …",
		"reset: upstream_reset_before_response_started_or_so":            "reset: upstream_reset_before_response_started_or_so",
		"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwI": "….eyJzdWIiOiIxMjM0NTY3ODkwI",
		strings.Repeat("ä ", 300):                                        strings.Repeat("ä ", 99) + "ä…",
	} {
		if got := clean(in, "se/cret", ""); got != want {
			t.Errorf("clean(%q) = %q, want %q", in, got, want)
		}
	}
}
