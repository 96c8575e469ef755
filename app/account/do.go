package account

import (
	"context"
	"errors"
	"fmt"

	"fermata/app/core"
	"fermata/app/page"
	"fermata/checks"
	"fermata/checks/cause"
	"fermata/checks/session"
	"fermata/checks/spotify"
)

// A Request is what an action needs to know beside its name.
type Request struct {
	Switch bool           // see core.Act
	Device spotify.Device // to play on
	Report string         // for support
}

// verbs are the actions by the last part of their IDs.
var verbs = map[string]func(a *Account, ctx context.Context, r Request) (found any, err error){
	"unlock": func(a *Account, ctx context.Context, _ Request) (any, error) {
		if err := a.out.Unlock(ctx); err != nil {
			return nil, err
		}
		return nil, a.refresh(ctx) // reads the keyring at once, which a look does only now and then
	},
	"memory":              func(a *Account, ctx context.Context, _ Request) (any, error) { return nil, a.RefreshInMemory(ctx) },
	string(cause.Refresh): func(a *Account, ctx context.Context, _ Request) (any, error) { return nil, a.refresh(ctx) },
	"keep-user":           func(a *Account, ctx context.Context, _ Request) (any, error) { return nil, a.KeepUser(ctx) },
	"old-user": func(a *Account, ctx context.Context, _ Request) (any, error) {
		err := a.ReturnUser(ctx)
		if t, ok := errors.AsType[*session.Trouble](err); ok && t.Where == session.AtToken && t.Ask { // it is over
			return nil, a.signIn(ctx, true)
		}
		return nil, err
	},
	"logout":             func(a *Account, ctx context.Context, _ Request) (any, error) { return nil, a.Logout(ctx) },
	string(cause.SignIn): func(a *Account, ctx context.Context, r Request) (any, error) { return nil, a.signIn(ctx, r.Switch) },
	string(cause.Permissions): func(a *Account, ctx context.Context, _ Request) (any, error) {
		if err := a.out.Open(ctx, a.out.Pages.Apps); err != nil {
			return nil, err
		}
		return nil, a.signIn(ctx, true)
	},
	string(cause.Device):  (*Account).devices,
	"play":                (*Account).play,
	string(cause.Restart): func(a *Account, ctx context.Context, _ Request) (any, error) { return nil, a.out.Restart(ctx) },
	"player": func(a *Account, ctx context.Context, _ Request) (any, error) {
		return nil, a.out.Open(ctx, a.out.Pages.Player)
	},
	string(cause.Support): func(a *Account, ctx context.Context, r Request) (any, error) {
		if err := a.out.ShowReport(ctx, r.Report); err != nil {
			return nil, err
		}
		return nil, a.out.Open(ctx, a.out.Pages.Support)
	},
}

// Do does an action and returns what it found: see core's types for Acted.Found.
func (a *Account) Do(ctx context.Context, verb string, r Request) (found any, err error) {
	if r.Device != (spotify.Device{}) {
		verb = "play"
	}
	do, ok := verbs[verb]
	if !ok {
		return nil, fmt.Errorf("no action is called %q", verb)
	}
	return do(a, ctx, r)
}

// refresh renews the session. One that could not be saved is not well.
func (a *Account) refresh(ctx context.Context) error {
	if err := a.Refresh(ctx); err != nil {
		return err
	}
	return a.Unsaved()
}

func (a *Account) signIn(ctx context.Context, showDialog bool) error {
	err := page.SignIn(ctx, a.out.Open, func(redirect string) (*session.Attempt, error) {
		return a.Begin(redirect, showDialog)
	}, a.out.Page...)
	if err != nil {
		return err
	}
	return a.Unsaved()
}

// player asks the Web API with the account's own access token.
func (a *Account) player() spotify.Player {
	return spotify.Player{Transport: a.out.Transport, Token: func(ctx context.Context) (string, error) {
		access, err := a.AccessToken(ctx, 0)
		return access.Token, err
	}}
}

// devices finds where the account can play.
func (a *Account) devices(ctx context.Context, _ Request) (any, error) {
	devices, err := a.player().Devices(ctx)
	if err != nil {
		return nil, err
	}
	if len(devices) == 0 {
		return nil, checks.WithHint(errors.New("Spotify knows no device that is on"), "Open Spotify on a phone, a speaker or in the web player, then try again.")
	}
	return core.Devices(devices), nil
}

// play moves playback and tells what that proves.
func (a *Account) play(ctx context.Context, r Request) (any, error) {
	verdict, err := a.player().Elsewhere(ctx, r.Device)
	if err != nil {
		return nil, err
	}
	return core.Verdict(verdict), nil
}
