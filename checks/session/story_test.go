package session

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fermata/checks"
)

// Signing out ends a sign-in that is open in the browser.
func TestLogoutEndsTheAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.Look(t.Context())
		attempt, query := b.begin(t)
		if _, err := b.Logout(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := attempt.Finish(t.Context(), query); err == nil || !strings.Contains(err.Error(), "signed out") || checks.Hint(err) == "" {
			t.Errorf("finished after signing out: %v", err)
		}
		if b.facts().SignedIn || b.keeper.token() != "" {
			t.Error("signed in again")
		}
	})
}

// The browser comes back while a renewal is under way, and the person signs out before the sign-in's turn
// comes: what was clicked last counts.
func TestLogoutBeforeTheExchange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.Look(t.Context())
		attempt, query := b.begin(t)
		b.provider.set(func(p *fakeProvider) { p.delay = 5 * time.Second })
		logout, finish := make(chan error, 1), make(chan error, 1)
		go b.Refresh(t.Context())
		synctest.Wait()
		go func() { _, err := b.Logout(t.Context()); logout <- err }()
		synctest.Wait()
		go func() { finish <- attempt.Finish(t.Context(), query) }()
		if err := <-logout; err != nil {
			t.Error(err)
		}
		if err := <-finish; err == nil {
			t.Error("a sign-in from before signing out went through")
		}
		if b.facts().SignedIn || b.keeper.token() != "" {
			t.Error("signed in again")
		}
	})
}

// Two clicks in a row share one renewal, also where it fails; a third one later tries again.
func TestFailedRenewalIsShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.Look(t.Context())
		time.Sleep(minRenewal)
		b.provider.set(func(p *fakeProvider) { p.delay, p.token = 5*time.Second, answer(503, "", "") })
		before, _ := b.provider.counts()
		errs := make(chan error)
		for range 3 {
			go func() { errs <- b.Refresh(t.Context()) }()
		}
		for range 3 {
			if tr, ok := errors.AsType[*Trouble](<-errs); !ok || tr.Status != 503 {
				t.Errorf("got %v", tr)
			}
		}
		if n, _ := b.provider.counts(); n != before+1 {
			t.Errorf("%d renewals for three clicks at once", n-before)
		}
		time.Sleep(minRenewal)
		if err := b.Refresh(t.Context()); err == nil {
			t.Error("a renewal worked")
		}
		if n, _ := b.provider.counts(); n != before+2 {
			t.Errorf("%d renewals with a click later", n-before)
		}
	})
}

// Programs that were started together do not ask in step for ever: each attempt draws a new share.
func TestAttemptsAreSpread(t *testing.T) {
	for status, pause := range map[int]time.Duration{200: 50 * time.Minute, 503: firstRetry} {
		seen := map[time.Duration]bool{}
		for range 5 {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, func(cfg *Config) { cfg.Provider.HealthURL = "" })
				if status != 200 {
					b.provider.token = answer(status, "", "")
				}
				_, next := b.Look(t.Context())
				if (next - pause).Abs() > pause/10 {
					t.Errorf("after %d, the next renewal is in %v", status, next)
				}
				seen[next] = true
			})
		}
		if len(seen) < 2 {
			t.Errorf("after %d, always in %v", status, seen)
		}
	}
}

// Quitting waits for a renewal that is under way, as long as its context allows; nothing is asked after it.
func TestClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.provider.rotate, b.provider.delay = true, 5*time.Second
		go b.Refresh(t.Context())
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := b.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("closed within a second: %v", err)
		}
		if err := b.Close(t.Context()); err != nil {
			t.Error(err)
		}
		if b.keeper.token() != "refresh-1" {
			t.Errorf("kept %q", b.keeper.token())
		}
		ctx, cancel = context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		if err := b.Refresh(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("after the end: %v", err)
		}
		if n, _ := b.provider.counts(); n != 1 {
			t.Errorf("%d renewals", n)
		}
	})
}

// A reply without expires_in: the token is used for an hour, and renewed before it is over.
func TestNoExpiry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.provider.life = ""
		b.live(t, 40*time.Minute)
		if n, _ := b.provider.counts(); n != 1 {
			t.Errorf("%d renewals in 40 minutes", n)
		}
		if f := b.live(t, 12*time.Minute); !f.good() || !f.Until.IsZero() {
			t.Errorf("%+v", f)
		}
		if n, _ := b.provider.counts(); n != 2 {
			t.Errorf("%d renewals in 52 minutes", n)
		}
	})
}

// A wait is over when it is: a save that failed is tried again to the second, a click after a rate limit goes
// through, and a program's question after a failure renews.
func TestWaitsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(cfg *Config) { cfg.Provider.HealthURL = "" })
		b.Look(t.Context())
		b.provider.rotate = true
		b.keeper.fail(errLocked)
		time.Sleep(minRenewal)
		b.Refresh(t.Context())
		b.keeper.fail(nil)
		for _, tt := range []struct {
			wait time.Duration
			kept string
		}{{keyringRetry - time.Second, "refresh-0"}, {time.Second, "refresh-2"}} {
			time.Sleep(tt.wait)
			if b.Look(t.Context()); b.keeper.token() != tt.kept {
				t.Errorf("kept %q, want %q", b.keeper.token(), tt.kept)
			}
		}

		b.provider.token = answer(429, "", "", "Retry-After", "60")
		b.Refresh(t.Context())
		b.provider.set(func(p *fakeProvider) { p.token = nil })
		time.Sleep(time.Minute - time.Second)
		if err := b.Refresh(t.Context()); err == nil {
			t.Error("a click within the wait asked")
		}
		time.Sleep(time.Second)
		if err := b.Refresh(t.Context()); err != nil {
			t.Errorf("a click after the wait: %v", err)
		}
	})
}

// A provider whose sign-ins have no end, and which repeats the scope as nothing.
func TestNoGrantLifetime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(cfg *Config) { cfg.Provider.GrantLifetime = 0 })
		b.provider.token = answer(200, "application/json", `{"access_token":"x","token_type":"Bearer","scope":""}`)
		b.provider.me = answer(200, "application/json", "{}")
		if f, _ := b.Look(t.Context()); !f.GrantUntil.IsZero() || f.AuthorizedAt.IsZero() || f.Missing != nil {
			t.Errorf("%+v", f)
		}
	})
}

// What a failed click says, and what to do about it.
func TestHints(t *testing.T) {
	for _, tt := range []struct {
		t          Trouble
		text, hint string
	}{
		{Trouble{Where: AtToken, Status: 400, Code: "invalid_grant", Text: "revoked", Ask: true}, "HTTP 400 Bad Request: invalid_grant: revoked", "Sign in again."},
		{Trouble{Where: AtToken, Status: 400, Code: "invalid_client", Ask: true}, "HTTP 400 Bad Request: invalid_client", "Check the client ID."},
		{Trouble{Where: AtToken, Status: 400, Code: "unauthorized_client", Ask: true}, "HTTP 400 Bad Request: unauthorized_client", "Check the client ID."},
		{Trouble{Where: AtToken, Status: 403, Code: "unauthorized_client", Reason: ReasonRefused, Ask: true}, "HTTP 403 Forbidden: unauthorized_client", "Sign in again."},
		{Trouble{Where: AtToken, Status: 401, Code: "invalid_client", Reason: ReasonSecretExpired, Ask: true}, "HTTP 401 Unauthorized: invalid_client", "Check the client secret."},
		{Trouble{Where: AtToken, Status: 403, Code: CodePage, Text: "Just a moment..."}, "HTTP 403 Forbidden: a web page came instead of an answer: Just a moment...", "Try again in a few minutes."},
		{Trouble{Where: AtToken, Status: 599}, "HTTP 599", "Try again in a few minutes."},
		{Trouble{Where: AtToken, Status: 429, RetryAfter: 3 * time.Minute}, "HTTP 429 Too Many Requests", "The provider asks to wait 3 minutes."},
		{Trouble{Where: AtNetwork, Code: CodeCertTime, Text: "x509"}, "x509", "Check this computer's clock."},
		{Trouble{Where: AtNetwork, Code: CodePortal, Status: 200}, "HTTP 200 OK: a web page came instead of an answer", "Open a web page: the network may want you to sign in to it first."},
		{Trouble{Where: AtNetwork, Code: CodeRedirect, Text: "sent on to http://portal.example"}, "sent on to http://portal.example", "Open a web page: the network may want you to sign in to it first."},
		{Trouble{Where: AtNetwork, Code: CodeDNS, Text: "no such host"}, "no such host", "Check the network connection."},
		{Trouble{Where: AtKeyring, Text: "locked"}, "locked", "Unlock the keyring, then try again."},
		{Trouble{Where: AtNetwork, Code: CodeBroken}, "no answer", "Check the network connection."},
	} {
		if err := asError(&tt.t); err.Error() != tt.text || checks.Hint(err) != tt.hint {
			t.Errorf("%+v: %q, hint %q", tt.t, err, checks.Hint(err))
		}
	}
	if err := asError(nil); err != nil {
		t.Error(err)
	}
}
