package desktoptest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fermata/checks/standin"

	"github.com/chromedp/chromedp"
)

// Here Fermata itself is in the desktop, built from the module's root, and the tests do with it what
// a person does.

// race tells whether the tests are built with the race detector; then Fermata is too.
var race bool

// builds is where the program is built; TestMain removes it.
var builds string

// program builds Fermata once for all tests.
var program = sync.OnceValues(func() (string, error) {
	var err error
	if builds, err = os.MkdirTemp("", "fermata-build-"); err != nil {
		return "", err
	}
	file := filepath.Join(builds, "fermata")
	args := []string{"build", "-o", file}
	if race {
		args = append(args, "-race")
	}
	out, err := exec.Command("go", append(args, "fermata")...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("building fermata: %w\n%s", err, out)
	}
	return file, nil
})

// A fermata is a running one.
type fermata struct {
	*Desktop
	t    *testing.T
	args []string      // what a command for this instance begins with
	end  chan struct{} // closed when it has ended
}

// fermata starts Fermata in the desktop and waits until it answers commands. It has to end with exit
// code 0 and without a data race of its own.
func (d *Desktop) fermata(t *testing.T, args ...string) fermata {
	t.Helper()
	file, err := program()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cmd := d.Command(ctx, file, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	cmd.Env = append(cmd.Env, raceOptions)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	f := fermata{Desktop: d, t: t, end: make(chan struct{})}
	go func() {
		cmd.Wait()
		close(f.end)
	}()
	t.Cleanup(func() {
		cancel()
		<-f.end
		if code := cmd.ProcessState.ExitCode(); code != 0 || ownRace(stderr.String()) {
			t.Errorf("fermata ended with %v\n%s", cmd.ProcessState, &stderr)
		} else if t.Failed() {
			t.Logf("fermata said:\n%s", &stderr)
		}
	})
	if len(args) > 0 && args[0] == "demo" {
		f.args = args[:1]
	}
	f.await("answers", func(status) bool { return true })
	return f
}

// raceOptions leave the verdict to ownRace, and spare each command the second that the race detector
// waits at its end.
const raceOptions = "GORACE=exitcode=0 atexit_sleep_ms=0"

// ownRace finds a report of the race detector that is about more than systray itself, whose SetIcon
// and GetLayout (v1.12.2) change under a panel's hands what the panel is reading.
func ownRace(stderr string) bool {
	for _, report := range strings.Split(stderr, "==================\n") {
		if strings.Contains(report, "DATA RACE") && !strings.Contains(report, "fyne.io/systray") {
			return true
		}
	}
	return false
}

// status is the part of "fermata status --json" that the tests look at.
type status struct {
	Level string
	Clock struct {
		OffsetS float64 `json:"offset_s"` // in nanoseconds, so no two measurements are the same
	}
	Accounts []struct {
		User         string
		Level        string
		SessionUntil time.Time `json:"session_until"`
	}
	Notices []struct{ Title string }
}

func (s status) signedIn() bool {
	return len(s.Accounts) == 1 && s.Accounts[0].Level == "ok" && !s.Accounts[0].SessionUntil.IsZero()
}

// await waits until the status is so.
func (f fermata) await(what string, so func(status) bool) status {
	f.t.Helper()
	var s status
	err := until(f.t.Context(), func(ctx context.Context) error {
		out, err := f.command(ctx, "status", "--json").Output()
		if exit, ok := errors.AsType[*exec.ExitError](err); ok && (exit.ExitCode() == 1 || exit.ExitCode() == 3) {
			err = nil // something is wrong with what is watched, or could not be seen
		}
		if err != nil {
			return err
		}
		s = status{}
		if err := json.Unmarshal(out, &s); err != nil {
			return fmt.Errorf("%w in %s", err, out)
		}
		if !so(s) {
			return fmt.Errorf("the status is not so: %s\n%s", what, out)
		}
		return nil
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return s
}

func (f fermata) command(ctx context.Context, args ...string) *exec.Cmd {
	file, _ := program()
	cmd := f.Command(ctx, file, append(slices.Clone(f.args), args...)...)
	cmd.Env = append(cmd.Env, raceOptions)
	return cmd
}

func (f fermata) do(action string) {
	f.t.Helper()
	if out, err := f.command(f.t.Context(), "do", action).CombinedOutput(); err != nil {
		f.t.Fatalf("do %s: %v\n%s", action, err, out)
	}
}

// must is for what a person does: it has to work.
func (f fermata) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

// page waits for a page of that address in the browser and does something on it.
func (f fermata) page(prefix string, steps ...chromedp.Action[chromedp.Void]) {
	f.t.Helper()
	page, cancel, err := f.Page(f.t.Context(), prefix)
	f.must(err)
	defer cancel()
	limited, cancelLimit := context.WithTimeout(page, 20*time.Second)
	defer cancelLimit()
	f.must(chromedp.Do(limited, steps...))
}

// sentOn is how the address of the page begins that the browser is sent on to from the first one, which may
// have another port.
func sentOn(first string) string { return first[:strings.LastIndex(first, ":")+1] }

// What a person does on Spotify's page, and sees then.
var (
	agree        = chromedp.Click(chromedp.CSS("#agree"))
	signedInPage = chromedp.WaitVisible(`//h1[.="You are signed in"]`)
)

// The icon has to be registered, painted, and plain to see on a light and on a dark panel.
func TestFermataIcon(t *testing.T) {
	for _, look := range []struct {
		name string
		dark bool
	}{{"light", false}, {"dark", true}} {
		t.Run(look.name, func(t *testing.T) {
			f := For(t, Options{Panel: true, Dark: look.dark}).fermata(t, "demo")
			item, err := f.WaitItem(t.Context(), "Fermata")
			f.must(err)
			if !strings.HasPrefix(item.Tooltip, "Fermata (DEMO)") || item.Status != "Active" {
				t.Errorf("the tray was told %+v", item)
			}
			f.must(until(t.Context(), func(ctx context.Context) error {
				if item, err = f.WaitItem(ctx, "Fermata"); err == nil && !strings.HasPrefix(item.Title, "Fermata (DEMO): Session until ") {
					err = fmt.Errorf("the icon is called %q", item.Title)
				}
				return err
			}))
			icon, err := f.Icon(t.Context())
			f.must(err)
			if painted := Painted(icon, icon.Bounds()); painted.Dx() < 16 || painted.Dy() < 8 {
				t.Errorf("only %v is painted", painted)
			}
			if c := contrast(icon); c < 3 { // WCAG 2.2, 1.4.11: graphics need 3:1
				t.Errorf("the icon's contrast is %.1f : 1", c)
			}
			shoot(t, f.Desktop, "fermata-"+look.name)
		})
	}
}

// contrast returns the highest contrast ratio (WCAG 2.2) of the picture against its corner.
func contrast(img *image.RGBA) float64 {
	b := img.Bounds()
	luminance := func(x, y int) float64 {
		linear := func(v uint8) float64 { // IEC 61966-2-1, without its straight beginning
			return math.Pow((float64(v)/255+0.055)/1.055, 2.4)
		}
		c := img.RGBAAt(x, y)
		return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
	}
	ground, best := luminance(b.Min.X, b.Min.Y), 1.0
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			l := luminance(x, y)
			best = max(best, (max(l, ground)+0.05)/(min(l, ground)+0.05))
		}
	}
	return best
}

func TestFermataMenu(t *testing.T) {
	f := For(t, Options{Panel: true}).fermata(t, "demo")
	ctx := t.Context()
	before := f.await("the clock was checked", func(s status) bool { return s.Clock.OffsetS != 0 })
	f.must(f.OpenMenu(ctx))
	shoot(t, f.Desktop, "fermata-menu")
	f.must(f.ClickMenu(ctx, "Check the clock now"))
	f.await("the clock was checked again", func(s status) bool { return s.Clock.OffsetS != before.Clock.OffsetS })
	f.must(f.OpenSubmenu(ctx, "Demo"))
	shoot(t, f.Desktop, "fermata-submenu")
	f.must(f.ClickMenu(ctx, "Demo", "Revoke the sign-in"))
	f.await("revoked", func(s status) bool { return s.Level == "critical" })
}

// A line of the menu and a notification open Fermata's page, each where it tells of that.
func TestFermataPage(t *testing.T) {
	const notice = "DEMO: Sign in to Spotify again"
	f := For(t, Options{Panel: true, Notifications: true, Browser: true}).fermata(t, "demo")
	ctx := t.Context()
	f.await("signed in", status.signedIn)
	f.must(f.ClickMenu(ctx, "Spotify · Jane (demo)"))
	url, err := f.WaitOpened(ctx, 1)
	f.must(err)
	if !strings.HasSuffix(url, "/start?at=account-spotify") {
		t.Errorf("the menu's line leads to %s", url)
	}
	f.page(strings.TrimSuffix(url, "start?at=account-spotify"), chromedp.WaitVisible(`//h1[contains(., "All is well")]`))
	f.do("demo/revoke")
	f.must(f.ClickNotice(ctx, notice, "Details"))
	next, err := f.WaitOpened(ctx, 2)
	f.must(err)
	if next != strings.TrimSuffix(url, "account-spotify")+"cause-spotify-revoked" {
		t.Errorf("the notice leads to %s, the line to %s", next, url)
	}
	f.page(strings.TrimSuffix(url, "start?at=account-spotify"), chromedp.WaitVisible(`//h2[.="Sign in to Spotify again"]`))
	shoot(t, f.Desktop, "fermata-page")
}

// The main job: what breaks is told, and mended with one click on the notification.
func TestFermataSignInAgain(t *testing.T) {
	const notice = "DEMO: Sign in to Spotify again"
	f := For(t, Options{Panel: true, Notifications: true, Browser: true}).fermata(t, "demo")
	ctx := t.Context()
	f.await("signed in", status.signedIn)
	f.do("demo/revoke")
	n, err := f.WaitNotice(ctx, notice)
	f.must(err)
	if !slices.Equal(n.Buttons, []string{"Sign in again", "Manage apps", "Details"}) {
		t.Errorf("the notice has the buttons %q", n.Buttons)
	}
	shoot(t, f.Desktop, "fermata-notice")
	f.must(f.ClickNotice(ctx, notice, "Sign in again"))
	url, err := f.WaitOpened(ctx, 1)
	f.must(err)
	f.page(sentOn(url), agree, signedInPage)
	f.await("signed in", status.signedIn)
	f.must(f.NoNotice(ctx, notice))
	shoot(t, f.Desktop, "fermata-signed-in")
}

// The first run: nothing is configured, and no file is to be edited.
func TestFermataConnect(t *testing.T) {
	const notice = "DEMO: Fermata now watches your clock"
	f := For(t, Options{Panel: true, Notifications: true, Browser: true}).fermata(t, "demo", "--first-run")
	ctx := t.Context()
	n, err := f.WaitNotice(ctx, notice)
	f.must(err)
	if len(n.Buttons) != 2 {
		t.Fatalf("the notice has the buttons %q", n.Buttons)
	}
	f.must(f.OpenMenu(ctx)) // the panel has seen a menu in which there is nothing to fix
	f.must(f.CloseMenu(ctx))
	f.must(f.ClickNotice(ctx, notice, n.Buttons[0]))
	url, err := f.WaitOpened(ctx, 1)
	f.must(err)
	url = sentOn(url)
	field := chromedp.CSS("#client_id") // the demo has filled it in
	f.page(url,
		chromedp.Clear(field),
		chromedp.SendKeys(field, "not a client ID"),
		chromedp.Click(chromedp.CSS("form button")),
		chromedp.WaitVisible(chromedp.CSS("#client_id[aria-invalid=true]")))
	shoot(t, f.Desktop, "fermata-connect")
	f.page(url,
		chromedp.Clear(field),
		chromedp.SendKeys(field, standin.ClientID),
		chromedp.Click(chromedp.CSS("form button")),
		agree, signedInPage)
	f.await("signed in", status.signedIn)
	f.must(f.NoNotice(ctx, notice))
	f.must(f.OpenSubmenu(ctx, "Fix a problem"))
	shoot(t, f.Desktop, "fermata-connected")
	f.must(f.CloseMenu(ctx))
}

// Panels crash, are replaced, and start later than programs do.
func TestFermataOutlivesThePanel(t *testing.T) {
	f := For(t, Options{Screen: true}).fermata(t, "demo")
	ctx := t.Context()
	f.must(f.StartPanel(ctx))
	_, err := f.Icon(ctx)
	f.must(err)
	for range 2 {
		f.must(f.RestartPanel(ctx))
		_, err = f.Icon(ctx)
		f.must(err)
		before := f.await("the clock was checked", func(s status) bool { return s.Clock.OffsetS != 0 })
		f.must(f.ClickMenu(ctx, "Check the clock now"))
		f.await("the clock was checked again", func(s status) bool { return s.Clock.OffsetS != before.Clock.OffsetS })
	}
}

// The sign-in outlives the program, in the keyring.
func TestFermataKeepsTheSignIn(t *testing.T) {
	d := For(t, Options{Panel: true, Keyring: true, Browser: true})
	world := standin.NewWorld(4)
	if err := world.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	settings := fmt.Sprintf(`
[clock]
servers = ["%s"]
[[account]]
name = "spotify"
provider = "oauth2"
client_id = "%s"
authorize_url = "%[3]s/authorize"
token_url = "%[3]s/api/token"
api_url = "%[3]s/v1/me"
`, strings.Join(world.Times.Names(), `", "`), standin.ClientID, world.URL())
	dir := filepath.Join(d.Dir(), "config", "fermata")
	if err := errors.Join(os.Mkdir(dir, 0o700), os.WriteFile(filepath.Join(dir, "config.toml"), []byte(settings), 0o600)); err != nil {
		t.Fatal(err)
	}
	f := d.fermata(t)
	ctx := t.Context()
	f.await("not signed in", func(s status) bool { return len(s.Accounts) == 1 && s.Accounts[0].SessionUntil.IsZero() })
	f.must(f.ClickMenu(ctx, "Sign in…"))
	url, err := f.WaitOpened(ctx, 1)
	f.must(err)
	f.page(sentOn(url), agree, signedInPage)
	f.await("signed in", status.signedIn)
	f.must(f.ClickMenu(ctx, "Quit Fermata"))
	f.must(f.NoIcon(ctx))
	<-f.end
	d.fermata(t).await("still signed in", status.signedIn)
}
