package session

import (
	"context"
	"io"
	"math/rand/v2"
	"net/http"
	"time"
)

// maxSteps is how many requests one Look makes at most: a health look, a renewal, another health look.
const maxSteps = 4

// Look makes the requests that are due. It returns what is known then, and in how long the next request
// is due, at least a second; 0: not before something asks for it. Each Look counts as asked for, so the
// health look is made even if its time has not come, but for one that had to wait for a renewal which failed.
// A click that comes meanwhile goes first.
func (a *Account) Look(ctx context.Context) (Facts, time.Duration) {
	looks, cancel := context.WithCancel(ctx)
	defer cancel()
	a.mu.Lock()
	a.stopLooks = cancel
	a.mu.Unlock()
	before, early := a.snapshot().renewals, true
	err := a.exclusively(ctx, func(ctx context.Context) error {
		a.retry(ctx)
		a.load(ctx, false)
		a.correctTimes()
		a.keepChanges(ctx)
		if s := a.snapshot(); s.renewals != before && s.renewal != nil {
			early = false
		}
		early = a.steps(looks, early)
		a.keepChanges(ctx)
		return nil
	})
	if err != nil {
		return a.facts(), time.Second
	}
	return a.facts(), a.due(early)
}

// due is in how long the next request is due, at least a second; 0: none is. See next for early.
func (a *Account) due(early bool) time.Duration {
	s, cfg, now := a.snapshot(), a.config(), a.clock.Elapsed()
	_, in := next(s, cfg.Ask, cfg.Provider.HealthURL != "", early, now)
	for _, t := range []*Trouble{s.keyring, s.saveErr} {
		if t != nil {
			in = min(in, nextKeeping(t)-now)
		}
	}
	if in == never {
		return 0
	}
	return max(in, time.Second)
}

// steps makes the requests that are due, a few at most, until ctx ends; early for what is due ahead of its
// time, see next. It reports whether that is still to be made.
func (a *Account) steps(ctx context.Context, early bool) bool {
	for range maxSteps {
		cfg := a.config()
		what, in := next(a.snapshot(), cfg.Ask, cfg.Provider.HealthURL != "", early, a.clock.Elapsed())
		if in > 0 || ctx.Err() != nil {
			break
		}
		if what == renew {
			a.renew(ctx)
		} else if !a.look(ctx) {
			return true
		}
		early = false
	}
	return early
}

// look asks the provider whether it still accepts the access token. The caller holds requests. It
// reports false if ctx ended before the answer.
func (a *Account) look(ctx context.Context) bool {
	provider, access := a.config().Provider, a.snapshot().token.access
	began := a.clock.Elapsed()
	body, t := a.ask(ctx, provider, access)
	now := a.clock.Elapsed()
	if ctx.Err() != nil {
		return false
	}
	a.update(func(s *state) {
		s.lookedAt, s.looked, s.jitter = began, true, draw()
		switch {
		case t == nil:
			s.health, s.token.unproven = nil, false
			s.lastGood, s.good = now, true
			if user := provider.User; user != nil {
				s.meet(user(body), access)
			}
		case t.expired && !(s.token.unproven && now-s.token.sent < time.Minute):
			// Ended early. A renewal follows, and another look at what it brings.
			s.token.rejected, s.token.end = true, min(s.token.end, now)
			s.looked = false
		default:
			// The token is new, and refused all the same: another one would be, too.
			t.Ask = t.Ask || t.expired
			s.health = t.follow(s.health, now)
		}
	})
	return true
}

// ask makes the request of a look. It returns the reply's body, at most 1 MB, or what went wrong.
func (a *Account) ask(ctx context.Context, p Provider, access string) ([]byte, *Trouble) {
	refresh := a.snapshot().grant.RefreshToken
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.HealthURL, nil)
	if err != nil {
		return nil, sortTransportError(err, access, refresh)
	}
	req.Header.Set("Authorization", "Bearer "+access)
	req.Header.Set("Accept", "application/json")
	resp, err := a.client.Do(req)
	if err != nil {
		return nil, sortTransportError(err, access, refresh)
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body) // cannot fail, see web.Client
	if r := received(AtAPI, resp, body); r.status/100 != 2 || r.isPage() {
		return nil, sortReply(p, r, a.clock.Now(), access, refresh)
	}
	return body, nil
}

// correctTimes corrects when the grant was given and when it ends, if true time was measured only after that: it
// counts from now by Elapsed.
func (a *Account) correctTimes() {
	now, elapsed := a.clock.Now(), a.clock.Elapsed()
	a.update(func(s *state) {
		correct := func(at time.Duration, here bool, times ...*time.Time) { // the first is that of at
			if off := now.Add(at - elapsed).Round(0).Sub(*times[0]); here && off.Abs() > time.Minute {
				for _, t := range times {
					*t = t.Add(off)
				}
				s.dirty = true
			}
		}
		correct(s.signedInAt, s.signedInHere, &s.grant.AuthorizedAt)
		correct(s.untilAt, s.untilHere, &s.grant.Until, &s.grant.ToldAt)
	})
}

// draw returns a new state.jitter.
func draw() float64 { return rand.Float64()*0.2 - 0.1 }
