package spotify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/godbus/dbus/v5"

	"fermata/checks"
	"fermata/checks/files"
	"fermata/checks/sessionbus"
)

const (
	mprisName      = "org.mpris.MediaPlayer2.spotify"
	mprisPath      = "/org/mpris/MediaPlayer2"
	mprisInterface = "org.mpris.MediaPlayer2" // MPRIS 2.2

	maxEntry      = 64 << 10 // bytes of a desktop entry
	busTimeout    = 3 * time.Second
	launchTimeout = 10 * time.Second
)

// linuxClient is the desktop app as the session bus shows it.
type linuxClient struct {
	bus    *dbus.Conn // closed when find's ctx ends
	pid    int        // of the app, or for flatpak of its bus proxy, which ends with it; 0: it does not run
	launch []string   // the command that starts it
}

func find(ctx context.Context) (client, error) {
	const hint = "Quit Spotify and start it again yourself."
	bus, err := sessionbus.Connect(ctx)
	c := linuxClient{bus: bus}
	if err == nil {
		c.pid, err = c.owner(ctx)
	}
	if err != nil {
		return nil, checks.WithHint(fmt.Errorf("looking for Spotify: %w", err), hint)
	}
	c.launch, err = launcher(c.entry(ctx)) // before it quits
	if err != nil && c.pid != 0 {
		return nil, checks.WithHint(err, hint)
	}
	return c, err
}

// entry is the name of the desktop entry that the app gives, "" where it does not run, or hangs.
func (c linuxClient) entry(ctx context.Context) (name string) {
	_ = c.call(ctx, mprisName, mprisPath, "org.freedesktop.DBus.Properties.Get", mprisInterface, "DesktopEntry").Store(&name)
	return name
}

func (c linuxClient) quit(ctx context.Context) error {
	err := c.call(ctx, mprisName, mprisPath, mprisInterface+".Quit").Err
	var refusal dbus.Error
	if !errors.As(err, &refusal) || nameless(err) || refusal.Name == "org.freedesktop.DBus.Error.NoReply" {
		return nil // an app that quits at once does not answer
	}
	return errors.New(refusal.Name)
}

// gone waits for the process too: a second one that starts meanwhile would hand over to it and end.
func (c linuxClient) gone(ctx context.Context) bool {
	owner, err := c.owner(ctx)
	return err == nil && owner == 0 && (c.pid == 0 || errors.Is(syscall.Kill(c.pid, 0), syscall.ESRCH))
}

// owner returns the PID behind Spotify's name on the bus, 0 where nobody owns it.
func (c linuxClient) owner(ctx context.Context) (int, error) {
	var pid uint32
	err := c.call(ctx, "org.freedesktop.DBus", "/", "org.freedesktop.DBus.GetConnectionUnixProcessID", mprisName).Store(&pid)
	if nameless(err) {
		return 0, nil
	}
	return int(pid), err
}

// start starts the app in a session of its own, so that no terminal's Ctrl-C reaches it. Its output
// goes nowhere, since the app inherits it from its launcher.
func (c linuxClient) start(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, launchTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, c.launch[0], c.launch[1:]...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w", strings.Join(c.launch, " "), err)
	}
	return nil
}

func (c linuxClient) call(ctx context.Context, name string, path dbus.ObjectPath, method string, args ...any) *dbus.Call {
	ctx, cancel := context.WithTimeout(ctx, busTimeout)
	defer cancel()
	return c.bus.Object(name, path).CallWithContext(ctx, method, dbus.FlagNoAutoStart, args...)
}

// nameless reports whether a call failed because nobody owns the name.
func nameless(err error) bool {
	refusal, ok := errors.AsType[dbus.Error](err)
	return ok && (refusal.Name == "org.freedesktop.DBus.Error.NameHasNoOwner" || refusal.Name == "org.freedesktop.DBus.Error.ServiceUnknown")
}

// launcher returns the command that starts the app by its desktop entry, see entry.
func launcher(name string) ([]string, error) {
	id, file := entry(name)
	if file == "" {
		return nil, ErrNotFound
	}
	for _, command := range [][]string{{"gio", "launch", file}, {"gtk-launch", id}} {
		if _, err := exec.LookPath(command[0]); err == nil {
			return command, nil
		}
	}
	return nil, checks.WithHint(errors.New("neither gio nor gtk-launch is installed to start Spotify with"), "Start Spotify yourself.")
}

// entry returns the app's desktop entry and its file, name's if there is one; "" where there is none.
// The app calls its entry "spotify" wherever it comes from (spotify-launcher#11), so the names of flatpak,
// snap and Arch's launcher follow.
func entry(name string) (id, file string) {
	for _, id := range []string{strings.TrimSuffix(name, ".desktop"), "spotify", "com.spotify.Client", "spotify_spotify", "spotify-launcher"} {
		if file := desktopFile(id); file != "" {
			return id, file
		}
	}
	return "", ""
}

// desktopFile returns the file of a desktop entry that starts a program, or "". Some people have one
// that only names an icon (flathub/com.spotify.Client#329).
func desktopFile(id string) string {
	if id != filepath.Base(id) {
		return ""
	}
	home, _ := os.UserHomeDir() // "" makes paths that do not exist
	local := cmp.Or(os.Getenv("XDG_DATA_HOME"), filepath.Join(home, ".local/share"))
	folders := slices.Concat([]string{local}, filepath.SplitList(cmp.Or(os.Getenv("XDG_DATA_DIRS"), "/usr/local/share:/usr/share")),
		[]string{filepath.Join(local, "flatpak/exports/share"), "/var/lib/flatpak/exports/share", "/var/lib/snapd/desktop"})
	for _, folder := range folders {
		file := filepath.Join(folder, "applications", id+".desktop")
		if text, err := files.Read(file, maxEntry); err == nil && strings.Contains(string(text), "\nExec=") {
			return file
		}
	}
	return ""
}
