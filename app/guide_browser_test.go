package app

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"fermata/app/config"
	"fermata/app/core"
	"fermata/app/page/browsertest"
	"fermata/app/secrets"
	"fermata/checks"
	"fermata/checks/clock"
	"fermata/checks/standin"

	"github.com/chromedp/chromedp"
)

// withoutAccount runs f with an App over the stand-in, in real time, of a person who has no account, and who
// has just clicked "The music stopped…": the browser is sent to address.
func withoutAccount(t *testing.T, trouble string, f func(b *bench, address string, opened <-chan string)) {
	t.Helper()
	b := &bench{t: t, world: standin.NewWorld(4), keeper: secrets.NewMemory()}
	if err := b.world.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer b.world.Close()
	b.changes, b.networks, b.keyring = make(chan clock.Change), make(chan struct{}), make(chan struct{})
	b.out = b.outside()
	b.out.Settings.Accounts = []config.Account{}
	b.out.Pages.SignOut, b.out.Pages.SignIn, b.out.Pages.Everywhere = "sign-out page", "sign-in page", "everywhere page"
	opened := make(chan string, 10)
	b.out.Open = func(_ context.Context, url string) error { opened <- url; return nil }
	b.start()
	defer func() { b.quit(); <-b.done }()
	if _, err := b.app.Await(t.Context(), func(s Snapshot) bool { return s.Seen }); err != nil {
		t.Fatal(err)
	}
	if trouble != "" {
		b.do(core.ID("demo", trouble))
	}
	b.click("guide/begin")
	f(b, <-opened, opened)
}

// key goes on by keyboard alone to the element whose ID it is, and presses it.
func (r reader) key(id string) {
	r.t.Helper()
	for range 80 {
		if r.js("document.activeElement.id") == id {
			r.do("pressing "+id, chromedp.KeyEvent("\r"))
			return
		}
		r.do("tabbing", chromedp.KeyEvent("\t"))
	}
	r.t.Fatalf("no way by keyboard to %s", id)
}

// TestGuide is a person without an account and with a keyboard, from the first click to "it helped".
func TestGuide(t *testing.T) {
	for _, c := range []struct{ trouble, see, verdict, fix, page, end string }{
		{"", "guide-see/jwt-expired", "The web player’s session has timed out", "guide/refresh", "player", "It was this: The web player’s session has timed out."},
		{"", "", "None of these: it is the session in that player", "guide/refresh", "player", "It was the session in that player."},
		{"", "guide-see/signed-out", "signed out", "guide/login", "sign-out page", "signed out"},
		{"clock-ahead", "guide-see/jwt-expired", "Your clock is 1 min 30 s ahead", "clock/set", "", "It was this: Your clock is 1 min 30 s ahead."},
		{"ports", "", "The Spotify app can’t get through", "", "", "can’t get through"},
		{"hosts-file", "", "hosts file blocks Spotify", "guide/restart", "", "hosts file"},
		{"portal", "", "This network wants you to log in first", "guide/refresh", "player", "log in first"},
		{"no-network", "", "There is no network", "", "", "There is no network"},
		{"intercepted", "", "The connection to Spotify is intercepted", "", "", "intercepted"},
		{"proxy", "", "A proxy blocks the way", "", "", "A proxy blocks the way"},
		{"names", "", "can’t be looked up", "", "", "can’t be looked up"},
		{"ipv6", "", "IPv6 leads nowhere", "", "", "IPv6 leads nowhere"},
	} {
		t.Run(strings.Trim(c.trouble+" "+strings.TrimPrefix(c.see, "guide-see/"), " "), func(t *testing.T) {
			t.Parallel() // it waits more than it works
			withoutAccount(t, c.trouble, func(b *bench, address string, opened <-chan string) {
				r := reader{t, browsertest.Chromium(t)}
				r.do("opening", chromedp.Navigate(address))
				if c.see != "" {
					r.says("#guide-see", "Something else")
					r.key(c.see)
				}
				r.says("#sentence", c.verdict)
				r.says("#guide-looks", "Looked at")
				r.pictures("guide-" + c.trouble + strings.TrimPrefix(c.see, "guide-see/"))
				if c.fix != "" {
					r.key("guide-fix/" + c.fix)
					if c.page != "" && <-opened != c.page {
						t.Error("another page was opened")
					}
					r.says("#guide-fix .outcome", "Done")
				}
				r.says("#sentence", c.verdict)
				r.key("guide-fix/guide/helped")
				r.says("#guide-fix h2", "It plays again")
				r.says("#guide-fix", c.end)
			})
		})
	}
}

// TestGuideNo is one whom the first fixes don't help, who pastes what they see, in two tabs that show the same.
func TestGuideNo(t *testing.T) {
	t.Parallel()
	withoutAccount(t, "", func(b *bench, address string, opened <-chan string) {
		r := reader{t, browsertest.Chromium(t)}
		r.do("opening", chromedp.Navigate(address))
		r.says("#sentence", "None of these")
		r.do("typing", chromedp.SendKeys(chromedp.CSS("#guide-text"), `<img src=x onerror="document.title='harmed'"><b>the bard is on strike</b>`))
		r.key("guide-read")
		r.says("#guide-see .bad", "doesn’t know this text")
		if got := r.js(`document.querySelectorAll("main img").length + document.title`); !strings.HasPrefix(got, "0The music stopped…") {
			t.Errorf("what was pasted became markup: %s", got)
		}
		r.key("guide-see/jwt-expired")
		r.says("#sentence", "timed out")
		r.do("pasting", chromedp.Evaluate[chromedp.Void](`{const t = document.getElementById("guide-text"); t.value = "x<b>".repeat(270000) + " Playback of protected content is not enabled"; t.focus()}`))
		r.key("guide-read")
		r.says("#guide-see .bad", "doesn’t know this text") // it stands behind the first MB
		r.do("pasting", chromedp.Evaluate[chromedp.Void](`{const t = document.getElementById("guide-text"); t.value = "playback of PROTECTED content is not enabled " + "ü<b>".repeat(200000); t.focus()}`))
		r.key("guide-read")
		r.says("#sentence", "The browser’s part for protected music is off")
		r.says("#guide-fix", "None of the seven fixes helps here")
		r.pictures("guide-protected")
		r.key("guide-see/jwt-expired")
		r.says("#guide-fix h2", "Open the web player again")
		for _, next := range []string{"Sign out, then sign in again", "Restart Spotify"} {
			r.key("guide-fix/guide/not")
			r.says("#guide-fix h2", next)
		}
		r.says("#guide-fix", "Open the web player again: it didn’t help")
		// A second tab shows the same, without script too.
		u, _ := url.Parse(r.js("location.href"))
		u.Fragment = ""
		if _, body, _ := get(t, "GET", u.String(), nil, nil); !strings.Contains(body, "Open the web player again: it didn’t help") {
			t.Error("another tab shows another guide")
		}
		report, err := b.app.Do(t.Context(), core.Clicked{Action: "app/report"})
		if said := fmt.Sprint(report); err != nil || !strings.Contains(said, "jwt-expired") || !strings.Contains(said, "refresh at") || strings.Contains(said, "bard") {
			t.Errorf("the report is %s (%v)", said, err)
		}
		for _, width := range []int64{320, 640} {
			r.do("resizing", chromedp.EmulateViewport(width, 900))
			if got := r.js("document.documentElement.scrollWidth"); got != fmt.Sprint(width) {
				t.Errorf("at %d px the page is %s px wide", width, got)
			}
		}
	})
}

// TestGuideWithAccount is a person whose connected account shows the cause: the guide names it, and mends it by a
// sign-in, from the first key to "it helped".
func TestGuideWithAccount(t *testing.T) {
	for _, c := range []struct{ trouble, verdict, why string }{
		{"revoke", "Sign in to Spotify again", "access was removed"},
		{"six-months", "Sign in to Spotify again", "expire after six months"},
		{"signed-out", "You were signed out", "“Sign out everywhere”"},
	} {
		t.Run(c.trouble, func(t *testing.T) {
			t.Parallel()
			onPage(t, func(b *bench, address string) {
				b.do(core.ID("demo", c.trouble))
				if _, err := b.app.Await(t.Context(), func(s Snapshot) bool { return s.View.Status.Level == checks.Critical }); err != nil {
					t.Fatal(err)
				}
				b.click("guide/begin")
				_, _, path := get(t, "GET", address, nil, nil)
				u, err := url.Parse(address)
				if err != nil {
					t.Fatal(err)
				}
				r := reader{t, browsertest.Chromium(t)}
				r.do("opening", chromedp.Navigate("http://"+u.Host+path+"guide"))
				r.says("#guide-looks", "Looked at")
				r.says("#sentence", c.verdict)
				r.says("#guide", c.why)
				r.pictures("guide-account-" + c.trouble)
				r.key("guide-fix/spotify/login")
				start := ""
				_, err = b.app.Await(t.Context(), func(s Snapshot) bool {
					for _, run := range s.Runs {
						if run.Action == "spotify/login" {
							start = run.Address
						}
					}
					return start != ""
				})
				if err != nil {
					t.Fatal(err)
				}
				here, err := url.Parse(start)
				if err != nil {
					t.Fatal(err)
				}
				_, _, to := get(t, "GET", start, nil, nil)
				_, _, authorize := get(t, "GET", "http://"+here.Host+to, nil, nil)
				back, err := b.world.Spotify.Agree(authorize)
				if err != nil {
					t.Fatal(err)
				}
				get(t, "GET", back.String(), nil, nil)
				if _, err := b.app.Await(t.Context(), func(s Snapshot) bool { return s.View.Status.Level == checks.OK }); err != nil {
					t.Fatal(err)
				}
				r.says("#guide-fix", "Did it help?")
				r.key("guide-fix/guide/helped")
				r.says("#guide-fix h2", "It plays again")
				r.says("#guide-fix", c.verdict)
			})
		})
	}
}
