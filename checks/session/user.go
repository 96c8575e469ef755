package session

import (
	"cmp"
	"context"
	"errors"
	"time"

	"fermata/checks"
)

// A User is whose account it is, as the provider tells it. Both texts are safe to show.
type User struct {
	ID   string `json:"id"`   // the provider's own, which stays; "": not known
	Name string `json:"name"` // what the person is called; "": the provider does not say
}

var errNoFormer = errors.New("no earlier sign-in is kept")

// Called is what the user is called, "" where nothing is known.
func (u User) Called() string { return cmp.Or(u.Name, u.ID) }

// A Former is a sign-in that a newer one may not replace before it is known to be of the same user, or before
// the person has said which of the two to keep. It is held in the Grant of the newer one, so that both are
// kept or neither.
type Former struct {
	RefreshToken string    `json:"refresh_token"`
	AuthorizedAt time.Time `json:"authorized_at"`
	Scope        string    `json:"scope"`
	ClientID     string    `json:"client_id"`
	ClientSecret string    `json:"client_secret,omitempty"`
	User         User      `json:"user"`
}

func (g Grant) former() Former {
	return Former{g.RefreshToken, g.AuthorizedAt, g.Scope, g.ClientID, g.ClientSecret, g.User}
}

// held is what a newer sign-in is to hold: the first of those that the person has not chosen between. One
// whose user is not known can't be told from the newer.
func (g Grant) held() Former {
	if g.Before == (Former{}) && g.User.ID != "" && g.RefreshToken != "" {
		return g.former()
	}
	return g.Before
}

// others reports whether the sign-in is known to be of another user than the one that it holds.
func (g Grant) others() bool { return g.Before.User.ID != "" && g.User.ID != "" }

// meet takes the user that the provider names. A sign-in that is held is let go where the newer one is of the
// same user.
func (s *state) meet(u User, secrets ...string) {
	if u = (User{clean(u.ID, secrets...), clean(u.Name, secrets...)}); u.ID == "" {
		return
	}
	g := s.grant
	if g.User = u; g.Before.User.ID == u.ID {
		g.Before = Former{}
	}
	if g != s.grant {
		s.grant, s.dirty = g, s.dirty || g.RefreshToken != ""
	}
}

// KeepUser has the newest sign-in stay, and lets go of the one that is held.
func (a *Account) KeepUser(ctx context.Context) error {
	return a.click(ctx, func(ctx context.Context) error {
		a.update(func(s *state) { s.grant.Before, s.dirty = Former{}, s.grant.RefreshToken != "" })
		a.saveAgain(ctx)
		return a.Unsaved()
	})
}

// ReturnUser goes back to the sign-in that is held, and lets go of the newest once that one was renewed.
// Until then, and if it can't be renewed, both are kept; the error is then that of Refresh.
func (a *Account) ReturnUser(ctx context.Context) error {
	return a.click(ctx, func(ctx context.Context) error {
		if err := a.lock(ctx); err != nil {
			return asError(keyringTrouble(err))
		}
		defer a.release()
		newest := a.snapshot()
		old := newest.grant.Before
		if old == (Former{}) {
			return checks.WithHint(errNoFormer, "Sign in again.")
		}
		a.update(func(s *state) {
			*s = stored(Grant{RefreshToken: old.RefreshToken, AuthorizedAt: old.AuthorizedAt, Scope: old.Scope, ClientID: old.ClientID,
				ClientSecret: old.ClientSecret, User: old.User, Before: newest.grant.former()}, s.renewals)
			s.kept, s.dirty = newest.kept, true
		})
		a.save(ctx)
		err := a.Unsaved()
		if err == nil {
			err = a.renew(ctx)
		}
		if err == nil {
			a.update(func(s *state) { s.grant.Before, s.dirty = Former{}, true })
			a.saveAgain(ctx)
			return a.Unsaved()
		}
		a.update(func(s *state) {
			kept, renewals := s.kept, s.renewals
			newest.grant.Before = s.grant.former()
			*s = newest
			s.kept, s.renewals, s.dirty = kept, renewals, true
		})
		a.saveAgain(ctx)
		return err
	})
}
