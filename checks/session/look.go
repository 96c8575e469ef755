package session

import (
	"context"
	"math/rand/v2"
	"time"
)

// maxSteps is how many requests one Look makes at most: a health look, a renewal, another health look.
const maxSteps = 4

// Look makes the requests that are due. It returns what is known then, and in how long the next request
// is due: 0 is not before a person or another event asks for it. A click that comes meanwhile goes first.
func (a *Account) Look(ctx context.Context) (Facts, time.Duration) {
	looks, cancel := context.WithCancel(ctx)
	defer cancel()
	a.mu.Lock()
	a.stopLooks = cancel
	a.mu.Unlock()
	var told bool
	err := a.exclusively(ctx, func(ctx context.Context) {
		a.load(ctx, false)
		a.correctAuthorizedAt()
		a.saveAgain(ctx)
		told = a.steps(looks)
	})
	if err != nil {
		return a.facts(), time.Second
	}
	return a.facts(), a.due(told)
}

// due is in how long the next request is due, at least a second; 0: none is.
func (a *Account) due(told bool) time.Duration {
	s, cfg, now := a.snapshot(), a.config(), a.clock.Elapsed()
	_, in := next(s, cfg.Ask, cfg.Provider.HealthURL != "", told, now)
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

// steps makes what requests are due, a few at most. It reports whether a look that was asked for now
// is still to be made.
func (a *Account) steps(ctx context.Context) (told bool) {
	told = true
	for range maxSteps {
		if ctx.Err() != nil {
			break
		}
		cfg := a.config()
		what, in := next(a.snapshot(), cfg.Ask, cfg.Provider.HealthURL != "", told, a.clock.Elapsed())
		if in > 0 {
			break
		}
		switch what {
		case renew:
			a.renew(ctx)
			told = false
		case look:
			if !a.look(ctx) {
				return true
			}
			told = false
		case rest:
			return false
		}
	}
	return told
}

// correctAuthorizedAt corrects when the grant was given, if true time was measured only after that: it
// counts back from now by a clock that no step moves.
func (a *Account) correctAuthorizedAt() {
	now, elapsed := a.clock.Now(), a.clock.Elapsed()
	a.update(func(s *state) {
		if !s.fresh {
			return
		}
		at := now.Add(s.signedAt - elapsed).Round(0)
		if d := at.Sub(s.grant.AuthorizedAt); d.Abs() > time.Minute {
			s.grant.AuthorizedAt, s.dirty = at, true
		}
	})
}

// draw is a new share for jitter.
func draw() float64 { return rand.Float64()*0.2 - 0.1 }
