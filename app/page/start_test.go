package page

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fermata/checks"
)

// TestFirstAddress: what stands in the browser's command tells nobody anything.
func TestFirstAddress(t *testing.T) {
	for name, visit := range map[string]func(s *stay) func(ctx context.Context) error{
		"signing in": func(s *stay) func(ctx context.Context) error {
			return func(ctx context.Context) error { return SignIn(ctx, s.open, s.begin) }
		},
		"connecting": func(s *stay) func(ctx context.Context) error {
			return func(ctx context.Context) error { return Connect(ctx, s.open, s.beginWith) }
		},
	} {
		s := newStay(t)
		first := s.start(visit(s))
		origin, ok := strings.CutSuffix(first, "/start")
		if !ok || !strings.HasPrefix(origin, "http://127.0.0.1:") || strings.ContainsAny(origin[len("http://"):], "/?#@") {
			t.Errorf("%s: opened %s", name, first)
		}
		for site, want := range map[string]int{"": 303, "none": 303, "same-origin": 303, "same-site": 403, "cross-site": 403, "new": 403} {
			r, err := http.NewRequest("GET", first, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Sec-Fetch-Site", site)
			if got := fetch(t, r); got.status != want || want == 403 && got.header.Get("Location") != "" {
				t.Errorf("%s from a site that is %q: %d to %q, want %d", name, site, got.status, got.header.Get("Location"), want)
			}
		}
		one, _ := browse(t, first)
		if two, r := browse(t, first); one != two || len(r.header["Set-Cookie"]) > 0 {
			t.Errorf("%s: opened twice it leads to %s and %s, with the cookie %q", name, one, two, r.header["Set-Cookie"])
		}
	}
}

// TestStartAfterFailure: the first address begins a new try when the one before is used up.
func TestStartAfterFailure(t *testing.T) {
	s := newStay(t)
	first := s.start(func(ctx context.Context) error { return SignIn(ctx, s.open, s.begin) })
	authorize, _ := browse(t, first)
	back, err := s.spotify.Cancel(authorize)
	if err != nil {
		t.Fatal(err)
	}
	wantPage(t, comeBack(t, back.String()), 400, "You declined access")
	again, _ := browse(t, first)
	if again == authorize {
		t.Error("a used-up try is offered again")
	}
	wantPage(t, comeBack(t, s.agree(again)), 200, "You are signed in")
}

// A tab is a browser at a visit's handler, without a network.
type tab struct {
	v       *visit
	cookies map[string]string
}

func (b *tab) get(path string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", strings.TrimPrefix(path, b.v.origin), nil)
	r.Host = strings.TrimPrefix(b.v.origin, "http://")
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	b.v.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if b.cookies == nil {
			b.cookies = map[string]string{}
		}
		b.cookies[c.Name] = c.Value
	}
	return w
}

// unknown begins a visit on a system that does not tell whose a connection is, in a synctest bubble.
func unknown(t *testing.T) (*stay, *visit) {
	s := newStay(t)
	l := &quiet{closed: make(chan struct{})}
	v := newVisit(t.Context(), l.Addr(), false, "go", s.open, nil)
	go func() { s.ended <- signIn(v, l, s.begin) }()
	<-s.opened
	return s, v
}

// TestOneBrowser: without knowing whose a connection is, the first browser is the person's.
func TestOneBrowser(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, v := unknown(t)
		early := &tab{v: v, cookies: map[string]string{cookieName: ""}} // before there is a cookie to have
		if got := early.get(v.path + "go"); got.Code != 403 {
			t.Errorf("before anybody came: %d", got.Code)
		}
		person := &tab{v: v}
		entered := person.get("/start")
		c := entered.Result().Cookies()
		if len(c) != 1 || !c[0].HttpOnly || c[0].SameSite != http.SameSiteStrictMode || len(c[0].Value) < 26 || strings.Contains(entered.Header().Get("Location"), c[0].Value) {
			t.Fatalf("the cookies %v", c)
		}
		if again := person.get("/start"); again.Code != 303 || len(again.Result().Cookies()) != 0 {
			t.Errorf("the same browser again: %d, %v", again.Code, again.Result().Cookies())
		}
		for name, b := range map[string]*tab{"no cookie": {v: v}, "a wrong one": {v: v, cookies: map[string]string{cookieName: "x"}}} {
			for _, page := range []string{"", "go"} {
				if got := b.get(v.path + page); got.Code != 403 || !strings.Contains(got.Body.String(), "Allow cookies for 127.0.0.1:4711") {
					t.Errorf("%s at %q: %d %s", name, page, got.Code, got.Body)
				}
			}
		}
		back := s.agree(person.get(v.path + "go").Header().Get("Location"))
		start := time.Now()
		person.cookies = nil // they are strict, and the browser comes from another site
		sent := person.get(back)
		if page := person.get(sent.Header().Get("Location")); !strings.Contains(page.Body.String(), "You are signed in") || time.Since(start) != arrival {
			t.Errorf("after %v: %s", time.Since(start), page.Body)
		}
		if err := <-s.ended; err != nil || !signedIn(t, s.account) {
			t.Errorf("ended with %v", err)
		}
	})
}

// TestTwoBrowsers: whichever of the two is the person's, they are told, and nobody is signed in.
func TestTwoBrowsers(t *testing.T) {
	for name, after := range map[string]time.Duration{"at once": 0, "while the first one signs in": arrival - 1} {
		synctest.Test(t, func(t *testing.T) {
			s, v := unknown(t)
			one, two := &tab{v: v}, &tab{v: v}
			back := s.agree(one.get(one.get("/start").Header().Get("Location")).Header().Get("Location"))
			one.get(back)
			time.Sleep(after)
			got := two.get("/start")
			if got.Code != 403 || len(two.cookies) != 0 || !strings.Contains(got.Body.String(), "This sign-in was stopped") ||
				!strings.Contains(got.Body.String(), "perhaps by somebody else") {
				t.Errorf("%s: the second browser gets %d, %v: %s", name, got.Code, two.cookies, got.Body)
			}
			if err := <-s.ended; !errors.Is(err, ErrShared) || checks.Hint(err) == "" {
				t.Errorf("%s: ended with %v", name, err)
			}
			time.Sleep(time.Minute)
			if signedIn(t, s.account) || s.spotify.Count("/api/token") != 0 {
				t.Errorf("%s: signed in all the same", name)
			}
		})
	}
}

// TestTwoBrowsersLate: a second one that comes after all that the first could wait for is told all the same.
func TestTwoBrowsersLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, v := unknown(t)
		(&tab{v: v}).get("/start")
		time.Sleep(9 * time.Minute)
		if got := (&tab{v: v}).get("/start"); got.Code != 403 {
			t.Errorf("%d", got.Code)
		}
		if err := <-s.ended; !errors.Is(err, ErrShared) {
			t.Errorf("ended with %v", err)
		}
	})
}

// TestDeclinedAndLeft: whoever declines and reads no further ends the sign-in with that, two minutes later.
func TestDeclinedAndLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStay(t)
		l := &quiet{closed: make(chan struct{})}
		v := newVisit(t.Context(), l.Addr(), true, "go", s.open, nil)
		go func() { s.ended <- signIn(v, l, s.begin) }()
		<-s.opened
		b := &tab{v: v}
		back, err := s.spotify.Cancel(b.get(v.path + "go").Header().Get("Location"))
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		b.get(back.String())
		if err := <-s.ended; err == nil || !strings.Contains(err.Error(), "declined") || time.Since(start) != afterword {
			t.Errorf("%v after %v", err, time.Since(start))
		}
	})
}

// TestIPv6: where there is no 127.0.0.1, another redirect URI has to be registered, and the person is told.
func TestIPv6(t *testing.T) {
	l := &quiet{closed: make(chan struct{}), ip: "::1"}
	s := newStay(t)
	v := newVisit(t.Context(), l.Addr(), true, "", s.open, nil)
	go func() { s.ended <- connect(v, l, s.beginWith) }()
	if first := receive(t, s.opened); first != "http://[::1]:4711/start" {
		t.Errorf("opened %s", first)
	}
	b := &tab{v: v}
	if form := b.get(b.get("/start").Header().Get("Location")).Body.String(); !strings.Contains(form, "http://[::1]/callback") || strings.Contains(form, "127.0.0.1") {
		t.Errorf("the guide says %s", form)
	}
	v.cancel()
	receive(t, s.ended)

	l = &quiet{closed: make(chan struct{}), ip: "::1"}
	v = newVisit(t.Context(), l.Addr(), true, first(l.Addr()), s.open, nil)
	go func() { s.ended <- signIn(v, l, s.begin) }()
	receive(t, s.opened)
	b = &tab{v: v}
	note := b.get(b.get("/start").Header().Get("Location")).Body.String()
	if !strings.Contains(note, "http://[::1]/callback") {
		t.Errorf("the person is not told: %s", note)
	}
	authorize := b.get(link(t, v.origin, reply{body: note})).Header().Get("Location")
	if back := b.get(s.agree(authorize)); back.Header().Get("Location") != v.path+"done" {
		t.Errorf("back to %q", back.Header().Get("Location"))
	}
	if done := b.get(v.path + "done").Body.String(); !strings.Contains(done, "You are signed in") {
		t.Errorf("the last page: %s", done)
	}
	if err := receive(t, s.ended); err != nil {
		t.Error(err)
	}
}
