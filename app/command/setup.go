package command

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"fermata/app"
	"fermata/app/config"
	"fermata/app/lean"
	"fermata/app/secrets"
	"fermata/checks/clock"
	"fermata/checks/files"
	"fermata/checks/programs"
	"fermata/checks/session"
	"fermata/checks/spotify"
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
	state, err := files.State()
	if err != nil {
		return server{}, err
	}
	cfg, problems := config.Load(path)
	p.complain(problems)
	keyring := secrets.NewKeyring("fermata")
	var keeper session.Keeper = keyring
	unlock := keyring.Unlock
	if cfg.Secrets.Store == "file" {
		keeper, unlock = secrets.NewFile(filepath.Join(state, "sign-ins.json")), nil
	}
	clockChanges, err := clock.Watch(ctx)
	if err != nil {
		fmt.Fprintln(p.err, "fermata: steps of the clock are noticed late:", err)
	}
	networks, err := clock.WatchNetwork(ctx)
	if err != nil {
		fmt.Fprintln(p.err, "fermata: another network is noticed late:", err)
	}
	t, rt := clock.NewTime(), transport()
	a := app.New(app.Setup{
		Config: cfg, Problems: problems, Path: path,
		Time: t, Keeper: keeper, Unlock: unlock, Transport: rt, ClockChanges: clockChanges, Networks: networks, Trim: lean.Trim,
		Provider: provider, Open: open,
		Pages:      app.Pages{Apps: spotify.AppsPage, Support: spotify.SupportPage, Player: spotify.PlayerPage},
		Dates:      dates(),
		History:    filepath.Join(state, "clock.json"),
		Reminders:  filepath.Join(state, "reminders.json"),
		Programs:   programs.New(programs.Config{GrantLifetime: spotify.GrantLifetime}, t),
		Restart:    spotify.Restart,
		ShowReport: func(ctx context.Context, report string) error { return showReport(ctx, report, open) },
		Outage:     func(ctx context.Context) string { return spotify.Outage(ctx, rt) },
		Version:    Version,
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

// dates are the pages whose HTTP Date stands in where no time server answers: first the one whose clock
// judges the tokens.
func dates() []string {
	return []string{spotify.TokenURL, "https://www.cloudflare.com/", "https://www.google.com/", "https://www.apple.com/"}
}

// showReport writes the report into a file of its own, for the person alone, and shows it.
func showReport(ctx context.Context, report string, open func(context.Context, string) error) error {
	f, err := os.CreateTemp("", "fermata-report-*.txt")
	if err == nil {
		_, err = f.WriteString(report)
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return open(ctx, f.Name())
}
