package command

import (
	"context"
	"errors"

	"fermata/app"
	"fermata/app/account"
	"fermata/app/config"
	"fermata/app/memory"
	"fermata/app/page"
	"fermata/app/secrets"
	"fermata/checks"
	"fermata/checks/clock"
	"fermata/checks/session"
	"fermata/checks/spotify"
	"fermata/checks/standin"
)

// demoApp makes the app that watches a stand-in: signed in, and nothing on disk.
func (p *place) demoApp(ctx context.Context, open func(context.Context, string) error) (*app.App, error) {
	world := standin.NewWorld(4)
	if err := world.Start(ctx); err != nil {
		return nil, err
	}
	changes, err := clock.Watch(ctx)
	if err != nil {
		return nil, err
	}
	o := demoOutside(world, open)
	o.Changes = changes
	p.localize(ctx, &o)
	if !p.firstRun {
		c := config.Account{Name: "spotify", Provider: "spotify", ClientID: standin.ClientID, Renew: "auto"}
		o.Settings.Accounts = []config.Account{c}
		if err := signIn(ctx, &o, world, c); err != nil {
			return nil, err
		}
	}
	return app.New(o), nil
}

func demoOutside(world *standin.World, open func(context.Context, string) error) app.Outside {
	url := world.URL()
	o := app.Outside{Trim: memory.Trim, Build: build}
	o.Demo(world, secrets.NewMemory())
	o.Time, o.Open = clock.NewTime(), open
	o.Settings.Config = config.Default()
	o.Settings.Clock.Servers = world.Times.Names()
	o.Provider = func(config.Account) session.Provider {
		s := spotify.Provider()
		s.AuthorizeURL, s.TokenURL, s.HealthURL = url+"/authorize", url+"/api/token", url+"/v1/me"
		return s
	}
	o.Page = []page.Option{page.Demo(standin.ClientID)}
	o.Pages = account.Pages{Apps: url + "/account/apps/", Support: url, Player: url, SignIn: url, SignOut: url, Everywhere: url}
	o.Restart = func(context.Context) error {
		return checks.WithHint(errors.New("the demo leaves your own Spotify alone"), "Outside of the demo it is restarted as it was started.")
	}
	o.ShowReport = func(context.Context, string) error { return nil } // nothing on disk
	return o
}

// signIn signs in to the stand-in, as a person would have done some day before.
func signIn(ctx context.Context, o *app.Outside, world *standin.World, c config.Account) error {
	attempt, err := account.New(&o.Outside, c).Begin(spotify.RedirectURI, false)
	if err != nil {
		return err
	}
	back, err := world.Spotify.Agree(attempt.URL)
	if err != nil {
		return err
	}
	return attempt.Finish(ctx, back.Query())
}
