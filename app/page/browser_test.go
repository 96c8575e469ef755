package page

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fermata/checks/session"
	"fermata/checks/spotify"
	"fermata/checks/standin"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// chromium returns a tab of a real browser of its own, or skips the test.
func chromium(t *testing.T) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("needs a browser: apt-get install chromium")
		}
		t.Skip("needs a browser: apt-get install chromium")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.WindowSize(1280, 720))...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("the browser does not start: %v", err)
	}
	return ctx
}

// TestInABrowser connects, in chromium and over the real loopback: the form and its mistakes, the
// consent page, a refusal, another try, and the last page. With PAGE_PICTURES set to a folder it
// leaves a picture of each page there.
func TestInABrowser(t *testing.T) {
	world := standin.NewWorld(0)
	if err := world.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer world.Close()
	provider := spotify.Provider()
	provider.AuthorizeURL, provider.TokenURL, provider.HealthURL = world.URL()+"/authorize", world.URL()+"/api/token", world.URL()+"/v1/me"

	tab := chromium(t)
	var made *session.Account
	opened := make(chan string, 1)
	open := func(_ context.Context, url string) error { opened <- url; return nil }
	ended := make(chan error, 1)
	go func() {
		ended <- Connect(tab, open, func(clientID, redirectURI string) (*session.Attempt, error) {
			made = session.New(session.Config{Name: "spotify", ClientID: clientID, Provider: provider}, world.Transport(), wallClock{time.Now()}, noKeeper{})
			return made.Begin(redirectURI, false)
		})
	}()

	do := func(what string, steps ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		if err := chromedp.Do(tab, steps...); err != nil {
			text, _ := chromedp.Run(tab, chromedp.Text(chromedp.CSS("body")))
			t.Fatalf("%s: %v; the page says:\n%s", what, err, text)
		}
	}
	see := func(name, selector, text string) {
		t.Helper()
		do("waiting for "+selector, chromedp.WaitVisible(chromedp.CSS(selector)))
		got, err := chromedp.Run(tab, chromedp.Text(chromedp.CSS(selector)))
		if err != nil || !strings.Contains(got, text) {
			t.Fatalf("%s says %q (%v), want %q", selector, got, err, text)
		}
		pictures(t, tab, name)
	}

	do("opening", chromedp.Navigate(receive(t, opened)))
	see("connect", "h1", "Connect Spotify")
	focus, err := chromedp.Run(tab, chromedp.Evaluate[string]("document.activeElement.id"))
	if err != nil || focus != "client_id" {
		t.Errorf("the focus is on %q, %v", focus, err)
	}
	do("typing", chromedp.KeyEvent("not an id\r"))
	see("mistake", "#problem", "32 characters")
	do("typing", chromedp.Clear(chromedp.CSS("#client_id")), chromedp.SendKeys(chromedp.CSS("#client_id"), standin.ClientID+"\r"))
	see("authorize", "#agree", "Agree")
	do("declining", chromedp.Click(chromedp.CSS("#cancel")))
	see("declined", ".button", "Try again")
	do("trying again", chromedp.Click(chromedp.CSS(".button")))
	do("continuing", chromedp.WaitVisible(chromedp.CSS("#client_id")), chromedp.Click(chromedp.CSS("form button")))
	do("agreeing", chromedp.WaitVisible(chromedp.CSS("#agree")), chromedp.Click(chromedp.CSS("#agree")))
	if err := receive(t, ended); err != nil || !signedIn(t, made) {
		t.Fatalf("ended with %v", err)
	}
	see("signed-in", "h1", "You are signed in") // though the server is gone
}

// pictures takes the page in light, in dark, and as wide as a phone, if pictures are wanted.
func pictures(t *testing.T, tab context.Context, name string) {
	t.Helper()
	folder := os.Getenv("PAGE_PICTURES")
	if folder == "" {
		return
	}
	for _, look := range []struct {
		name, scheme string
		width        int64
	}{{"light", "light", 1280}, {"dark", "dark", 1280}, {"phone", "light", 360}} {
		media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: look.scheme}}}
		if _, err := chromedp.Call(tab, emulation.SetEmulatedMedia, media); err != nil {
			t.Fatal(err)
		}
		if err := chromedp.Do(tab, chromedp.EmulateViewport(look.width, 720)); err != nil {
			t.Fatal(err)
		}
		picture, err := chromedp.Run(tab, chromedp.CaptureScreenshot())
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name+"-"+look.name+".png"), picture, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
