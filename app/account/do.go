package account

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"fermata/app/core"
	"fermata/app/page"
	"fermata/checks"
	"fermata/checks/cause"
	"fermata/checks/providers"
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
	"logout":             (*Account).logout,
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
	if err := a.Discover(ctx); err != nil {
		return err
	}
	cfg := *a.cfg.Load()
	row, _ := providers.Named(cfg.Provider)
	opts := append(a.out.Page[:len(a.out.Page):len(a.out.Page)], page.AskSecret(a.out.Provider(cfg).Name, a.wantsSecret(ctx), a.UseSecret))
	if registered := cmp.Or(cfg.Redirect, row.Redirect); registered != "" {
		opts = append(opts, page.At(registered))
	}
	var err error
	if cfg.Device {
		err = page.Device(ctx, a.out.Open, a.BeginDevice, opts...)
	} else {
		err = page.SignIn(ctx, a.out.Open, func(redirect string) (*session.Attempt, error) { return a.Begin(redirect, showDialog) }, opts...)
	}
	if err != nil {
		return err
	}
	return a.Unsaved()
}

// wantsSecret returns what reports whether a client secret is to be asked for. One in a keyring that can't be read is.
func (a *Account) wantsSecret(ctx context.Context) func() bool {
	return func() bool {
		wants, err := a.WantsSecret(ctx)
		return wants && err == nil
	}
}

// logout signs out, and tells what of that the provider knows.
func (a *Account) logout(ctx context.Context, _ Request) (any, error) {
	revoked, err := a.Logout(ctx)
	if err != nil {
		return nil, err
	}
	cfg := *a.cfg.Load()
	row, _ := providers.Named(cfg.Provider)
	apps := row.Apps
	if a.spotify {
		apps = a.out.Pages.Apps
	}
	return core.SignedOut{Provider: a.out.Provider(cfg).Name, Revoked: revoked, Page: apps}, nil
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
