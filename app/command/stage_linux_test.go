package command_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"fermata/app"
	"fermata/app/account"
	"fermata/app/command"
	"fermata/app/config"
	"fermata/app/core"
	"fermata/app/secrets"
	"fermata/app/view"
	"fermata/checks/clock"
	"fermata/checks/session"
	"fermata/checks/spotify"
	"fermata/checks/standin"
	"fermata/checks/standin/standintest"
)

// A phase of a renewal, in which it can be held.
type phase int

const (
	before   phase = iota // it has the lock, and has proved nothing so far
	sent                  // the provider has the request, and has done nothing about it
	onItsWay              // the provider has replaced the refresh token, and half of its reply has left
	read                  // the whole reply has arrived
	saving                // the keeper is asked to keep the new refresh token
	saved                 // the keeper has kept it, and nobody was told so far
	never                 // it is not held
)

func (p phase) String() string {
	return [...]string{"before the request", "request sent", "reply on its way", "reply read", "being saved", "saved", "never"}[p]
}

// A stage holds a renewal once, in one phase.
type stage struct {
	phase   phase
	held    atomic.Bool
	reached chan struct{} // closed when the renewal is in the phase
	goOn    chan struct{} // closed when it may go on
	release func()        // closes goOn, once
}

func newStage(p phase) *stage {
	s := &stage{phase: p, reached: make(chan struct{}), goOn: make(chan struct{})}
	s.release = sync.OnceFunc(func() { close(s.goOn) })
	return s
}

// at holds whoever comes here first in the stage's phase, until it may go on or ctx ends.
func (s *stage) at(ctx context.Context, p phase) {
	if p != s.phase || s.held.Swap(true) {
		return
	}
	close(s.reached)
	select {
	case <-s.goOn:
	case <-ctx.Done():
	}
}

// A holder is told of each phase that a renewal comes to, and returns when it is to go on.
type holder func(ctx context.Context, p phase)

type heldKeeper struct {
	session.Keeper
	at holder
}

func (k heldKeeper) Save(ctx context.Context, account string, g session.Grant) error {
	k.at(ctx, saving)
	err := k.Keeper.Save(ctx, account, g)
	if err == nil {
		k.at(ctx, saved)
	}
	return err
}

type heldGuard struct {
	session.Guard
	at holder
}

func (g heldGuard) Lock(ctx context.Context, account string) (func(), error) {
	unlock, err := g.Guard.Lock(ctx, account)
	if err == nil {
		g.at(ctx, before)
	}
	return unlock, err
}

type heldTransport struct {
	next http.RoundTripper
	at   holder
}

func (h heldTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := h.next.RoundTrip(r)
	if err == nil && r.Method == http.MethodPost {
		resp.Body = &heldBody{resp.Body, func() { h.at(r.Context(), read) }}
	}
	return resp, err
}

type heldBody struct {
	io.ReadCloser
	end func()
}

func (b *heldBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err == io.EOF {
		b.end()
	}
	return n, err
}

// A provider serves a stand-in that rotates refresh tokens, and revokes the sign-in when an old one comes
// again.
type provider struct {
	spotify *standin.Spotify
	at      holder
	revoked *atomic.Bool // it has
}

// ServeHTTP implements http.Handler.
func (p provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/api/token" {
		p.spotify.ServeHTTP(w, r)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	r.Body = io.NopCloser(strings.NewReader(string(body)))
	p.at(r.Context(), sent)
	answer := httptest.NewRecorder()
	p.spotify.ServeHTTP(answer, r)
	if strings.Contains(answer.Body.String(), "Refresh token revoked") {
		p.revoked.Store(true)
	}
	maps.Copy(w.Header(), answer.Header())
	w.Header().Set("Content-Length", strconv.Itoa(answer.Body.Len()))
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Next(answer.Body.Len() / 2)) // who went away is not there to be told
	_ = http.NewResponseController(w).Flush()
	p.at(r.Context(), onItsWay)
	_, _ = w.Write(answer.Body.Bytes())
}

// A network of net.Pipes leads to one server, in a bubble's time. It can be cut.
type network struct {
	server  *http.Server
	dialled chan net.Conn
	closed  chan struct{}

	mu    sync.Mutex
	down  bool
	conns []net.Conn
}

func newNetwork(h http.Handler) *network {
	n := &network{server: &http.Server{Handler: h}, dialled: make(chan net.Conn), closed: make(chan struct{})}
	go func() { _ = n.server.Serve(n) }() // until it is closed
	return n
}

// Accept implements net.Listener.
func (n *network) Accept() (net.Conn, error) {
	select {
	case c := <-n.dialled:
		return c, nil
	case <-n.closed:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (n *network) Close() error { close(n.closed); return nil }

// Addr implements net.Listener.
func (n *network) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 80} }

func (n *network) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.down {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("network is unreachable")}
	}
	here, there := net.Pipe()
	select {
	case n.dialled <- there:
	case <-n.closed:
		return nil, net.ErrClosed
	}
	n.conns = append(n.conns, here, there)
	return here, nil
}

// cut ends all connections and lets none begin, until it is mended.
func (n *network) cut(down bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.down = down
	for _, c := range n.conns {
		c.Close()
	}
	n.conns = nil
}

func (n *network) transport() http.RoundTripper {
	return &http.Transport{DialContext: n.dial, DisableKeepAlives: true}
}

// A person has one sign-in, which is kept under dir.
type person struct {
	dir      string
	keeper   session.Keeper
	spotify  *standin.Spotify
	requests int // for tokens, until all was well
	revoked  atomic.Bool
}

const accountName = "spotify"

var settings = config.Account{Name: accountName, Provider: "spotify", ClientID: standin.ClientID, Renew: "auto"}

// newPerson signs in, and renews once.
func newPerson(t *testing.T, dir string, keeper session.Keeper) *person {
	t.Helper()
	p := &person{dir: dir, keeper: keeper, spotify: standin.NewSpotify()}
	p.spotify.Rotate(true)
	p.spotify.RevokeReused(true)
	o := p.outside(http.DefaultTransport, "http://spotify.demo", func(context.Context, phase) {})
	o.Transport = p.spotify.Transport()
	a := account.New(&o.Outside, settings)
	standintest.SignIn(t, a.Account, p.spotify)
	a = account.New(&o.Outside, settings) // as after a restart: nothing was asked for in the last seconds
	if err := a.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := a.Unsaved(); err != nil {
		t.Fatal(err)
	}
	p.requests = p.spotify.Count("/api/token")
	return p
}

// provider serves the person's Spotify.
func (p *person) provider(at holder) provider { return provider{p.spotify, at, &p.revoked} }

// renewals is how many were asked for since then.
func (p *person) renewals() int { return p.spotify.Count("/api/token") - p.requests }

// outside is all of an App that watches the person's sign-in.
func (p *person) outside(rt http.RoundTripper, url string, at holder) app.Outside {
	return watching(p.dir, p.keeper, rt, url, at)
}

func watching(dir string, keeper session.Keeper, rt http.RoundTripper, url string, at holder) app.Outside {
	o := app.Outside{Build: func() view.Build { return view.Build{} }}
	o.Time = clock.NewTime()
	o.Keeper, o.Guard, o.Transport = heldKeeper{keeper, at}, heldGuard{secrets.NewGuard(dir), at}, heldTransport{rt, at}
	o.Provider = func(config.Account) session.Provider {
		s := spotify.Provider()
		s.AuthorizeURL, s.TokenURL, s.HealthURL = url+"/authorize", url+"/api/token", url+"/v1/me"
		return s
	}
	o.Settings.Config = config.Default()
	o.Settings.Accounts = []config.Account{settings}
	o.Settings.Clock.Servers = nil
	return o
}

// renewer is Fermata, with a renewal that can be held: DIR and URL say where the sign-in and the provider
// are, and PHASE is that of the holding. It prints
//
//	asks       it waits for the lock
//	reached    it is in the phase; it goes on when a line is on its standard input
//	done       everything was looked at
//	ending     it was told to end
func renewer(ctx context.Context, _ *app.App, _ app.Face) error {
	hold, err := strconv.Atoi(os.Args[3])
	if err != nil {
		return err
	}
	ending := make(chan struct{})
	context.AfterFunc(ctx, func() { fmt.Println("ending"); close(ending) })
	s := newStage(phase(hold))
	go func() {
		<-s.reached
		fmt.Println("reached")
		_, _ = bufio.NewReader(os.Stdin).ReadString('\n') // who ended says go on, too
		s.release()
	}()
	o := watching(os.Args[1], secrets.NewFile(filepath.Join(os.Args[1], "sign-ins.json")), &http.Transport{DisableKeepAlives: true}, os.Args[2], s.at)
	o.Guard = asking{o.Guard}
	a := app.New(o)
	go func() {
		if _, err := a.Await(ctx, func(s app.Snapshot) bool { return s.Seen }); err == nil {
			fmt.Println("done")
		}
	}()
	a.Run(ctx) // until ctx ends
	<-ending
	return nil
}

type asking struct{ session.Guard }

func (g asking) Lock(ctx context.Context, account string) (func(), error) {
	fmt.Println("asks")
	return g.Guard.Lock(ctx, account)
}

func init() {
	programs["renewer"] = func() { os.Exit(command.Main(nil, os.Stdout, os.Stderr, renewer)) }
}

// A reader is a person who reads all that is shown.
type reader struct {
	mu    sync.Mutex
	last  view.View
	blame []string // what says that it was the person
}

// Show implements app.Face.
func (r *reader) Show(v view.View) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last = v
	texts := append([]string{v.Line}, v.Status.Lines...)
	for _, n := range v.Notices {
		texts = append(texts, n.Title, n.Body)
	}
	for _, text := range texts {
		if strings.Contains(text, "password was changed") || strings.Contains(text, "changed your password") {
			r.blame = append(r.blame, text)
		}
	}
}

// account is the account's part of what is shown.
func (r *reader) account() view.AccountStatus {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.last.Status.Accounts) == 0 {
		return view.AccountStatus{}
	}
	return r.last.Status.Accounts[0]
}

// A watch is an App that runs in a bubble.
type watch struct {
	reader
	network *network
	step    atomic.Int64 // of the wall clock
	changes chan clock.Change
	reloads chan core.Settings
	now     core.Settings
	end     func()
}

// start runs an App over the person's sign-in.
func (p *person) start(at holder) *watch {
	w := &watch{network: newNetwork(p.provider(at)), changes: make(chan clock.Change), reloads: make(chan core.Settings)}
	o := p.outside(w.network.transport(), "http://spotify.demo", at)
	begin := time.Now()
	o.Time = clock.NewTimeFrom(func() clock.Reading {
		now := time.Now()
		boot := time.Hour + now.Sub(begin)
		return clock.Reading{Wall: now.Add(time.Duration(w.step.Load())), Boot: boot, Awake: boot}
	})
	times := standin.NewTimeServers(4)
	o.Settings.Clock.Servers, o.Dial = times.Names(), times.Dial
	o.Changes, o.Reloads = w.changes, w.reloads
	w.now = o.Settings
	a := app.New(o)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); a.Run(ctx, w) }()
	w.end = func() {
		cancel()
		<-done
		w.network.server.Close()
	}
	return w
}

// A verdict is what a person finds at the next start.
type verdict struct {
	lost  bool
	cause string // "": nothing is wrong
	why   string
	blame []string
}

// next starts Fermata again, in a bubble.
func (p *person) next() verdict {
	w := p.start(func(context.Context, phase) {})
	time.Sleep(time.Minute)
	w.end()
	s := w.account()
	v := verdict{why: s.Why, blame: w.blame, lost: s.SessionUntil == nil}
	if s.Cause != nil {
		v.cause = *s.Cause
	}
	return v
}
