package session

import (
	"context"
	"errors"
	"time"
)

const keeperTimeout = 15 * time.Second // of one call to the keeper

// keeping is the context of one call to the keeper, which goes on when the caller stops waiting.
func keeping(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), keeperTimeout)
}

// load reads the grant, until the keeper has answered once. A keyring that is locked may ask for its
// password each time, so it is left alone for a while, unless clicked says that a person wants it now.
func (a *Account) load(ctx context.Context, clicked bool) {
	s := a.snapshot()
	if s.loaded || s.keyring != nil && !clicked && a.clock.Elapsed() < nextKeeping(s.keyring) {
		return
	}
	if t := a.read(ctx); t != nil {
		now := a.clock.Elapsed()
		a.update(func(s *state) { s.keyring = t.follow(s.keyring, now) })
	}
}

// read reads the grant that is kept. Where it is not the one in memory, nothing of that one stays.
func (a *Account) read(ctx context.Context) *Trouble {
	ctx, cancel := keeping(ctx)
	defer cancel()
	g, err := a.keeper.Load(ctx, a.name)
	switch {
	case errors.Is(err, ErrNoGrant), err == nil && g.RefreshToken == "":
		g = Grant{}
	case err != nil:
		return keyringTrouble(err)
	}
	a.update(func(s *state) {
		if !s.loaded || g.RefreshToken != s.grant.RefreshToken || g.ClientID != s.grant.ClientID {
			*s = stored(g, s.renewals)
			return
		}
		s.signedInHere = s.signedInHere && g.AuthorizedAt.Equal(s.grant.AuthorizedAt)
		s.grant = g
	})
	return nil
}

// stored is all that is known of an account whose grant was just read.
func stored(g Grant, renewals int) state {
	return state{loaded: true, signedIn: g.RefreshToken != "", grant: g, renewals: renewals}
}

// Reload reads the grant again, where it may have been changed or removed behind the account's back. What
// is newer in memory, as it could not be saved, stays and is saved. All that was put off is due again. If
// the grant cannot be read, the one in memory stays as well.
func (a *Account) Reload(ctx context.Context) error {
	return a.click(ctx, func(ctx context.Context) error {
		a.update(func(s *state) { s.keyring, s.renewal, s.health, s.looked = nil, nil, nil, false })
		s := a.snapshot()
		switch {
		case !s.loaded:
			a.load(ctx, true)
			return asError(a.snapshot().keyring)
		case s.dirty:
			a.save(ctx)
			return asError(a.snapshot().saveErr)
		case s.signedIn && s.grant.RefreshToken == "": // such a one is never kept
			return nil
		}
		return asError(a.read(ctx))
	})
}

// save hands the grant to the keeper. A failure is kept for a person to see, and tried again later.
func (a *Account) save(ctx context.Context) {
	ctx, cancel := keeping(ctx)
	defer cancel()
	err := a.keeper.Save(ctx, a.name, a.snapshot().grant)
	now := a.clock.Elapsed()
	a.update(func(s *state) {
		if s.dirty = err != nil; !s.dirty {
			s.saveErr = nil
			return
		}
		s.saveErr = keyringTrouble(err).follow(s.saveErr, now)
	})
}

func keyringTrouble(err error) *Trouble {
	return &Trouble{Where: AtKeyring, Text: clean(err.Error()), Err: err}
}
