package page

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"fermata/checks"
	"fermata/checks/session"
)

// ErrTimeout says that the browser did not come back.
var ErrTimeout = checks.WithHint(session.ErrNoReturn, "Sign in again when you have a moment.")

const (
	patience  = 10 * time.Minute // for a person who was sent to the provider's page
	guidance  = 30 * time.Minute // for one who first has a client ID to make
	afterword = 2 * time.Minute  // for one who reads what went wrong
	exchange  = 45 * time.Second // for the provider, when the person has come back
	reload    = 3 * time.Second  // for a browser that left before it had the last page
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

	mu       sync.Mutex
	current  *try
	clientID string // as it was typed last
}

// A try is one attempt to sign in.
type try struct {
	attempt *session.Attempt
	state   string
	finish  sync.Once
	err     error
}

// An event ends the visit, or changes how long it may last.
type event struct {
	what happening
	err  error // failure
}

type happening int

const (
	begun   happening = iota // a new try
	failure                  // it came to nothing, and the page says so
	signed                   // it succeeded, and the page that says so may be lost
	told                     // it succeeded, and the browser has the page
)

func newVisit(ctx context.Context, at net.Addr, open Open, opts []Option) *visit {
	v := &visit{
		open:   open,
		caller: ctx,
		origin: "http://" + at.String(),
		path:   "/" + rand.Text() + "/",
		mux:    http.NewServeMux(),
		events: make(chan event, 1),
	}
	v.ctx, v.cancel = context.WithCancel(ctx)
	v.mux.HandleFunc("GET /callback", v.callback)
	for _, o := range opts {
		o(v)
	}
	return v
}

// run serves the pages, opens the first, and waits for the end: for so long, while no try is begun.
func (v *visit) run(l net.Listener, first string, patience time.Duration) error {
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
	if err := v.open(v.caller, first); err != nil {
		if checks.Hint(err) == "" {
			err = checks.WithHint(fmt.Errorf("the browser did not open: %w", err), "Open this yourself: "+first)
		}
		return err
	}
	return v.wait(patience)
}

func (v *visit) wait(first time.Duration) error {
	last := ErrTimeout
	timer := time.NewTimer(first)
	defer timer.Stop()
	for {
		select {
		case <-v.ctx.Done():
			return v.ctx.Err()
		case <-timer.C:
			return last
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

// begin starts a new attempt in the place of the one before.
func (v *visit) begin(start func(redirectURI string) (*session.Attempt, error)) (*session.Attempt, error) {
	a, err := start(v.origin + "/callback")
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(a.URL)
	if err != nil {
		return nil, fmt.Errorf("the address to sign in at: %w", err)
	}
	v.mu.Lock()
	v.current = &try{attempt: a, state: u.Query().Get("state")}
	v.mu.Unlock()
	v.happened(event{what: begun})
	return a, nil
}

// match returns the try that state belongs to, or nil.
func (v *visit) match(state string) *try {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.current == nil || subtle.ConstantTimeCompare([]byte(state), []byte(v.current.state)) != 1 {
		return nil
	}
	return v.current
}

// ServeHTTP implements http.Handler: it turns strangers away.
func (v *visit) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	site := r.Header.Get("Sec-Fetch-Site")
	switch {
	case "http://"+r.Host != v.origin: // another name that leads here: DNS rebinding
		http.Error(w, "no such host", http.StatusMisdirectedRequest)
	case r.Method == http.MethodPost && (r.Header.Get("Origin") != v.origin || site != "" && site != "same-origin"):
		http.Error(w, "this form belongs to another site", http.StatusForbidden)
	case r.Method != http.MethodPost && r.Method != http.MethodGet:
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
	default:
		v.mux.ServeHTTP(w, r)
	}
}

// callback is where the provider sends the browser back to. Whoever comes without the state of this
// try learns nothing, and changes nothing.
func (v *visit) callback(w http.ResponseWriter, r *http.Request) {
	t := v.match(r.URL.Query().Get("state"))
	if t == nil {
		v.show(w, message(http.StatusBadRequest, "This page has expired",
			[]string{"Use the most recent sign-in page, or start again from Fermata."}, "", ""))
		return
	}
	// A browser that comes twice, by a reload, is shown the same end twice.
	t.finish.Do(func() {
		ctx, cancel := context.WithTimeout(v.ctx, exchange)
		defer cancel()
		t.err = t.attempt.Finish(ctx, r.URL.Query())
	})
	if t.err != nil {
		v.failed(w, t.err)
		return
	}
	v.show(w, message(http.StatusOK, "You are signed in", []string{"You can close this page. Fermata will take it from here."}, "", ""))
	if r.Context().Err() != nil {
		v.happened(event{what: signed})
		return
	}
	v.happened(event{what: told})
}

// failed says what went wrong, and offers another try.
func (v *visit) failed(w http.ResponseWriter, err error) {
	v.show(w, message(http.StatusOK, "You are not signed in", sentences(err), v.path, "Try again"))
	v.happened(event{failure, err})
}
