package session

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// fakeClock runs on time.Now, which synctest fakes; the wall steps without it.
type fakeClock struct {
	mu    sync.Mutex
	start time.Time
	wall  time.Duration // what steps added
}

func newClock() *fakeClock { return &fakeClock{start: time.Now()} }

func (c *fakeClock) Elapsed() time.Duration { return time.Since(c.start) }

func (c *fakeClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.wall)
}

func (c *fakeClock) step(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wall += d
}

// fakeKeeper keeps one grant; err is what it answers instead.
type fakeKeeper struct {
	mu    sync.Mutex
	grant *Grant
	err   error
	loads int
	saves int
}

func (k *fakeKeeper) Load(context.Context, string) (Grant, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.loads++
	switch {
	case k.err != nil:
		return Grant{}, k.err
	case k.grant == nil:
		return Grant{}, ErrNoGrant
	}
	return *k.grant, nil
}

func (k *fakeKeeper) Save(_ context.Context, _ string, g Grant) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.err != nil {
		return k.err
	}
	k.saves++
	k.grant = &g
	return nil
}

func (k *fakeKeeper) Delete(context.Context, string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.err == nil {
		k.grant = nil
	}
	return k.err
}

func (k *fakeKeeper) fail(err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.err = err
}

func (k *fakeKeeper) token() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.grant == nil {
		return ""
	}
	return k.grant.RefreshToken
}

// fakeProvider is a well-behaved provider whose answers a test can replace. It is the RoundTripper
// too, so the real library and the real http.Client speak to it.
type fakeProvider struct {
	t      *testing.T
	keeper *fakeKeeper

	mu       sync.Mutex
	refresh  string // the good refresh token
	access   string // the good access token
	rotate   bool
	life     string           // expires_in, as JSON; "" leaves it out
	issued   int              // tokens issued
	code     string           // the code that /authorize would give
	delay    time.Duration    // before each answer
	token    http.HandlerFunc // in the token endpoint's place
	me       http.HandlerFunc // in the health look's place
	down     error            // the network's answer to everything
	tokens   int              // requests at the token endpoint
	looks    int
	inFlight int
	lastForm map[string]string
}

func (p *fakeProvider) set(f func(p *fakeProvider)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f(p)
}

func (p *fakeProvider) counts() (tokens, looks int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.tokens, p.looks
}

func (p *fakeProvider) RoundTrip(req *http.Request) (*http.Response, error) {
	p.mu.Lock()
	p.inFlight++
	if p.inFlight > 1 {
		p.t.Error("two requests in flight at once")
	}
	if req.URL.Path == "/token" {
		p.tokens++
	} else {
		p.looks++
	}
	down, delay := p.down, p.delay
	handler := p.me
	if req.URL.Path == "/token" {
		handler = p.token
	}
	p.mu.Unlock()
	defer p.set(func(p *fakeProvider) { p.inFlight-- })

	if delay > 0 {
		select {
		case <-time.After(delay):
		case <-req.Context().Done():
			return nil, req.Context().Err()
		}
	}
	if down != nil {
		return nil, down
	}
	if handler == nil {
		handler = p.serve
	}
	w := httptest.NewRecorder()
	if req.Body == nil {
		req.Body = http.NoBody
	}
	handler(w, req)
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	return w.Result(), nil
}

func (p *fakeProvider) serve(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	if r.URL.Path != "/token" {
		if r.Header.Get("Authorization") != "Bearer "+p.access {
			w.WriteHeader(http.StatusUnauthorized)
			io.WriteString(w, `{"error":{"status":401,"message":"The access token expired"}}`)
			return
		}
		if p.rotate && p.keeper.token() != p.refresh {
			p.t.Error("an access token was used before its refresh token was kept")
		}
		io.WriteString(w, `{"name":"Jane"}`)
		return
	}
	if err := r.ParseForm(); err != nil {
		p.t.Error(err)
	}
	if r.Header.Get("Authorization") != "" {
		p.t.Error("the token endpoint got an Authorization header")
	}
	if r.PostForm.Get("client_id") != "client" {
		p.t.Errorf("client_id %q", r.PostForm.Get("client_id"))
	}
	good := r.PostForm.Get("grant_type") == "refresh_token" && r.PostForm.Get("refresh_token") == p.refresh ||
		r.PostForm.Get("grant_type") == "authorization_code" && p.code != "" && r.PostForm.Get("code") == p.code
	p.lastForm = map[string]string{}
	for k := range r.PostForm {
		p.lastForm[k] = r.PostForm.Get(k)
	}
	if !good {
		w.WriteHeader(http.StatusBadRequest)
		io.WriteString(w, `{"error":"invalid_grant","error_description":"Refresh token revoked"}`)
		return
	}
	p.issued++
	p.access = fmt.Sprintf("access-%d", p.issued)
	reply := fmt.Sprintf(`"access_token":%q,"token_type":"Bearer"`, p.access)
	if p.life != "" {
		reply += `,"expires_in":` + p.life
	}
	if p.rotate || r.PostForm.Get("grant_type") == "authorization_code" {
		p.refresh = fmt.Sprintf("refresh-%d", p.issued)
		reply += fmt.Sprintf(`,"refresh_token":%q`, p.refresh)
	}
	io.WriteString(w, "{"+reply+"}")
}

// answer returns a handler that always says the same.
func answer(status int, contentType, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", contentType)
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
}

// bench is an account, signed in, with its surroundings.
type bench struct {
	*Account
	clock    *fakeClock
	keeper   *fakeKeeper
	provider *fakeProvider
}

const month = 30 * 24 * time.Hour

var jane, other = User{"id-Jane", "Jane"}, User{"id-Max", "Max"}

func newBench(t *testing.T, change ...func(cfg *Config)) *bench {
	t.Helper()
	c := newClock()
	k := &fakeKeeper{grant: &Grant{RefreshToken: "refresh-0", AuthorizedAt: c.Now(), Scope: "read write", ClientID: "client", User: jane}}
	p := &fakeProvider{t: t, keeper: k, refresh: "refresh-0", life: "3600"}
	cfg := Config{Name: "test", ClientID: "client", Provider: Provider{
		Name:          "Tunes",
		AuthorizeURL:  "https://tunes.example/authorize",
		TokenURL:      "https://tunes.example/token",
		HealthURL:     "https://tunes.example/me",
		Scopes:        []string{"read", "write"},
		GrantLifetime: 6 * month,
		Dialog:        map[string]string{"show_dialog": "true"},
		User: func(body []byte) User {
			name := strings.TrimSuffix(strings.TrimPrefix(string(body), `{"name":"`), `"}`)
			return User{"id-" + name, name}
		},
	}}
	for _, f := range change {
		f(&cfg)
	}
	return &bench{New(cfg, p, c, k), c, k, p}
}

var errLocked = errors.New("the keyring is locked")

// fakeGuard is that of a sign-in which other processes may know, and which is read again before a renewal.
type fakeGuard struct{ unguarded }

// preparing is a keeper that has something to do before a renewal.
type preparing struct {
	*fakeKeeper
	times int
	err   error
}

func (p *preparing) Prepare(context.Context, string) error {
	p.times++
	return p.err
}
