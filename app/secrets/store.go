package secrets

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"fermata/checks/session"
)

// A Store keeps each sign-in in the one of two places that was chosen, the keyring or the file. One that is in
// the other place, since the choice is new, is moved; until that has worked it stays where it is, and is
// read and saved there. It is a session.Preparer, which says when it moves.
type Store struct {
	places map[string]session.Keeper // by their names in the settings: "keyring", "file"

	mu     sync.Mutex
	chosen string
	at     map[string]string // by account, the place of its sign-in; "": not known
	left   map[string]error  // why it is not in the chosen place
}

// NewStore returns a Store of the keyring and the file; chosen is one of "keyring" and "file".
func NewStore(keyring, file session.Keeper, chosen string) *Store {
	return &Store{
		places: map[string]session.Keeper{"keyring": keyring, "file": file},
		chosen: chosen, at: map[string]string{}, left: map[string]error{},
	}
}

// Use chooses a place, and reports whether that is another than before.
func (s *Store) Use(chosen string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	changed := s.chosen != chosen
	s.chosen = chosen
	return changed
}

// Elsewhere returns why the account's sign-in is not in the chosen place; nil: it is, or there is none.
func (s *Store) Elsewhere(account string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.left[account]
}

// where returns the place of the account's sign-in, the chosen one if that is not known, and the chosen one.
func (s *Store) where(account string) (at, chosen string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if at = s.at[account]; at == "" {
		at = s.chosen
	}
	return at, s.chosen
}

// settle notes where the account's sign-in is, and why it is not in the chosen place.
func (s *Store) settle(account, at string, left error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at[account], s.left[account] = at, left
}

func other(place string) string {
	if place == "file" {
		return "keyring"
	}
	return "file"
}

// Load implements session.Keeper. It looks into the other place where nothing can be in the one that it
// should be in.
func (s *Store) Load(ctx context.Context, account string) (session.Grant, error) {
	at, _ := s.where(account)
	g, err := s.places[at].Load(ctx, account)
	switch {
	case err == nil:
		s.settle(account, at, s.Elsewhere(account))
		return g, nil
	case !errors.Is(err, session.ErrNoGrant) && !errors.Is(err, ErrAbsent):
		return g, err
	}
	found, from := s.places[other(at)].Load(ctx, account)
	switch {
	case from == nil:
		s.settle(account, other(at), nil)
		return found, nil
	case errors.Is(from, errHeld):
		return found, from
	}
	return g, err
}

// Save implements session.Keeper. What can't be saved in the chosen place is saved where the sign-in was.
func (s *Store) Save(ctx context.Context, account string, g session.Grant) error {
	at, chosen := s.where(account)
	err := s.places[at].Save(ctx, account, g)
	switch {
	case at == chosen && err == nil:
		s.settle(account, at, nil)
	case at == chosen:
		return err
	case err == nil:
		s.move(ctx, account, g)
	case s.places[chosen].Save(ctx, account, g) == nil:
		s.settle(account, chosen, nil)
		_ = s.places[at].Delete(ctx, account) // it is out of date, and is read by nobody
	default:
		return err
	}
	return nil
}

// Delete implements session.Keeper.
func (s *Store) Delete(ctx context.Context, account string) error {
	at, chosen := s.where(account)
	if err := s.places[at].Delete(ctx, account); err != nil {
		return err
	}
	s.settle(account, "", nil)
	if at != chosen {
		return s.places[chosen].Delete(ctx, account)
	}
	return nil
}

// Prepare implements session.Preparer: it moves the sign-in to the chosen place, and makes room for the next.
func (s *Store) Prepare(ctx context.Context, account string) error {
	if at, chosen := s.where(account); at != chosen {
		g, err := s.places[at].Load(ctx, account)
		switch {
		case errors.Is(err, session.ErrNoGrant):
			s.settle(account, "", nil)
		case err != nil:
			s.settle(account, at, err)
		default:
			s.move(ctx, account, g)
		}
	}
	at, _ := s.where(account)
	if r, ok := s.places[at].(session.Preparer); ok {
		return r.Prepare(ctx, account)
	}
	return nil
}

// move moves the sign-in g to the chosen place: it is written there, read back, and only then removed from
// where it was. If any of that fails it stays where it was, and there alone.
func (s *Store) move(ctx context.Context, account string, g session.Grant) {
	at, chosen := s.where(account)
	from, to := s.places[at], s.places[chosen]
	err := to.Save(ctx, account, g)
	if err == nil {
		var got session.Grant
		if got, err = to.Load(ctx, account); err == nil && got != g {
			err = fmt.Errorf("%w: it gave back another sign-in than was saved", ErrRefused)
		}
		if err == nil {
			err = from.Delete(ctx, account)
		}
		if err != nil {
			_ = to.Delete(ctx, account)
		}
	}
	if err != nil {
		s.settle(account, at, err)
		return
	}
	s.settle(account, chosen, nil)
}
