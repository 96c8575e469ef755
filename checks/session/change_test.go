package session

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// The settings change while a renewal is under way: the new refresh token is kept, and the session goes on.
func TestConfigureDuringRenewal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.provider.rotate, b.provider.delay = true, 5*time.Second
		done := make(chan error)
		go func() { done <- b.Refresh(t.Context()) }()
		synctest.Wait()
		cfg := b.config()
		cfg.Name, cfg.ClientID, cfg.Ask = "another", "new-client", true
		b.Configure(cfg)
		if err := <-done; err != nil {
			t.Error(err)
		}
		b.provider.set(func(p *fakeProvider) { p.delay = 0 })
		f, next := b.Look(t.Context())
		if !f.Usable || f.Trouble != nil || f.Renews || !f.Ask || b.name != "test" {
			t.Errorf("%+v", f)
		}
		if b.keeper.token() != "refresh-1" || b.keeper.saves != 1 {
			t.Errorf("kept %q, %d saves", b.keeper.token(), b.keeper.saves)
		}
		if next > 6*time.Minute {
			t.Errorf("next look in %v", next)
		}
		if err := b.Refresh(t.Context()); err != nil { // the fake accepts the grant's own client ID alone
			t.Errorf("a grant of the old client: %v", err)
		}
	})
}

// A sign-in under way goes on with the client ID that it began with; the next one takes the new one.
func TestConfigureDuringSignIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newcomer(t)
		attempt, query := b.begin(t)
		cfg := b.config()
		cfg.ClientID = "new-client"
		b.Configure(cfg)
		if err := attempt.Finish(t.Context(), query); err != nil {
			t.Fatal(err)
		}
		if b.keeper.grant.ClientID != "client" {
			t.Errorf("kept for client %q", b.keeper.grant.ClientID)
		}
		if next, err := b.Begin(callback, false); err != nil || next.conf.ClientID != "new-client" {
			t.Errorf("the next sign-in: %v %v", next.conf.ClientID, err)
		}
	})
}

// What an old address put off is asked of a new one at once; other changes leave it put off.
func TestConfigureAddresses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.provider.token = oauthError("invalid_grant", "revoked")
		b.Look(t.Context())
		b.provider.set(func(p *fakeProvider) { p.token, p.me = nil, answer(403, "application/json", "{}") })
		cfg := b.config()
		cfg.ClientID = "new-client"
		b.Configure(cfg)
		if f, _ := b.Look(t.Context()); f.Renewal == nil || f.Usable {
			t.Errorf("the same address was asked again: %+v", f)
		}
		cfg.Provider.TokenURL = "https://new.example/token"
		b.Configure(cfg)
		if f, next := b.Look(t.Context()); f.Renewal != nil || f.Health == nil || !f.Usable || next < 4*time.Minute {
			t.Errorf("a new token address: %+v, next %v", f, next)
		}
		b.provider.set(func(p *fakeProvider) { p.me = nil })
		cfg.Provider.HealthURL = "https://new.example/me"
		b.Configure(cfg)
		if f, _ := b.Look(t.Context()); f.Trouble != nil || f.User != "Jane" {
			t.Errorf("a new health address: %+v", f)
		}
	})
}

func TestReload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.Look(t.Context())
		tokens, _ := b.provider.counts()

		// Only the date was changed: the access token is still good, and the date stays.
		b.keeper.grant.AuthorizedAt = b.keeper.grant.AuthorizedAt.Add(-month)
		if err := b.Reload(t.Context()); err != nil {
			t.Error(err)
		}
		f, _ := b.Look(t.Context())
		if n, _ := b.provider.counts(); n != tokens || !f.Usable || !f.GrantUntil.Equal(b.keeper.grant.AuthorizedAt.Add(6*month)) {
			t.Errorf("another date: %d renewals, %+v", n-tokens, f)
		}

		// Another sign-in: nothing of the old one is used any more.
		b.keeper.grant = &Grant{RefreshToken: "refresh-x", AuthorizedAt: time.Now(), Scope: "read write", ClientID: "client"}
		b.provider.set(func(p *fakeProvider) { p.refresh = "refresh-x" })
		if err := b.Reload(t.Context()); err != nil {
			t.Error(err)
		}
		if f := b.facts(); f.Usable || f.User != "" || !f.SignedIn {
			t.Errorf("another grant: %+v", f)
		}
		if f, _ := b.Look(t.Context()); !f.Usable || f.User != "Jane" {
			t.Errorf("another grant: %+v", f)
		}

		// The same refresh token for another client is another grant too.
		b.keeper.grant.ClientID = ""
		b.Reload(t.Context())
		if b.facts().Usable {
			t.Error("another client's grant: the old access token is used")
		}

		// It cannot be read: the one in memory stays, and the failure is returned.
		b.Look(t.Context())
		b.keeper.fail(errLocked)
		if err := b.Reload(t.Context()); !errors.Is(err, errLocked) {
			t.Errorf("locked: %v", err)
		}
		if f, _ := b.Look(t.Context()); !f.Usable || f.Trouble != nil {
			t.Errorf("locked: %+v", f)
		}

		// It was removed.
		b.keeper.fail(nil)
		b.keeper.grant = nil
		if err := b.Reload(t.Context()); err != nil {
			t.Error(err)
		}
		if f, next := b.Look(t.Context()); f.SignedIn || !f.Loaded || next != 0 {
			t.Errorf("removed: %+v, next %v", f, next)
		}
	})
}

// The date of a sign-in of this run of the program is put right with the clock, until the store has another.
func TestReloadOfAnotherDate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newcomer(t)
		attempt, query := b.begin(t)
		if err := attempt.Finish(t.Context(), query); err != nil {
			t.Fatal(err)
		}
		signedIn := time.Now()
		b.Reload(t.Context()) // the same date
		b.clock.step(time.Hour)
		if f, _ := b.Look(t.Context()); !f.AuthorizedAt.Equal(signedIn.Add(time.Hour)) {
			t.Errorf("the clock was put right: authorized at %v, want %v", f.AuthorizedAt, signedIn.Add(time.Hour))
		}
		b.keeper.grant.AuthorizedAt = signedIn.Add(-month)
		b.Reload(t.Context())
		if f, _ := b.Look(t.Context()); !f.AuthorizedAt.Equal(signedIn.Add(-month)) || !b.keeper.grant.AuthorizedAt.Equal(signedIn.Add(-month)) {
			t.Errorf("authorized at %v, want %v", f.AuthorizedAt, signedIn.Add(-month))
		}
	})
}

// A refresh token that could not be saved is newer than whatever is kept.
func TestReloadKeepsWhatIsUnsaved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.Look(t.Context())
		b.provider.set(func(p *fakeProvider) { p.rotate = true; p.me = answer(200, "application/json", "{}") })
		b.keeper.fail(errLocked)
		time.Sleep(minRenewal)
		if err := b.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := b.Reload(t.Context()); !errors.Is(err, errLocked) || !errors.Is(b.facts().SaveError, errLocked) {
			t.Errorf("locked: %v, %+v", err, b.facts())
		}
		b.keeper.fail(nil)
		if err := b.Reload(t.Context()); err != nil {
			t.Error(err)
		}
		if f := b.facts(); b.keeper.token() != "refresh-2" || !f.Usable || f.SaveError != nil {
			t.Errorf("kept %q, %+v", b.keeper.token(), f)
		}
	})
}

// A sign-in without a refresh token is never kept, so that it is not found proves nothing.
func TestReloadWithoutRefreshToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newcomer(t)
		attempt, query := b.begin(t)
		b.provider.set(func(p *fakeProvider) {
			p.access = "only"
			p.token = answer(200, "application/json", `{"access_token":"only","token_type":"Bearer","expires_in":600}`)
		})
		if err := attempt.Finish(t.Context(), query); err != nil {
			t.Fatal(err)
		}
		if err := b.Reload(t.Context()); err != nil {
			t.Error(err)
		}
		if f, _ := b.Look(t.Context()); !f.SignedIn || !f.Usable || f.Renewable {
			t.Errorf("%+v", f)
		}
	})
}

// A click on "unlock" reads at once what was put off, and what a provider put off is due again as well.
func TestReloadDropsWhatWasPutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.keeper.fail(errLocked)
		b.Look(t.Context())
		if err := b.Reload(t.Context()); !errors.Is(err, errLocked) {
			t.Errorf("locked: %v", err)
		}
		b.keeper.fail(nil)
		b.provider.token = answer(429, "", "", "Retry-After", "9000")
		if err := b.Reload(t.Context()); err != nil {
			t.Error(err)
		}
		if f, _ := b.Look(t.Context()); f.Keyring != nil || f.Renewal == nil || f.Renewal.Status != 429 {
			t.Errorf("%+v", f)
		}
		b.provider.set(func(p *fakeProvider) { p.token, p.me = nil, answer(429, "", "", "Retry-After", "9000") })
		time.Sleep(minRenewal)
		b.Reload(t.Context())
		if f, _ := b.Look(t.Context()); !f.Usable || f.Health == nil {
			t.Errorf("%+v", f)
		}
		b.provider.set(func(p *fakeProvider) { p.me = nil })
		b.Reload(t.Context())
		if f, _ := b.Look(t.Context()); f.Trouble != nil {
			t.Errorf("%+v", f)
		}
	})
}

func TestShift(t *testing.T) {
	at := func(h int) time.Time { return time.Date(2026, time.May, 20, h, 0, 0, 0, time.UTC) }
	trouble := func(h int) *Trouble { return &Trouble{Code: "x", Since: at(h), At: at(h + 1)} }
	f := Facts{
		User: "Jane", Until: at(2), UsableUntil: at(3), RenewedAt: at(1), LastGood: at(4), AuthorizedAt: at(5), GrantUntil: at(6),
		Trouble: trouble(7), Keyring: trouble(7), Renewal: trouble(8), Health: trouble(9),
	}
	want := Facts{
		User: "Jane", Until: at(3), UsableUntil: at(4), RenewedAt: at(2), LastGood: at(5), AuthorizedAt: at(5), GrantUntil: at(6),
		Trouble: trouble(8), Keyring: trouble(8), Renewal: trouble(9), Health: trouble(10),
	}
	if got := f.Shift(time.Hour); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if !f.Trouble.Since.Equal(at(7)) {
		t.Error("the facts that were shifted changed")
	}
	if got := (Facts{}).Shift(time.Hour); !reflect.DeepEqual(got, Facts{}) {
		t.Errorf("no times became %+v", got)
	}
}

// Look's facts and when the next request is due, from the first look to the end.
func TestLook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.provider.life = ""
		f := b.facts()
		if f.Loaded || f.SignedIn || f.Usable {
			t.Errorf("before the first look: %+v", f)
		}
		b.keeper.fail(errLocked)
		f, next := b.Look(t.Context())
		if f.Loaded || f.Keyring == nil || f.Trouble.Where != AtKeyring || next != keyringRetry {
			t.Errorf("locked: %+v, next %v", f, next)
		}
		b.keeper.fail(nil)
		time.Sleep(next)
		now := time.Now()
		f, _ = b.Look(t.Context())
		if !f.Loaded || !f.Usable || !f.Renewable || f.Keyring != nil || f.Renewal != nil || f.Health != nil {
			t.Errorf("unlocked: %+v", f)
		}
		// A token whose end is not known gets an hour.
		if !f.Until.IsZero() || !f.RenewedAt.Equal(now) || !f.UsableUntil.Equal(now.Add(time.Hour)) {
			t.Errorf("no expires_in: %+v", f)
		}
		b.provider.set(func(p *fakeProvider) { p.token = answer(503, "", "") })
		b.live(t, time.Hour-time.Second)
		if f := b.facts(); !f.Usable || f.Renewal == nil || f.Health != nil {
			t.Errorf("a second before the end: %+v", f)
		}
		time.Sleep(time.Second)
		if f := b.facts(); f.Usable || f.Renewal.Status != 503 || f.Trouble.Status != 503 {
			t.Errorf("at the end: %+v", f)
		}
	})
}

// A Look whose context ended before it could begin is made up for soon.
func TestLookThatCouldNotBegin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		b.requests <- struct{}{}
		if f, next := b.Look(ctx); f.Loaded || next != time.Second {
			t.Errorf("%+v, next %v", f, next)
		}
	})
}

// What a keyring put off is done at once when it tells that it may answer, and not before.
func TestKeeperChanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.keeper.fail(errLocked)
		for range 3 { // put off for longer each time
			_, next := b.Look(t.Context())
			time.Sleep(next)
		}
		b.Look(t.Context())
		b.keeper.fail(nil)
		if f, _ := b.Look(t.Context()); f.Keyring == nil {
			t.Error("it was read without a word from it")
		}
		b.KeeperChanged()
		if f, _ := b.Look(t.Context()); f.Keyring != nil || !f.Usable {
			t.Errorf("after it: %+v", f)
		}

		b.provider.set(func(p *fakeProvider) { p.rotate, p.me = true, answer(200, "application/json", "{}") })
		b.keeper.fail(errLocked)
		time.Sleep(minRenewal)
		b.Refresh(t.Context())
		b.keeper.fail(nil)
		if f, _ := b.Look(t.Context()); f.SaveError == nil {
			t.Error("it was saved without a word from it")
		}
		b.KeeperChanged()
		if f, _ := b.Look(t.Context()); f.SaveError != nil || b.keeper.token() != "refresh-2" {
			t.Errorf("after it: %v, kept %q", f.SaveError, b.keeper.token())
		}
		b.keeper.fail(errLocked)
		time.Sleep(minRenewal)
		b.Refresh(t.Context())
		b.KeeperChanged()
		b.Look(t.Context()) // the word was wrong, and counts once
		b.keeper.fail(nil)
		if f, _ := b.Look(t.Context()); f.SaveError == nil {
			t.Error("the word of before counted again")
		}
	})
}

// The renewal that a keyring stood in the way of is made at its word, too.
func TestKeeperChangedForRenewal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(cfg *Config) { cfg.Guard = &fakeGuard{} })
		b.Look(t.Context())
		b.keeper.fail(errLocked)
		time.Sleep(time.Hour)
		if f, _ := b.Look(t.Context()); f.Usable || f.Renewal == nil || f.Renewal.Where != AtKeyring {
			t.Errorf("locked: %+v", f)
		}
		b.keeper.fail(nil)
		if f, _ := b.Look(t.Context()); f.Usable {
			t.Error("it was renewed without a word from the keyring")
		}
		b.KeeperChanged()
		if f, _ := b.Look(t.Context()); !f.Usable || f.Renewal != nil {
			t.Errorf("after it: %+v", f)
		}
	})
}

// That a disk has room again nobody tells: it is tried twice a minute for as long as it lasts.
func TestDiskIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.Look(t.Context())
		b.provider.set(func(p *fakeProvider) { p.rotate, p.me = true, answer(200, "application/json", "{}") })
		b.keeper.fail(fmt.Errorf("can’t save: %w", syscall.ENOSPC))
		time.Sleep(minRenewal)
		b.Refresh(t.Context())
		b.live(t, 20*time.Minute)
		b.keeper.fail(nil)
		if f := b.live(t, diskRetry); f.SaveError != nil || b.keeper.token() != "refresh-2" {
			t.Errorf("%v, kept %q", f.SaveError, b.keeper.token())
		}
	})
}

// With a person's consent the session goes on in memory, for as long as the keyring stands in the way.
func TestInMemory(t *testing.T) {
	for _, rotate := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, func(cfg *Config) { cfg.Guard = &fakeGuard{} })
			b.provider.rotate, b.provider.me = rotate, answer(200, "application/json", "{}")
			b.Look(t.Context())
			b.keeper.fail(errLocked)
			f := b.live(t, 2*time.Hour)
			if n, _ := b.provider.counts(); n != 1 || f.Usable || f.InMemory || f.Renewal == nil || f.Renewal.Where != AtKeyring {
				t.Errorf("without consent: %d renewals, %+v", n, f)
			}
			if err := b.RefreshInMemory(t.Context()); err != nil {
				t.Fatal(err)
			}
			if f := b.live(t, 3*time.Hour); !f.good() || !f.InMemory || (f.SaveError != nil) != rotate {
				t.Errorf("with it: %+v", f)
			}
			b.keeper.fail(nil)
			b.KeeperChanged()
			if f, _ := b.Look(t.Context()); !f.good() || f.InMemory || f.SaveError != nil || b.keeper.token() != b.provider.refresh {
				t.Errorf("unlocked: %+v", f)
			}
			before, _ := b.provider.counts()
			b.keeper.fail(errLocked)
			f = b.live(t, 2*time.Hour)
			if n, _ := b.provider.counts(); n != before || f.Usable {
				t.Errorf("locked again, the consent counted on: %d renewals, %+v", n-before, f)
			}
		})
	}
}

// The consent ends by itself with the first renewal that can be saved.
func TestInMemoryEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.Look(t.Context())
		time.Sleep(minRenewal)
		if err := b.RefreshInMemory(t.Context()); err != nil {
			t.Fatal(err)
		}
		if f, _ := b.Look(t.Context()); f.InMemory {
			t.Errorf("%+v", f)
		}
	})
}

// A keeper prepares itself before each renewal, which is not made if it can't, and when it has changed.
func TestPrepare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		p := &preparing{fakeKeeper: b.keeper}
		b.Account.keeper = p
		b.Look(t.Context())
		if b.Look(t.Context()); p.times != 1 {
			t.Errorf("prepared %d times for one renewal", p.times)
		}
		b.KeeperChanged()
		if b.Look(t.Context()); p.times != 2 {
			t.Errorf("prepared %d times, and once since it changed", p.times)
		}
		p.err = errLocked
		time.Sleep(minRenewal)
		if err := b.Refresh(t.Context()); !errors.Is(err, errLocked) {
			t.Errorf("a renewal that can't be saved: %v", err)
		}
		if n, _ := b.provider.counts(); n != 1 {
			t.Errorf("%d renewals", n)
		}
		if err := b.RefreshInMemory(t.Context()); err != nil {
			t.Errorf("with consent: %v", err)
		}
	})
}
