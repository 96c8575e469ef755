package standin

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// A World is one Spotify and some time servers, and the network to them. Until Start it is all in
// memory, as tests in a synctest bubble need it; after, Transport and Dial go over real sockets.
type World struct {
	Spotify *Spotify
	Times   *TimeServers
	// Aged is told that the sign-ins are now older by d (younger where d is negative), so
	// that the kept grants can be put back too: no reply of Spotify tells their age.
	Aged func(d time.Duration)
	// Locked is told to lock the keyring, and to unlock it again.
	Locked func(locked bool)

	cut   atomic.Bool                  // no network
	on    sync.Map                     // the names of the troubles since the last repair
	fault atomic.Pointer[func() error] // what happens to requests on the way; nil: nothing

	mu       sync.Mutex
	url      string
	times    []net.PacketConn
	server   *http.Server
	served   sync.WaitGroup
	stopping func() bool
}

// NewWorld returns a World with n time servers in which all is right.
func NewWorld(n int) *World {
	return &World{
		Spotify: NewSpotify(), Times: NewTimeServers(n), url: "http://spotify.demo",
		Aged: func(time.Duration) {}, Locked: func(bool) {},
	}
}

// Start puts the World on free ports of 127.0.0.1 until ctx ends or Close is called.
func (w *World) Start(ctx context.Context) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.server != nil {
		return errors.New("the stand-in runs already")
	}
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("the stand-in for Spotify: %w", err)
	}
	for range w.Times.names {
		c, err := net.ListenPacket("udp4", "127.0.0.1:0")
		if err != nil {
			l.Close()
			w.closeTimes()
			return fmt.Errorf("a stand-in for a time server: %w", err)
		}
		w.times = append(w.times, c)
	}
	w.url = "http://" + l.Addr().String()
	w.server = &http.Server{
		Addr:              l.Addr().String(),
		Handler:           http.HandlerFunc(w.serve),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       30 * time.Second,
		MaxHeaderBytes:    16 << 10,
	}
	server := w.server
	w.served.Go(func() { _ = server.Serve(l) }) // it ends when Close closes it
	for i, c := range w.times {
		w.served.Go(func() { _ = w.Times.Serve(i, c) })
	}
	w.stopping = context.AfterFunc(ctx, w.Close)
	return nil
}

// Close takes the World off the network and waits until its goroutines have ended.
func (w *World) Close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.server == nil {
		return
	}
	w.stopping()
	w.server.Close()
	w.closeTimes()
	w.served.Wait()
	w.server = nil
}

func (w *World) closeTimes() {
	for _, c := range w.times {
		c.Close()
	}
	w.times = nil
}

// serve is Spotify as a browser reaches it: not at all while the network is cut.
func (w *World) serve(rw http.ResponseWriter, r *http.Request) {
	if w.cut.Load() {
		panic(http.ErrAbortHandler)
	}
	w.Spotify.ServeHTTP(rw, r)
}

// URL is where Spotify is, without a slash at the end: paths are as at the real one, "/authorize",
// "/api/token", "/v1/me", "/account/apps/".
func (w *World) URL() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.url
}

// TimeAddresses returns where the time servers listen, host:port, once the World has started.
func (w *World) TimeAddresses() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []string
	for _, c := range w.times {
		all = append(all, c.LocalAddr().String())
	}
	return all
}

// Transport reaches Spotify, and fails while the network is cut.
func (w *World) Transport() http.RoundTripper {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.server == nil {
		return transport{w, "", w.Spotify.Transport()}
	}
	// Without kept connections the network is cut, and idle, at once.
	return transport{w, w.server.Addr, &http.Transport{DisableKeepAlives: true}}
}

type transport struct {
	world *World
	host  string // gets what is meant for Spotify's own hosts too, since the World looks at paths only; "": next does so
	next  http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	var err error
	if fault := t.world.fault.Load(); t.world.cut.Load() {
		err = noNetwork("tcp", r.URL.Host)
	} else if fault != nil {
		err = (*fault)()
	}
	if err != nil {
		if r.Body != nil {
			r.Body.Close()
		}
		return nil, err
	}
	if t.host != "" && r.URL.Host != t.host {
		r = r.Clone(r.Context())
		r.URL.Scheme, r.URL.Host, r.Host = "http", t.host, t.host
	}
	return t.next.RoundTrip(r)
}

// Dial connects to the time server that addr names, with or without a port: a *net.UDPConn once
// the World has started. It fails while the network is cut.
func (w *World) Dial(ctx context.Context, network, addr string) (net.Conn, error) {
	if w.cut.Load() || w.has("names") {
		return nil, noNetwork(network, addr)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.server == nil {
		return w.Times.Dial(ctx, network, addr)
	}
	i, err := w.Times.find(network, addr)
	if err != nil {
		return nil, err
	}
	return (&net.Dialer{}).DialContext(ctx, "udp4", w.times[i].LocalAddr().String())
}

// SetClock is what setting this computer's clock right comes to: nobody else is off any more.
func (w *World) SetClock() {
	w.Times.Shift(0)
	w.Spotify.shift(0)
}

// noNetwork is what dialing gives on a machine without a network: an address cannot be routed to,
// and a name not be looked up.
func noNetwork(network, addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		host = addr
	}
	failed := &net.OpError{Op: "dial", Net: network}
	if net.ParseIP(host) != nil {
		failed.Err = os.NewSyscallError("connect", syscall.ENETUNREACH)
	} else {
		failed.Err = &net.DNSError{Err: "temporary failure in name resolution", Name: host, IsTemporary: true}
	}
	return failed
}
