package loopback

import (
	"crypto/rand"
	"crypto/subtle"
	"net/http"
	"sync"
)

// StartPath is where the browser is sent first. It stands in the command that opens the browser, which
// every user of the computer can read, so nothing in it is a secret.
const StartPath = "/start"

// Guests are the browsers that are answered where the system does not tell whose a connection is: one for
// each that was invited. It is known again by a cookie.
type Guests struct {
	cookie string

	mu      sync.Mutex
	invited int
	keys    []string
}

// NewGuests returns Guests who are known by a cookie of this name, and of whom none was invited. Cookies know
// no ports, so no others may use the name.
func NewGuests(cookie string) *Guests { return &Guests{cookie: cookie} }

// Invite expects a browser.
func (g *Guests) Invite() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.invited++
}

// Enter lets a browser in that was invited, or is known. Where it reports false, more browsers came than were
// sent, so one is somebody else's, and which is not known.
func (g *Guests) Enter(w http.ResponseWriter, r *http.Request) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	known := g.knows(r)
	if g.invited == 0 {
		return known
	}
	g.invited--
	if !known {
		key := rand.Text()
		g.keys = append(g.keys, key)
		http.SetCookie(w, &http.Cookie{Name: g.cookie, Value: key, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
	}
	return true
}

// Know reports whether r comes from a browser that was let in. What one asks for on its way back from another
// site comes without the cookie, which is strict.
func (g *Guests) Know(r *http.Request) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.knows(r)
}

func (g *Guests) knows(r *http.Request) bool {
	c, err := r.Cookie(g.cookie)
	if err != nil {
		return false
	}
	for _, key := range g.keys {
		if subtle.ConstantTimeCompare([]byte(c.Value), []byte(key)) == 1 {
			return true
		}
	}
	return false
}

// RefuseLink refuses a request for StartPath, which any site can guess, that another site's page led to. It
// reports whether it did.
func RefuseLink(w http.ResponseWriter, r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "none", "same-origin":
		return false
	}
	http.Error(w, "Open this address yourself: links on other sites do not work.", http.StatusForbidden)
	return true
}
