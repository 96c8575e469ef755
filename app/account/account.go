// Package account is a session with everything that a person can do about it: the fixes of its provider,
// in the browser, on other devices, and in the provider's own app.
package account

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"time"

	"fermata/app/config"
	"fermata/app/core"
	"fermata/app/page"
	"fermata/app/secrets"
	"fermata/checks/clock"
	"fermata/checks/session"
)

// Outside is every way out that an account has.
type Outside struct {
	Time      *clock.Time
	Keeper    session.Keeper
	Guard     session.Guard                   // of what Keeper keeps; nil: no other process knows it
	Elsewhere func(account string) error      // why Keeper has a sign-in elsewhere than the settings say; nil: it has none
	Unlock    func(ctx context.Context) error // asks the person to unlock what Keeper keeps things in; nil: it has no lock
	Transport http.RoundTripper               // to providers
	// Provider says whom an account is with.
	Provider func(config.Account) session.Provider
	// Open shows a page or a file to the person.
	Open func(ctx context.Context, url string) error
	// Restart restarts Spotify's desktop app.
	Restart func(ctx context.Context) error
	// ShowReport shows the report to the person before they contact support.
	ShowReport func(ctx context.Context, report string) error
	// Outage asks the provider's status page; "" is no outage, or not known. Nil: there is none.
	Outage func(ctx context.Context) string
	Page   []page.Option // how the sign-in's pages are shown
	Pages  Pages
}

// Pages are where a person is sent to.
type Pages struct{ Apps, Support, Player, SignIn, SignOut, Everywhere string }

// statusEvery is how often the status page is asked while something is wrong.
const statusEvery = 5 * time.Minute

// An Account is one account of the settings. It lasts as long as its name stands there.
type Account struct {
	*session.Account
	out     *Outside
	cfg     atomic.Pointer[config.Account]
	spotify bool // its provider is Spotify

	// Of Look alone, of which no two run at once.
	asked  time.Duration // when the status page was last asked, on Time.Elapsed; 0: it was not
	outage string        // what it said
}

// New returns the account that c describes.
func New(out *Outside, c config.Account) *Account {
	a := &Account{
		Account: session.New(sessionConfig(out, c), out.Transport, out.Time, out.Keeper),
		out:     out, spotify: c.Provider == "spotify",
	}
	a.cfg.Store(&c)
	return a
}

// Anew returns the account as a restart of the program would make it.
func (a *Account) Anew() *Account { return New(a.out, *a.cfg.Load()) }

func sessionConfig(out *Outside, c config.Account) session.Config {
	return session.Config{Name: c.Name, ClientID: c.ClientID, Provider: out.Provider(c), Ask: c.Renew == "ask", Guard: out.Guard}
}

// Configure takes over changed settings. The sign-in, and whatever is under way, stays.
func (a *Account) Configure(c config.Account) {
	a.cfg.Store(&c)
	a.Account.Configure(sessionConfig(a.out, c))
}

// Look looks at the session, and, where the provider answers and not well, at its status page. next is
// when the next look is wanted, 0: only when told.
func (a *Account) Look(ctx context.Context) (f core.AccountFacts, next time.Duration) {
	f.Facts, next = a.Account.Look(ctx)
	f.Outage = a.statusPage(ctx, f.Trouble)
	if a.out.Elsewhere != nil {
		f.Elsewhere = a.out.Elsewhere(a.cfg.Load().Name)
	}
	f.Locked = a.out.Unlock != nil && (unlockable(f.SaveError) || unlockable(f.Elsewhere) || f.Trouble != nil && unlockable(f.Trouble))
	return f, next
}

// statusPage asks whether the provider knows of an outage.
func (a *Account) statusPage(ctx context.Context, t *session.Trouble) string {
	if t == nil || !a.spotify || a.out.Outage == nil || t.Where != session.AtToken && t.Where != session.AtAPI {
		a.outage, a.asked = "", 0
		return ""
	}
	if now := a.out.Time.Elapsed(); a.asked == 0 || now-a.asked >= statusEvery {
		a.outage, a.asked = a.out.Outage(ctx), now
	}
	return a.outage
}

// unlockable reports whether a keyring that waits for its password, or for being made, is in the way.
func unlockable(err error) bool {
	return errors.Is(err, secrets.ErrLocked) || errors.Is(err, secrets.ErrNone)
}
