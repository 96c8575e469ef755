package session

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fermata/checks"
)

var errNoHost = &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", IsNotFound: true}}

// near allows for looks being at least a second apart.
func near(got, want time.Duration) bool { return (got - want).Abs() <= time.Second }

func TestDay(t *testing.T) {
	for _, rotate := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t)
			b.provider.rotate = rotate
			steps := 0
			f := b.live(t, 24*time.Hour, func(f checks.Finding) {
				if f.Level != checks.OK {
					t.Errorf("%v: %s", f.Level, f.Summary)
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
			facts := f.Facts.(Facts)
			if facts.User != "Jane" || !facts.Renews || facts.Trouble != nil || facts.Missing != nil {
				t.Errorf("facts %+v", facts)
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

// The grant ends after six months; the warnings stand at 30 days and the sign-in is refused at the end.
func TestEightMonths(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(cfg *Config) { cfg.Provider.HealthURL = "" })
		start := time.Now()
		b.provider.life = "86400" // fewer renewals to wait for
		var warned, refused time.Duration
		b.live(t, 8*month, func(f checks.Finding) {
			age := time.Since(start)
			if age > 6*month {
				b.provider.set(func(p *fakeProvider) { p.refresh = "" })
			}
			if f.Level == checks.Warning && warned == 0 {
				warned = age
			}
			if f.Level == checks.Critical && refused == 0 {
				refused = age
			}
		})
		if d := warned - 5*month; d < 0 || d > 2*time.Second {
			t.Errorf("warned %v after 30 days before the end", d)
		}
		if d := refused - 6*month; d < 0 || d > 49*time.Hour { // a token lasts a day, and it runs once a day
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

func TestGrantThresholds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.keeper.grant.AuthorizedAt = time.Now().Add(-6*month + 7*24*time.Hour + time.Minute)
		f := b.Run(t.Context())
		if !strings.HasPrefix(f.Summary, "Sign-in ends in 8 days, on ") || f.Level != checks.Warning {
			t.Errorf("%v: %s", f.Level, f.Summary)
		}
		if f.Next != time.Minute {
			t.Errorf("next look in %v, want it at the seventh day", f.Next)
		}
		time.Sleep(f.Next)
		if f = b.Run(t.Context()); !strings.HasPrefix(f.Summary, "Sign-in ends in 7 days, on ") {
			t.Error(f.Summary)
		}
		time.Sleep(6 * 24 * time.Hour)
		if f = b.live(t, time.Minute); !strings.HasPrefix(f.Summary, "Sign-in ends within a day, on ") {
			t.Error(f.Summary)
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
		if f.Level != checks.OK {
			t.Errorf("%v: %s", f.Level, f.Summary)
		}
		if tk, l := b.provider.counts(); tk != tokens+1 || l > looks+4 {
			t.Errorf("%d renewals and %d looks", tk-tokens, l-looks)
		}
		// With the grant revoked as well, it is noticed within minutes.
		b.provider.set(func(p *fakeProvider) { p.access, p.refresh = "another", "another" })
		f = b.live(t, 6*time.Minute)
		if f.Level != checks.Critical || f.Summary != "Tunes no longer accepts this sign-in" {
			t.Errorf("%v: %s", f.Level, f.Summary)
		}
		facts := f.Facts.(Facts)
		if facts.Until.After(time.Now()) || facts.Renews || !facts.SignedIn {
			t.Errorf("facts %+v", facts)
		}
		// Told again and again, it does not knock again and again.
		tokens, _ = b.provider.counts()
		for range 1000 {
			b.Run(t.Context())
		}
		if tk, _ := b.provider.counts(); tk != tokens {
			t.Errorf("%d renewals", tk-tokens)
		}
		// A click does; and when the provider comes to its senses, that mends it.
		b.provider.set(func(p *fakeProvider) { p.refresh = "refresh-0" })
		if err := b.Refresh(t.Context()); err != nil {
			t.Error(err)
		}
		if f = b.live(t, time.Minute); f.Level != checks.OK {
			t.Errorf("%v: %s", f.Level, f.Summary)
		}
	})
}

// An outage: nothing for a minute and a half, then it is not known, then a warning before the end.
func TestOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.live(t, 40*time.Minute)
		b.provider.set(func(p *fakeProvider) { p.down = errNoHost })
		down := time.Now()
		var seen []checks.Level
		var at []time.Duration
		b.live(t, 50*time.Minute, func(f checks.Finding) {
			if len(seen) == 0 || seen[len(seen)-1] != f.Level {
				t.Log(time.Since(down), f.Level, f.Summary)
				seen, at = append(seen, f.Level), append(at, time.Since(down))
			}
		})
		want := []checks.Level{checks.OK, checks.Unknown, checks.Warning, checks.Critical}
		if len(seen) != len(want) {
			t.Fatalf("levels %v at %v", seen, at)
		}
		for i := range want {
			if seen[i] != want[i] {
				t.Fatalf("levels %v at %v", seen, at)
			}
		}
		if at[1] < grace || at[2] < 14*time.Minute || at[2] > 16*time.Minute || !near(at[3]-at[2], 5*time.Minute) {
			t.Errorf("levels %v at %v", seen, at)
		}
		if since := b.facts().Trouble.Since; since.Sub(down) > 10*time.Minute {
			t.Errorf("since %v after it began", since.Sub(down))
		}
		b.provider.set(func(p *fakeProvider) { p.down = nil })
		if f := b.live(t, spacing); f.Level != checks.OK {
			t.Errorf("told that the network is back: %v %s", f.Level, f.Summary)
		}
	})
}

// A computer that sleeps over the token's end: the network needs a while, and nothing is said of it.
func TestResume(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.live(t, 10*time.Minute)
		time.Sleep(9 * time.Hour)
		b.provider.set(func(p *fakeProvider) { p.down = errNoHost })
		b.live(t, 45*time.Second, func(f checks.Finding) {
			if f.Level > checks.Unknown {
				t.Errorf("%v: %s", f.Level, f.Summary)
			}
		})
		b.provider.set(func(p *fakeProvider) { p.down = nil })
		if f := b.live(t, time.Minute); f.Level != checks.OK {
			t.Errorf("%v: %s", f.Level, f.Summary)
		}
	})
}

func TestAsk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(cfg *Config) { cfg.Ask = true })
		f := b.live(t, time.Hour)
		if n, _ := b.provider.counts(); n != 0 || f.Level != checks.Warning {
			t.Errorf("%d renewals without a click; %v %s", n, f.Level, f.Summary)
		}
		if _, err := b.AccessToken(t.Context()); err == nil || checks.Hint(err) == "" {
			t.Errorf("a token without a click: %v", err)
		}
		if err := b.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		clicked := time.Now()
		var warned, ended time.Duration
		f = b.live(t, 2*time.Hour, func(f checks.Finding) {
			switch {
			case f.Level == checks.Warning && warned == 0:
				warned = time.Since(clicked)
			case f.Level == checks.Critical && ended == 0:
				ended = time.Since(clicked)
			}
		})
		if !near(warned, 55*time.Minute) || !near(ended, time.Hour) {
			t.Errorf("warned after %v, ended after %v", warned, ended)
		}
		if n, _ := b.provider.counts(); n != 1 {
			t.Errorf("%d renewals for one click", n)
		}
		if !strings.HasSuffix(f.Summary, ", renews on a click") {
			t.Error(f.Summary)
		}
		// Ended early: critical at once, and still no renewal.
		b.Refresh(t.Context())
		b.provider.set(func(p *fakeProvider) { p.access = "another" })
		if f = b.live(t, 6*time.Minute); f.Level != checks.Critical {
			t.Errorf("%v: %s", f.Level, f.Summary)
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
		"1":            time.Second,
		"99999999999":  (1<<31 - 1) * time.Second,
		"1e300":        (1<<31 - 1) * time.Second,
		"1e999":        0,
		"-1e300":       0,
		`"NaN"`:        0,
		`"0x10p2"`:     64 * time.Second,
		`"3600 "`:      0,
		"[3600]":       0,
		`"Infinity"`:   (1<<31 - 1) * time.Second,
		"9223372036.9": (1<<31 - 1) * time.Second,
	} {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t)
			b.provider.life, b.provider.rotate = life, true
			now := time.Now()
			f := b.Run(t.Context()).Facts.(Facts)
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
			b.Run(t.Context())
		}
		if b.keeper.loads > 2 {
			t.Errorf("%d loads in a minute: each may ask for a password", b.keeper.loads)
		}
		facts := f.Facts.(Facts)
		if f.Level != checks.Unknown || facts.Trouble == nil || facts.Trouble.Where != AtKeyring || !strings.Contains(f.Summary, "locked") {
			t.Errorf("%v %s %+v", f.Level, f.Summary, facts)
		}
		if err := b.Refresh(t.Context()); !errors.Is(err, errLocked) || checks.Hint(err) == "" {
			t.Errorf("a click got %v", err)
		}
		b.keeper.fail(nil)
		if f = b.live(t, maxRetry); f.Level != checks.OK {
			t.Errorf("unlocked: %v %s", f.Level, f.Summary)
		}
	})
}

// The provider rotates while the keyring is locked: the session goes on, says so, and saves later.
func TestKeptInMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.Run(t.Context())
		b.keeper.fail(errLocked)
		b.provider.set(func(p *fakeProvider) {
			p.rotate = true
			p.me = answer(200, "application/json", "{}") // not the one that insists on the kept token
		})
		f := b.live(t, 3*time.Hour)
		if f.Level != checks.OK || !errors.Is(f.Facts.(Facts).SaveError, errLocked) {
			t.Errorf("%v %s, kept: %v", f.Level, f.Summary, f.Facts.(Facts).SaveError)
		}
		if b.keeper.token() != "refresh-0" {
			t.Errorf("kept %q", b.keeper.token())
		}
		b.keeper.fail(nil)
		f = b.live(t, maxRetry)
		if f.Facts.(Facts).SaveError != nil || b.keeper.token() != b.provider.refresh {
			t.Errorf("kept %q, the provider has %q; %v", b.keeper.token(), b.provider.refresh, f.Facts.(Facts).SaveError)
		}
	})
}

func TestAccessToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		got := map[string]bool{}
		for range 100 {
			access, err := b.AccessToken(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			got[access] = true
		}
		if n, _ := b.provider.counts(); n != 1 || !got["access-1"] {
			t.Errorf("%d renewals, %v", n, got)
		}
		time.Sleep(time.Hour)
		b.provider.set(func(p *fakeProvider) { p.token = answer(503, "", "") })
		for range 100 {
			if access, err := b.AccessToken(t.Context()); err == nil {
				t.Fatalf("got %q", access)
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
		b.Run(t.Context())
		time.Sleep(5 * time.Minute)
		b.provider.set(func(p *fakeProvider) { p.delay = 15 * time.Second })
		done := make(chan checks.Finding)
		go func() { done <- b.Run(t.Context()) }()
		synctest.Wait()
		b.provider.set(func(p *fakeProvider) { p.delay = 0 })
		began := time.Now()
		if err := b.Refresh(t.Context()); err != nil {
			t.Error(err)
		}
		if d := time.Since(began); d > 0 {
			t.Errorf("the click waited %v for a look", d)
		}
		if f := <-done; f.Level != checks.OK || f.Facts.(Facts).Trouble != nil {
			t.Errorf("the look that gave way: %v %s", f.Level, f.Summary)
		}

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

func TestCanceledRunIsNoTrouble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.Run(t.Context())
		time.Sleep(5 * time.Minute)
		b.provider.set(func(p *fakeProvider) { p.delay = 15 * time.Second })
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		f := b.Run(ctx)
		synctest.Wait()
		if tr := b.facts().Trouble; tr != nil || f.Level != checks.OK {
			t.Errorf("%v %s %v", f.Level, f.Summary, tr)
		}
	})
}
