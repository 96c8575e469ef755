package app

import (
	"context"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"fermata/app/config"
	"fermata/app/core"
	"fermata/app/details"
	"fermata/app/page/browsertest"
	"fermata/app/secrets"
	"fermata/checks"
	"fermata/checks/clock"
	"fermata/checks/standin"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// onPage runs f with an App over the stand-in, in real time, whose page is open at an address.
func onPage(t testing.TB, f func(b *bench, address string)) {
	t.Helper()
	b := &bench{t: t, world: standin.NewWorld(4), keeper: secrets.NewMemory()}
	if err := b.world.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer b.world.Close()
	b.changes, b.networks, b.keyring = make(chan clock.Change), make(chan struct{}), make(chan struct{})
	b.out = b.outside()
	opened := make(chan string, 10)
	b.out.Open = func(_ context.Context, url string) error { opened <- url; return nil }
	b.out.Path = filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(b.out.Path, []byte("# mine\n[[account]]\nclient_id = \""+standin.ClientID+"\" # the demo's\n[clock] # time\n"+
		"servers = [\""+strings.Join(b.world.Times.Names(), "\", \"")+"\"]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	b.settings.File = true
	b.out.Settings = b.settings
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	changes, err := config.Watch(ctx, b.out.Path)
	if err != nil {
		t.Fatal(err)
	}
	reloads := make(chan core.Settings)
	b.out.Reloads = reloads
	go func() {
		s := b.settings
		for range changes {
			s.Config, s.Problems = s.Config.Reload(b.out.Path)
			select {
			case reloads <- s:
			case <-ctx.Done():
			}
		}
	}()
	b.out.Past = aPast(b.out.Time.Now())
	b.signIn("spotify")
	b.start()
	defer func() { b.quit(); <-b.done }()
	if _, err := b.app.Await(ctx, func(s Snapshot) bool { return s.Seen }); err != nil {
		t.Fatal(err)
	}
	b.do("app/open")
	f(b, <-opened)
}

// aPast is what happened in the days before.
func aPast(now time.Time) []core.Happening {
	return []core.Happening{
		{At: now.Add(-50 * time.Hour), Kind: core.CauseBegan, Account: "spotify", Cause: "no-network", Title: "No connection to Spotify"},
		{At: now.Add(-49 * time.Hour), Kind: core.CauseOver, Account: "spotify", Cause: "no-network", Title: "No connection to Spotify", Span: time.Hour},
		{At: now.Add(-3 * time.Hour), Kind: core.ClockSet, Span: -time.Hour},
	}
}

// get asks as a browser does.
func get(t testing.TB, method, address string, form url.Values, change func(*http.Request)) (status int, body string, location string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", "http://"+r.URL.Host)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	if change != nil {
		change(r)
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(data), resp.Header.Get("Location")
}

// A reader is a person at the page.
type reader struct {
	t   testing.TB
	tab context.Context
}

func (r reader) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	r.t.Helper()
	if err := chromedp.Do(r.tab, steps...); err != nil {
		text, _ := chromedp.Run(r.tab, chromedp.Text(chromedp.CSS("main")))
		r.t.Fatalf("%s: %v; the page says:\n%s", what, err, text)
	}
}

// says waits until an element says something.
func (r reader) says(selector, text string) {
	r.t.Helper()
	for begin := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		got := r.js(fmt.Sprintf("document.querySelector(%q)?.textContent ?? ''", selector))
		if strings.Contains(got, text) {
			return
		}
		if time.Since(begin) > 20*time.Second {
			r.t.Fatalf("%s says %q, not %q", selector, got, text)
		}
	}
}

// within waits until something is so, for half a minute at most.
func within(t *testing.T, what string, is func() bool) {
	t.Helper()
	for begin := time.Now(); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Since(begin) > 30*time.Second {
			t.Fatalf("%s: not in half a minute", what)
		}
	}
}

// js is what an expression says.
func (r reader) js(expression string) string {
	r.t.Helper()
	got, err := chromedp.Run(r.tab, chromedp.Evaluate[any](expression))
	if err != nil {
		r.t.Fatalf("%s: %v", expression, err)
	}
	return fmt.Sprint(got)
}

func (r reader) pictures(name string) { browsertest.Pictures(r.t, r.tab, name) }

// TestPageInABrowser is a person at Fermata's page: reads it, meets a trouble while it is open, mends it with
// the keyboard alone, and changes a setting.
func TestPageInABrowser(t *testing.T) {
	t.Parallel()
	onPage(t, func(b *bench, address string) {
		r := reader{t, browsertest.Chromium(t)}
		r.do("opening", chromedp.Navigate(address))
		r.says("h1", "All is well")
		if at := r.js("location.pathname.length > 20 && location.pathname !== '/start'"); at != "true" {
			t.Errorf("the page stands at %s", r.js("location.href"))
		}
		r.pictures("well")
		// What is being typed stays while the page follows.
		r.do("typing", chromedp.SendKeys(chromedp.CSS("#set-tolerance"), "x"))
		b.do("demo/clock-ahead")
		r.says("h1", "Your clock is")
		r.says("#causes h2", "Your clock is")
		r.says("#news", "Your clock is")
		if got := r.js("document.activeElement.id + '=' + document.activeElement.value"); got != "set-tolerance=x2s" {
			t.Errorf("what was typed became %s", got)
		}
		r.pictures("clock")
		// By keyboard: from the top to the first button of the cause, and press it.
		r.do("going to the top", chromedp.Evaluate[chromedp.Void]("document.getElementById('set-tolerance').value = '2s'; document.activeElement.blur(); location.hash = '#cause-clock-wrong'"))
		r.says("h1", "Your clock is")
		for range 30 {
			if strings.HasPrefix(r.js("document.activeElement.id"), "cause-clock-wrong/clock/set") {
				break
			}
			r.do("tabbing", chromedp.KeyEvent("\t"))
		}
		r.do("pressing", chromedp.KeyEvent("\r"))
		r.says("h1", "All is well")
		r.says("#news", "All is well")
		b.do("demo/revoke")
		r.says("#causes h2", "Sign in to Spotify again")
		r.do("focus", chromedp.Focus(chromedp.CSS(`#causes button[value="spotify/refresh"]`)), chromedp.KeyEvent(" "))
		r.says("#causes .outcome", "didn’t")
		if got := r.js("document.activeElement.value"); got != "spotify/refresh" {
			t.Errorf("the focus went to %q", got)
		}
		r.pictures("revoked")
		// A wrong setting is told beside its field, a good one is written and shown.
		r.do("typing", chromedp.Clear(chromedp.CSS("#set-tolerance")), chromedp.SendKeys(chromedp.CSS("#set-tolerance"), "fast\r"))
		r.says("#set-tolerance-wrong", "Expected a duration")
		if got := r.js("document.activeElement.id"); got != "set-tolerance" {
			t.Errorf("the focus is on %q, not on the wrong field", got)
		}
		r.pictures("wrong")
		r.do("typing", chromedp.Clear(chromedp.CSS("#set-tolerance")), chromedp.SendKeys(chromedp.CSS("#set-tolerance"), "3s\r"))
		r.says("#clock", "Beyond 3 s")
		if data, _ := os.ReadFile(b.out.Path); !strings.Contains(string(data), "# mine\n") || !strings.Contains(string(data), "[clock] # time\ntolerance = \"3s\"\n") {
			t.Errorf("the settings became %s", data)
		}
		for _, width := range []int64{320, 640} { // 640 is 1280 at 200 %
			r.do("resizing", chromedp.EmulateViewport(width, 900))
			if got := r.js("document.documentElement.scrollWidth"); got != fmt.Sprint(width) {
				t.Errorf("at %d px the page is %s px wide", width, got)
			}
		}
	})
}

// An account is added, and another client ID set, without an editor.
func TestPageForms(t *testing.T) {
	t.Parallel()
	onPage(t, func(b *bench, address string) {
		_, _, path := get(t, "GET", address, nil, nil)
		u, _ := url.Parse(address)
		page := "http://" + u.Host + path
		_, body, _ := get(t, "GET", page, nil, nil)
		_, token, _ := strings.Cut(body, `name="token" value="`)
		token, _, _ = strings.Cut(token, `"`)
		other := strings.Repeat("f", 32)
		for _, c := range []struct {
			form   url.Values
			status int
			says   string // of the page, or of the file
		}{
			{url.Values{"new-name": {"app"}, "new-client_id": {other}}, 422, `id="set-new-name-wrong">Expected another name`},
			{url.Values{"new-name": {"work"}, "new-client_id": {"x"}}, 422, `id="set-new-client_id-wrong">`},
			{url.Values{"new-name": {"work"}, "new-client_id": {other}}, 303, "name = \"work\"\nprovider = \"spotify\"\nclient_id = \"" + other},
			{url.Values{"client_id:spotify": {"x"}, "renew:spotify": {"auto"}}, 422, `id="set-client_id:spotify-wrong">`},
			{url.Values{"client_id:spotify": {other}, "renew:spotify": {"ask"}}, 303, "renew = \"ask\"\nclient_id = \"" + other + "\" # the demo's"},
			{url.Values{"grant": {"30d, 7x"}}, 422, `id="set-grant-wrong">`},
			{url.Values{"grant": {"30d, 7d\r\n12h"}}, 303, `grant = ["30d", "7d", "12h"]`},
			{url.Values{"servers": {""}}, 422, `id="set-servers-wrong">Expected at least one`},
		} {
			c.form.Set("token", token)
			status, body, _ := get(t, "POST", page+"settings", c.form, nil)
			if status == 303 {
				data, _ := os.ReadFile(b.out.Path)
				body = string(data)
			}
			if status != c.status || !strings.Contains(body, c.says) {
				t.Errorf("%v: %d, without %s:\n%s", c.form, status, c.says, body)
			}
		}
		s, err := b.app.Await(t.Context(), func(s Snapshot) bool {
			return len(s.Details.Accounts) == 2 && len(s.Details.Settings.Grant) == 3 && s.Details.Settings.Grant[2] == "12h"
		})
		if err != nil || s.Details.Settings.Accounts[0].ClientID != other || s.Details.Settings.Accounts[0].Renew != "ask" {
			t.Errorf("%v: %+v", err, s.Details.Settings)
		}
	})
}

// Beside "Sign in again…" stands the address of a sign-in under way, or a button that begins one and opens no browser.
func TestPageTellsTheAddress(t *testing.T) {
	t.Parallel()
	onPage(t, func(b *bench, address string) {
		r := reader{t, browsertest.Chromium(t)}
		r.do("opening", chromedp.Navigate(address))
		r.says("#accounts", "Show the address for another browser")
		r.do("unfolding", chromedp.Focus(chromedp.CSS("#account-spotify-acts summary")), chromedp.KeyEvent(" "))
		r.do("asking", chromedp.Focus(chromedp.CSS(`#accounts button[name="address"][value="spotify/login"]`)), chromedp.KeyEvent(" "))
		r.says("#accounts .address code", "http://127.0.0.1:")
		start := r.js(`document.querySelector("#accounts .address code").textContent`)
		r.do("copying", chromedp.Focus(chromedp.CSS("#accounts .address .copy")), chromedp.KeyEvent(" "))
		r.says("#accounts .address .copy", "C") // "Copied", or "Press Ctrl+C" where that is not allowed
		r.says("#news", ".")
		r.pictures("address")
		_, _, to := get(t, "GET", start, nil, nil)
		u, _ := url.Parse(start)
		_, _, authorize := get(t, "GET", "http://"+u.Host+to, nil, nil)
		back, err := b.world.Spotify.Agree(authorize)
		if err != nil {
			t.Fatal(err)
		}
		_, _, done := get(t, "GET", back.String(), nil, nil)
		if status, body, _ := get(t, "GET", "http://"+u.Host+done, nil, nil); status != 200 {
			t.Errorf("%d: %s", status, body)
		}
		r.says("#accounts .outcome", "Done")
	})
}

// Another client ID without an editor: the old sign-in and the settings stay until the new sign-in works.
func TestAnotherClientID(t *testing.T) {
	t.Parallel()
	onPage(t, func(b *bench, _ string) {
		before, _ := os.ReadFile(b.out.Path)
		old := b.kept()
		done := make(chan error, 1)
		go func() {
			_, err := b.app.Do(t.Context(), core.Clicked{Action: "spotify/client"})
			done <- err
		}()
		var start string
		if _, err := b.app.Await(t.Context(), func(s Snapshot) bool {
			for _, r := range s.Runs {
				if r.Action == "spotify/client" {
					start = r.Address
				}
			}
			return start != ""
		}); err != nil {
			t.Fatal(err)
		}
		u, _ := url.Parse(start)
		origin := "http://" + u.Host
		_, _, path := get(t, "GET", start, nil, nil)
		if _, body, _ := get(t, "GET", origin+path, nil, nil); !strings.Contains(body, "<h1>Use another client ID</h1>") || !strings.Contains(body, `value="`+standin.ClientID+`"`) {
			t.Fatalf("the page is %s", body)
		}
		authorize := func(id string) string {
			if _, _, on := get(t, "POST", origin+path, url.Values{"client_id": {id}}, nil); on != path+"on" {
				t.Fatalf("%s leads to %s", id, on)
			}
			_, _, to := get(t, "GET", origin+path+"go", nil, nil)
			return to
		}
		if _, err := b.world.Spotify.Agree(authorize(standin.UnknownClientID)); err == nil {
			t.Error("Spotify knows the client ID")
		}
		if now, _ := os.ReadFile(b.out.Path); string(now) != string(before) || b.kept() != old {
			t.Errorf("without a sign-in the settings became %s, and %+v is kept", now, b.kept())
		}
		other := strings.Repeat("f", 32)
		back, err := b.world.Spotify.Agree(authorize(other))
		if err != nil {
			t.Fatal(err)
		}
		_, _, to := get(t, "GET", back.String(), nil, nil)
		if status, body, _ := get(t, "GET", origin+to, nil, nil); status != 200 {
			t.Fatalf("%d: %s", status, body)
		}
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if now, _ := os.ReadFile(b.out.Path); string(now) != strings.Replace(string(before), standin.ClientID, other, 1) {
			t.Errorf("the settings became %s", now)
		}
		if g := b.kept(); g.ClientID != other || g.RefreshToken == old.RefreshToken {
			t.Errorf("kept %+v", g)
		}
		if _, err := b.app.Await(t.Context(), func(s Snapshot) bool {
			return s.View.Status.Level == checks.OK && s.Details.Settings.Accounts[0].ClientID == other
		}); err != nil {
			t.Error(err)
		}
	})
}

// Without script the page is whole: a button's outcome is there when it comes back.
func TestPageWithoutScript(t *testing.T) {
	t.Parallel()
	onPage(t, func(b *bench, address string) {
		r := reader{t, browsertest.Chromium(t)}
		if _, err := chromedp.Call(r.tab, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
			t.Fatal(err)
		}
		b.do("demo/revoke")
		if _, err := b.app.Await(t.Context(), func(s Snapshot) bool { return s.View.Status.Level == checks.Critical }); err != nil {
			t.Fatal(err)
		}
		r.do("opening", chromedp.Navigate(address))
		r.says("#causes h2", "Sign in to Spotify again")
		if got := r.js("getComputedStyle(document.querySelector('.live')).display"); got != "none" {
			t.Errorf("the page says that it follows by itself (%s)", got)
		}
		r.do("clicking", chromedp.Click(chromedp.CSS(`#causes button[value="spotify/refresh"]`)))
		// It comes back at once, and what came of the click is there when the provider was asked: not twice in 15 s.
		within(t, "coming back", func() bool { return r.js("location.hash") == "#cause-spotify-revoked" })
		within(t, "the outcome", func() bool {
			r.do("loading it again", chromedp.Reload())
			return strings.Contains(r.js("document.querySelector('#causes .outcome')?.textContent ?? ''"), "didn’t")
		})
		r.do("saving", chromedp.SendKeys(chromedp.CSS("#set-tolerance"), "x\r"))
		r.says("#set-tolerance-wrong", "x2s")
		r.do("saving", chromedp.Clear(chromedp.CSS("#set-tolerance")), chromedp.SendKeys(chromedp.CSS("#set-tolerance"), "4s\r"))
		within(t, "coming back", func() bool { return r.js("location.hash") == "#settings" })
		within(t, "the new tolerance", func() bool { // at once, or when the file was read again
			r.do("loading it again", chromedp.Reload())
			return strings.Contains(r.js("document.getElementById('clock').textContent"), "Beyond 4 s")
		})
		r.do("to the report", chromedp.Click(chromedp.CSS(`a[href="report"]`)))
		r.says("h1", "Report for support")
		if got := r.js("document.getElementById('report').value"); !strings.Contains(got, "Fermata report") || strings.Contains(got, "Jane") {
			t.Errorf("the report is %s", got)
		}
	})
}

// What the page took is given back once it is closed.
func TestPageGivesBack(t *testing.T) {
	inUse := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc + m.StackInuse
	}
	onPage(t, func(b *bench, address string) {
		load := func(address string) {
			_, _, location := get(t, "GET", address, nil, nil)
			u, _ := url.Parse(address)
			for range 20 {
				if status, body, _ := get(t, "GET", "http://"+u.Host+location, nil, nil); status != 200 || !strings.Contains(body, "All is well") {
					t.Fatalf("%d: %s", status, body)
				}
			}
		}
		load(address)
		b.app.page.Close()
		if s, err := b.app.Await(t.Context(), func(s Snapshot) bool { return s.Details == nil }); err != nil || s.Details != nil {
			t.Fatal(err)
		}
		before := inUse() // html/template and net/http have what they keep
		b.app.page = details.New(b.app.source())
		again, err := b.app.page.Open(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		load(again)
		b.app.page.Close()
		if _, err := b.app.Await(t.Context(), func(s Snapshot) bool { return s.Details == nil }); err != nil {
			t.Fatal(err)
		}
		if after := inUse(); after > before+512<<10 {
			t.Errorf("%d kB before, %d kB after", before>>10, after>>10)
		}
		if _, err := net.Dial("tcp", strings.TrimPrefix(strings.TrimSuffix(again, "/start"), "http://")); err == nil {
			t.Error("its port is open")
		}
	})
}

// BenchmarkPage is the server's share of a load, in the worst of states: everything broken, a month's past.
func BenchmarkPage(bm *testing.B) {
	onPage(bm, func(b *bench, address string) {
		b.do("demo/clock-ahead")
		b.do("demo/revoke")
		_, _, location := get(bm, "GET", address, nil, nil)
		u, _ := url.Parse(address)
		for bm.Loop() {
			get(bm, "GET", "http://"+u.Host+location, nil, nil)
		}
	})
}

// BenchmarkFirstPaint is when the browser first paints the page, and how many times what it takes with the
// same bytes from memory: of the medians of loads in turn.
func BenchmarkFirstPaint(bm *testing.B) {
	onPage(bm, func(b *bench, address string) {
		b.do("demo/clock-ahead")
		b.do("demo/revoke")
		_, _, location := get(bm, "GET", address, nil, nil)
		u, _ := url.Parse(address)
		live := "http://" + u.Host + location
		files := map[string]string{}
		for _, name := range []string{"", "style.css", "page.js"} {
			_, files["/"+name], _ = get(bm, "GET", live+name, nil, nil)
		}
		static := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/" {
				w.Header().Set("Content-Type", mime.TypeByExtension(filepath.Ext(r.URL.Path)))
			}
			_, _ = io.WriteString(w, files[r.URL.Path])
		}))
		defer static.Close()
		r := reader{bm, browsertest.Chromium(bm)}
		const loads = 15
		for bm.Loop() {
			var took [2][]float64
			for n := range 2 * loads {
				r.do("opening", chromedp.Navigate([]string{live, static.URL + "/"}[n%2]))
				for r.js("performance.getEntriesByName('first-contentful-paint').length") == "0" {
					time.Sleep(5 * time.Millisecond)
				}
				ms, err := chromedp.Run(r.tab, chromedp.Evaluate[float64]("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
				if err != nil {
					bm.Fatal(err)
				}
				took[n%2] = append(took[n%2], ms)
			}
			slices.Sort(took[0])
			slices.Sort(took[1])
			own, same := took[0][loads/2], took[1][loads/2]
			bm.ReportMetric(own, "ms")
			bm.ReportMetric(same, "static-ms")
			bm.ReportMetric(own/same, "times-static")
			if own > 1.3*same {
				bm.Errorf("%.1f ms, with the same bytes from memory %.1f ms; the budget is 1.3 times that", own, same)
			}
		}
	})
}
