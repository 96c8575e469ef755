package app

import (
	"context"

	"fermata/app/autostart"
	"fermata/app/config"
	"fermata/app/page"
	"fermata/checks"
	"fermata/checks/session"
)

// connect takes a person from nothing to a watched account: the page asks for the client ID, then the
// sign-in follows, and only when that has worked are the settings written.
func (l *loop) connect(ctx context.Context) error {
	set := l.app.setup
	var made *account
	var c config.Account
	err := page.Connect(ctx, set.Open, func(clientID, redirect string) (*session.Attempt, error) {
		c = config.Account{Name: "spotify", Provider: "spotify", ClientID: clientID, Renew: "auto"}
		made = newAccount(set, c)
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
	return l.app.send(ctx, connected{made, c})
}

// connected: a new account is signed in.
type connected struct {
	account *account
	config  config.Account
}

func (e connected) happen(l *loop) {
	set := &l.app.setup
	set.Config.Accounts = append(set.Config.Accounts, e.config)
	w := newAccountWatch(e.account, accountConfig{e.config, set.Config.Notify})
	l.watches = append([]*watch{w}, l.watches...)
	l.furnish()
}

// autostart is the switch "Start at login".
func (l *loop) autostart() checks.Action {
	return checks.Action{ID: "app/start-at-login", Label: "Start at login", Do: func(ctx context.Context) error {
		on := !l.atLogin
		if err := autostart.Set(on); err != nil {
			return err
		}
		return l.app.send(ctx, put{func() { l.atLogin = on }})
	}}
}

// openSettings shows the settings file in the person's editor, and makes it first where there is none.
func (l *loop) openSettings(ctx context.Context) error {
	path := l.app.setup.Path
	if err := config.Create(path); err != nil {
		return err
	}
	return l.app.setup.Open(ctx, path)
}
