package page

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"fermata/checks/session"
)

// A try is one attempt to sign in.
type try struct {
	attempt *session.Attempt
	back    bool          // the browser has come back; guarded by visit.mu, as is query
	query   string        // what it came back with
	ended   chan struct{} // closed when err counts
	err     error
}

// begin starts a new attempt in the place of the one before.
func (v *visit) begin(start func(redirectURI string) (*session.Attempt, error)) (*session.Attempt, error) {
	a, err := start(v.back())
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(a.URL)
	if err != nil {
		return nil, fmt.Errorf("the address to sign in at: %w", err)
	}
	v.mu.Lock()
	v.current = &try{attempt: a, ended: make(chan struct{})}
	v.states[u.Query().Get("state")] = v.current
	v.mu.Unlock()
	v.happened(event{what: begun})
	return a, nil
}

// cameBack returns the try that a query belongs to, or nil; whether the browser came back from it for the first
// time, and, if not, whether with something new. States have 256 random bits, so that nobody finds one by the time that a look takes.
func (v *visit) cameBack(query url.Values) (t *try, first, again bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	t = v.states[query.Get("state")]
	if t == nil {
		return nil, false, false
	}
	first = !t.back
	if first {
		t.back, t.query = true, query.Encode()
	}
	return t, first, t.query != query.Encode()
}

// failed reports whether the try has ended, and came to nothing.
func (t *try) failed() bool {
	select {
	case <-t.ended:
		return t.err != nil
	default:
		return false
	}
}

// latest returns the try that was begun last, nil if none was, and whether the browser has come back.
func (v *visit) latest() (t *try, back bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.current, v.current != nil && v.current.back
}

// goOn sends the browser to the provider. A redirect of the form itself would be held against its
// form-action, which does not know the provider's address; and so neither a page nor the command that
// opens the browser has the state in it.
func (v *visit) goOn(w http.ResponseWriter, r *http.Request) {
	if t, back := v.latest(); t != nil && !back {
		redirect(w, r, t.attempt.URL)
		return
	}
	redirect(w, r, v.path)
}

// callback is where the provider sends the browser back to. It sends it on at once, so that no code
// stays in the address bar. Whoever comes without the state of a try of this visit learns nothing, and changes
// nothing. A person who went back to the provider's page, and agreed there again, gets another try.
func (v *visit) callback(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	t, first, again := v.cameBack(query)
	if t == nil {
		redirect(w, r, expiredPath)
		return
	}
	latest, _ := v.latest()
	switch {
	case t != latest: // in an older tab: the newest try counts
		redirect(w, r, v.path+"go")
		return
	case again && t.failed():
		redirect(w, r, v.path)
		return
	case first: // and not a reload
		go v.finish(t, query) // whether the browser stays or not
	}
	redirect(w, r, v.path+"done")
}

// finish ends a try with what the browser brought back. It ends with the visit.
func (v *visit) finish(t *try, query url.Values) {
	defer close(t.ended)
	ctx, cancel := context.WithTimeout(v.ctx, exchange)
	defer cancel()
	if v.guest != nil {
		t.err = v.guest.alone(ctx)
	}
	if t.err == nil {
		t.err = t.attempt.Finish(ctx, query)
	}
	if t.err != nil {
		v.happened(event{failure, t.err})
		return
	}
	v.happened(event{what: signed})
}

// done tells how the try ended, as soon as it has.
func (v *visit) done(w http.ResponseWriter, r *http.Request) {
	t, back := v.latest()
	if !back {
		redirect(w, r, v.path)
		return
	}
	select {
	case <-t.ended:
	case <-r.Context().Done():
		return
	}
	if t.err != nil {
		v.failed(w, t.err)
		return
	}
	v.show(w, message(http.StatusOK, "You are signed in", []string{"You can close this page. Fermata will take it from here."}, "", ""))
	if r.Context().Err() == nil {
		v.happened(event{what: told})
	}
}

// failed says what went wrong, and offers another try.
func (v *visit) failed(w http.ResponseWriter, err error) {
	v.show(w, message(http.StatusBadRequest, "You are not signed in", sentences(err), v.path, "Try again"))
}

const expiredPath = "/expired"

// expired is for whoever comes back from a sign-in that is not under way.
func (v *visit) expired(w http.ResponseWriter, _ *http.Request) {
	v.show(w, message(http.StatusBadRequest, "This page has expired",
		[]string{"Use the most recent sign-in page, or start again from Fermata."}, "", ""))
}
