package desktoptest

import (
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

//go:embed testdata/*.*
var files embed.FS

// Chromium as it is started by hand, but quiet, root or not, and unable to reach beyond this machine.
// A second start hands its page to the first, as on any desktop.
const chromium = `exec chromium --no-sandbox --test-type --disable-gpu --no-first-run \
	--no-default-browser-check --disable-search-engine-choice-screen --password-store=basic \
	--disable-background-networking --disable-component-update --disable-sync --no-proxy-server \
	--host-resolver-rules='MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost' \
	--window-position=40,60 --window-size=800,640 \
	--user-data-dir='@DIR@/chromium' --remote-debugging-port=0 "$@"`

// Services that the bus may activate, by the packages' own service files.
func services(o Options) []string {
	var s []string
	if o.screen() {
		s = append(s, "org.xfce.Xfconf", "org.a11y.Bus")
	}
	if o.screen() && o.Keyring {
		s = append(s, "org.gnome.keyring.SystemPrompter") // the window that asks to unlock
	}
	return s
}

// furnish makes the desktop's folders and settings.
func furnish(dir string, o Options) error {
	for _, sub := range []string{"home", "config", "data", "state", "cache", "run", "tmp", "bin", "log", "services", "screen"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o700); err != nil {
			return err
		}
	}
	fill := strings.NewReplacer("@BROWSER@", "", "@DIR@", dir)
	if o.Browser {
		fill = strings.NewReplacer("@BROWSER@", strings.ReplaceAll(chromium, "@DIR@", dir), "@DIR@", dir)
	}
	shade := "0.95"
	if o.Dark {
		shade = "0.13"
	}
	look := strings.NewReplacer("@DARK@", strconv.FormatBool(o.Dark), "@SHADE@", shade)
	xfconf := "config/xfce4/xfconf/xfce-perchannel-xml/"
	for _, f := range []struct {
		from, to string
		mode     os.FileMode
		fill     *strings.Replacer
	}{
		{"browser.sh", "bin/browser", 0o700, fill},
		{"browser.desktop", "data/applications/browser.desktop", 0o600, fill},
		{"mimeapps.list", "config/mimeapps.list", 0o600, fill},
		{"settings.ini", "config/gtk-3.0/settings.ini", 0o600, look},
		{"xfce4-panel.xml", xfconf + "xfce4-panel.xml", 0o600, look},
		{"xfce4-notifyd.xml", xfconf + "xfce4-notifyd.xml", 0o600, look},
	} {
		text, err := files.ReadFile("testdata/" + f.from)
		if err != nil {
			return err
		}
		to := filepath.Join(dir, f.to)
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(to, []byte(f.fill.Replace(string(text))), f.mode); err != nil {
			return err
		}
	}
	for _, s := range services(o) {
		name := s + ".service"
		if err := os.Symlink("/usr/share/dbus-1/services/"+name, filepath.Join(dir, "services", name)); err != nil {
			return err
		}
	}
	return nil
}

// environment returns what the desktop's programs get to know. No XDG_CURRENT_DESKTOP: xdg-open then
// asks no desktop's own opener, only the settings for the default browser.
func environment(dir string) []string {
	env := []string{
		// The mark that the guard knows a process by. The slash ends it: one folder's name can be the
		// beginning of another's.
		"FERMATA_DESKTOP=" + dir + "/",
		"PATH=" + os.Getenv("PATH"),
		"LANG=C.UTF-8",
		"GSETTINGS_BACKEND=memory",
		fmt.Sprintf("DBUS_SESSION_BUS_ADDRESS=unix:path=%s/run/bus", dir),
		"XDG_RUNTIME_DIR=" + dir + "/run",
		"HOME=" + dir + "/home",
		"TMPDIR=" + dir + "/tmp",
	}
	for _, sub := range []string{"config", "data", "state", "cache"} {
		env = append(env, fmt.Sprintf("XDG_%s_HOME=%s/%s", strings.ToUpper(sub), dir, sub))
	}
	return env
}
