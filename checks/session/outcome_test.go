package session

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

const portal = `<!DOCTYPE html><html><body onload="alert(1)">Welcome to Hotel WiFi</body></html>`

func oauthError(code, description string) http.HandlerFunc {
	return answer(400, "application/json", `{"error":"`+code+`","error_description":"`+description+`"}`)
}

// live does for d what the app does: it looks whenever a request is due. It returns the last facts and
// fails the test if requests are wanted without a pause.
func (b *bench) live(t *testing.T, d time.Duration, each ...func(Facts)) Facts {
	t.Helper()
	end := time.Now().Add(d)
	for {
		f, next := b.Look(t.Context())
		for _, g := range each {
			g(f)
		}
		left := time.Until(end)
		if left <= 0 {
			return f
		}
		if next > 0 && next < time.Second {
			t.Fatalf("wants its next look after %v", next)
		}
		if next == 0 || next > left {
			next = left
		}
		time.Sleep(next)
	}
}

// good reports that there is an access token, and nothing to mend.
func (f Facts) good() bool { return f.Usable && f.Trouble == nil }

func TestTokenReplies(t *testing.T) {
	dns := &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "tunes.example", IsNotFound: true}}
	cert := func(err error) error { return &tls.CertificateVerificationError{Err: err} }
	for _, tt := range []struct {
		name   string
		answer http.HandlerFunc
		down   error
		delay  time.Duration

		where  string
		status int
		code   string
		ask    bool
		wait   time.Duration
		hourly int // requests in the first hour, at most
	}{
		{name: "revoked", answer: oauthError("invalid_grant", "Refresh token revoked"), where: AtToken, status: 400, code: "invalid_grant", ask: true, hourly: 3},
		{name: "expired", answer: oauthError("invalid_grant", "Refresh token expired"), where: AtToken, status: 400, code: "invalid_grant", ask: true, hourly: 3},
		{name: "another client's", answer: oauthError("invalid_grant", "Invalid refresh token"), where: AtToken, status: 400, code: "invalid_grant", ask: true, hourly: 3},
		{name: "invalid client", answer: oauthError("invalid_client", "Invalid client"), where: AtToken, status: 400, code: "invalid_client", ask: true, hourly: 3},
		{name: "invalid client, 401", answer: answer(401, "application/json", `{"error":"invalid_client"}`), where: AtToken, status: 401, code: "invalid_client", ask: true, hourly: 3},
		{name: "invalid request", answer: oauthError("invalid_request", ""), where: AtToken, status: 400, code: "invalid_request", ask: true, hourly: 3},
		{name: "200 with an error", answer: answer(200, "application/json", `{"error":"invalid_grant"}`), where: AtToken, status: 200, code: "invalid_grant", ask: true, hourly: 3},
		{name: "400 temporarily unavailable", answer: oauthError("temporarily_unavailable", ""), where: AtToken, status: 400, code: "temporarily_unavailable", hourly: 12},
		{name: "400 empty", answer: answer(400, "", ""), where: AtToken, status: 400, hourly: 12},
		{name: "400 of odd types", answer: answer(400, "application/json", `{"error":7,"error_description":[]}`), where: AtToken, status: 400, hourly: 12},
		{name: "401 empty", answer: answer(401, "", ""), where: AtToken, status: 401, ask: true, hourly: 3},
		{name: "403", answer: answer(403, "text/plain", "forbidden"), where: AtToken, status: 403, hourly: 12},
		{name: "403 of a proxy", answer: answer(403, "text/html", portal), where: AtNetwork, status: 403, code: CodePortal, hourly: 12},
		{name: "408", answer: answer(408, "text/plain", "timeout"), where: AtToken, status: 408, hourly: 12},
		{name: "407", answer: answer(407, "text/html", portal), where: AtNetwork, status: 407, code: CodePortal, hourly: 12},
		{name: "429", answer: answer(429, "text/plain", "Too many requests"), where: AtToken, status: 429, hourly: 12},
		{name: "429 for an hour", answer: answer(429, "application/json", `{"error":"QUOTA_EXCEEDED"}`, "Retry-After", "4000"), where: AtToken, status: 429, code: "QUOTA_EXCEEDED", wait: 4000 * time.Second, hourly: 1},
		{name: "429 until a date", answer: answer(429, "", "", "Retry-After", "Sat, 01 Jan 2000 02:00:00 GMT", "Date", "Sat, 01 Jan 2000 00:00:00 GMT"), where: AtToken, status: 429, wait: 2 * time.Hour, hourly: 1},
		{name: "429 for a year", answer: answer(429, "", "", "Retry-After", "31536000"), where: AtToken, status: 429, wait: 24 * time.Hour, hourly: 1},
		{name: "429 for nonsense", answer: answer(429, "", "", "Retry-After", "-NaN"), where: AtToken, status: 429, hourly: 12},
		{name: "500", answer: answer(500, "application/json", `{"error":"server_error"}`), where: AtToken, status: 500, code: "server_error", hourly: 12},
		{name: "500 that says invalid_grant", answer: answer(500, "application/json", `{"error":"invalid_grant"}`), where: AtToken, status: 500, code: "invalid_grant", hourly: 12},
		{name: "503 plain", answer: answer(503, "text/plain", "upstream connect error or disconnect/reset before headers. reset reason: 100% connection termination"), where: AtToken, status: 503, hourly: 12},
		{name: "captive portal", answer: answer(200, "text/html; charset=utf-8", portal), where: AtNetwork, status: 200, code: CodePortal, hourly: 12},
		{name: "captive portal that says JSON", answer: answer(200, "application/json", portal), where: AtNetwork, status: 200, code: CodePortal, hourly: 12},
		{name: "redirect elsewhere", answer: answer(302, "text/html", portal, "Location", "http://portal.example/login?x=1"), where: AtNetwork, status: 302, code: CodeRedirect, hourly: 12},
		{name: "redirect to itself", answer: answer(307, "", "", "Location", "https://tunes.example/token"), where: AtNetwork, status: 307, code: CodeRedirect, hourly: 12},
		{name: "half a reply", answer: answer(200, "application/json", `{"access_token":"access-1","refresh_tok`), where: AtToken, status: 200, code: CodeUnreadable, hourly: 12},
		{name: "no token in it", answer: answer(200, "application/json", `{"token_type":"Bearer"}`), where: AtToken, status: 200, code: CodeUnreadable, hourly: 12},
		{name: "null", answer: answer(200, "application/json", `null`), where: AtToken, status: 200, code: CodeUnreadable, hourly: 12},
		{name: "nothing", answer: answer(200, "application/json", " "), where: AtToken, status: 200, code: CodeEmpty, hourly: 12},
		{name: "10 MB", answer: answer(200, "application/json", `{"access_token":"`+strings.Repeat("a", 10<<20)+`"}`), where: AtNetwork, code: CodeBroken, hourly: 12},
		{name: "10 MB of plain text", answer: answer(400, "text/plain", strings.Repeat("&", 10<<20)), where: AtNetwork, code: CodeBroken, hourly: 12},
		{name: "no answer", delay: time.Hour, where: AtNetwork, code: CodeTimeout, hourly: 12},
		{name: "no such host", down: dns, where: AtNetwork, code: CodeDNS, hourly: 12},
		{name: "refused", down: &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}, where: AtNetwork, code: CodeDial, hourly: 12},
		{name: "no proxy", down: &net.OpError{Op: "proxyconnect", Net: "tcp", Err: &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}}, where: AtNetwork, code: CodeProxy, hourly: 12},
		{name: "the proxy wants a password", down: errors.New("Proxy Authentication Required"), where: AtNetwork, code: CodeProxy, hourly: 12},
		{name: "the proxy forbids it", down: errors.New("Forbidden"), where: AtNetwork, code: CodeProxy, hourly: 12},
		{name: "the proxy reaches nobody", down: errors.New("Bad Gateway"), where: AtNetwork, code: CodeProxy, hourly: 12},
		{name: "broken off", down: &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}, where: AtNetwork, code: CodeBroken, hourly: 12},
		{name: "not valid yet", down: cert(x509.CertificateInvalidError{Cert: &x509.Certificate{}, Reason: x509.Expired}), where: AtNetwork, code: CodeCertTime, hourly: 12},
		{name: "unknown authority", down: cert(x509.UnknownAuthorityError{}), where: AtNetwork, code: CodeCertificate, hourly: 12},
		{name: "another host's", down: cert(x509.HostnameError{Certificate: &x509.Certificate{}, Host: "tunes.example"}), where: AtNetwork, code: CodeCertificate, hourly: 12},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t)
				b.provider.token, b.provider.down, b.provider.delay = tt.answer, tt.down, tt.delay

				f, _ := b.Look(t.Context())
				if n, _ := b.provider.counts(); n != 1 {
					t.Errorf("%d requests at once", n)
				}
				tr := f.Trouble
				if tr == nil {
					t.Fatal("no trouble")
				}
				if tr.Where != tt.where || tr.Status != tt.status || tr.Code != tt.code || tr.Ask != tt.ask || tr.RetryAfter != tt.wait {
					t.Errorf("got %s %d %q ask %v wait %v", tr.Where, tr.Status, tr.Code, tr.Ask, tr.RetryAfter)
				}
				if !reflect.DeepEqual(f.Renewal, tr) || f.Health != nil || f.Usable || f.Renews == tt.ask {
					t.Errorf("%+v", f)
				}
				t.Log(tr)
				since := tr.Since

				f = b.live(t, time.Hour)
				if n, _ := b.provider.counts(); n > tt.hourly {
					t.Errorf("%d requests in an hour, want %d at most", n, tt.hourly)
				}
				if f.Trouble.Since != since {
					t.Errorf("trouble since %v became %v", since, f.Trouble.Since)
				}
				if got := b.keeper.token(); got != "refresh-0" {
					t.Fatalf("kept %q", got)
				}
				b.provider.set(func(p *fakeProvider) { p.token, p.down, p.delay = nil, nil, 0 })
				if tt.wait < 12*time.Hour {
					if f = b.live(t, 8*time.Hour); !f.good() {
						t.Errorf("did not heal: %+v", f)
					}
				} else if err := b.Refresh(t.Context()); !errors.As(err, &tr) || tr.Status != 429 {
					t.Errorf("a click within the wait got %v", err)
				}
			})
		})
	}
}

func TestLookReplies(t *testing.T) {
	api := func(status int, text string) http.HandlerFunc {
		return answer(status, "application/json", `{"error":{"status":1,"message":"`+text+`","reason":"WHY"}}`)
	}
	for _, tt := range []struct {
		name   string
		answer http.HandlerFunc
		where  string
		status int
		code   string
		ask    bool
		hourly int
	}{
		{"403", api(403, "Insufficient client scope"), AtAPI, 403, "WHY", true, 6},
		{"403 plain", answer(403, "text/plain", "User not registered in the Developer Dashboard"), AtAPI, 403, "", true, 6},
		{"403 of a proxy", answer(403, "text/html", portal), AtNetwork, 403, CodePortal, false, 12},
		{"404", api(404, "Not found"), AtAPI, 404, "WHY", true, 6},
		{"429", answer(429, "", "", "Retry-After", "5000"), AtAPI, 429, "", false, 1},
		{"500", api(500, "oops"), AtAPI, 500, "WHY", false, 12},
		{"503", answer(503, "text/plain", "upstream connect error"), AtAPI, 503, "", false, 12},
		{"portal", answer(200, "text/html", portal), AtNetwork, 200, CodePortal, false, 12},
		{"redirect", answer(302, "", "", "Location", "http://portal.example/"), AtNetwork, 302, CodeRedirect, false, 12},
		{"10 MB", answer(200, "application/json", strings.Repeat(" ", 10<<20)), AtNetwork, 0, CodeBroken, false, 12},
		{"401 for ever", api(401, "Invalid access token"), AtAPI, 401, "WHY", true, 10},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t)
				b.provider.me = tt.answer
				f := b.live(t, 4*time.Minute)
				tr := f.Health
				if tr == nil || tr.Where != tt.where || tr.Status != tt.status || tr.Code != tt.code || tr.Ask != tt.ask {
					t.Fatalf("got %+v", tr)
				}
				if !reflect.DeepEqual(f.Trouble, tr) || f.Renewal != nil || !f.Usable {
					t.Errorf("%+v", f)
				}
				b.live(t, 40*time.Minute)
				if tokens, looks := b.provider.counts(); looks > tt.hourly || tokens > 6 {
					t.Errorf("%d looks and %d renewals in an hour", looks, tokens)
				}
				b.provider.set(func(p *fakeProvider) { p.me = nil })
				if f = b.live(t, 7*time.Hour); !f.good() || f.Health != nil {
					t.Errorf("did not heal: %+v", f)
				}
			})
		})
	}
}

// Peculiarities come before HTTP's meaning: whatever the reply is, what the provider says of it counts.
func TestProviderSorts(t *testing.T) {
	for _, tt := range []struct {
		name    string
		outcome Outcome
		token   http.HandlerFunc // nil: all is well there
		me      http.HandlerFunc
		ask     bool
		renewed int // how often in ten minutes, at most
	}{
		{"later at the token endpoint", TryLater, oauthError("invalid_grant", "peculiar"), nil, false, 8},
		{"a person at the token endpoint", AskPerson, answer(503, "text/plain", "peculiar"), nil, true, 2},
		{"expired at the token endpoint", TokenExpired, answer(503, "text/plain", "peculiar"), nil, false, 8},
		{"later at the look", TryLater, nil, answer(403, "text/plain", "peculiar"), false, 1},
		{"a person at the look", AskPerson, nil, answer(503, "text/plain", "peculiar"), true, 1},
		{"expired at the look", TokenExpired, nil, answer(403, "text/plain", "peculiar"), true, 4}, // each new one is, too
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, func(cfg *Config) {
					cfg.Provider.Sort = func(status int, body string) (Outcome, Reason) {
						if strings.Contains(body, "peculiar") {
							return tt.outcome, ReasonGateway
						}
						return Unsorted, ""
					}
				})
				b.provider.token, b.provider.me = tt.token, tt.me
				f := b.live(t, 10*time.Minute)
				if f.Trouble == nil || f.Trouble.Ask != tt.ask || f.Trouble.Text != "peculiar" || f.Trouble.Reason != ReasonGateway {
					t.Errorf("got %+v", f.Trouble)
				}
				if n, _ := b.provider.counts(); n > tt.renewed || n < tt.renewed-2 {
					t.Errorf("%d renewals", n)
				}
			})
		})
	}
}

// Whatever comes back, secrets and characters that command a terminal or a menu do not get through.
func TestHostileText(t *testing.T) {
	long := strings.Repeat("Ab1", 20)
	for _, body := range []string{
		"refresh-0 \u202egnp.exe\n\x1b[31m" + long,
		`{"error":"refresh-0","error_description":"refresh-0 ` + long + `\u202e\n$(reboot)"}`,
		`{"error":{"message":"` + strings.Repeat("\u2066x ", 500) + `","reason":"refresh-0"}}`,
		"refresh\u200b-0 \xff\xfe",
	} {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t)
			b.provider.token = answer(400, "application/json", body)
			f, _ := b.Look(t.Context())
			tr := f.Trouble
			err := b.Refresh(t.Context())
			for _, s := range []string{tr.Text, tr.Code, tr.Error(), err.Error()} {
				if strings.Contains(s, "refresh-0") || strings.Contains(s, long[:32]) {
					t.Errorf("a secret in %q", s)
				}
				if strings.ContainsAny(s, "\n\r\x1b\u202e\u2066\u200b") || len([]rune(tr.Text)) > 200 {
					t.Errorf("not made safe: %q", s)
				}
			}
		})
	}
}

// A context that ends stops the waiting at once, and the reply is kept all the same.
func TestRenewalOutlivesItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.provider.rotate, b.provider.delay = true, 5*time.Second
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		b.Look(ctx)
		if d := time.Since(began); d > time.Second {
			t.Errorf("Look ended %v after its context", d-time.Second)
		}
		time.Sleep(10 * time.Second)
		if got := b.keeper.token(); got != "refresh-1" {
			t.Errorf("kept %q", got)
		}
	})
}
