package session

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"fermata/checks"
	"fermata/checks/web"
)

var errNoHost = &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", IsNotFound: true}}

func TestDay(t *testing.T) {
	for _, rotate := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t)
			b.provider.rotate = rotate
			steps := 0
			f := b.live(t, 24*time.Hour, func(f Facts) {
				if !f.good() || b.clock.Now().Sub(f.LastGood) > spacing {
					t.Errorf("%+v", f)
				}
				// The clock is wrong and put right all day; it neither ends nor prolongs anything.
				steps++
				b.clock.step([]time.Duration{-9 * time.Hour, 9 * time.Hour, time.Minute, -time.Minute}[steps%4])
			})
			tokens, looks := b.provider.counts()
			if tokens < 27 || tokens > 31 {
				t.Errorf("%d renewals in a day, want about 29", tokens)
			}
			if looks < 250 || looks > 400 {
				t.Errorf("%d looks in a day", looks)
			}
			if f.User != "Jane" || !f.Renews || f.Missing != nil {
				t.Errorf("facts %+v", f)
			}
			if want := "refresh-0"; !rotate && (b.keeper.token() != want || b.keeper.saves != 0) {
				t.Errorf("kept %q, %d saves: an omitted refresh token keeps the old one", b.keeper.token(), b.keeper.saves)
			}
			if rotate && b.keeper.token() != b.provider.refresh {
				t.Errorf("kept %q, the provider has %q", b.keeper.token(), b.provider.refresh)
			}
		})
	}
}

// The grant ends after six months, however often the access token is renewed; then the sign-in is refused.
func TestEightMonths(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(cfg *Config) { cfg.Provider.HealthURL = "" })
		start := time.Now()
		b.provider.life = "86400" // fewer renewals to wait for
		var refused time.Duration
		b.live(t, 8*month, func(f Facts) {
			age := time.Since(start)
			if !f.LastGood.Equal(f.RenewedAt) {
				t.Errorf("good at %v, renewed at %v", f.LastGood, f.RenewedAt)
			}
			if age > 6*month {
				b.provider.set(func(p *fakeProvider) { p.refresh = "" })
			}
			if !f.Usable && refused == 0 {
				refused = age
			}
		})
		if d := refused - 6*month; d < 0 || d > 49*time.Hour { // a token lasts a day, and the provider refuses from the next renewal but one
			t.Errorf("refused %v after six months", d)
		}
		if n, _ := b.provider.counts(); n > 183+2*31*5 {
			t.Errorf("%d renewals", n)
		}
		if b.keeper.token() != "refresh-0" {
			t.Error("the grant is gone")
		}
		until := b.facts().GrantUntil
		if !until.Equal(start.Add(6 * month)) {
			t.Errorf("grant until %v", until)
		}
	})
}

func TestEndedEarly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.live(t, 20*time.Minute)
		b.provider.set(func(p *fakeProvider) { p.access = "another" })
		tokens, looks := b.provider.counts()
		f := b.live(t, 6*time.Minute)
		if !f.good() {
			t.Errorf("%+v", f)
		}
		if tk, l := b.provider.counts(); tk != tokens+1 || l > looks+4 {
			t.Errorf("%d renewals and %d looks", tk-tokens, l-looks)
		}
		// With the grant revoked as well, it is noticed within minutes.
		b.provider.set(func(p *fakeProvider) { p.access, p.refresh = "another", "another" })
		f = b.live(t, 6*time.Minute)
		if f.Renewal == nil || f.Renewal.Code != "invalid_grant" || !f.Renewal.Ask {
			t.Errorf("%+v", f)
		}
		if f.Until.After(time.Now()) || f.Usable || f.Renews || !f.Renewable || !f.SignedIn {
			t.Errorf("facts %+v", f)
		}
		// Told again and again, it does not knock again and again.
		tokens, _ = b.provider.counts()
		for range 1000 {
			b.Look(t.Context())
		}
		if tk, _ := b.provider.counts(); tk != tokens {
			t.Errorf("%d renewals", tk-tokens)
		}
		// A click does; and when the provider comes to its senses, that mends it.
		b.provider.set(func(p *fakeProvider) { p.refresh = "refresh-0" })
		if err := b.Refresh(t.Context()); err != nil {
			t.Error(err)
		}
		if f = b.live(t, time.Minute); !f.good() {
			t.Errorf("%+v", f)
		}
	})
}

// In an outage the session runs on to its end, and is renewed once it is over.
func TestOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.live(t, 40*time.Minute)
		end := b.facts().Until
		b.provider.set(func(p *fakeProvider) { p.down = errNoHost })
		down := time.Now()
		f := b.live(t, 50*time.Minute, func(f Facts) {
			if f.Usable != time.Now().Before(end) {
				t.Errorf("usable %v, %v before the end", f.Usable, time.Until(end))
			}
			if f.Trouble != nil && f.Trouble.Code != CodeDial && f.Trouble.Code != CodeDNS {
				t.Errorf("trouble %+v", f.Trouble)
			}
		})
		if f.Usable || f.Renewal == nil || f.Health == nil {
			t.Fatalf("after the end: %+v", f)
		}
		// One network: the trouble began when the first request met it.
		if f.Health.Since.Sub(down) > 6*time.Minute || !f.Renewal.Since.After(f.Health.Since) || !f.Trouble.Since.Equal(f.Health.Since) {
			t.Errorf("down %v; look since %v, renewal since %v, trouble since %v", down, f.Health.Since, f.Renewal.Since, f.Trouble.Since)
		}
		b.provider.set(func(p *fakeProvider) { p.down = nil })
		if f := b.live(t, spacing); !f.good() {
			t.Errorf("told that the network is back: %+v", f)
		}
	})
}

// A computer that sleeps over the token's end: the network needs a while, and then the session goes on.
func TestResume(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.live(t, 10*time.Minute)
		time.Sleep(9 * time.Hour)
		b.provider.set(func(p *fakeProvider) { p.down = errNoHost })
		if f := b.live(t, 45*time.Second); f.Usable || !f.Renews || time.Since(f.Renewal.Since) > time.Minute {
			t.Errorf("%+v", f)
		}
		b.provider.set(func(p *fakeProvider) { p.down = nil })
		if f := b.live(t, time.Minute); !f.good() {
			t.Errorf("%+v", f)
		}
	})
}

func TestAsk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(cfg *Config) { cfg.Ask = true })
		f := b.live(t, time.Hour)
		if n, _ := b.provider.counts(); n != 0 || f.Usable || f.Renews || !f.Renewable || !f.Ask || !f.UsableUntil.IsZero() {
			t.Errorf("%d renewals without a click; %+v", n, f)
		}
		if _, err := b.AccessToken(t.Context(), 0); err == nil || checks.Hint(err) == "" {
			t.Errorf("a token without a click: %v", err)
		}
		if err := b.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		clicked := time.Now()
		f = b.live(t, 2*time.Hour, func(f Facts) {
			if f.Trouble != nil || f.Usable != (time.Since(clicked) < time.Hour) {
				t.Errorf("%v after the click: %+v", time.Since(clicked), f)
			}
		})
		if n, _ := b.provider.counts(); n != 1 {
			t.Errorf("%d renewals for one click", n)
		}
		// Ended early: over at once, and still no renewal.
		b.Refresh(t.Context())
		b.provider.set(func(p *fakeProvider) { p.access = "another" })
		if f = b.live(t, 6*time.Minute); f.Usable || f.Until.After(time.Now()) {
			t.Errorf("%+v", f)
		}
		if n, _ := b.provider.counts(); n != 2 {
			t.Errorf("%d renewals for two clicks", n)
		}
	})
}

func TestExpiresIn(t *testing.T) {
	for life, want := range map[string]time.Duration{ // until, where it is told
		"":             0,
		"null":         0,
		"0":            0,
		"-5":           0,
		`"soon"`:       0,
		"{}":           0,
		"3600.0":       time.Hour,
		`"3600"`:       time.Hour,
		"36e2":         time.Hour,
		"1":            minRenewal,
		"34560000":     400 * 24 * time.Hour,
		"34560001":     0, // a life of years
		"99999999999":  0,
		"1e300":        0,
		"1e999":        0,
		"-1e300":       0,
		`"NaN"`:        0,
		`"0x10p2"`:     64 * time.Second,
		`"3600 "`:      0,
		"[3600]":       0,
		`"Infinity"`:   0,
		"9223372036.9": 0,
	} {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t)
			b.provider.life, b.provider.rotate = life, true
			now := time.Now()
			f, _ := b.Look(t.Context())
			if f.Trouble != nil || b.keeper.token() != "refresh-1" {
				t.Fatalf("expires_in %s: %v, kept %q", life, f.Trouble, b.keeper.token())
			}
			if got := f.Until; want == 0 != got.IsZero() || want != 0 && got.Sub(now) != want {
				t.Errorf("expires_in %s: until %v", life, got)
			}
			b.live(t, 10*time.Minute)
			if n, _ := b.provider.counts(); n > 41 {
				t.Errorf("expires_in %s: %d renewals in ten minutes", life, n)
			}
		})
	}
}

func TestKeyring(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.provider.rotate = true
		b.keeper.fail(errLocked)
		f := b.live(t, time.Minute)
		for range 1000 {
			b.Look(t.Context())
		}
		if b.keeper.loads > 2 {
			t.Errorf("%d loads in a minute: each may ask for a password", b.keeper.loads)
		}
		if f.Loaded || f.Trouble == nil || f.Trouble.Where != AtKeyring || !strings.Contains(f.Trouble.Text, "locked") {
			t.Errorf("%+v", f)
		}
		if err := b.Refresh(t.Context()); !errors.Is(err, errLocked) || checks.Hint(err) == "" {
			t.Errorf("a click got %v", err)
		}
		b.keeper.fail(nil)
		if f = b.live(t, maxRetry); !f.good() {
			t.Errorf("unlocked: %+v", f)
		}
	})
}

// The provider rotates while the keyring is locked: the session goes on, says so, and saves later.
func TestKeptInMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.Look(t.Context())
		b.keeper.fail(errLocked)
		b.provider.set(func(p *fakeProvider) {
			p.rotate = true
			p.me = answer(200, "application/json", "{}") // not the one that insists on the kept token
		})
		f := b.live(t, 3*time.Hour)
		if !f.good() || !errors.Is(f.SaveError, errLocked) {
			t.Errorf("%+v", f)
		}
		if b.keeper.token() != "refresh-0" {
			t.Errorf("kept %q", b.keeper.token())
		}
		b.keeper.fail(nil)
		f = b.live(t, maxRetry)
		if f.SaveError != nil || b.keeper.token() != b.provider.refresh {
			t.Errorf("kept %q, the provider has %q; %v", b.keeper.token(), b.provider.refresh, f.SaveError)
		}
	})
}

func TestAccessToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		var mu sync.Mutex
		got := map[string]bool{}
		var all sync.WaitGroup
		for range 100 {
			all.Go(func() {
				access, err := b.AccessToken(t.Context(), 0)
				if err != nil || access.Left <= 0 || access.Left > time.Hour {
					t.Error(access.Left, err)
				}
				mu.Lock()
				got[access.Token] = true
				mu.Unlock()
			})
		}
		all.Wait()
		if n, _ := b.provider.counts(); n != 1 || !got["access-1"] {
			t.Errorf("%d renewals, %v", n, got)
		}
		time.Sleep(time.Hour)
		b.provider.set(func(p *fakeProvider) { p.token = answer(503, "", "") })
		for range 100 {
			if access, err := b.AccessToken(t.Context(), 0); err == nil {
				t.Fatalf("got %+v", access)
			}
		}
		if n, _ := b.provider.counts(); n != 2 {
			t.Errorf("%d renewals: a program's loop became ours", n-1)
		}
	})
}

// A click does not wait for a look that hangs, and shares a renewal that is under way.
func TestClicks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.Look(t.Context())
		time.Sleep(5 * time.Minute)
		b.provider.set(func(p *fakeProvider) { p.delay = 15 * time.Second })
		done := make(chan Facts)
		go func() {
			f, next := b.Look(t.Context())
			if next > spacing {
				t.Errorf("the look that gave way is made up for in %v", next)
			}
			done <- f
		}()
		synctest.Wait()
		b.provider.set(func(p *fakeProvider) { p.delay = 0 })
		began := time.Now()
		if err := b.Refresh(t.Context()); err != nil {
			t.Error(err)
		}
		if d := time.Since(began); d > 0 {
			t.Errorf("the click waited %v for a look", d)
		}
		if f := <-done; !f.good() {
			t.Errorf("the look that gave way: %+v", f)
		}

		time.Sleep(minRenewal)
		b.provider.set(func(p *fakeProvider) { p.delay = 5 * time.Second })
		before, _ := b.provider.counts()
		errs := make(chan error)
		for range 10 {
			go func() { errs <- b.Refresh(t.Context()) }()
		}
		for range 10 {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
		if n, _ := b.provider.counts(); n != before+1 {
			t.Errorf("%d renewals for ten clicks at once", n-before)
		}
	})
}

func TestCanceledLookIsNoTrouble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.Look(t.Context())
		time.Sleep(5 * time.Minute)
		b.provider.set(func(p *fakeProvider) { p.delay = 15 * time.Second })
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		f, _ := b.Look(ctx)
		synctest.Wait()
		if !f.good() || !b.facts().good() {
			t.Errorf("%+v, then %+v", f, b.facts())
		}
	})
}

// Who waits hears after 20 seconds that there is no answer. One that comes later is read all the same, as it has
// the only good refresh token in it.
func TestLateAnswer(t *testing.T) {
	for _, after := range []time.Duration{web.Timeout, 50 * time.Second, answerTimeout - time.Second} {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t)
			b.provider.set(func(p *fakeProvider) { p.rotate, p.delay = true, after })
			begin := time.Now()
			err := b.Refresh(t.Context())
			if d := time.Since(begin); d != web.Timeout {
				t.Errorf("it was waited for %v", d)
			}
			if tr, _ := errors.AsType[*Trouble](err); after > web.Timeout && (tr == nil || tr.Code != CodeTimeout || checks.Hint(err) == "") {
				t.Errorf("%v, hint %q", err, checks.Hint(err))
			}
			b.provider.set(func(p *fakeProvider) { p.delay = 0 })
			if f, _ := b.Look(t.Context()); !f.good() || time.Since(begin) != after || b.keeper.token() != "refresh-1" {
				t.Errorf("after %v: %+v, kept %q", time.Since(begin), f.Trouble, b.keeper.token())
			}
			if n, _ := b.provider.counts(); n != 1 {
				t.Errorf("%d renewals", n)
			}
		})
	}
}
