// Package desktoptest brings up a whole desktop without a monitor, made of the real parts that a person's
// desktop is made of: a session bus, an X server, a window manager, xfce4-panel with a tray,
// xfce4-notifyd, gnome-keyring and Chromium. Programs run in it as on a screen; its methods see what a
// person would see and click with the real mouse pointer.
//
// All of it is test code: Fermata's tests use it, and TestTry shows Fermata to a person. It runs on Linux only, with the
// Debian packages that Missing names.
//
// Every desktop is apart from all others and from the machine's own: it has its own bus, display,
// HOME and XDG folders in one temporary folder, and all of its processes end with it, even when the
// program that started it is killed.
//
// What waits, waits for a condition: until its context ends, or 20 s where the context has no deadline.
package desktoptest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Options say which parts a desktop has at its start. A session bus is always there.
type Options struct {
	Screen        bool // an X server and a window manager; every part but the keyring brings them along
	Panel         bool // xfce4-panel with a tray
	Notifications bool // xfce4-notifyd
	Keyring       bool // gnome-keyring as the Secret Service, unlocked
	Browser       bool // Chromium as the default browser; without it, what is to be opened is only noted
	Dark          bool // dark panel, menus and notices
}

func (o Options) screen() bool { return o.Screen || o.Panel || o.Notifications || o.Browser }

// Where Debian puts the programs that are not in $PATH.
const (
	notifyd = "/usr/lib/*/xfce4/notifyd/xfce4-notifyd"
	xfconfd = "/usr/lib/*/xfce4/xfconf/xfconfd"
	a11yBus = "/usr/libexec/at-spi-bus-launcher"
)

// Missing returns the Debian packages that have to be installed for a desktop with these parts.
func (o Options) Missing() []string {
	var missing []string
	need := func(wanted bool, program, debian string) {
		if wanted && find(program) == "" {
			missing = append(missing, debian)
		}
	}
	need(true, "dbus-daemon", "dbus")
	need(o.screen(), "Xvfb", "xvfb")
	need(o.screen(), "xsetroot", "x11-xserver-utils")
	need(o.screen(), "openbox", "openbox")
	need(o.screen(), "xdotool", "xdotool")
	need(o.screen(), "xdg-open", "xdg-utils")
	need(o.screen(), "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", "fonts-dejavu-core")
	need(o.screen(), "/usr/share/icons/Adwaita/index.theme", "adwaita-icon-theme")
	need(o.Panel, "xfce4-panel", "xfce4-panel")
	need(o.Panel || o.Notifications, xfconfd, "xfconf")
	need(o.Notifications, notifyd, "xfce4-notifyd")
	need(o.Notifications, a11yBus, "at-spi2-core")
	need(o.Keyring, "gnome-keyring-daemon", "gnome-keyring")
	need(o.Browser, "chromium", "chromium")
	return missing
}

// Need skips the test in one line where a desktop with these parts cannot be had; under CI=true it
// fails the test.
func Need(t testing.TB, o Options) {
	t.Helper()
	missing := o.Missing()
	if len(missing) == 0 {
		return
	}
	report := t.Skipf
	if os.Getenv("CI") == "true" {
		report = t.Fatalf
	}
	report("needs a desktop: apt-get install %s", strings.Join(missing, " "))
}

// find returns the path of a program or file, which is a name in $PATH or a pattern; "" if it is
// nowhere.
func find(program string) string {
	if !filepath.IsAbs(program) {
		path, _ := exec.LookPath(program)
		return path
	}
	found, _ := filepath.Glob(program)
	if len(found) == 0 {
		return ""
	}
	return found[0]
}
