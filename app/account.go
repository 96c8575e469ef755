package app

import (
	"context"
	"errors"

	"fermata/app/config"
	"fermata/app/page"
	"fermata/app/secrets"
	"fermata/checks"
	"fermata/checks/cause"
	"fermata/checks/session"
)

// An account is a session and everything that a person can do about it.
type account struct {
	*session.Account
	provider session.Provider
	spotify  bool
	open     page.Open
	options  []page.Option
	pages    Pages
	unlock   func(ctx context.Context) error
}

func newAccount(set Setup, c config.Account) *account {
	p := set.Provider(c)
	return &account{
		Account: session.New(session.Config{
			Name: c.Name, ClientID: c.ClientID, Provider: p, Ask: c.Renew == "ask",
			WarnSession: set.Config.Notify.Session, WarnGrant: set.Config.Notify.Grant,
		}, set.Transport, set.Time, set.Keeper),
		provider: p, spotify: c.Provider == "spotify",
		open: set.Open, options: set.Page, pages: set.Pages, unlock: set.Unlock,
	}
}

// Run implements checks.Check: the session's finding, with the fixes on offer.
func (a *account) Run(ctx context.Context) checks.Finding {
	f := a.Account.Run(ctx)
	facts, _ := f.Facts.(session.Facts)
	f.Actions = a.actions(facts.SignedIn, f.Level == checks.OK)
	if locked(facts) && a.unlock != nil {
		f.Actions = append(f.Actions, checks.Action{ID: a.Name() + "/unlock", Label: "Unlock the keyring…", Do: a.unlock})
	}
	return f
}

// locked reports whether a keyring that waits for its password is in the way.
func locked(f session.Facts) bool {
	unlockable := func(err error) bool { return errors.Is(err, secrets.ErrLocked) || errors.Is(err, secrets.ErrNone) }
	return unlockable(f.Kept) || f.Trouble != nil && unlockable(f.Trouble)
}

// actions are what a person can do. A person who signs in again while all is well wants to be
// somebody else, so the provider is to ask who.
func (a *account) actions(signedIn, well bool) []checks.Action {
	id := func(fix cause.Fix) string { return a.Name() + "/" + string(fix) }
	if !signedIn {
		return append([]checks.Action{a.login(id(cause.SignIn), "Sign in…", false)}, a.always()...)
	}
	all := []checks.Action{
		{ID: id(cause.Refresh), Label: "Refresh now", Do: a.Refresh},
		a.login(id(cause.SignIn), "Sign in again…", well),
		{ID: a.Name() + "/logout", Label: "Sign out", Do: a.Logout},
	}
	if a.spotify {
		all = append(all, checks.Action{
			ID: id(cause.Permissions), Label: "Remove and re-allow permissions…", Again: true,
			Do: func(ctx context.Context) error {
				if err := a.open(ctx, a.pages.Apps); err != nil {
					return err
				}
				return a.signIn(ctx, true)
			},
		})
	}
	return append(all, a.always()...)
}

// always are the fixes that need no sign-in.
func (a *account) always() []checks.Action {
	if !a.spotify {
		return nil
	}
	return []checks.Action{
		{ID: a.Name() + "/" + string(cause.Support), Label: "Contact support…", Do: func(ctx context.Context) error {
			return a.open(ctx, a.pages.Support)
		}},
	}
}

func (a *account) login(id, label string, showDialog bool) checks.Action {
	return checks.Action{ID: id, Label: label, Again: true, Do: func(ctx context.Context) error {
		return a.signIn(ctx, showDialog)
	}}
}

func (a *account) signIn(ctx context.Context, showDialog bool) error {
	return page.SignIn(ctx, a.open, func(redirect string) (*session.Attempt, error) {
		return a.Begin(redirect, showDialog)
	}, a.options...)
}
