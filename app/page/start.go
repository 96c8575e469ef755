package page

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"fermata/app/loopback"
	"fermata/checks"
	"fermata/checks/text"
)

// ErrShared says that two browsers opened the first address, of which only one can be the person's.
var ErrShared = checks.WithHint(errors.New("the sign-in page was opened twice, perhaps by somebody else who uses this computer"),
	"Check whose account Fermata shows, then sign in again, in one browser.")

// arrival is how long the browser may take to open its first page, where that shows whether somebody
// else was there before. No sign-in is finished sooner.
const arrival = 10 * time.Second

// A guest is the one browser that is answered where the system does not tell whose a connection is: the
// first that comes.
type guest struct {
	*loopback.Guests
	came, share sync.Once
	shared      chan struct{} // closed when another browser came, too
	settled     chan struct{} // closed when the person's browser must have come
}

func newGuest() *guest {
	g := &guest{Guests: loopback.NewGuests(cookieName), shared: make(chan struct{}), settled: make(chan struct{})}
	g.Invite()
	return g
}

const cookieName = "fermata"

// enter takes the first browser for the person's. It reports whether r comes from that one.
func (g *guest) enter(w http.ResponseWriter, r *http.Request) bool {
	g.came.Do(func() { time.AfterFunc(arrival, func() { close(g.settled) }) })
	if g.Enter(w, r) {
		return true
	}
	g.share.Do(func() { close(g.shared) })
	return false
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
	if loopback.RefuseLink(w, r) {
		return
	}
	if v.guest != nil && !v.guest.enter(w, r) {
		v.show(w, message(http.StatusForbidden, "This sign-in was stopped",
			[]string{text.Sentence(ErrShared.Error()), text.Sentence(checks.Hint(ErrShared))}, "", ""))
		v.happened(event{stopped, ErrShared})
		return
	}
	redirect(w, r, next)
}

// invited has a page answer the person's browser alone, where connections do not tell whose they are.
func (v *visit) invited(page http.HandlerFunc) http.HandlerFunc {
	if v.guest == nil {
		return page
	}
	return func(w http.ResponseWriter, r *http.Request) {
		if !v.guest.Know(r) {
			v.show(w, message(http.StatusForbidden, "This browser isn’t known",
				[]string{"Allow cookies for " + r.Host + ", then start again from Fermata."}, "", ""))
			return
		}
		page(w, r)
	}
}
