package app

import (
	"context"
	"errors"
	"time"

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
	set      Setup
	provider session.Provider
	spotify  bool
	app      *App
	asked    time.Duration // when the status page was last asked, on Time.Elapsed
	outage   string        // what it said
}

// statusEvery is how often the status page is asked while something is wrong.
const statusEvery = 5 * time.Minute

func newAccount(a *App, set Setup, c config.Account) *account {
	p := set.Provider(c)
	return &account{
		Account: session.New(session.Config{
			Name: c.Name, ClientID: c.ClientID, Provider: p, Ask: c.Renew == "ask",
			WarnSession: set.Config.Notify.Session, WarnGrant: set.Config.Notify.Grant,
		}, set.Transport, set.Time, set.Keeper),
		set: set, provider: p, spotify: c.Provider == "spotify", app: a,
	}
}

// accountFacts are the session's, and what else was found out at the same look.
type accountFacts struct {
	session.Facts
	Outage string // what the provider's status page says; "": none, or not known
	Locked bool   // the keyring waits for its password
}

// factsOf are those of an account's finding; zero before the first look.
func factsOf(f checks.Finding) accountFacts {
	facts, _ := f.Facts.(accountFacts)
	return facts
}

// Run implements checks.Check: the session's finding, with the fixes on offer.
func (a *account) Run(ctx context.Context) checks.Finding {
	f := a.Account.Run(ctx)
	facts := accountFacts{}
	facts.Facts, _ = f.Facts.(session.Facts)
	facts.Outage = a.statusPage(ctx, facts.Trouble)
	facts.Locked = locked(facts.Facts) && a.set.Unlock != nil
	f.Facts = facts
	if d := shrinks(facts, a.set.Time.Now()); d > 0 && (f.Next <= 0 || d < f.Next) {
		f.Next = d
	}
	f.Actions = a.actions(facts, f.Level)
	return f
}

// statusPage asks whether the provider knows of an outage, where it answered and not well.
func (a *account) statusPage(ctx context.Context, t *session.Trouble) string {
	if t == nil || !a.spotify || a.set.Outage == nil || t.Where != session.AtToken && t.Where != session.AtAPI {
		a.outage, a.asked = "", 0
		return ""
	}
	if now := a.set.Time.Elapsed(); a.asked == 0 || now-a.asked >= statusEvery {
		a.outage, a.asked = a.set.Outage(ctx), now
	}
	return a.outage
}

// locked reports whether a keyring that waits for its password is in the way.
func locked(f session.Facts) bool {
	unlockable := func(err error) bool { return errors.Is(err, secrets.ErrLocked) || errors.Is(err, secrets.ErrNone) }
	return unlockable(f.SaveError) || f.Trouble != nil && unlockable(f.Trouble)
}

// actions are what a person can do.
func (a *account) actions(f accountFacts, l checks.Level) []checks.Action {
	var all []checks.Action
	add := func(verb, label string, do func(context.Context) error) {
		all = append(all, checks.Action{ID: a.Name() + "/" + verb, Label: label, Do: do})
	}
	if f.Locked {
		add("unlock", "Unlock the keyring…", func(ctx context.Context) error {
			if err := a.set.Unlock(ctx); err != nil {
				return err
			}
			return a.Refresh(ctx) // reads the keyring at once, which a look does only now and then
		})
	}
	label := "Sign in…"
	if f.SignedIn {
		label = "Sign in again…"
		add(string(cause.Refresh), "Refresh now", a.Refresh)
		add("logout", "Sign out", a.Logout)
	}
	// Who signs in again while all is well wants to be somebody else, so the provider is to ask who.
	add(string(cause.SignIn), label, func(ctx context.Context) error { return a.signIn(ctx, l == checks.OK) })
	all[len(all)-1].Again = true
	if a.spotify {
		a.spotifyActions(f, add)
	}
	return all
}

// spotifyActions are the fixes that there are for Spotify only.
func (a *account) spotifyActions(f accountFacts, add func(verb, label string, do func(context.Context) error)) {
	if f.SignedIn {
		add(string(cause.Permissions), "Remove and re-allow permissions…", func(ctx context.Context) error {
			if err := a.set.Open(ctx, a.set.Pages.Apps); err != nil {
				return err
			}
			return a.signIn(ctx, true)
		})
		add(string(cause.Device), "Try another device…", a.listDevices)
	}
	add(string(cause.Restart), "Restart Spotify", a.set.Restart)
	add("player", "Open the web player afresh", func(ctx context.Context) error { return a.set.Open(ctx, a.set.Pages.Player) })
	add(string(cause.Support), "Contact support…", func(ctx context.Context) error {
		report, err := a.app.Report(ctx)
		if err != nil {
			return err
		}
		if err := a.set.ShowReport(ctx, report); err != nil {
			return err
		}
		return a.set.Open(ctx, a.set.Pages.Support)
	})
}

func (a *account) signIn(ctx context.Context, showDialog bool) error {
	return page.SignIn(ctx, a.set.Open, func(redirect string) (*session.Attempt, error) {
		return a.Begin(redirect, showDialog)
	}, a.set.Page...)
}
