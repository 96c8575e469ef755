package session

import (
	"context"
	"errors"
	"fmt"
	"time"

	"fermata/checks"
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

// KeeperChanged has the next Look ask the keeper again at once for all that met trouble with it, and has the
// keeper prepare itself.
func (a *Account) KeeperChanged() { a.update(func(s *state) { s.retry = true }) }

// retry has all that met trouble with the keeper be due, if that may have changed.
func (a *Account) retry(ctx context.Context) {
	if s := a.snapshot(); !s.retry {
		return
	} else if s.signedIn && !s.dirty && a.lock(ctx) == nil { // else there is a save to come
		if a.ready(ctx) == nil { // what it meets, a renewal will
			a.update(func(s *state) { s.inMemory = false })
		}
		a.release()
	}
	due := a.clock.Elapsed() - maxRetry
	a.update(func(s *state) {
		s.retry = false
		for _, t := range []**Trouble{&s.keyring, &s.renewal, &s.saveErr} {
			if *t != nil && (*t).Where == AtKeyring {
				c := **t
				c.at = due
				*t = &c
			}
		}
	})
}

// kept returns the grant that is kept; the zero Grant where there is none.
func (a *Account) kept(ctx context.Context) (Grant, *Trouble) {
	ctx, cancel := keeping(ctx)
	defer cancel()
	g, err := a.keeper.Load(ctx, a.name)
	switch {
	case errors.Is(err, ErrNoGrant), err == nil && g.RefreshToken == "":
		return Grant{}, nil
	case err != nil:
		return Grant{}, keyringTrouble(err)
	}
	return g, nil
}

// read reads the grant that is kept. Where it is not the one in memory, nothing of that one stays.
func (a *Account) read(ctx context.Context) *Trouble {
	g, t := a.kept(ctx)
	if t != nil {
		return t
	}
	a.update(func(s *state) {
		if !s.loaded || g.RefreshToken != s.grant.RefreshToken || g.ClientID != s.grant.ClientID {
			*s = stored(g, s.renewals)
			return
		}
		s.signedInHere = s.signedInHere && g.AuthorizedAt.Equal(s.grant.AuthorizedAt)
		s.untilHere = s.untilHere && g.Until.Equal(s.grant.Until)
		s.grant = g
	})
	return nil
}

// stored is all that is known of an account whose grant was just read.
func stored(g Grant, renewals int) state {
	return state{loaded: true, signedIn: g.RefreshToken != "", grant: g, kept: g.RefreshToken, renewals: renewals}
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
			a.saveAgain(ctx)
			return asError(a.snapshot().saveErr)
		case s.signedIn && s.grant.RefreshToken == "": // such a one is never kept
			return nil
		}
		return asError(a.read(ctx))
	})
}

// save hands the grant to the keeper. A failure is kept for a person to see, and tried again later. The
// caller has the lock.
func (a *Account) save(ctx context.Context) {
	ctx, cancel := keeping(ctx)
	defer cancel()
	s := a.snapshot()
	err := a.keeper.Save(ctx, a.name, s.grant)
	switch {
	case err != nil && s.unsaved():
		_ = a.guard.End(a.name, LostSave) // else the record says that it never ended
	case err == nil && s.unsaved():
		_ = a.guard.End(a.name, LostNothing) // what stays on record is of an older token
	}
	a.saved(err)
}

// saved notes that the keeper has the grant, or why it has not.
func (a *Account) saved(err error) {
	now := a.clock.Elapsed()
	a.update(func(s *state) {
		if s.dirty = err != nil; !s.dirty {
			s.saveErr, s.kept, s.inMemory = nil, s.grant.RefreshToken, false
			return
		}
		s.saveErr = keyringTrouble(err).follow(s.saveErr, now)
	})
}

// keepChanges saves what is not kept as it is, once that is due.
func (a *Account) keepChanges(ctx context.Context) {
	if s := a.snapshot(); s.dirty && (s.saveErr == nil || a.clock.Elapsed() >= nextKeeping(s.saveErr)) {
		a.saveAgain(ctx)
	}
}

// saveAgain saves what is not kept yet, unless what is kept is another process's by now.
func (a *Account) saveAgain(ctx context.Context) {
	if err := a.lock(ctx); err != nil {
		a.saved(err)
		return
	}
	defer a.release()
	if !a.snapshot().unsaved() { // it differs in less than its refresh token
		if other, _ := a.takeOver(ctx); other {
			return
		}
	}
	a.save(ctx)
}

// Unsaved returns why the sign-in is in memory only, with a hint; nil if it is kept.
func (a *Account) Unsaved() error {
	t := a.snapshot().saveErr
	if t == nil {
		return nil
	}
	return checks.WithHint(fmt.Errorf("the sign-in works, but it isn’t saved: %w", t.Err), keyringHint(t))
}

func keyringTrouble(err error) *Trouble {
	return &Trouble{Where: AtKeyring, Text: clean(err.Error()), Err: err}
}
