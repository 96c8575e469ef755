package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"fermata/app"
	"fermata/app/browser"
	"fermata/app/config"
	"fermata/app/control"
	"fermata/checks"

	"github.com/spf13/cobra"
)

// A place is where an instance runs: the real one, or the demo's.
type place struct {
	name     string // of the folder with lock and socket
	demo     bool
	firstRun bool
	config   string // --config
	desktop  Desktop
}

// run is Fermata itself: it watches until somebody quits.
func (p *place) run(cmd *cobra.Command) error {
	held, err := p.lock()
	if errors.Is(err, control.ErrRunning) {
		fmt.Fprintln(cmd.OutOrStdout(), "Fermata is running already. Its icon is in the tray; \"fermata status\" tells what is so.")
		return nil
	}
	if err != nil {
		return err
	}
	defer held.Release()
	ctx, cancel := context.WithCancel(cmd.Context())
	defer cancel()
	a, err := p.app(ctx, cmd.ErrOrStderr(), browser.Open)
	if err != nil {
		return err
	}
	served := make(chan error, 1)
	go func() { served <- held.Serve(ctx, local{a}.serve) }()
	err = p.desktop(ctx, a, &plain{out: cmd.ErrOrStderr(), command: p.command()})
	cancel()
	return errors.Join(err, <-served)
}

// command is how the commands that speak to this instance begin.
func (p *place) command() string {
	if p.demo {
		return "fermata demo"
	}
	return "fermata"
}

func (p *place) lock() (*control.Held, error) {
	dir, err := control.Dir(p.name)
	if err != nil {
		return nil, err
	}
	return control.Lock(dir)
}

// withInstance has f speak to the running instance, or, where none runs, to one in this process that
// lasts as long as f does.
func (p *place) withInstance(cmd *cobra.Command, f func(ctx context.Context, i instance) error) error {
	dir, err := control.Dir(p.name)
	if err != nil {
		return err
	}
	err = f(cmd.Context(), remote{dir})
	if !errors.Is(err, control.ErrNotRunning) || p.demo {
		return p.notRunning(err)
	}
	held, err := control.Lock(dir)
	if err != nil {
		return err
	}
	defer held.Release()
	ctx, cancel := context.WithCancel(cmd.Context())
	defer cancel()
	open := func(ctx context.Context, url string) error {
		fmt.Fprintln(cmd.ErrOrStderr(), "Go on in the browser. If none opens, open this yourself:", url)
		_ = browser.Open(ctx, url) // said above
		return nil
	}
	a, err := p.app(ctx, cmd.ErrOrStderr(), open)
	if err != nil {
		return err
	}
	ended := make(chan struct{})
	go func() { defer close(ended); a.Run(ctx) }()
	err = f(ctx, local{a})
	cancel()
	<-ended
	return err
}

// notRunning says how to start what is not running.
func (p *place) notRunning(err error) error {
	if errors.Is(err, control.ErrNotRunning) {
		return checks.WithHint(err, fmt.Sprintf("Start it with %q.", p.command()))
	}
	return err
}

func (p *place) do(ctx context.Context, id string) error {
	dir, err := control.Dir(p.name)
	if err != nil {
		return err
	}
	return p.notRunning(remote{dir}.do(ctx, id))
}

// app makes the app of this place, and what it stands on.
func (p *place) app(ctx context.Context, stderr io.Writer, open func(context.Context, string) error) (*app.App, error) {
	if p.demo {
		return p.demoApp(ctx, open)
	}
	path := p.config
	if path == "" {
		var err error
		if path, err = config.Path(); err != nil {
			return nil, checks.WithHint(err, "Name the settings file with --config.")
		}
	} else if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("settings: %w", err)
	}
	return realApp(ctx, path, stderr, open)
}

func defaultConfig() string {
	path, err := config.Path()
	if err != nil {
		return "none"
	}
	return path
}
