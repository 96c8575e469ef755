package session

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fermata/checks"

	"golang.org/x/oauth2"
)

const callback = "http://127.0.0.1:4321/callback"

// begin starts a sign-in and returns what the browser would bring back.
func (b *bench) begin(t *testing.T) (*Attempt, url.Values) {
	t.Helper()
	a, err := b.Begin(callback, false)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(a.URL)
	if err != nil {
		t.Fatal(err)
	}
	b.provider.set(func(p *fakeProvider) { p.code = "the-code" })
	return a, url.Values{"code": {"the-code"}, "state": {u.Query().Get("state")}}
}

func newcomer(t *testing.T, change ...func(cfg *Config)) *bench {
	b := newBench(t, change...)
	b.keeper.grant = nil
	b.provider.refresh = ""
	return b
}

func TestSignIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newcomer(t)
		f, next := b.Look(t.Context())
		if !f.Loaded || f.SignedIn || f.Trouble != nil || next != 0 {
			t.Errorf("%+v, next %v", f, next)
		}
		if err := b.Refresh(t.Context()); !errors.Is(err, errNotSignedIn) {
			t.Errorf("refresh: %v", err)
		}
		attempt, query := b.begin(t)
		u, _ := url.Parse(attempt.URL)
		q := u.Query()
		if !strings.HasPrefix(attempt.URL, "https://tunes.example/authorize?") || q.Get("response_type") != "code" ||
			q.Get("client_id") != "client" || q.Get("redirect_uri") != callback || q.Get("scope") != "read write" ||
			q.Get("code_challenge_method") != "S256" || len(q.Get("state")) < 43 || q.Has("show_dialog") {
			t.Errorf("authorize URL %s", attempt.URL)
		}
		time.Sleep(time.Minute)
		if err := attempt.Finish(t.Context(), query); err != nil {
			t.Fatal(err)
		}
		form := b.provider.lastForm
		if form["redirect_uri"] != callback || oauth2.S256ChallengeFromVerifier(form["code_verifier"]) != q.Get("code_challenge") {
			t.Errorf("exchange %v", form)
		}
		g := *b.keeper.grant
		if g.RefreshToken != "refresh-1" || !g.AuthorizedAt.Equal(time.Now()) || g.Scope != "read write" || g.ClientID != "client" {
			t.Errorf("kept %+v", g)
		}
		if f = b.facts(); !f.good() || f.User != "Jane" || !f.GrantUntil.Equal(time.Now().Add(6*month)) {
			t.Errorf("%+v", f)
		}
		b.Look(t.Context())
		if tokens, looks := b.provider.counts(); tokens != 1 || looks != 1 {
			t.Errorf("%d token requests, %d looks", tokens, looks)
		}
		if err := attempt.Finish(t.Context(), query); err == nil || !strings.Contains(err.Error(), "already finished") {
			t.Errorf("finishing twice: %v", err)
		}
	})
}

func TestSignInRefused(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(q url.Values)
		token  http.HandlerFunc
		want   string
	}{
		{"declined", func(q url.Values) { q.Del("code"); q.Set("error", "access_denied") }, nil, "you declined access"},
		{"down", func(q url.Values) { q.Set("error", "server_error") }, nil, "Tunes can't sign people in"},
		{"scope", func(q url.Values) { q.Set("error", "invalid_scope") }, nil, "doesn't know a permission"},
		{"client", func(q url.Values) { q.Set("error", "unauthorized_client") }, nil, "doesn't let this client ID"},
		{"hostile", func(q url.Values) { q.Set("error", "x\u202e\n<b>"); q.Set("error_description", q.Get("state")) }, nil, "Tunes refused the sign-in: x <b> …"},
		{"no code", func(q url.Values) { q.Del("code") }, nil, "without a code"},
		{"wrong code", func(q url.Values) { q.Set("code", "another") }, nil, "took too long or was answered twice"},
		{"unknown client", nil, oauthError("invalid_client", "Invalid client"), "Invalid client"},
		{"portal", nil, answer(200, "text/html", portal), "a web page came"},
		{"an error that echoes", nil, oauthError("invalid_request", "code the-code"), "code …"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t) // signed in already: nothing of that may be lost
				b.Look(t.Context())
				attempt, query := b.begin(t)
				b.provider.set(func(p *fakeProvider) { p.token = tt.token })
				if tt.change != nil {
					tt.change(query)
				}
				err := attempt.Finish(t.Context(), query)
				if err == nil || !strings.Contains(err.Error(), tt.want) || checks.Hint(err) == "" {
					t.Fatalf("got %v, hint %q", err, checks.Hint(err))
				}
				for _, secret := range []string{attempt.verifier, attempt.state, "the-code"} {
					if strings.Contains(err.Error(), secret) {
						t.Errorf("a secret in %q", err)
					}
				}
				if b.keeper.token() != "refresh-0" {
					t.Errorf("kept %q", b.keeper.token())
				}
				if f := b.facts(); !f.good() {
					t.Errorf("the session that ran: %+v", f)
				}
				if err := attempt.Finish(t.Context(), query); err == nil || !strings.Contains(err.Error(), "already finished") {
					t.Errorf("finishing twice: %v", err)
				}
			})
		})
	}
}

func TestAttempts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newcomer(t)
		old, oldQuery := b.begin(t)
		attempt, query := b.begin(t)
		if attempt.state == old.state || attempt.verifier == old.verifier {
			t.Fatal("state or verifier used twice")
		}
		for range 2 {
			if err := old.Finish(t.Context(), oldQuery); err == nil || !strings.Contains(err.Error(), "newer") {
				t.Errorf("superseded: %v", err)
			}
		}
		// Anybody can send a query; it neither signs in nor spoils the attempt.
		for _, state := range []string{"", "x", oldQuery.Get("state")} {
			forged := url.Values{"code": {"the-code"}, "state": {state}}
			if err := attempt.Finish(t.Context(), forged); err == nil || checks.Hint(err) == "" {
				t.Errorf("state %q: %v", state, err)
			}
		}
		if n, _ := b.provider.counts(); n != 0 {
			t.Errorf("%d token requests for forged answers", n)
		}
		if err := attempt.Finish(t.Context(), query); err != nil {
			t.Error(err)
		}
		if _, err := b.Begin("not an address", false); err == nil {
			t.Error("began with no address to come back to")
		}
		dialog, err := b.Begin(callback, true)
		if err != nil || !strings.Contains(dialog.URL, "show_dialog=true") {
			t.Errorf("%v %v", dialog, err)
		}
		if _, err := newBench(t, func(cfg *Config) { cfg.ClientID = "" }).Begin(callback, false); checks.Hint(err) == "" {
			t.Errorf("no client ID: %v", err)
		}
	})
}

func TestLogout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.Look(t.Context())
		b.keeper.fail(errLocked)
		if _, err := b.Logout(t.Context()); !errors.Is(err, errLocked) || checks.Hint(err) == "" {
			t.Errorf("locked: %v", err)
		}
		if f, _ := b.Look(t.Context()); !f.good() {
			t.Errorf("after a logout that failed: %+v", f)
		}
		b.keeper.fail(nil)
		if _, err := b.Logout(t.Context()); err != nil {
			t.Error(err)
		}
		f := b.live(t, time.Hour)
		if f.SignedIn || f.Usable || f.User != "" || b.keeper.token() != "" {
			t.Errorf("%+v", f)
		}
		if _, err := b.AccessToken(t.Context(), 0); !errors.Is(err, errNotSignedIn) {
			t.Errorf("access token: %v", err)
		}
	})
}

// A provider that gives no refresh token: the session counts down and ends.
func TestNoRefreshToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newcomer(t)
		attempt, query := b.begin(t)
		b.provider.set(func(p *fakeProvider) {
			p.access = "only"
			p.token = answer(200, "application/x-www-form-urlencoded", "access_token=only&token_type=bearer&expires_in=600")
		})
		if err := attempt.Finish(t.Context(), query); err != nil {
			t.Fatal(err)
		}
		end := time.Now().Add(10 * time.Minute)
		f := b.live(t, 11*time.Minute, func(f Facts) {
			if f.Usable != time.Now().Before(end) || !f.Until.Equal(end) {
				t.Errorf("%+v", f)
			}
		})
		if !f.SignedIn || f.Renewable || f.Renews || b.keeper.saves != 0 {
			t.Errorf("%+v; %d saves", f, b.keeper.saves)
		}
		if err := b.Refresh(t.Context()); err == nil || !strings.Contains(err.Error(), "can't be renewed") || checks.Hint(err) == "" {
			t.Errorf("refresh: %v", err)
		}
	})
}

// The person signs in while the clock is a year off; once it is measured, the grant's date is right.
func TestSignInBeforeTheClockIsKnown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newcomer(t)
		b.clock.step(-365 * 24 * time.Hour)
		attempt, query := b.begin(t)
		if err := attempt.Finish(t.Context(), query); err != nil {
			t.Fatal(err)
		}
		signed := time.Now()
		b.live(t, time.Hour)
		b.clock.step(365 * 24 * time.Hour)
		f := b.live(t, 10*time.Minute)
		if got := b.keeper.grant.AuthorizedAt; !got.Equal(signed) {
			t.Errorf("authorized at %v, want %v", got, signed)
		}
		if !f.good() {
			t.Errorf("%+v", f)
		}
	})
}

// A grant of the future was noted by a clock that was ahead: it is at most as young as now.
func TestGrantOfTheFuture(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.keeper.grant.AuthorizedAt = time.Now().Add(365 * 24 * time.Hour)
		f, _ := b.Look(t.Context())
		if !f.GrantEstimated || !f.GrantUntil.Equal(time.Now().Add(6*month)) {
			t.Errorf("until %v, estimated %v", f.GrantUntil, f.GrantEstimated)
		}
	})
}
