package desktoptest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/systray"
	"github.com/chromedp/chromedp"
	"github.com/godbus/dbus/v5"
	"github.com/zalando/go-keyring"
)

// These tests hold the desktop itself to what the tests of Fermata lean on. The programs in it are
// this test binary, started again with PLAY set.
func TestMain(m *testing.M) {
	switch os.Getenv("PLAY") {
	case "tray":
		playTray()
	case "keyring":
		playKeyring()
	case "start":
		playStart()
	default:
		code := m.Run()
		os.RemoveAll(builds) // "" where nothing was built
		os.Exit(code)
	}
}

// play runs this test binary in the desktop; what it prints comes through the channel, line by line.
func play(t *testing.T, d *Desktop, part string, args ...string) <-chan string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cmd := d.Command(ctx, os.Args[0], args...)
	cmd.Env = append(cmd.Env, "PLAY="+part)
	lines := make(chan string, 100)
	cmd.Stdout = lineWriter(lines)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		cmd.Wait()
	})
	return lines
}

type lineWriter chan string

func (w lineWriter) Write(p []byte) (int, error) {
	for line := range strings.Lines(string(p)) {
		w <- strings.TrimSpace(line)
	}
	return len(p), nil
}

// said waits for a line.
func said(t *testing.T, d *Desktop, lines <-chan string, want string) {
	t.Helper()
	err := until(t.Context(), func(context.Context) error {
		select {
		case got := <-lines:
			if got != want {
				return giveUp{fmt.Errorf("it says %q, not %q", got, want)}
			}
			return nil
		default:
			return fmt.Errorf("it does not say %q", want)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}

var probeRed = color.NRGBA{200, 30, 30, 255}

// playTray is a program with a tray icon and a menu that prints what is clicked.
func playTray() {
	icon := image.NewNRGBA(image.Rect(0, 0, 22, 22))
	for y := 4; y < 18; y++ {
		for x := 4; x < 18; x++ {
			icon.Set(x, y, probeRed)
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, icon); err != nil {
		panic(err)
	}
	systray.SetTitle("probe")
	systray.Run(func() {
		systray.SetIcon(b.Bytes())
		systray.SetTooltip("A probe")
		systray.AddMenuItem("Nobody · signed out", "").Disable()
		systray.AddSeparator()
		items := []*systray.MenuItem{systray.AddMenuItem("Refresh now", ""), systray.AddMenuItem("Check the clock now", "")}
		systray.AddMenuItem("Hidden", "").Hide()
		sub := systray.AddMenuItem("Settings", "")
		items = append(items, sub.AddSubMenuItem("Open the settings file", ""),
			sub.AddSubMenuItemCheckbox("under__score", "", true))
		systray.AddSeparator()
		items = append(items, systray.AddMenuItem("Quit", ""))
		for i, item := range items {
			go func() {
				for range item.ClickedCh {
					fmt.Println("clicked", i)
				}
			}()
		}
	}, nil)
}

func TestTray(t *testing.T) {
	for _, look := range []struct {
		name string
		dark bool
	}{{"light", false}, {"dark", true}} {
		t.Run(look.name, func(t *testing.T) {
			d := For(t, Options{Panel: true, Dark: look.dark})
			ctx := t.Context()
			clicks := play(t, d, "tray")
			item, err := d.WaitItem(ctx, "probe")
			if err != nil {
				t.Fatal(err)
			}
			if item.Tooltip != "A probe" {
				t.Errorf("tooltip %q", item.Tooltip)
			}
			icon, err := d.Icon(ctx)
			if err != nil {
				t.Fatal(err)
			}
			middle := center(icon.Bounds())
			if got := icon.At(middle.X, middle.Y); got != color.Color(color.RGBA(probeRed)) {
				t.Errorf("the middle of the icon is %v", got)
			}
			if ground := icon.RGBAAt(middle.X, 1).R; ground < 128 != look.dark {
				t.Errorf("the panel's shade is %d", ground)
			}
			if err := d.OpenMenu(ctx); err != nil {
				t.Fatal(err)
			}
			shoot(t, d, "menu-"+look.name)
			if err := d.ClickMenu(ctx, "Check the clock now"); err != nil {
				t.Fatal(err)
			}
			said(t, d, clicks, "clicked 1")
			if err := d.OpenSubmenu(ctx, "Settings"); err != nil {
				t.Fatal(err)
			}
			shoot(t, d, "submenu-"+look.name)
			if err := d.ClickMenu(ctx, "Settings", "under_score"); err != nil {
				t.Fatal(err)
			}
			said(t, d, clicks, "clicked 3")
			if err := d.ClickMenu(ctx, "Quit"); err != nil {
				t.Fatal(err)
			}
			said(t, d, clicks, "clicked 4")
			short, cancel := context.WithTimeout(ctx, time.Second)
			defer cancel()
			if err := d.ClickMenu(short, "Nobody · signed out"); err == nil || !strings.Contains(err.Error(), "disabled") {
				t.Errorf("a click on a disabled entry: %v", err)
			}
		})
	}
}

// shoot keeps a picture where -shots names a folder.
func shoot(t *testing.T, d *Desktop, name string) {
	t.Helper()
	if *shots == "" {
		return
	}
	if err := errors.Join(os.MkdirAll(*shots, 0o755), d.Screenshot(filepath.Join(*shots, name+".png"))); err != nil {
		t.Error(err)
	}
}

func TestPanelRestarts(t *testing.T) {
	d := For(t, Options{Screen: true, Panel: true})
	ctx := t.Context()
	if err := d.StopPanel(ctx); err != nil {
		t.Fatal(err)
	}
	if err := d.StartPanel(ctx); err != nil {
		t.Fatal(err)
	}
	play(t, d, "tray")
	if _, err := d.Icon(ctx); err != nil {
		t.Fatal(err)
	}
	if err := d.RestartPanel(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Icon(ctx); err != nil {
		t.Fatal(err)
	}
}

func TestNotices(t *testing.T) {
	d := For(t, Options{Notifications: true})
	ctx := t.Context()
	bus, err := dbus.Connect("unix:path=" + d.Dir() + "/run/bus")
	if err != nil {
		t.Fatal(err)
	}
	defer bus.Close()
	if err := bus.AddMatchSignal(dbus.WithMatchInterface("org.freedesktop.Notifications")); err != nil {
		t.Fatal(err)
	}
	signals := make(chan *dbus.Signal, 10)
	bus.Signal(signals)
	notify := func(title, body string, actions ...string) uint32 {
		t.Helper()
		var id uint32
		err := bus.Object("org.freedesktop.Notifications", "/org/freedesktop/Notifications").
			CallWithContext(ctx, "org.freedesktop.Notifications.Notify", 0, "probe", uint32(0), "", title, body,
				actions, map[string]dbus.Variant{"urgency": dbus.MakeVariant(byte(2))}, int32(0)).Store(&id)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	first := notify("Sign in again", "It was revoked.", "login", "Sign in again", "apps", "Manage apps")
	second := notify("Clock", "4 servers agree.", "check", "Check again")

	n, err := d.WaitNotice(ctx, "Sign in again")
	if err != nil {
		t.Fatal(err)
	}
	if n.Body != "It was revoked." || !slices.Equal(n.Buttons, []string{"Sign in again", "Manage apps"}) {
		t.Errorf("the notice reads %+v", n)
	}
	if _, err := d.WaitNotice(ctx, "Clock"); err != nil {
		t.Fatal(err)
	}
	shoot(t, d, "notices")
	for _, click := range []struct {
		title, button, key string
		id                 uint32
	}{{"Clock", "Check again", "check", second}, {"Sign in again", "Manage apps", "apps", first}} {
		if err := d.ClickNotice(ctx, click.title, click.button); err != nil {
			t.Fatal(err)
		}
		invoked := awaitSignal(t, signals, "org.freedesktop.Notifications.ActionInvoked")
		if invoked.Body[0] != click.id || invoked.Body[1] != click.key {
			t.Errorf("the click on %s came as %v", click.button, invoked.Body)
		}
		if err := d.NoNotice(ctx, click.title); err != nil {
			t.Error(err)
		}
	}
}

func awaitSignal(t *testing.T, signals <-chan *dbus.Signal, name string) *dbus.Signal {
	t.Helper()
	var found *dbus.Signal
	err := until(t.Context(), func(context.Context) error {
		select {
		case s := <-signals:
			if s.Name == name {
				found = s
				return nil
			}
		default:
		}
		return fmt.Errorf("no %s", name)
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// playKeyring keeps a secret and fetches it back.
func playKeyring() {
	err := keyring.Set("fermata-probe", "jane", "s3cret")
	if err != nil {
		fmt.Println("set:", err)
		return
	}
	secret, err := keyring.Get("fermata-probe", "jane")
	fmt.Println("got", secret, err)
}

func TestKeyring(t *testing.T) {
	d := For(t, Options{Keyring: true})
	said(t, d, play(t, d, "keyring"), "got s3cret <nil>")
}

func TestBrowser(t *testing.T) {
	d := For(t, Options{Browser: true})
	ctx := t.Context()
	clicked := make(chan struct{}, 1)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /form", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, `<!doctype html><title>Form</title><form method="post" action="/done"><input name="id"><button>Go on</button></form>`)
	})
	mux.HandleFunc("POST /done", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "You typed %s.", r.FormValue("id"))
		clicked <- struct{}{}
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	for n := 1; n <= 2; n++ { // the second goes to the browser that runs already
		url := fmt.Sprintf("%s/form?n=%d", server.URL, n)
		opener := d.Command(ctx, "xdg-open", url)
		if err := opener.Start(); err != nil {
			t.Fatal(err)
		}
		go opener.Wait()
		if got, err := d.WaitOpened(ctx, n); err != nil || got != url {
			t.Fatalf("opened %q, %v", got, err)
		}
		page, cancel, err := d.Page(ctx, url)
		if err != nil {
			t.Fatal(err)
		}
		if err := chromedp.Do(page, chromedp.SendKeys(chromedp.CSS("input"), "0123"), chromedp.Click(chromedp.CSS("button"))); err != nil {
			t.Fatal(err)
		}
		<-clicked
		text, err := chromedp.Run(page, chromedp.Text(chromedp.CSS("body")))
		if err != nil || text != "You typed 0123." {
			t.Errorf("the page says %q, %v", text, err)
		}
		cancel()
		shoot(t, d, fmt.Sprintf("browser-%d", n))
	}
}

func TestNothingByItself(t *testing.T) {
	d := For(t, Options{})
	for _, name := range []string{secretService, "org.freedesktop.Notifications", watcher, "org.freedesktop.portal.Desktop"} {
		call := d.bus.BusObject().CallWithContext(t.Context(), "org.freedesktop.DBus.StartServiceByName", 0, name, uint32(0))
		if call.Err == nil {
			t.Errorf("the bus activates %s", name)
		}
	}
}

var everything = Options{Panel: true, Notifications: true, Keyring: true, Browser: true}

// playStart starts a desktop and says where, then is killed.
func playStart() {
	const nowhere = "http://127.0.0.1:9/"
	ctx := context.Background()
	d, err := Start(ctx, everything)
	if err == nil {
		err = d.Command(ctx, "xdg-open", nowhere).Start()
	}
	if err == nil {
		_, _, err = d.Page(ctx, nowhere)
	}
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(d.Dir())
	select {}
}

// A killed test must leave nothing behind: no process, no folder, no display.
func TestNothingIsLeft(t *testing.T) {
	Need(t, everything)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "PLAY=start")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line := make([]byte, 200)
	n, err := out.Read(line)
	dir := strings.TrimSpace(string(line[:n]))
	if err != nil || !filepath.IsAbs(dir) {
		t.Fatalf("%q, %v", dir, err)
	}
	there := marked(t, dir)
	for _, name := range []string{"Xvfb", "dbus-daemon", "xfce4-panel", "xfce4-notifyd", "gnome-keyring-d", "chromium"} {
		if !slices.Contains(there, name) {
			t.Errorf("%s is not among the desktop's processes: %v", name, there)
		}
	}
	cmd.Process.Kill()
	cmd.Wait()
	err = until(t.Context(), func(context.Context) error {
		if left := marked(t, dir); len(left) > 0 {
			return fmt.Errorf("processes are left: %v", left)
		}
		if _, err := os.Stat(dir); err == nil {
			return fmt.Errorf("the folder is left: %s", dir)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// marked returns the names of the processes that have dir in their environment or arguments.
func marked(t *testing.T, dir string) []string {
	t.Helper()
	processes, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, p := range processes { // each may end meanwhile
		env, _ := os.ReadFile(p + "/environ")
		args, _ := os.ReadFile(p + "/cmdline")
		if bytes.Contains(append(env, args...), []byte(dir+"/")) {
			name, _ := os.ReadFile(p + "/comm")
			found = append(found, strings.TrimSpace(string(name)))
		}
	}
	return found
}
