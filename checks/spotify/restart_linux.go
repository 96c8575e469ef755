package spotify

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"time"

	"github.com/godbus/dbus/v5"

	"fermata/checks"
	"fermata/checks/sessionbus"
)

const (
	mprisName = "org.mpris.MediaPlayer2.spotify"
	mprisPath = "/org/mpris/MediaPlayer2"
	mprisQuit = "org.mpris.MediaPlayer2.Quit" // MPRIS 2.2, interface MediaPlayer2

	busTimeout = 3 * time.Second
	settle     = time.Second // what a start may take to fail
)

// linuxClient is the desktop app of the deb, of flatpak, of snap, or unpacked somewhere.
type linuxClient struct {
	process
	proc string
}

func find(ctx context.Context) (client, error) { return findIn(ctx, "/proc", places()) }

// findIn looks for the app among the processes of proc, and where there is none, in the places where
// an installation would be.
func findIn(ctx context.Context, proc string, places []string) (client, error) {
	running := processes(proc)
	if len(running) == 0 {
		if slices.ContainsFunc(places, func(name string) bool { _, err := os.Stat(name); return err == nil }) {
			return nil, ErrNotRunning
		}
		return nil, ErrNotFound
	}
	chosen := running[0]
	if len(running) > 1 { // several installations, or another program of that name
		owner := mprisOwner(ctx)
		if i := slices.IndexFunc(running, func(p process) bool { return p.pid == owner }); i >= 0 {
			chosen = running[i]
		}
	}
	if _, err := exec.LookPath(chosen.command()[0]); err != nil { // before it quits
		return nil, checks.WithHint(fmt.Errorf("%w: %w", ErrNotFound, err), "Quit Spotify and start it again yourself.")
	}
	return linuxClient{chosen, proc}, nil
}

// places returns where Spotify's installations put what starts them.
func places() []string {
	places := []string{
		"/usr/share/spotify/spotify", "/opt/spotify/spotify", "/snap/bin/spotify", "/var/lib/snapd/snap/bin/spotify",
		"/var/lib/flatpak/app/" + flatpakID,
	}
	if home, err := os.UserHomeDir(); err == nil {
		places = append(places, filepath.Join(home, ".local/share/flatpak/app", flatpakID))
	}
	if name, err := exec.LookPath("spotify"); err == nil {
		places = append(places, name)
	}
	return places
}

// quit asks over MPRIS, as a desktop's media keys would; with SIGTERM where the app is not on the bus.
func (c linuxClient) quit(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, busTimeout)
	defer cancel()
	conn, err := sessionbus.Connect(ctx)
	if err != nil {
		return c.terminate()
	}
	defer conn.Close()
	err = conn.Object(mprisName, mprisPath).CallWithContext(ctx, mprisQuit, dbus.FlagNoAutoStart).Err
	var said dbus.Error
	switch {
	case !errors.As(err, &said):
		return nil // asked; no answer is what an app that quits at once gives
	case said.Name == "org.freedesktop.DBus.Error.ServiceUnknown", said.Name == "org.freedesktop.DBus.Error.NameHasNoOwner":
		return c.terminate()
	case said.Name == "org.freedesktop.DBus.Error.NoReply":
		return nil
	}
	return errors.New(said.Name)
}

func (c linuxClient) terminate() error {
	if c.gone() {
		return nil
	}
	if err := syscall.Kill(c.pid, syscall.SIGTERM); err != nil && !errors.Is(err, syscall.ESRCH) {
		return err
	}
	return nil
}

func (c linuxClient) gone() bool {
	return started(filepath.Join(c.proc, strconv.Itoa(c.pid))) != c.started
}

// start starts the app in a session of its own, outside of a sandbox with the environment and in the
// folder that it had. It fails where the app ends at once with an error.
func (c linuxClient) start(ctx context.Context) error {
	command := c.command()
	cmd := exec.Command(command[0], command[1:]...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if flatpak, snap := c.sandboxed(); !flatpak && !snap {
		cmd.Env = c.env
		if info, err := os.Stat(c.dir); err == nil && info.IsDir() {
			cmd.Dir = c.dir
		}
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }() // until the app ends, lest it stay as a zombie
	select {
	case err := <-ended:
		return err
	case <-time.After(settle):
	case <-ctx.Done():
	}
	return nil
}

// mprisOwner returns the PID behind Spotify's name on the bus, or 0. For a flatpak that is the PID of
// its bus proxy.
func mprisOwner(ctx context.Context) int {
	ctx, cancel := context.WithTimeout(ctx, busTimeout)
	defer cancel()
	conn, err := sessionbus.Connect(ctx)
	if err != nil {
		return 0
	}
	defer conn.Close()
	var pid uint32
	if conn.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.GetConnectionUnixProcessID", 0, mprisName).Store(&pid) != nil {
		return 0
	}
	return int(pid)
}
