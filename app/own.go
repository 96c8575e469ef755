package app

import (
	"context"
	"maps"
	"slices"
	"time"

	"fermata/app/autostart"
	"fermata/app/config"
	"fermata/app/page"
	"fermata/checks"
	"fermata/checks/session"
)

// own are the actions that are the app's and no finding's.
func (l *loop) own() []checks.Action {
	set := l.app.setup
	all := []checks.Action{{ID: "app/quit", Label: "Quit Fermata", Do: func(context.Context) error {
		l.quit()
		return nil
	}}}
	if len(set.Config.Accounts) == 0 {
		all = append(all, checks.Action{ID: "app/connect", Label: "Connect Spotify…", Again: true, Do: func(ctx context.Context) error {
			return connect(ctx, l.app, set)
		}})
	}
	pause := checks.Action{ID: "app/pause", Label: "Pause notifications for an hour", Do: l.put(func() {
		if l.quiet > l.now() {
			l.quiet = 0
		} else {
			l.quiet = l.now() + time.Hour
		}
	})}
	all = append(all, l.autostart(), pause)
	if set.Path != "" {
		all = append(all, checks.Action{ID: "app/settings", Label: "Open the settings file", Do: func(ctx context.Context) error {
			return openSettings(ctx, set.Open, set.Path)
		}})
	}
	for _, name := range slices.Sorted(maps.Keys(l.devices)) {
		if o := l.devices[name]; o.until > l.now() && l.account(name) != nil {
			all = append(all, o.actions...)
		}
	}
	for _, c := range set.Config.Accounts {
		key := c.Name + "/grant"
		all = append(all, checks.Action{ID: c.Name + "/later", Label: "Remind me tomorrow", Do: l.put(func() {
			for _, w := range l.watches {
				if w.check.Name() == c.Name {
					l.putOff(key, factsOf(w.finding).GrantUntil)
				}
			}
		})})
	}
	return all
}

// connect takes a person from nothing to a watched account: the page asks for the client ID, then the
// sign-in follows, and only when that has worked are the settings written.
func connect(ctx context.Context, a *App, set Setup) error {
	var made *account
	var c config.Account
	err := page.Connect(ctx, set.Open, func(clientID, redirect string) (*session.Attempt, error) {
		c = config.Account{Name: "spotify", Provider: "spotify", ClientID: clientID, Renew: "auto"}
		made = newAccount(a, set, c)
		return made.Begin(redirect, false)
	}, set.Page...)
	if err != nil {
		return err
	}
	if set.Path != "" {
		if err := config.AddAccount(set.Path, c); err != nil {
			return checks.WithHint(err, "You are signed in, but only until Fermata ends. Mend the settings file, then connect again.")
		}
	}
	return a.send(ctx, connected{made, c})
}

// connected: a new account is signed in.
type connected struct {
	account *account
	config  config.Account
}

func (e connected) happen(l *loop) {
	set := &l.app.setup
	// The file was written before this came, so a reload may have been quicker.
	others := slices.DeleteFunc(slices.Clone(set.Config.Accounts), func(c config.Account) bool { return c.Name == e.config.Name })
	set.Config.Accounts = append(others, e.config)
	w := newAccountWatch(e.account, accountConfig{e.config, set.Config.Notify})
	l.watches = append([]*watch{w}, l.watches...)
	l.furnish()
}

// autostart is the switch "Start at login".
func (l *loop) autostart() checks.Action {
	on := !l.atLogin
	return checks.Action{ID: "app/start-at-login", Label: "Start at login", Do: func(ctx context.Context) error {
		if err := autostart.Set(on); err != nil {
			return err
		}
		return l.app.send(ctx, put{func(l *loop) { l.atLogin = on }})
	}}
}

// openSettings shows the settings file in the person's editor, and makes it first where there is none.
func openSettings(ctx context.Context, open page.Open, path string) error {
	if err := config.Create(path); err != nil {
		return err
	}
	return open(ctx, path)
}
