package page

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"fermata/app/loopback"
	"fermata/checks"
	"fermata/checks/session"
)

// ErrTimeout says that the browser did not come back.
var ErrTimeout = checks.WithHint(session.ErrNoReturn, "Sign in again when you have a moment.")

const (
	patience  = 10 * time.Minute // for a person who was sent to the provider's page
	guidance  = 30 * time.Minute // for one who first has a client ID to make
	afterword = 2 * time.Minute  // for one who reads what went wrong
	lateness  = 12 * time.Hour   // for one who comes back when nobody waits any more
	exchange  = 45 * time.Second // for the provider, when the person has come back
	reload    = 3 * time.Second  // for a browser that does not come for the last page at once
)

// A visit is one stay of a person in the browser, from the first page to the last.
type visit struct {
	open   Open
	demo   bool
	caller context.Context
	ctx    context.Context // the caller's, and ends with the visit
	cancel context.CancelFunc
	origin string // "http://127.0.0.1:PORT"
	path   string // the address that nobody can guess, between slashes
	mux    *http.ServeMux
	events chan event
	guest  *guest // nil: nobody but the person is answered
	// overdue is told that the visit came to nothing so far, and goes on all the same; nil: it ends.
	overdue    func(ctx context.Context, err error)
	registered *url.URL // where the sign-in is to come back to; nil: the usual address
	secret     secret
	first      string // where the first address leads to, below path

	mu      sync.Mutex
	states  map[string]*try // by state, all that were begun; the current one too
	current *try
	typed   string // as the client ID
	wrong   error  // with what was typed
	again   bool   // the account has a client ID
}

// An event ends the visit, or changes how long it may last.
type event struct {
	what happening
	err  error // of failure and stopped
}

type happening int

const (
	begun   happening = iota // a new try
	failure                  // it came to nothing, and the page says so
	signed                   // it succeeded, and the browser may not come for the page that says so
	told                     // it succeeded, and the browser has the page
	stopped                  // it must not go on
)

// newVisit begins one whose first address leads to first, below path.
func newVisit(ctx context.Context, at net.Addr, knowsPeers bool, first string, open Open, opts []Option) *visit {
	v := &visit{
		open:   open,
		caller: ctx,
		origin: "http://" + at.String(),
		path:   "/" + rand.Text() + "/",
		mux:    http.NewServeMux(),
		events: make(chan event, 1),
		states: map[string]*try{},
		first:  first,
	}
	if !knowsPeers {
		v.guest = newGuest()
	}
	v.ctx, v.cancel = context.WithCancel(ctx)
	v.mux.HandleFunc("GET "+loopback.StartPath, func(w http.ResponseWriter, r *http.Request) { v.start(w, r, v.path+v.first) })
	v.mux.HandleFunc("GET "+expiredPath, v.expired)
	v.mux.HandleFunc("GET "+v.path+"go", v.invited(v.goOn))
	v.mux.HandleFunc("GET "+v.path+"done", v.done)
	v.mux.HandleFunc("GET "+v.path+scriptName, v.script)
	for _, o := range opts {
		o(v)
	}
	back := "/callback"
	if u := v.registered; u != nil {
		v.origin, back = "http://"+net.JoinHostPort(u.Hostname(), strconv.Itoa(at.(*net.TCPAddr).Port)), cmp.Or(u.Path, "/")
		if v.first == "ipv6" { // what is registered is known
			v.first = "go"
		}
	}
	if back == "/" {
		back = "/{$}"
	}
	v.mux.HandleFunc("GET "+back, v.callback)
	return v
}

// redirectURI is what has to be registered for the client ID: without a port, it serves any.
func (v *visit) redirectURI() string {
	if v.registered != nil {
		return v.registered.String()
	}
	return v.origin[:strings.LastIndex(v.origin, ":")] + "/callback"
}

// back is where the sign-in comes back to.
func (v *visit) back() string {
	if v.registered != nil {
		return v.origin + v.registered.Path
	}
	return v.origin + "/callback"
}

// run serves the pages, opens the first, and waits for the end: for so long, while no try is begun.
func (v *visit) run(l net.Listener, patience time.Duration) error {
	server := &http.Server{
		Handler:           v,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      exchange + 15*time.Second,
		IdleTimeout:       10 * time.Second,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          log.New(io.Discard, "", 0), // what strangers send is no news
	}
	var served sync.WaitGroup
	served.Go(func() { _ = server.Serve(l) }) // it ends by Close
	defer served.Wait()
	defer server.Close()
	defer v.cancel()
	// What is opened may outlive the visit.
	first := v.origin + loopback.StartPath
	if err := v.open(v.caller, first); err != nil {
		command := "fermata login"
		if v.demo {
			command = "fermata demo login"
		}
		// The address would not be answered any more.
		return checks.WithHint(err, fmt.Sprintf("Run %q in a terminal: it tells the address to open.", command))
	}
	return v.wait(patience)
}

func (v *visit) wait(first time.Duration) error {
	last, patience, afterword := ErrTimeout, patience, afterword
	timer := time.NewTimer(first)
	defer timer.Stop()
	for {
		select {
		case <-v.ctx.Done():
			return v.ctx.Err()
		case <-timer.C:
			if v.overdue == nil || last == nil {
				return last
			}
			v.overdue(v.caller, last)
			v.overdue, patience, afterword = nil, lateness, lateness
			timer.Reset(lateness)
		case e := <-v.events:
			switch e.what {
			case begun:
				last = ErrTimeout
				timer.Reset(patience)
			case failure:
				last = e.err
				timer.Reset(afterword)
			case signed:
				last = nil
				timer.Reset(reload)
			case told:
				return nil
			case stopped:
				return e.err
			}
		}
	}
}

func (v *visit) happened(e event) {
	select {
	case v.events <- e:
	case <-v.ctx.Done():
	}
}

// ServeHTTP implements http.Handler: it turns strangers away.
func (v *visit) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !loopback.Refuse(w, r, v.origin) {
		v.mux.ServeHTTP(w, r)
	}
}
