package page

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"net/http"
	"sync"
	"time"

	"fermata/checks"
	"fermata/checks/text"
)

// startPath is where the browser is sent first. It stands in the command that opens the browser, which
// every user of the computer can read, so nothing in it is a secret.
const startPath = "/start"

// ErrShared says that two browsers opened the first address, of which only one can be the person's.
var ErrShared = checks.WithHint(errors.New("the sign-in page was opened twice, perhaps by somebody else who uses this computer"),
	"Check whose account Fermata shows, then sign in again, in one browser.")

// arrival is how long the browser may take to open its first page, where that shows whether somebody
// else was there before. No sign-in is finished sooner.
const arrival = 10 * time.Second

// A guest is the one browser that is answered where the system does not tell whose a connection is: the
// first that comes. It is known again by a cookie.
type guest struct {
	shared  chan struct{} // closed when another browser came, too
	settled chan struct{} // closed when the person's browser must have come
	share   sync.Once

	mu  sync.Mutex
	key string // the cookie's value; "": no browser came yet
}

func newGuest() *guest { return &guest{shared: make(chan struct{}), settled: make(chan struct{})} }

const cookieName = "fermata"

// enter takes the first browser for the person's and gives it the cookie. It reports whether r comes from
// that one.
func (g *guest) enter(w http.ResponseWriter, r *http.Request) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.key != "" {
		return g.knows(r)
	}
	g.key = rand.Text()
	http.SetCookie(w, &http.Cookie{Name: cookieName, Value: g.key, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
	time.AfterFunc(arrival, func() { close(g.settled) })
	return true
}

// knows reports whether r has the cookie. The caller holds mu.
func (g *guest) knows(r *http.Request) bool {
	c, err := r.Cookie(cookieName)
	return err == nil && g.key != "" && subtle.ConstantTimeCompare([]byte(c.Value), []byte(g.key)) == 1
}

// alone waits until the person's browser must have come, and returns ErrShared if there were two.
func (g *guest) alone(ctx context.Context) error {
	select {
	case <-g.settled:
	case <-g.shared:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-g.shared:
		return ErrShared
	default:
		return nil
	}
}

// start lets the person's browser in, and sends it on to an address that nobody can guess.
func (v *visit) start(w http.ResponseWriter, r *http.Request, next string) {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "none", "same-origin":
	default: // any site can guess this address
		http.Error(w, "Open this address yourself: links on other sites do not work.", http.StatusForbidden)
		return
	}
	if v.guest != nil && !v.guest.enter(w, r) {
		v.guest.share.Do(func() { close(v.guest.shared) })
		v.show(w, message(http.StatusForbidden, "This sign-in was stopped",
			[]string{text.Sentence(ErrShared.Error()), text.Sentence(checks.Hint(ErrShared))}, "", ""))
		v.happened(event{stopped, ErrShared})
		return
	}
	redirect(w, r, next)
}

// invited has a page answer the person's browser alone, where connections do not tell whose they are. What
// a browser asks for on its way back from another site comes without a cookie that is strict.
func (v *visit) invited(page http.HandlerFunc) http.HandlerFunc {
	if v.guest == nil {
		return page
	}
	return func(w http.ResponseWriter, r *http.Request) {
		v.guest.mu.Lock()
		known := v.guest.knows(r)
		v.guest.mu.Unlock()
		if !known {
			v.show(w, message(http.StatusForbidden, "This browser isn’t known",
				[]string{"Allow cookies for " + r.Host + ", then start again from Fermata."}, "", ""))
			return
		}
		page(w, r)
	}
}
