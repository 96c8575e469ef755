package session

import (
	"context"
	"net/http"
	"slices"
	"time"
)

// A Guard sees to it that no reply to a renewal is lost: one process at a time renews a sign-in, and what a
// renewal left behind that never came to its end is found by the next. Its errors say why nothing could
// be saved, with a hint.
type Guard interface {
	// Lock waits until no other process renews the account's sign-in or saves it. It returns soon after
	// ctx ends.
	Lock(ctx context.Context, account string) (unlock func(), err error)
	// Begin records that a renewal of the refresh token begins at the true time at, unless an earlier one of
	// the same token is on record, which it returns. The record is on the disk when it returns.
	Begin(account, token string, at time.Time) (earlier Interruption, err error)
	// End removes the record, or notes in it what of the renewal was lost.
	End(account string, lost Loss) error
}

// A Preparer is a Keeper that has something to do before it is sure that it can save.
type Preparer interface {
	// Prepare is called under the Guard's lock before a renewal, and when the Keeper may have changed.
	Prepare(ctx context.Context, account string) error
}

// An Interruption is a renewal that never came to a known end. The refresh token may have been replaced then.
type Interruption struct {
	Began time.Time // true time; zero: there was none
	Lost  Loss
}

// Loss is what of a renewal was lost.
type Loss string

// What can be lost. A record as Begin makes it says LostEnd.
const (
	LostNothing Loss = "nothing"
	LostEnd     Loss = ""       // the program or the computer stopped before there was an end
	LostAnswer  Loss = "answer" // no answer arrived, or half of one
	LostSave    Loss = "save"   // the answer could not be saved
)

// unguarded is the Guard of a sign-in that no other process knows.
type unguarded struct{}

func (unguarded) Lock(context.Context, string) (func(), error) { return func() {}, nil }
func (unguarded) Begin(string, string, time.Time) (Interruption, error) {
	return Interruption{}, nil
}
func (unguarded) End(string, Loss) error { return nil }

// lock takes the Guard's lock, unless the account has it still. The caller holds requests.
func (a *Account) lock(ctx context.Context) (err error) {
	if a.unlock == nil {
		a.unlock, err = a.guard.Lock(ctx, a.name)
	}
	return err
}

// release lets go of the lock, unless the keeper still lacks a newer refresh token: the one that it has
// must not be renewed by anybody else. The caller holds requests.
func (a *Account) release() {
	if a.unlock != nil && !a.snapshot().unsaved() {
		a.unlock()
		a.unlock = nil
	}
}

// A renewal is what is to be asked for, and what is known of an earlier try.
type renewal struct {
	grant    Grant
	recorded bool // that it begins
	earlier  Interruption
}

// prepare returns what is to be renewed: what another process has kept since, else the account's own grant.
// It is an error if the keeper doesn't answer, or if nothing can be recorded beside it: then the reply
// could be lost. A grant that is in memory only is renewed all the same, as nothing that is kept gets lost by
// that, and so is one that a person wants renewed whatever becomes of it. The caller has the lock.
func (a *Account) prepare(ctx context.Context) (renewal, *Trouble) {
	if a.snapshot().unsaved() {
		a.save(ctx)
	}
	if s := a.snapshot(); s.unsaved() {
		return renewal{grant: s.grant}, nil
	}
	t := a.ready(ctx)
	inMemory := a.snapshot().inMemory
	if t != nil && !inMemory {
		return renewal{}, t
	}
	r := renewal{grant: a.snapshot().grant}
	earlier, err := a.guard.Begin(a.name, r.grant.RefreshToken, a.clock.Now())
	switch {
	case err == nil:
		r.recorded, r.earlier = true, earlier
	case !inMemory:
		return r, keyringTrouble(err)
	}
	if t == nil && err == nil {
		a.update(func(s *state) { s.inMemory = false })
	}
	return r, nil
}

// ready takes over what another process has kept, and has the keeper be ready to save. The caller has the lock.
func (a *Account) ready(ctx context.Context) *Trouble {
	if a.guard != (unguarded{}) {
		if _, t := a.takeOver(ctx); t != nil {
			return t
		}
	}
	return a.prepareKeeper(ctx)
}

// prepareKeeper has the keeper do what it wants to do before a renewal. The caller has the lock.
func (a *Account) prepareKeeper(ctx context.Context) *Trouble {
	p, ok := a.keeper.(Preparer)
	if !ok {
		return nil
	}
	ctx, cancel := keeping(ctx)
	defer cancel()
	if err := p.Prepare(ctx, a.name); err != nil {
		return keyringTrouble(err)
	}
	return nil
}

// takeOver takes over the grant that another process has kept in place of the account's, and reports whether
// there is one. That none is kept any more proves nothing: only Logout ends a sign-in.
func (a *Account) takeOver(ctx context.Context) (bool, *Trouble) {
	g, t := a.kept(ctx)
	own := a.snapshot().grant
	if t != nil || g.RefreshToken == "" || g.RefreshToken == own.RefreshToken {
		return false, t
	}
	a.update(func(s *state) {
		if g.ClientID != own.ClientID || !g.AuthorizedAt.Equal(own.AuthorizedAt) { // another sign-in
			*s = stored(g, s.renewals)
			return
		}
		s.grant, s.kept, s.dirty, s.saveErr, s.untilHere = g, g.RefreshToken, false, nil, false
	})
	return true, nil
}

// ended records how the renewal r ended, which met t; nil: it worked, and its reply is saved.
func (a *Account) ended(r renewal, t *Trouble) {
	switch {
	case !r.recorded:
		return
	case t == nil:
		_ = a.guard.End(a.name, LostNothing) // what stays on record is of a token that works
	case r.earlier.Began.IsZero():
		_ = a.guard.End(a.name, t.lost()) // else it says that it never ended
	case t.Refused():
		t.Interrupted, t.At = r.earlier, a.clock.Now()
	}
}

// lost is what of a renewal that met t was lost.
func (t *Trouble) lost() Loss {
	switch {
	case t.Status == http.StatusBadGateway, t.Status == http.StatusGatewayTimeout,
		t.Status/100 == 2 && slices.Contains([]string{CodePortal, CodePage, CodeEmpty, CodeUnreadable}, t.Code),
		t.Where == AtNetwork && (t.Code == CodeTimeout || t.Code == CodeBroken) && !t.unsent():
		return LostAnswer
	}
	return LostNothing
}
