// Package standintest has what tests of an account on the stand-in share.
package standintest

import (
	"context"
	"errors"
	"testing"
	"time"

	"fermata/checks"
	"fermata/checks/clock"
	"fermata/checks/session"
	"fermata/checks/standin"
)

// Time is a synctest bubble's, on a computer that never sleeps.
func Time() *clock.Time {
	start := time.Now()
	return clock.NewTimeFrom(func() clock.Reading {
		now := time.Now()
		return clock.Reading{Wall: now, Boot: now.Sub(start), Awake: now.Sub(start)}
	})
}

// Keeper keeps one sign-in in memory, and can be locked like a keyring.
type Keeper struct {
	Grant  session.Grant
	Locked bool
}

var errLocked = checks.WithHint(errors.New("the keyring is locked"), "Unlock the keyring.")

// Load implements session.Keeper.
func (k *Keeper) Load(context.Context, string) (session.Grant, error) {
	switch {
	case k.Locked:
		return session.Grant{}, errLocked
	case k.Grant.RefreshToken == "":
		return session.Grant{}, session.ErrNoGrant
	}
	return k.Grant, nil
}

// Save implements session.Keeper.
func (k *Keeper) Save(_ context.Context, _ string, g session.Grant) error {
	if k.Locked {
		return errLocked
	}
	k.Grant = g
	return nil
}

// Delete implements session.Keeper.
func (k *Keeper) Delete(context.Context, string) error {
	k.Grant = session.Grant{}
	return nil
}

// SignIn signs in to s, as a person who agrees.
func SignIn(t testing.TB, a *session.Account, s *standin.Spotify) {
	t.Helper()
	attempt, err := a.Begin("http://127.0.0.1:5000/callback", false)
	if err != nil {
		t.Fatal(err)
	}
	back, err := s.Agree(attempt.URL)
	if err == nil {
		err = attempt.Finish(t.Context(), back.Query())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Live runs the account for d as the app does, and returns the last look's facts.
func Live(t *testing.T, a *session.Account, d time.Duration) session.Facts {
	for end := time.Now().Add(d); ; {
		f, next := a.Look(t.Context())
		left := time.Until(end)
		if left <= 0 {
			return f
		}
		if next <= 0 || next > left {
			next = left
		}
		time.Sleep(next)
	}
}
