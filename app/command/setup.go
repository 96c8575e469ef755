package command

import (
	"context"
	"fmt"
	"net/http"
	"time"

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

// app makes the app of this place, with what it stands on.
func (p *place) app(ctx context.Context, open func(context.Context, string) error) (server, error) {
	if p.demo {
		return p.demoApp(ctx, open)
	}
	return p.realApp(ctx, open)
}

// realApp makes the app that watches the person's own accounts.
func (p *place) realApp(ctx context.Context, open func(context.Context, string) error) (server, error) {
	path, err := p.settingsPath()
	if err != nil {
		return server{}, err
	}
	cfg, problems := config.Load(path)
	p.complain(problems)
	keyring := secrets.NewKeyring("fermata")
	var keeper session.Keeper = keyring
	unlock := keyring.Unlock
	if cfg.Secrets.Store == "file" {
		file, err := secrets.FilePath()
		if err != nil {
			return server{}, err
		}
		keeper, unlock = secrets.NewFile(file), nil
	}
	jolts, err := clock.Watch(ctx)
	if err != nil {
		fmt.Fprintln(p.err, "fermata: steps of the clock are noticed late:", err)
	}
	a := app.New(app.Setup{
		Config: cfg, Problems: problems, Path: path,
		Time: clock.NewTime(), Keeper: keeper, Unlock: unlock, Transport: transport(), Jolts: jolts, Trim: lean.Trim,
		Provider: provider, Open: open,
		Pages: app.Pages{Apps: spotify.AppsPage, Support: spotify.SupportPage},
	})
	changes, err := config.Watch(ctx, path)
	if err != nil {
		fmt.Fprintln(p.err, "fermata: changed settings count after a restart only:", err)
	}
	go func() {
		for range changes {
			a.Changed(ctx)
		}
	}()
	return server{a}, nil
}

// transport reaches providers. It keeps no connection for long, so that idle is idle.
func transport() http.RoundTripper {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.IdleConnTimeout = 5 * time.Second
	t.MaxIdleConns = 4
	return t
}

// provider says whom an account is with.
func provider(c config.Account) session.Provider {
	if c.Provider == "spotify" {
		return spotify.Provider()
	}
	return session.Provider{
		Name: c.Name, AuthorizeURL: c.AuthorizeURL, TokenURL: c.TokenURL, HealthURL: c.APIURL,
		Scopes: c.Scopes, GrantLifetime: c.GrantLifetime,
	}
}

// demoApp makes the app that watches a stand-in: signed in, and nothing on disk.
func (p *place) demoApp(ctx context.Context, open func(context.Context, string) error) (server, error) {
	world := standin.NewWorld(4)
	if err := world.Start(ctx); err != nil {
		return server{}, err
	}
	cfg := config.Default()
	cfg.Clock.Servers = world.Times.Names()
	keeper := secrets.NewMemory()
	set := app.Setup{
		Config: cfg, Time: clock.NewTime(), Keeper: keeper, Transport: world.Transport(), Dial: world.Dial, Open: open,
		Provider: func(config.Account) session.Provider {
			s := spotify.Provider()
			s.AuthorizeURL, s.TokenURL, s.HealthURL = world.URL()+"/authorize", world.URL()+"/api/token", world.URL()+"/v1/me"
			return s
		},
		Page:  []page.Option{page.Demo(standin.ClientID)},
		Pages: app.Pages{Apps: world.URL() + "/account/apps/", Support: world.URL()},
	}
	jolts, err := clock.Watch(ctx)
	if err != nil {
		return server{}, err
	}
	set.Jolts, set.Trim = jolts, lean.Trim
	if !p.firstRun {
		account := config.Account{Name: "spotify", Provider: "spotify", ClientID: standin.ClientID, Renew: "auto"}
		set.Config.Accounts = []config.Account{account}
		if err := signIn(ctx, set, world, account); err != nil {
			return server{}, err
		}
	}
	var a *app.App
	for _, t := range standin.Troubles() {
		set.Demo = append(set.Demo, checks.Action{ID: "demo/" + t.Name, Label: t.Label, Do: func(context.Context) error {
			return world.Cause(t.Name)
		}})
	}
	a = app.New(set)
	world.Aged = func(_ string, d time.Duration) {
		age(ctx, keeper, d)
		a.Reread(ctx)
	}
	return server{a}, nil
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

// age puts back the date of the sign-in, which no reply of a provider tells.
func age(ctx context.Context, k session.Keeper, d time.Duration) {
	g, err := k.Load(ctx, "spotify")
	if err != nil {
		return
	}
	g.AuthorizedAt = g.AuthorizedAt.Add(-d)
	_ = k.Save(ctx, "spotify", g) // memory does not fail
}
