package page

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"fermata/checks"
	"fermata/checks/session"
	"fermata/checks/spotify"
	"fermata/checks/standin"
)

// wallClock is a session.Clock that only goes forward.
type wallClock struct{ start time.Time }

func (wallClock) Now() time.Time           { return time.Now() }
func (c wallClock) Elapsed() time.Duration { return time.Since(c.start) }

// noKeeper keeps grants nowhere.
type noKeeper struct{}

func (noKeeper) Load(context.Context, string) (session.Grant, error) {
	return session.Grant{}, session.ErrNoGrant
}
func (noKeeper) Save(context.Context, string, session.Grant) error { return nil }
func (noKeeper) Delete(context.Context, string) error              { return nil }

func account(s *standin.Spotify, clientID string) *session.Account {
	return session.New(session.Config{Name: "spotify", ClientID: clientID, Provider: spotify.Provider()},
		s.Transport(), wallClock{time.Now()}, noKeeper{})
}

func signedIn(t *testing.T, a *session.Account) bool {
	t.Helper()
	f, _ := a.Look(t.Context())
	return f.SignedIn
}

// A stay is a visit under test: what it opened, how it ended.
type stay struct {
	t       *testing.T
	spotify *standin.Spotify
	account *session.Account // the latest
	opened  chan string
	ended   chan error
	cancel  context.CancelFunc
	begun   []string // redirect addresses
	mu      sync.Mutex
}

func newStay(t *testing.T) *stay {
	s := &stay{t: t, spotify: standin.NewSpotify(), opened: make(chan string, 1), ended: make(chan error, 1)}
	s.account = account(s.spotify, standin.ClientID)
	return s
}

func (s *stay) open(_ context.Context, url string) error { s.opened <- url; return nil }

func (s *stay) begin(redirect string) (*session.Attempt, error) {
	s.mu.Lock()
	s.begun = append(s.begun, redirect)
	s.mu.Unlock()
	return s.account.Begin(redirect, false)
}

func (s *stay) beginWith(clientID, redirect string) (*session.Attempt, error) {
	s.account = account(s.spotify, clientID)
	return s.begin(redirect)
}

// start starts a visit and returns the first address that was opened.
func (s *stay) start(visit func(ctx context.Context) error) string {
	var ctx context.Context
	ctx, s.cancel = context.WithCancel(s.t.Context())
	go func() { s.ended <- visit(ctx) }()
	s.t.Cleanup(s.cancel)
	return receive(s.t, s.opened)
}

// signIn returns where the browser is sent to sign in.
func (s *stay) signIn() string {
	first := s.start(func(ctx context.Context) error { return SignIn(ctx, s.open, s.begin) })
	authorize, r := browse(s.t, first)
	if r.status != http.StatusSeeOther {
		s.t.Fatalf("%s leads to %s: %d\n%s", first, authorize, r.status, r.body)
	}
	return authorize
}

// connect returns where the form is.
func (s *stay) connect(opts ...Option) string {
	first := s.start(func(ctx context.Context) error { return Connect(ctx, s.open, s.beginWith, opts...) })
	form, _ := browse(s.t, first)
	return form
}

func receive[T any](t *testing.T, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(20 * time.Second):
		t.Fatal("nothing came within 20 s")
		panic("unreachable")
	}
}

// agree presses "Agree" and returns the callback's address.
func (s *stay) agree(authorize string) string {
	s.t.Helper()
	back, err := s.spotify.Agree(authorize)
	if err != nil {
		s.t.Fatal(err)
	}
	return back.String()
}

// A reply is what a browser gets.
type reply struct {
	status int
	header http.Header
	body   string
}

func fetch(t *testing.T, r *http.Request) reply {
	t.Helper()
	c := http.Client{
		Timeout:       10 * time.Second,
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	got, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	body, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{got.StatusCode, got.Header, string(body)}
}

func get(t *testing.T, address string) reply {
	t.Helper()
	r, err := http.NewRequest("GET", address, nil)
	if err != nil {
		t.Fatal(err)
	}
	return fetch(t, r)
}

// browse gets a page as a browser does, which goes where it is sent. It returns the last answer and where
// that came from, or, where it is sent to another site, that site's address.
func browse(t *testing.T, address string) (string, reply) {
	t.Helper()
	for range 10 {
		r := get(t, address)
		if r.status != http.StatusSeeOther {
			return address, r
		}
		here, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		there, err := here.Parse(r.header.Get("Location"))
		if err != nil {
			t.Fatal(err)
		}
		if address = there.String(); there.Host != here.Host {
			return address, r
		}
	}
	t.Fatalf("sent on and on, at last to %s", address)
	panic("unreachable")
}

// comeBack is browse without the address.
func comeBack(t *testing.T, address string) reply {
	t.Helper()
	_, r := browse(t, address)
	return r
}

// submit sends the form as a browser does that shows the page at address, and goes where it is sent.
func submit(t *testing.T, address, clientID string) reply {
	t.Helper()
	r := post(t, address, clientID, nil)
	to, err := url.Parse(address)
	if err == nil {
		to, err = to.Parse(r.header.Get("Location"))
	}
	if err != nil || r.status != http.StatusSeeOther {
		t.Fatalf("the form was answered with %d, %v", r.status, err)
	}
	return comeBack(t, to.String())
}

// post sends the form, and goes nowhere.
func post(t *testing.T, address, clientID string, change func(*http.Request)) reply {
	t.Helper()
	r, err := http.NewRequest("POST", address, strings.NewReader(url.Values{"client_id": {clientID}}.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", "http://"+r.URL.Host)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if change != nil {
		change(r)
	}
	return fetch(t, r)
}

func wantPage(t *testing.T, r reply, status int, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if r.status != status || !strings.Contains(r.body, text) {
			t.Errorf("status %d, want %d; page should say %q:\n%s", r.status, status, text, r.body[strings.LastIndex(r.body, "<main>")+1:])
		}
	}
}

// link returns where the page's button leads.
func link(t *testing.T, address string, r reply) string {
	t.Helper()
	m := regexp.MustCompile(`class="button" href="([^"]*)"`).FindStringSubmatch(r.body)
	if m == nil {
		t.Fatalf("no button on the page:\n%s", r.body)
	}
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	u, err = u.Parse(m[1])
	if err != nil {
		t.Fatal(err)
	}
	return u.String()
}

func TestSignIn(t *testing.T) {
	s := newStay(t)
	at, r := browse(t, s.agree(s.signIn()))
	if u, err := url.Parse(at); err != nil || u.RawQuery != "" || u.Fragment != "" {
		t.Errorf("the address bar says %s", at)
	}
	wantPage(t, r, 200, "You are signed in", "You can close this page")
	if err := receive(t, s.ended); err != nil || !signedIn(t, s.account) {
		t.Errorf("ended with %v, signed in: %v", err, signedIn(t, s.account))
	}
	if !regexp.MustCompile(`^http://127\.0\.0\.1:\d+/callback$`).MatchString(s.begun[0]) {
		t.Errorf("comes back to %s", s.begun[0])
	}
	if c, err := net.Dial("tcp", strings.TrimSuffix(strings.TrimPrefix(s.begun[0], "http://"), "/callback")); err == nil {
		c.Close()
		t.Error("the port is still open")
	}
	for header, want := range map[string]string{
		"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff",
	} {
		if got := r.header.Get(header); got != want {
			t.Errorf("%s: %q, want %q", header, got, want)
		}
	}
	csp := r.header.Get("Content-Security-Policy")
	if !strings.HasPrefix(csp, "default-src 'none'; style-src 'sha256-") || strings.Contains(csp, "unsafe") || strings.Contains(r.body, "<script") {
		t.Errorf("policy %q", csp)
	}
}

func TestDeclined(t *testing.T) {
	s := newStay(t)
	back, err := s.spotify.Cancel(s.signIn())
	if err != nil {
		t.Fatal(err)
	}
	declined := comeBack(t, back.String())
	wantPage(t, declined, 400, "You are not signed in", "You declined access.", "Try again")
	again := get(t, link(t, back.String(), declined))
	if again.status != http.StatusSeeOther {
		t.Fatalf("trying again: %d", again.status)
	}
	wantPage(t, comeBack(t, s.agree(again.header.Get("Location"))), 200, "You are signed in")
	if err := receive(t, s.ended); err != nil {
		t.Error(err)
	}
}

// TestStrangers: what others send neither ends nor changes the sign-in, and tells them nothing.
func TestStrangers(t *testing.T) {
	s := newStay(t)
	authorize := s.signIn()
	callback := s.begun[0]
	for _, query := range []string{"", "?code=x", "?error=access_denied", "?error=access_denied&state=", "?code=x&state=wrong"} {
		r := comeBack(t, callback+query)
		wantPage(t, r, 400, "This page has expired")
		if strings.Contains(r.body, "href=\"/") {
			t.Errorf("%s: the page leads further:\n%s", query, r.body)
		}
	}
	for name, c := range map[string]struct {
		method, path, host string
		want               int
	}{
		"another name":    {"GET", "/callback", "rebound.example", 421},
		"localhost":       {"GET", "/callback", "localhost", 421},
		"the front door":  {"GET", "/", "", 404},
		"a guess":         {"GET", "/AAAAAAAAAAAAAAAAAAAAAAAAAA/", "", 404},
		"a link preview":  {"HEAD", "/callback", "", 405},
		"another method":  {"PUT", "/callback", "", 405},
		"a form to there": {"POST", "/callback", "", 403},
	} {
		r, err := http.NewRequest(c.method, strings.TrimSuffix(callback, "/callback")+c.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if c.host != "" {
			r.Host = c.host
		}
		if got := fetch(t, r); got.status != c.want {
			t.Errorf("%s: %d, want %d", name, got.status, c.want)
		}
	}
	wantPage(t, comeBack(t, s.agree(authorize)), 200, "You are signed in")
	if err := receive(t, s.ended); err != nil {
		t.Error(err)
	}
}

func TestCallbackTwice(t *testing.T) {
	s := newStay(t)
	entered, leave := make(chan struct{}), make(chan struct{})
	s.spotify.Override("/api/token", func(w http.ResponseWriter, r *http.Request) {
		close(entered)
		<-leave
		standin.Answer(503, "text/plain", "busy")(w, r)
	})
	callback := s.agree(s.signIn())
	replies := make(chan reply, 2)
	go func() { replies <- comeBack(t, callback) }()
	receive(t, entered)
	go func() { replies <- comeBack(t, callback) }() // the browser reloads while the exchange runs
	close(leave)
	for range 2 {
		wantPage(t, receive(t, replies), 400, "You are not signed in", "Try again")
	}
	if n := s.spotify.Count("/api/token"); n != 1 {
		t.Errorf("the code was sent %d times", n)
	}
	s.cancel()
	if err := receive(t, s.ended); !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v", err)
	}
}

func TestOldTryIsOver(t *testing.T) {
	s := newStay(t)
	first := s.signIn()
	back, err := s.spotify.Cancel(first)
	if err != nil {
		t.Fatal(err)
	}
	again := get(t, link(t, back.String(), comeBack(t, back.String())))
	newest := again.header.Get("Location")
	if to, _ := browse(t, s.agree(first)); to != newest { // in the tab of the older try
		t.Errorf("it leads to %s, not to the newest try", to)
	}
	wantPage(t, comeBack(t, s.agree(newest)), 200, "You are signed in")
	if err := receive(t, s.ended); err != nil {
		t.Error(err)
	}
}

// Who declined, went back to the provider's page and agrees there gets another try.
func TestBackToTheProvider(t *testing.T) {
	s := newStay(t)
	first := s.signIn()
	back, err := s.spotify.Cancel(first)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // once more: a reload
		wantPage(t, comeBack(t, back.String()), 400, "You declined access")
	}
	again, _ := browse(t, s.agree(first))
	if again == first || !strings.HasPrefix(again, "https://accounts.spotify.com/") {
		t.Fatalf("it leads to %s", again)
	}
	wantPage(t, comeBack(t, s.agree(again)), 200, "You are signed in")
	if err := receive(t, s.ended); err != nil {
		t.Error(err)
	}
}

// Who comes back when nobody waits any more is told to the caller as one who did not come, and still finishes.
func TestOverdue(t *testing.T) {
	for name, decline := range map[string]bool{"away for eleven minutes": false, "on the page for eleven minutes": true} {
		synctest.Test(t, func(t *testing.T) {
			s := newStay(t)
			overdue := make(chan error, 1)
			l := &quiet{closed: make(chan struct{})}
			v := newVisit(t.Context(), l.Addr(), true, "go", s.open, []Option{Overdue(func(_ context.Context, err error) { overdue <- err })})
			go func() { s.ended <- signIn(v, l, s.begin) }()
			<-s.opened
			person := &tab{v: v}
			address := person.get(v.path + "go").Header().Get("Location")
			answer := s.spotify.Agree
			if decline {
				answer = s.spotify.Cancel
			}
			back, err := answer(address)
			if err != nil {
				t.Fatal(err)
			}
			if decline {
				person.get(back.String())
				synctest.Wait()
			}
			time.Sleep(11 * time.Minute)
			select {
			case err := <-overdue:
				if errors.Is(err, session.ErrNoReturn) == decline {
					t.Errorf("%s: told %v", name, err)
				}
			default:
				t.Fatalf("%s: nobody was told", name)
			}
			if decline { // "Try again"
				again := person.get(v.path).Header().Get("Location")
				if back, err = s.spotify.Agree(again); err != nil {
					t.Fatal(err)
				}
			} else if back, err = s.spotify.Agree(address); err != nil {
				t.Fatal(err)
			}
			person.get(back.String())
			if got := person.get(v.path + "done"); got.Code != 200 {
				t.Errorf("%s: %d %s", name, got.Code, got.Body)
			}
			if err := <-s.ended; err != nil || !signedIn(t, s.account) {
				t.Errorf("%s: ended with %v", name, err)
			}
		})
	}
	synctest.Test(t, func(t *testing.T) { // nobody stays for ever
		s := newStay(t)
		l := &quiet{closed: make(chan struct{})}
		told := 0
		v := newVisit(t.Context(), l.Addr(), true, "go", s.open, []Option{Overdue(func(context.Context, error) { told++ })})
		go func() { s.ended <- signIn(v, l, s.begin) }()
		<-s.opened
		begin := time.Now()
		if err := <-s.ended; !errors.Is(err, ErrTimeout) || told != 1 || time.Since(begin) != patience+lateness {
			t.Errorf("after %v: %v, told %d times", time.Since(begin), err, told)
		}
	})
}

func TestBrowserDoesNotOpen(t *testing.T) {
	s := newStay(t)
	shut := func(context.Context, string) error { return errors.New("no display") }
	err := SignIn(t.Context(), shut, s.begin)
	if err == nil || !strings.Contains(err.Error(), "no display") || !strings.Contains(checks.Hint(err), `Run "fermata login"`) {
		t.Errorf("got %v, hint %q", err, checks.Hint(err))
	}
}

func TestBeginFails(t *testing.T) {
	s := newStay(t)
	s.account = account(s.spotify, "")
	err := SignIn(t.Context(), s.open, s.begin)
	if err == nil || !strings.Contains(err.Error(), "no client ID") {
		t.Errorf("got %v", err)
	}
}

func TestConnect(t *testing.T) {
	s := newStay(t)
	first := s.connect()
	form := get(t, first)
	wantPage(t, form, 200, "http://127.0.0.1/callback", spotify.DashboardPage, `<label for="client_id">`, `lang="en"`, "<title>Connect Spotify · Fermata</title>")
	if got := form.header.Get("Referrer-Policy"); got != "same-origin" {
		t.Errorf("Referrer-Policy %q: the browser will send no origin with the form", got)
	}
	if strings.Contains(form.body, "DEMO") {
		t.Error("marked DEMO")
	}

	wrong := submit(t, first, `"><b>secret`)
	wantPage(t, wrong, 422, "32 characters", `value="&#34;&gt;&lt;b&gt;secret"`, "autofocus", `aria-invalid="true"`, `aria-describedby="problem help"`)

	wantPage(t, get(t, first), 422, "32 characters") // reloaded, and in another tab
	right := submit(t, first, " "+strings.ToUpper(standin.ClientID)+"\n")
	wantPage(t, right, 200, "On to Spotify")
	u, err := url.Parse(first)
	if err != nil {
		t.Fatal(err)
	}
	if got := right.header.Get("Refresh"); got != "0; url="+u.Path+"go" {
		t.Errorf("goes on to %q", got)
	}
	on := get(t, link(t, first, right))
	authorize, err := url.Parse(on.header.Get("Location"))
	if err != nil || on.status != http.StatusSeeOther || authorize.Query().Get("client_id") != standin.ClientID {
		t.Fatalf("%d to %v, %v", on.status, authorize, err)
	}
	if strings.Contains(right.body, authorize.Query().Get("state")) {
		t.Error("the state stands in a page")
	}
	// Who comes back without having signed in finds what they typed.
	wantPage(t, get(t, first), 200, `value="`+standin.ClientID+`"`)
	wantPage(t, comeBack(t, s.agree(authorize.String())), 200, "You are signed in")
	if err := receive(t, s.ended); err != nil || !signedIn(t, s.account) {
		t.Errorf("ended with %v", err)
	}
}

func TestConnectFromElsewhere(t *testing.T) {
	s := newStay(t)
	first := s.connect()
	for name, change := range map[string]func(*http.Request){
		"another site":    func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") },
		"no origin":       func(r *http.Request) { r.Header.Del("Origin") },
		"an opaque one":   func(r *http.Request) { r.Header.Set("Origin", "null") },
		"same site only":  func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-site") },
		"another host":    func(r *http.Request) { r.Host = "evil.example" },
		"another address": func(r *http.Request) { r.URL.Path = "/" },
		"a huge body": func(r *http.Request) {
			r.Body, r.ContentLength = io.NopCloser(strings.NewReader("client_id="+standin.ClientID+"&x="+strings.Repeat("a", 1<<20))), -1
		},
	} {
		if got := post(t, first, standin.ClientID, change); got.status/100 != 4 {
			t.Errorf("%s: %d", name, got.status)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.begun) != 0 {
		t.Errorf("%d sign-ins were begun", len(s.begun))
	}
}

func TestConnectTriesAgain(t *testing.T) {
	s := newStay(t)
	first := s.connect()
	post(t, first, standin.ClientID, nil)
	back, err := s.spotify.Cancel(get(t, first+"go").header.Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	declined := comeBack(t, back.String())
	if got := link(t, back.String(), declined); got != first {
		t.Errorf("trying again leads to %s, not to the form", got)
	}
}

func TestDemoIsMarked(t *testing.T) {
	s := newStay(t)
	first := s.connect(Demo(standin.ClientID))
	wantPage(t, get(t, first), 200, "DEMO", `value="`+standin.ClientID+`"`, "In the demo any client ID works")
	post(t, first, standin.ClientID, nil)
	wantPage(t, comeBack(t, s.agree(get(t, first+"go").header.Get("Location"))), 200, "DEMO", "You are signed in")
}

// quiet is a listener at which nobody arrives.
type quiet struct {
	closed chan struct{}
	ip     string // "": 127.0.0.1
	once   sync.Once
}

func (q *quiet) Accept() (net.Conn, error) { <-q.closed; return nil, net.ErrClosed }
func (q *quiet) Close() error              { q.once.Do(func() { close(q.closed) }); return nil }
func (q *quiet) Addr() net.Addr {
	return &net.TCPAddr{IP: net.ParseIP(cmp.Or(q.ip, "127.0.0.1")), Port: 4711}
}

func TestTimeouts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStay(t)
		l := &quiet{closed: make(chan struct{})}
		v := newVisit(t.Context(), l.Addr(), true, "go", s.open, nil)
		start := time.Now()
		go func() { s.ended <- signIn(v, l, s.begin) }()
		<-s.opened
		time.Sleep(9 * time.Minute)
		declined := errors.New("declined")
		v.happened(event{failure, declined})
		if err := <-s.ended; err != declined || time.Since(start) != 11*time.Minute {
			t.Errorf("after a failure: %v after %v", err, time.Since(start))
		}
	})
	synctest.Test(t, func(t *testing.T) {
		s := newStay(t)
		l := &quiet{closed: make(chan struct{})}
		start := time.Now()
		err := signIn(newVisit(t.Context(), l.Addr(), true, "go", func(context.Context, string) error { return nil }, nil), l, s.begin)
		if err != ErrTimeout || time.Since(start) != 10*time.Minute {
			t.Errorf("a closed tab: %v after %v", err, time.Since(start))
		}
	})
	synctest.Test(t, func(t *testing.T) {
		s := newStay(t)
		l := &quiet{closed: make(chan struct{})}
		v := newVisit(t.Context(), l.Addr(), true, "go", s.open, nil)
		start := time.Now()
		go func() { s.ended <- connect(v, l, s.beginWith) }()
		<-s.opened
		time.Sleep(29 * time.Minute)
		if _, err := v.begin(s.begin); err != nil { // the form is sent at last
			t.Fatal(err)
		}
		if err := <-s.ended; err != ErrTimeout || time.Since(start) != 39*time.Minute {
			t.Errorf("a long guidance: %v after %v", err, time.Since(start))
		}
	})
	synctest.Test(t, func(t *testing.T) {
		s := newStay(t)
		l := &quiet{closed: make(chan struct{})}
		v := newVisit(t.Context(), l.Addr(), true, "go", s.open, nil)
		go func() { s.ended <- signIn(v, l, s.begin) }()
		<-s.opened
		v.happened(event{what: signed}) // and the browser was gone
		if err := <-s.ended; err != nil {
			t.Errorf("a lost last page: %v", err)
		}
	})
}
