package command

import (
	"context"
	"errors"

	"fermata/app"
	"fermata/app/config"
	"fermata/app/lean"
	"fermata/app/page"
	"fermata/app/secrets"
	"fermata/checks"
	"fermata/checks/clock"
	"fermata/checks/session"
	"fermata/checks/spotify"
	"fermata/checks/standin"
)

// demoApp makes the app that watches a stand-in: signed in, and nothing on disk.
func (p *place) demoApp(ctx context.Context, open func(context.Context, string) error) (server, error) {
	world := standin.NewWorld(4)
	if err := world.Start(ctx); err != nil {
		return server{}, err
	}
	clockChanges, err := clock.Watch(ctx)
	if err != nil {
		return server{}, err
	}
	keeper := secrets.NewMemory()
	set := demoSetup(world, keeper, open)
	set.ClockChanges = clockChanges
	if !p.firstRun {
		account := config.Account{Name: "spotify", Provider: "spotify", ClientID: standin.ClientID, Renew: "auto"}
		set.Config.Accounts = []config.Account{account}
		if err := signIn(ctx, set, world, account); err != nil {
			return server{}, err
		}
	}
	a := app.NewDemo(ctx, set, world, keeper)
	return server{a}, nil
}

func demoSetup(world *standin.World, keeper *secrets.Memory, open func(context.Context, string) error) app.Setup {
	cfg := config.Default()
	cfg.Clock.Servers = world.Times.Names()
	url := world.URL()
	return app.Setup{
		Config: cfg, Time: clock.NewTime(), Keeper: keeper, Unlock: keeper.Unlock,
		Transport: world.Transport(), Dial: world.Dial, Open: open, Trim: lean.Trim,
		Provider: func(config.Account) session.Provider {
			s := spotify.Provider()
			s.AuthorizeURL, s.TokenURL, s.HealthURL = url+"/authorize", url+"/api/token", url+"/v1/me"
			return s
		},
		Page:     []page.Option{page.Demo(standin.ClientID)},
		Pages:    app.Pages{Apps: url + "/account/apps/", Support: url, Player: url},
		SetClock: func(context.Context) error { world.SetClock(); return nil },
		Restart: func(context.Context) error {
			return checks.WithHint(errors.New("the demo leaves your own Spotify alone"), "Outside of the demo it is restarted as it was started.")
		},
		ShowReport: func(context.Context, string) error { return nil }, // nothing on disk
		Version:    Version,
	}
}

// signIn signs in to the stand-in, as a person would have done some day before.
func signIn(ctx context.Context, set app.Setup, world *standin.World, c config.Account) error {
	s := session.New(session.Config{Name: c.Name, ClientID: c.ClientID, Provider: set.Provider(c)}, set.Transport, set.Time, set.Keeper)
	attempt, err := s.Begin(spotify.RedirectURI, false)
	if err != nil {
		return err
	}
	back, err := world.Spotify.Agree(attempt.URL)
	if err != nil {
		return err
	}
	return attempt.Finish(ctx, back.Query())
}
