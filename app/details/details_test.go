package details

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"fermata/app/loopback"
)

// pipes is a listener whose connections are in memory, so that time in a bubble goes on.
type pipes struct {
	conns chan net.Conn
	once  sync.Once
	ended chan struct{}
}

func newPipes() *pipes { return &pipes{conns: make(chan net.Conn), ended: make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.ended:
		return nil, net.ErrClosed
	}
}
func (p *pipes) Close() error   { p.once.Do(func() { close(p.ended) }); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 4321} }

func (p *pipes) dial(context.Context, string, string) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case p.conns <- there:
		return here, nil
	case <-p.ended:
		return nil, net.ErrClosed
	}
}

// A stay is a visit under test.
type stay struct {
	*visit
	t       *testing.T
	at      *pipes
	clicked []string
	saw     []int         // bytes of what was told
	newer   chan struct{} // of the second version
	done    chan struct{} // the visit has ended
}

// inBubble runs f with a page that is served.
func inBubble(t *testing.T, knowsPeers bool, f func(s *stay)) {
	synctest.Test(t, func(t *testing.T) {
		s := &stay{t: t, at: newPipes(), newer: make(chan struct{}), done: make(chan struct{})}
		s.visit = newVisit(Source{
			Await: func(ctx context.Context, after uint64) (uint64, any, error) {
				newer := s.newer
				switch after {
				case 0:
					return 1, nil, nil
				case 2: // nothing is newer
					newer = nil
				}
				select {
				case <-newer:
					return 2, nil, nil
				case <-ctx.Done():
					return 0, nil, ctx.Err()
				}
			},
			Begin:    func(context.Context) {},
			See:      func(_ context.Context, text string) { s.saw = append(s.saw, len(text)) },
			Click:    func(_ context.Context, action string, _ bool) { s.clicked = append(s.clicked, action) },
			Report:   func(context.Context) (string, error) { return "", errors.New("no report") },
			Calendar: func(context.Context, string) (string, error) { return "BEGIN:VCALENDAR", nil },
		}, s.at.Addr().String(), knowsPeers)
		go func() { defer close(s.done); s.serve(&loopback.Listener{Listener: s.at}) }()
		defer func() { s.cancel(); <-s.done; time.Sleep(time.Second) }() // net/http lingers over a refused body
		f(s)
	})
}

func (s *stay) ended() bool {
	synctest.Wait()
	select {
	case <-s.done:
		return true
	default:
		return false
	}
}

// ask sends a request as the browser does.
func (s *stay) ask(method, path string, form url.Values, change func(*http.Request)) *http.Response {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.origin+path, strings.NewReader(form.Encode()))
	if err != nil {
		s.t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", s.origin)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	if change != nil {
		change(r)
	}
	client := http.Client{Transport: &http.Transport{DialContext: s.at.dial, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	return resp
}

// status is a reply's.
func (s *stay) status(method, path string, form url.Values, change func(*http.Request)) int {
	s.t.Helper()
	resp := s.ask(method, path, form, change)
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode
}

// A form counts only as one of the page's own, and nothing is there for who does not know its address.
func TestStrangers(t *testing.T) {
	inBubble(t, true, func(s *stay) {
		form := url.Values{"token": {s.token}, "action": {"clock/check"}, "at": {"clock"}}
		header := func(name, value string) func(*http.Request) {
			return func(r *http.Request) { r.Header.Set(name, value) }
		}
		for _, c := range []struct {
			what, method, path string
			form               url.Values
			change             func(*http.Request)
			want               int
		}{
			{"its own form", "POST", s.path + "do", form, nil, 303},
			{"an old browser's", "POST", s.path + "do", form, func(r *http.Request) { r.Header.Del("Sec-Fetch-Site") }, 303},
			{"without a token", "POST", s.path + "do", url.Values{"action": {"app/quit"}}, nil, 403},
			{"with the token of another page", "POST", s.path + "do", url.Values{"token": {"AAAA"}, "action": {"app/quit"}}, nil, 403},
			{"without an origin", "POST", s.path + "do", form, func(r *http.Request) { r.Header.Del("Origin") }, 403},
			{"of another origin", "POST", s.path + "do", form, header("Origin", "http://evil.example"), 403},
			{"of no origin", "POST", s.path + "do", form, header("Origin", "null"), 403},
			{"of another site", "POST", s.path + "do", form, header("Sec-Fetch-Site", "cross-site"), 403},
			{"what is seen, without a token", "POST", s.path + "see", url.Values{"see": {"jwt-expired"}}, nil, 403},
			{"what is seen", "POST", s.path + "see", url.Values{"token": {s.token}, "see": {"<b>"}, "at": {"guide-see"}}, nil, 303},
			{"the most that is read", "POST", s.path + "see", url.Values{"token": {s.token}, "see": {strings.Repeat("<", 1<<20)}}, nil, 303},
			{"more than that", "POST", s.path + "see", url.Values{"token": {s.token}, "see": {strings.Repeat("<", 1<<20+64<<10)}}, nil, 400},
			{"settings without a token", "POST", s.path + "settings", url.Values{"tolerance": {"1h"}}, nil, 403},
			{"another host", "GET", s.path + "page.js", nil, func(r *http.Request) { r.Host = "evil.example" }, 421},
			{"the same host by name", "GET", s.path + "page.js", nil, func(r *http.Request) { r.Host = "localhost:4321" }, 421},
			{"another method", "PUT", s.path + "do", form, nil, 405},
			{"a guess", "GET", "/AAAAAAAAAAAAAAAAAAAAAAAAAA/", nil, nil, 404},
			{"the root", "GET", "/", nil, nil, 404},
			{"a click by address", "GET", s.path + "do", nil, nil, 405},
			{"the script", "GET", s.path + "page.js", nil, nil, 200},
			{"the style", "GET", s.path + "style.css", nil, nil, 200},
			{"a calendar", "GET", s.path + "calendar/spotify", nil, nil, 200},
			{"no report", "GET", s.path + "report", nil, nil, 503},
			{"no version", "GET", s.path + "events?after=x", nil, nil, 400},
			{"a huge form", "POST", s.path + "do", url.Values{"token": {s.token}, "x": {strings.Repeat("x", 70<<10)}}, nil, 400},
			{"the beginning, from a link elsewhere", "GET", loopback.StartPath, nil, header("Sec-Fetch-Site", "cross-site"), 403},
			{"the beginning", "GET", loopback.StartPath, nil, header("Sec-Fetch-Site", "none"), 303},
		} {
			if got := s.status(c.method, c.path, c.form, c.change); got != c.want {
				t.Errorf("%s: %d, want %d", c.what, got, c.want)
			}
		}
		if !slices.Equal(s.saw, []int{3, 1 << 20}) {
			t.Errorf("told %v", s.saw)
		}
		if len(s.clicked) != 2 {
			t.Errorf("clicked %v", s.clicked)
		}
		resp := s.ask("GET", s.path+"page.js", nil, nil)
		resp.Body.Close()
		for _, want := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "form-action 'self'", "base-uri 'none'"} {
			if !strings.Contains(resp.Header.Get("Content-Security-Policy"), want) {
				t.Errorf("no %s", want)
			}
		}
	})
}

// A person is sent to a place on the page, and nowhere else.
func TestPlaces(t *testing.T) {
	inBubble(t, true, func(s *stay) {
		for at, want := range map[string]string{"": "", "clock": "#clock", "guide": "guide#guide", "guide-fix": "guide#guide-fix", "cause-spotify-revoked": "#cause-spotify-revoked", "a/b": "#a/b",
			"//evil.example": "#//evil.example", "x y": "", "é": "", "a\r\nb": "", strings.Repeat("a", 201): ""} {
			resp := s.ask("GET", loopback.StartPath+"?at="+url.QueryEscape(at), nil, nil)
			resp.Body.Close()
			if got := resp.Header.Get("Location"); got != s.path+want {
				t.Errorf("%q leads to %q", at, got)
			}
			resp = s.ask("POST", s.path+"do", url.Values{"token": {s.token}, "at": {at}}, nil)
			resp.Body.Close()
			if got := resp.Header.Get("Location"); got != s.path+want {
				t.Errorf("a form at %q leads to %q", at, got)
			}
		}
	})
}

// Where the system does not tell whose a connection is, as many browsers are answered as Fermata opened;
// one more, and nobody is.
func TestGuests(t *testing.T) {
	inBubble(t, false, func(s *stay) {
		if got := s.status("GET", s.path+"page.js", nil, nil); got != 403 {
			t.Errorf("without an invitation: %d", got)
		}
		s.guests.Invite()
		resp := s.ask("GET", loopback.StartPath, nil, nil)
		resp.Body.Close()
		cookie := resp.Cookies()[0]
		if resp.StatusCode != 303 || !cookie.HttpOnly || cookie.SameSite != http.SameSiteStrictMode {
			t.Fatalf("%d, %v", resp.StatusCode, cookie)
		}
		known := func(r *http.Request) { r.AddCookie(cookie) }
		if got := s.status("GET", s.path+"page.js", nil, known); got != 200 {
			t.Errorf("the guest: %d", got)
		}
		s.guests.Invite()
		for range 2 { // the same browser again, and a reload of its first address
			if got := s.status("GET", loopback.StartPath, nil, known); got != 303 {
				t.Errorf("the guest comes again: %d", got)
			}
		}
		if got := s.status("GET", loopback.StartPath, nil, nil); got != 403 {
			t.Errorf("another: %d", got)
		}
		if !s.ended() {
			t.Error("it is served on")
		}
	})
}

// The page is told of news. It is served while it is connected, and not a minute longer.
func TestEnds(t *testing.T) {
	inBubble(t, true, func(s *stay) {
		resp := s.ask("GET", s.path+"events?after=1", nil, nil)
		heard := make([]byte, 100)
		hear := func() string {
			n, err := resp.Body.Read(heard)
			if err != nil {
				t.Fatal(err)
			}
			return string(heard[:n])
		}
		if got := hear(); got != "retry: 1000\n\n" {
			t.Errorf("at first %q", got)
		}
		for range 60 { // for half an hour there is nothing but a sign of life
			if got := hear(); got != ":\n\n" {
				t.Fatalf("heard %q", got)
			}
		}
		close(s.newer)
		if got := hear(); got != "data: 2\n\n" {
			t.Errorf("heard %q", got)
		}
		resp.Body.Close()
		time.Sleep(afterScript - time.Second)
		if s.ended() {
			t.Fatal("it ended too soon")
		}
		if got := s.status("GET", s.path+"page.js", nil, nil); got != 200 { // a reload
			t.Fatal(got)
		}
		time.Sleep(afterScript - time.Second)
		if s.ended() {
			t.Fatal("a reload did not put it off")
		}
		time.Sleep(2 * time.Second)
		if !s.ended() {
			t.Error("it is served on")
		}
	})
}

// A page without a script is served for ten minutes after its last request, and strangers don't prolong it.
func TestEndsWithoutScript(t *testing.T) {
	inBubble(t, true, func(s *stay) {
		s.status("GET", s.path+"style.css", nil, nil)
		time.Sleep(afterPlain - time.Second)
		s.status("GET", "/guess", nil, nil)
		if s.ended() {
			t.Fatal("it ended too soon")
		}
		time.Sleep(2 * time.Second)
		if !s.ended() {
			t.Error("it is served on")
		}
	})
}
