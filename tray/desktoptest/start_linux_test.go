package desktoptest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

// A Desktop is a running desktop. Its methods may be called from one goroutine at a time: there is
// only one mouse pointer.
type Desktop struct {
	dir     string // everything that its programs write is in here
	env     []string
	guard   *guard
	bus     *dbus.Conn // our own seat on the session bus
	display string     // ":7", or "" without a screen
	close   sync.Once

	panel *process // nil before its first start
}

// Start brings a desktop up, in about a second, and returns when all of its parts are ready. Close
// ends it.
func Start(ctx context.Context, o Options) (*Desktop, error) {
	if missing := o.Missing(); len(missing) > 0 {
		return nil, fmt.Errorf("missing Debian packages: %v", missing)
	}
	dir, err := os.MkdirTemp("", "fermata-desktop-")
	if err != nil {
		return nil, err
	}
	d := &Desktop{dir: dir}
	if d.guard, err = newGuard(dir); err != nil {
		os.RemoveAll(dir)
		return nil, err
	}
	if err := d.start(ctx, o); err != nil {
		err = fmt.Errorf("starting the desktop: %w", err)
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

func (d *Desktop) start(ctx context.Context, o Options) error {
	if err := furnish(d.dir, o); err != nil {
		return err
	}
	d.env = environment(d.dir)
	var screen *starting
	if o.screen() {
		var err error
		if screen, err = d.beginScreen(); err != nil {
			return err
		}
	}
	if err := d.startBus(ctx); err != nil {
		return err
	}
	if screen != nil {
		if err := d.finishScreen(ctx, screen, o); err != nil {
			return err
		}
	}
	var parts []func() error // they start side by side, then each is waited for
	begin := func(wanted bool, start func() (func(context.Context) error, error)) error {
		if !wanted {
			return nil
		}
		ready, err := start()
		parts = append(parts, func() error { return ready(ctx) })
		return err
	}
	err := errors.Join(
		begin(o.Panel, d.beginPanel),
		begin(o.Notifications, d.beginNotifications),
		begin(o.Keyring, d.beginKeyring),
	)
	for i := 0; i < len(parts) && err == nil; i++ {
		err = parts[i]()
	}
	return err
}

// For brings up a desktop for one test and ends it after the test. A failed test gets the desktop's
// logs and, as an artifact, its last picture.
func For(t testing.TB, o Options) *Desktop {
	t.Helper()
	Need(t, o)
	d, err := Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(d.Logs())
			if d.display != "" {
				d.Screenshot(filepath.Join(t.ArtifactDir(), "screen.png"))
			}
		}
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// Close ends every process of the desktop, those that were started in it by others too, and removes
// its folder. It returns when all are gone.
func (d *Desktop) Close() error {
	var err error
	d.close.Do(func() {
		if d.bus != nil {
			d.bus.Close()
		}
		err = d.guard.end()
	})
	return err
}

// Env returns the environment of the desktop's programs: nothing of the caller's own but PATH.
func (d *Desktop) Env() []string { return append([]string(nil), d.env...) }

// Dir returns the folder that holds HOME and the XDG folders ("home", "config", "state", "run"…).
func (d *Desktop) Dir() string { return d.dir }

// Command returns a command that is to run in the desktop, with its environment, its home folder
// and a process group of its own. When ctx ends, the group is asked to end (SIGTERM); what is left of
// it after five seconds is killed.
func (d *Desktop) Command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = d.Env()
	cmd.Dir = filepath.Join(d.dir, "home")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = 5 * time.Second
	return cmd
}
