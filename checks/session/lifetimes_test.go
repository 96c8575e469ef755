package session

import (
	"encoding/base64"
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

// A refresh token's own life is counted down, moves with each renewal that tells a later end, and stays with one that
// tells none; one of years is not believed.
func TestGrantTold(t *testing.T) {
	reply := func(more string) string {
		return `{"access_token":"a","token_type":"Bearer","expires_in":3600` + more + `}`
	}
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(cfg *Config) { cfg.Provider.HealthURL = "" })
		for _, tt := range []struct {
			body string
			told time.Duration // from the renewal to the end; 0: not told
		}{
			{reply(`,"refresh_expires_in":1800`), 30 * time.Minute},
			{reply(`,"refresh_token_expires_in":"7200"`), 2 * time.Hour},
			{reply(``), 2*time.Hour - time.Minute}, // the same token, a minute later
			{reply(`,"refresh_token":"next"`), 0},
			{reply(`,"refresh_expires_in":2000000000`), 0},
			{reply(`,"refresh_expires_in":0`), 0},
		} {
			time.Sleep(time.Minute)
			b.provider.set(func(p *fakeProvider) { p.token = answer(200, "application/json", tt.body) })
			if err := b.Refresh(t.Context()); err != nil {
				t.Fatal(err)
			}
			f := b.facts()
			if f.GrantTold != (tt.told != 0) || f.GrantTold && time.Until(f.GrantUntil) != tt.told {
				t.Errorf("%s: told %v, until %v", tt.body, f.GrantTold, time.Until(f.GrantUntil))
			}
		}
	})
}

// The told end is in true time, also where that was measured later.
func TestGrantToldByAWrongClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.clock.step(-24 * time.Hour)
		b.provider.token = answer(200, "application/json", `{"access_token":"a","token_type":"Bearer","refresh_expires_in":1800}`)
		b.Look(t.Context())
		b.clock.step(24 * time.Hour)
		if f, _ := b.Look(t.Context()); !f.GrantUntil.Equal(time.Now().Add(30*time.Minute)) || f.GrantLife != 30*time.Minute {
			t.Errorf("until %v, life %v", f.GrantUntil, f.GrantLife)
		}
	})
}

// An access token that is a JWT ends when it says, by the clock of whoever wrote it, if that is sooner.
func TestOwnLife(t *testing.T) {
	jwt := func(claims string) string {
		part := base64.RawURLEncoding.EncodeToString
		return part([]byte(`{"alg":"RS256"}`)) + "." + part([]byte(claims)) + "." + part([]byte("signature"))
	}
	const date = "Sat, 01 Jan 2000 02:00:00 GMT" // 946692000
	for _, tt := range []struct {
		access, date string
		want         time.Duration
	}{
		{jwt(`{"exp":946692300}`), date, 5 * time.Minute},
		{jwt(`{"exp":946699200}`), date, time.Hour}, // later than expires_in
		{jwt(`{"exp":946692300,"iat":946692000}`), "", 5 * time.Minute},
		{jwt(`{"exp":946692300}`), "", time.Hour},   // nobody knows from when on
		{jwt(`{"exp":946691000}`), date, time.Hour}, // a clock is wrong there
		{jwt(`{"sub":"x"}`), date, time.Hour},
		{"a.b.c", date, time.Hour},
	} {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, func(cfg *Config) { cfg.Provider.HealthURL = "" })
			b.provider.token = answer(200, "application/json", fmt.Sprintf(`{"access_token":%q,"token_type":"Bearer","expires_in":3600}`, tt.access), "Date", tt.date)
			if f, _ := b.Look(t.Context()); !f.Usable || f.Until.Sub(f.RenewedAt) != tt.want {
				t.Errorf("%s at %q: %v", tt.access, tt.date, f.Until.Sub(f.RenewedAt))
			}
		})
	}
}

// A new refresh token is kept, whatever came with it, and in whichever form.
func TestOddReplies(t *testing.T) {
	for contentType, body := range map[string]string{
		"application/json":                  `{"refresh_token":"next"}`,
		"text/plain":                        `{"access_token":"a","refresh_token":"next","token_type":["Bearer"],"expires_in":{}}`,
		"text/html":                         "\ufeff" + `{"Access_Token":"a","Refresh_Token":"next","error":{}}`,
		"application/x-www-form-urlencoded": "access_token=a&refresh_token=next",
		"":                                  `{"data":{"access_token":"a","refresh_token":"next"}}`,
	} {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, func(cfg *Config) { cfg.Provider.HealthURL = "" })
			b.provider.token = answer(200, contentType, body)
			if b.Look(t.Context()); b.keeper.token() != "next" {
				t.Errorf("%s: kept %q", body, b.keeper.token())
			}
		})
	}
}
