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
