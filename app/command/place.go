package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"fermata/app"
	"fermata/app/browser"
	"fermata/app/config"
	"fermata/app/control"
	"fermata/app/launcher"
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

// command is how the commands that speak to this instance begin.
func (p *place) command() string {
	if p.demo {
		return "fermata demo"
	}
	return "fermata"
}

// run is Fermata itself: it watches until somebody quits. Where it runs already, its page is shown.
func (p *place) run() error {
	return p.inTurn(func() error {
		err := p.own(browser.Open, func(ctx context.Context, _ *control.Held, a *app.App) error {
			if !p.demo {
				p.install()
			}
			memory.Begin()
			return p.desktop(ctx, a, &plain{out: p.err, command: p.command()})
		}, func(ctx context.Context, held *control.Held, a *app.App) error {
			return held.Serve(ctx, Version, server{a}.data)
		})
		if !errors.Is(err, control.ErrRunning) {
			return err
		}
		if err := p.openPage(); err != nil {
			if errors.Is(err, control.ErrNotRunning) { // it only starts, or ends
				err = control.ErrRunning
			}
			return err
		}
		_, err = fmt.Fprintf(p.out, "Fermata is running already; %q shows the current state.\n", p.command()+" status")
		return err
	})
}

// turn is how long another process may be in the way.
const turn = 30 * time.Second

// inTurn does f again for as long as a process is in its way that is only there for a moment.
func (p *place) inTurn(f func() error) error {
	for begin := time.Now(); ; {
		err := f()
		if !passing(err) || time.Since(begin) > turn {
			return err
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-p.ctx.Done():
			return p.ctx.Err()
		}
	}
}

// install has the desktop know this program.
func (p *place) install() {
	if err := launcher.Install(); err != nil {
		fmt.Fprintln(p.err, "fermata:", err)
	}
}

// own makes this process the place's one instance for as long as use lasts. Beside use runs beside, whose
// context ends with it.
func (p *place) own(open func(context.Context, string) error, use, beside func(context.Context, *control.Held, *app.App) error) error {
	dir, err := control.Dir(p.name)
	if err != nil {
		return err
	}
	held, err := control.Lock(dir)
	if err != nil {
		return err
	}
	defer held.Release()
	ctx, cancel := context.WithCancel(p.ctx)
	defer cancel()
	a, err := p.app(ctx, open)
	if err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- beside(ctx, held, a) }()
	err = use(ctx, held, a)
	cancel()
	return errors.Join(err, <-ended)
}

// running has the instance that runs in another process do a command. Where none runs, its error is
// control.ErrNotRunning and says how to start one.
func (p *place) running(ctx context.Context, answer any, command string, args ...string) error {
	dir, err := control.Dir(p.name)
	if err != nil {
		return err
	}
	err = control.Client{Dir: dir, Version: Version}.Call(ctx, answer, command, args...)
	if errors.Is(err, control.ErrNotRunning) {
		return checks.WithHint(err, fmt.Sprintf("Start it with %q.", p.command()))
	}
	return err
}

// alone reports whether err says that no instance runs, and this process can do without one.
func (p *place) alone(err error) bool { return errors.Is(err, control.ErrNotRunning) && !p.demo }

// passing reports whether err comes of a process that is in the way for a moment only.
func passing(err error) bool {
	return errors.Is(err, control.ErrRunning) || errors.Is(err, control.ErrBusy)
}

// withInstance has f speak to the running instance, or, where none runs, to one in this process that
// lasts as long as f does. Another process that does the same is waited for, and may be what answers.
func (p *place) withInstance(f func(ctx context.Context, i instance) error) error {
	return p.inTurn(func() error {
		err := f(p.ctx, p.running)
		if p.alone(err) {
			err = p.withOwn(f)
		}
		return err
	})
}

func (p *place) withOwn(f func(ctx context.Context, i instance) error) error {
	if _, err := p.settings(); err != nil {
		return err
	}
	open := func(ctx context.Context, url string) error {
		_ = browser.Open(ctx, url) // the command says where to
		return nil
	}
	return p.own(open, func(ctx context.Context, _ *control.Held, a *app.App) error {
		return f(ctx, server{a}.local)
	}, func(ctx context.Context, held *control.Held, a *app.App) error {
		running, end := context.WithCancel(context.WithoutCancel(ctx))
		var ran sync.WaitGroup
		ran.Go(func() { a.Run(running) })
		defer ran.Wait()
		defer end()
		// Of many that ask for a token at once, one renews it.
		if err := held.Serve(ctx, Version, control.Only("token", server{a}.data)); err != nil {
			<-ctx.Done() // the others wait for their turn
		}
		return nil
	})
}

// settingsPath is where the settings are. A file that was named has to be there.
func (p *place) settingsPath() (string, error) {
	if p.config != "" {
		if _, err := os.Stat(p.config); err != nil {
			return "", fmt.Errorf("settings: %w", err)
		}
		return p.config, nil
	}
	path, err := config.Path()
	if err != nil {
		return "", checks.WithHint(err, "Name the settings file with --config.")
	}
	return path, nil
}

// settings reads the settings, for a command that does without an instance, and says what is wrong in
// them. Without a file there are the defaults.
func (p *place) settings() (config.Config, error) {
	path, err := p.settingsPath()
	switch {
	case err != nil && p.config == "":
		return config.Default(), nil
	case err != nil:
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
