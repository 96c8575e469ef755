package session

import (
	"context"
	"math/rand/v2"
	"time"
)

// maxSteps is how many requests one Look makes at most: a health look, a renewal, another health look.
const maxSteps = 4

// Look makes the requests that are due. It returns what is known then, and in how long the next request
// is due, at least a second; 0: not before something asks for it. Each Look counts as asked for, so the
// health look is made even if its time has not come. A click that comes meanwhile goes first.
func (a *Account) Look(ctx context.Context) (Facts, time.Duration) {
	looks, cancel := context.WithCancel(ctx)
	defer cancel()
	a.mu.Lock()
	a.stopLooks = cancel
	a.mu.Unlock()
	var early bool
	err := a.exclusively(ctx, func(ctx context.Context) {
		a.load(ctx, false)
		a.correctAuthorizedAt()
		a.saveAgain(ctx)
		early = a.steps(looks)
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

// steps makes the requests that are due, a few at most, until ctx ends. It reports whether what was due
// ahead of its time, see next, is still to be made.
func (a *Account) steps(ctx context.Context) (early bool) {
	early = true
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

// correctAuthorizedAt corrects when the grant was given, if true time was measured only after that: it
// counts back from now by Elapsed.
func (a *Account) correctAuthorizedAt() {
	now, elapsed := a.clock.Now(), a.clock.Elapsed()
	a.update(func(s *state) {
		if !s.signedInHere {
			return
		}
		at := now.Add(s.signedInAt - elapsed).Round(0)
		if d := at.Sub(s.grant.AuthorizedAt); d.Abs() > time.Minute {
			s.grant.AuthorizedAt, s.dirty = at, true
		}
	})
}

// draw returns a new state.jitter.
func draw() float64 { return rand.Float64()*0.2 - 0.1 }
