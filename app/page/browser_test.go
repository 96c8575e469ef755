package page

import (
	"context"
	"strings"
	"testing"
	"time"

	"fermata/app/page/browsertest"
	"fermata/checks/session"
	"fermata/checks/spotify"
	"fermata/checks/standin"

	"github.com/chromedp/chromedp"
)

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

	tab := browsertest.Chromium(t)
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
		browsertest.Pictures(t, tab, name)
	}

	first := receive(t, opened)
	do("opening", chromedp.Navigate(first))
	see("connect", "h1", "Connect Spotify")
	top, err := chromedp.Run(tab, chromedp.Evaluate[int64]("scrollY"))
	if err != nil || top != 0 {
		t.Errorf("the page opens %d px below its top, %v", top, err)
	}
	do("typing", chromedp.SendKeys(chromedp.CSS("#client_id"), "not an id\r"))
	see("mistake", "#problem", "32 characters")
	focus, err := chromedp.Run(tab, chromedp.Evaluate[string]("document.activeElement.id"))
	if err != nil || focus != "client_id" {
		t.Errorf("the focus is on %q, %v", focus, err)
	}
	do("reloading", chromedp.Reload())
	see("mistake-reloaded", "#problem", "32 characters")
	typed := func(want string) {
		t.Helper()
		do("waiting for the form", chromedp.WaitVisible(chromedp.CSS("#client_id")))
		if got, err := chromedp.Run(tab, chromedp.Value(chromedp.CSS("#client_id"))); err != nil || got != want {
			t.Fatalf("the form has %q (%v), want %q", got, err, want)
		}
	}
	// The redirect URI is copied, or, where the browser does not allow that, selected.
	do("copying", chromedp.Click(chromedp.CSS(".copy")), chromedp.Poll[chromedp.Void](`document.querySelector("#news").textContent !== ""`))
	said, err := chromedp.Run(tab, chromedp.Evaluate[string](`document.querySelector("#news").textContent + getSelection().toString()`))
	if err != nil || said != "Copied." && said != "Press Ctrl+C.http://127.0.0.1/callback" {
		t.Errorf("it said %q, %v", said, err)
	}
	for _, width := range []int64{320, 640} {
		do("resizing", chromedp.EmulateViewport(width, 900))
		if wide, err := chromedp.Run(tab, chromedp.Evaluate[int64]("document.documentElement.scrollWidth")); err != nil || wide != width {
			t.Errorf("at %d px the page is %d px wide (%v)", width, wide, err)
		}
	}
	do("resizing", chromedp.EmulateViewport(1280, 900))
	// A client ID that Spotify does not know: back from its page is the form, as it was, and so in another tab.
	do("typing", chromedp.Clear(chromedp.CSS("#client_id")), chromedp.SendKeys(chromedp.CSS("#client_id"), standin.UnknownClientID+"\r"))
	see("unknown-client", "body", "INVALID_CLIENT")
	do("going back", chromedp.NavigateBack())
	typed(standin.UnknownClientID)
	do("opening it again", chromedp.Navigate(first))
	typed(standin.UnknownClientID)
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
