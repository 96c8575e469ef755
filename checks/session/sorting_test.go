package session

import (
	"errors"
	"net/http"
	"net/url"
	"testing"
	"time"
)

// A redirect says where to, but not with which parameters.
func TestRedirectText(t *testing.T) {
	for location, want := range map[string]string{
		"http://portal.example/login?token=x": "sent on to http://portal.example",
		"/login":                              "sent elsewhere",
		"http://portal.example:port/":         "sent elsewhere",
		"":                                    "sent elsewhere",
	} {
		r := reply{where: AtToken, status: 302, header: http.Header{"Location": {location}}}
		if got := sortReply(Provider{}, r, time.Now()); got.Text != want || got.Code != CodeRedirect || got.Where != AtNetwork {
			t.Errorf("%q: %+v", location, got)
		}
	}
}

// A date to wait for counts from the reply's own Date, however this computer's clock stands.
func TestRetryAfter(t *testing.T) {
	now := time.Date(2000, time.January, 1, 0, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		value, date string
		want        time.Duration
	}{
		{"120", "", 2 * time.Minute},
		{" 1.5 ", "", 1500 * time.Millisecond},
		{"-5", "", 0},
		{"1e99", "", maxRetryAfter},
		{"soon", "", 0},
		{"Sat, 01 Jan 2000 02:00:00 GMT", "", 2 * time.Hour},
		{"Sat, 01 Jan 2000 02:00:00 GMT", "Sat, 01 Jan 2000 01:30:00 GMT", 30 * time.Minute},
		{"Sat, 01 Jan 2000 02:00:00 GMT", "Sat, 01 Jan 2000 02:00:01 GMT", 0},
		{"Sat, 01 Jan 2005 02:00:00 GMT", "today", maxRetryAfter},
	} {
		if got := parseRetryAfter(tt.value, tt.date, now); got != tt.want {
			t.Errorf("%q of %q: %v, want %v", tt.value, tt.date, got, tt.want)
		}
	}
}

// The address in a transport's error is not repeated, as it may have secrets in it.
func TestTransportErrorText(t *testing.T) {
	boom := errors.New("boom")
	for _, err := range []error{boom, &url.Error{Op: "Get", URL: "https://tunes.example/me?token=x", Err: boom}} {
		if got := sortTransportError(err); got.Text != "boom" || got.Err != boom || got.Code != CodeBroken {
			t.Errorf("%v: %+v", err, got)
		}
	}
}

// An API's plain message is read as well.
func TestPlainMessage(t *testing.T) {
	r := reply{where: AtAPI, status: 500, body: []byte(`{"message":"try later"}`)}
	if got := sortReply(Provider{}, r, time.Now()); got.Text != "try later" || got.Code != "" {
		t.Errorf("%+v", got)
	}
}
