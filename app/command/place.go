package command

import (
	"context"
	"errors"
	"fmt"
	"os"

	"fermata/app/browser"
	"fermata/app/config"
	"fermata/app/control"
	"fermata/app/memory"
	"fermata/checks"
)

// A place is where an instance runs: the real one, or the demo's.
type place struct {
	*invocation
	name     string // of the folder with lock and socket
	demo     bool
	firstRun bool
	config   string // --config
}

// run is Fermata itself: it watches until somebody quits.
func (p *place) run() error {
	held, err := p.lock()
	if errors.Is(err, control.ErrRunning) {
		_, err := fmt.Fprintf(p.out, "Fermata is running already. Its icon is in the tray; %q tells what is so.\n", p.command()+" status")
		return err
	}
	if err != nil {
		return err
	}
	defer held.Release()
	ctx, cancel := context.WithCancel(p.ctx)
	defer cancel()
	s, err := p.app(ctx, browser.Open)
	if err != nil {
		return err
	}
	memory.Begin()
	served := make(chan error, 1)
	go func() { served <- held.Serve(ctx, Version, s.data) }()
	err = p.desktop(ctx, s.app, &plain{out: p.err, command: p.command()})
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

// running is the instance that runs in another process. Whether there is one shows with the first
// request: its control.ErrNotRunning is for notRunning.
func (p *place) running() (instance, error) {
	dir, err := control.Dir(p.name)
	return control.Client{Dir: dir, Version: Version}.Call, err
}

// withInstance has f speak to the running instance, or, where none runs, to one in this process that
// lasts as long as f does.
func (p *place) withInstance(f func(ctx context.Context, i instance) error) error {
	i, err := p.running()
	if err != nil {
		return err
	}
	err = f(p.ctx, i)
	if !errors.Is(err, control.ErrNotRunning) || p.demo {
		return p.notRunning(err)
	}
	held, err := p.lock()
	if err != nil {
		return err
	}
	defer held.Release()
	ctx, cancel := context.WithCancel(p.ctx)
	defer cancel()
	s, err := p.app(ctx, func(ctx context.Context, url string) error {
		fmt.Fprintln(p.err, "Go on in the browser. If none opens, open this yourself:", url)
		_ = browser.Open(ctx, url) // said above
		return nil
	})
	if err != nil {
		return err
	}
	ended := make(chan struct{})
	go func() { defer close(ended); s.app.Run(ctx) }()
	err = f(ctx, s.local)
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

// settingsPath is where the settings are. A file that was named has to be there.
func (p *place) settingsPath() (string, error) {
	if p.config == "" {
		path, err := config.Path()
		if err != nil {
			return "", checks.WithHint(err, "Name the settings file with --config.")
		}
		return path, nil
	}
	if _, err := os.Stat(p.config); err != nil {
		return "", fmt.Errorf("settings: %w", err)
	}
	return p.config, nil
}

// settings reads the settings, for a command that does without an instance, and says what is wrong in
// them. Without a file there are the defaults.
func (p *place) settings() (config.Config, error) {
	path, err := p.settingsPath()
	if err != nil && p.config == "" {
		return config.Default(), nil
	}
	if err != nil {
		return config.Config{}, err
	}
	cfg, problems := config.Load(path)
	if p.complain(problems); len(problems) > 0 {
		return cfg, checks.WithHint(errors.New("the settings can't be used"), "Correct them in an editor, then try again.")
	}
	return cfg, nil
}

func (p *place) complain(problems []config.Problem) {
	for _, problem := range problems {
		fmt.Fprintln(p.err, "fermata:", problem)
	}
}
