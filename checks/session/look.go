package session

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"fermata/checks"
)

const (
	keeperTimeout = 15 * time.Second // of one call to the keeper
	maxSteps      = 4                // requests of one Run: a look, a renewal, another look
	maxNext       = 24 * time.Hour   // between two Runs
)

// Run implements checks.Check: it makes the requests that are due and tells what is known then. A
// click that arrives meanwhile goes first.
func (a *Account) Run(ctx context.Context) checks.Finding {
	told := true
	err := a.with(ctx, func(ctx context.Context) {
		a.load(ctx, false)
		a.anchor()
		a.saveAgain(ctx)
		told = a.steps(ctx)
	})
	return a.finding(err != nil || told)
}

// steps makes what requests are due, a few at most. It reports whether a look that was asked for now
// is still to be made.
func (a *Account) steps(ctx context.Context) (told bool) {
	told = true
	for range maxSteps {
		if ctx.Err() != nil {
			break
		}
		what, in := next(a.snapshot(), a.cfg.Ask, a.cfg.Provider.HealthURL != "", told, a.clock.Elapsed())
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

// load reads the grant, until the keeper has answered once. A keyring that is locked may ask for its
// password each time, so it is left alone for a while, unless clicked says that a person wants it now.
func (a *Account) load(ctx context.Context, clicked bool) {
	s, now := a.snapshot(), a.clock.Elapsed()
	if s.loaded || s.keyring != nil && !clicked && now < nextKeeping(s.keyring) {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, keeperTimeout)
	defer cancel()
	g, err := a.keeper.Load(ctx, a.cfg.Name)
	now = a.clock.Elapsed()
	a.update(func(s *state) {
		switch {
		case err == nil && g.RefreshToken != "":
			s.loaded, s.signedIn, s.grant, s.keyring = true, true, g, nil
		case err == nil, errors.Is(err, ErrNoGrant):
			s.loaded, s.keyring = true, nil
		default:
			s.keyring = keyringTrouble(err).follow(s.keyring, now)
		}
	})
}

// save hands the grant to the keeper. A failure is kept for a person to see, and tried again later.
func (a *Account) save(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, keeperTimeout)
	defer cancel()
	err := a.keeper.Save(ctx, a.cfg.Name, a.snapshot().grant)
	now := a.clock.Elapsed()
	a.update(func(s *state) {
		if s.unsaved = err != nil; !s.unsaved {
			s.unkept = nil
			return
		}
		s.unkept = keyringTrouble(err).follow(s.unkept, now)
	})
}

// saveAgain saves what could not be saved before, once in a while.
func (a *Account) saveAgain(ctx context.Context) {
	s := a.snapshot()
	if s.unsaved && (s.unkept == nil || a.clock.Elapsed() >= nextKeeping(s.unkept)) {
		a.save(ctx)
	}
}

func keyringTrouble(err error) *Trouble {
	return &Trouble{Where: AtKeyring, Text: clean(err.Error()), Err: err}
}

// anchor corrects when the grant was given, if true time was measured only after that: it counts back
// from now by a clock that nothing moves.
func (a *Account) anchor() {
	now, elapsed := a.clock.Now(), a.clock.Elapsed()
	a.update(func(s *state) {
		if !s.fresh {
			return
		}
		at := now.Add(s.signedAt - elapsed).Round(0)
		if d := at.Sub(s.grant.AuthorizedAt); d.Abs() > time.Minute {
			s.grant.AuthorizedAt, s.unsaved = at, true
		}
	})
}

// draw is a new share for jitter.
func draw() float64 { return rand.Float64()*0.2 - 0.1 }
