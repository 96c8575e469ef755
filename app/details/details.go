// Package details serves Fermata's page: all that is known, live, and whatever can be done about it, in the
// browser. It knows nothing of what it shows but what its templates name.
//
// The page stands at a port of the loopback address that is there only while somebody looks at it, for the
// person who runs Fermata alone. All but the address that the browser is started with has 128 random bits
// in it. A request must name the very address that is listened at, a form must come from the page, and
// carries its token. Nothing but the page's own script and style is loaded. No secret is in it.
package details

import (
	"context"
	"crypto/rand"
	"html/template"
	"io"
	"log"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"fermata/app/loopback"
)

// How long the page is served after the last request. Whether a page that runs no script is closed can't be
// seen.
const (
	afterScript = 50 * time.Second
	afterPlain  = 10 * time.Minute
)

// A Source is what the page shows and does.
type Source struct {
	// Open has the browser open an address.
	Open func(ctx context.Context, url string) error
	// Watch is told with 1 that somebody looks, and with -1 that nobody does any more.
	Watch func(more int)
	// Await returns what to show, the first whose version is above after. It is a pointer to a struct that
	// the templates know the fields of.
	Await func(ctx context.Context, after uint64) (version uint64, details any, err error)
	// Click has an action done and returns when its outcome is in what is shown, or when ctx ends. elsewhere: no browser is
	// opened, and what is shown has the address instead.
	Click func(ctx context.Context, action string, elsewhere bool)
	// Begin begins the guide, if it has not begun; See has it know what the person sees, in their words or in the
	// player's, of which nothing is kept. Both return as Click does.
	Begin func(ctx context.Context)
	See   func(ctx context.Context, text string)
	// Report returns the report for support.
	Report func(ctx context.Context) (string, error)
	// Calendar returns the end of an account's sign-in as a calendar file.
	Calendar func(ctx context.Context, account string) (string, error)
	// Settings is the settings file; "": there is none to change.
	Settings string
}

// A Page is served from Open on until nobody looks any more, or Close.
type Page struct {
	src Source

	mu     sync.Mutex
	visit  *visit // nil: it is not served
	closed bool
	served sync.WaitGroup
}

// New returns a Page that is not served yet.
func New(src Source) *Page { return &Page{src: src} }

// Open has the browser show the page, from the element with the ID place on; "": from the top. It returns the
// address that the browser was told, in which nothing is secret. Its error says what to open by hand.
func (p *Page) Open(ctx context.Context, place string) (address string, err error) {
	v, err := p.serve()
	if err != nil {
		return "", err
	}
	if v.guests != nil {
		v.guests.Invite()
	}
	address = v.origin + loopback.StartPath
	if place != "" {
		address += "?at=" + url.QueryEscape(place)
	}
	return address, p.src.Open(ctx, address)
}

// Close ends what is served, and waits for it. No page is served any more.
func (p *Page) Close() {
	p.mu.Lock()
	p.closed = true
	if p.visit != nil {
		p.visit.cancel()
	}
	p.mu.Unlock()
	p.served.Wait()
}

// serve returns the visit that is served, a new one where there is none.
func (p *Page) serve() (*visit, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, context.Canceled
	}
	if p.visit != nil && p.visit.ctx.Err() == nil {
		p.visit.touch()
		return p.visit, nil
	}
	l, err := loopback.Listen()
	if err != nil {
		return nil, err
	}
	v := newVisit(p.src, l.Addr().String(), l.KnowsPeers())
	p.visit = v
	p.src.Watch(1)
	p.served.Go(func() {
		defer p.src.Watch(-1)
		v.serve(l)
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.visit == v {
			p.visit = nil
		}
	})
	return v, nil
}

// A visit is the page from the first look at it to the last.
type visit struct {
	src    Source
	origin string // "http://127.0.0.1:PORT"
	path   string // the address that nobody can guess, between slashes
	token  string // of its forms
	mux    *http.ServeMux
	pages  *template.Template
	guests *loopback.Guests // nil: the system tells whose a connection is
	ctx    context.Context
	cancel context.CancelFunc
	stir   chan struct{} // somebody came, or went

	mu       sync.Mutex
	streams  int  // pages that are connected
	scripted bool // one ever was
}

func newVisit(src Source, address string, knowsPeers bool) *visit {
	v := &visit{
		src: src, origin: "http://" + address, path: "/" + rand.Text() + "/", token: rand.Text(),
		mux: http.NewServeMux(), pages: templates(), stir: make(chan struct{}, 1),
	}
	if !knowsPeers {
		v.guests = loopback.NewGuests(cookieName)
	}
	v.ctx, v.cancel = context.WithCancel(context.Background())
	v.routes()
	return v
}

// serve answers until nobody looks any more, or the visit is cancelled.
func (v *visit) serve(l *loopback.Listener) {
	server := &http.Server{
		Handler: v, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 15 * time.Second,
		IdleTimeout: 30 * time.Second, MaxHeaderBytes: 32 << 10,
		ErrorLog: log.New(io.Discard, "", 0), // what strangers send is no news
	}
	var served sync.WaitGroup
	served.Go(func() { _ = server.Serve(l) }) // it ends by Close
	defer served.Wait()
	defer server.Close()
	defer v.cancel()
	timer := time.NewTimer(afterPlain)
	defer timer.Stop()
	for {
		select {
		case <-v.ctx.Done():
			return
		case <-timer.C:
			return
		case <-v.stir:
		}
		v.mu.Lock()
		streams, wait := v.streams, afterPlain
		if v.scripted {
			wait = afterScript
		}
		v.mu.Unlock()
		if streams > 0 {
			timer.Stop()
		} else {
			timer.Reset(wait)
		}
	}
}

// touch puts off the end.
func (v *visit) touch() {
	select {
	case v.stir <- struct{}{}:
	default: // it will be seen
	}
}

// ServeHTTP implements http.Handler: it turns strangers away.
func (v *visit) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case loopback.Refuse(w, r, v.origin):
	case r.URL.Path != loopback.StartPath && v.guests != nil && !v.guests.Know(r):
		http.Error(w, "this browser is not known; allow cookies for "+r.Host+", then open the page from Fermata", http.StatusForbidden)
	default:
		if strings.HasPrefix(r.URL.Path, v.path) {
			v.touch()
		}
		v.mux.ServeHTTP(w, r)
	}
}
