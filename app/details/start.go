package details

import (
	"crypto/rand"
	"crypto/subtle"
	"net/http"
	"strings"
	"sync"
)

// startPath is where the browser is sent first. It stands in the command that opens the browser, which
// every user of the computer can read, so nothing in it is a secret.
const startPath = "/start"

// guests are the browsers that are answered where the system does not tell whose a connection is: one for
// each time that the page was opened from Fermata. It is known again by a cookie.
type guests struct {
	mu      sync.Mutex
	invited int
	keys    []string
}

const cookieName = "fermata-page"

// enter lets a browser in that was invited, or is known.
func (g *guests) enter(w http.ResponseWriter, r *http.Request) bool {
	known := g.know(r)
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.invited == 0 {
		return known
	}
	g.invited--
	if !known {
		key := rand.Text()
		g.keys = append(g.keys, key)
		http.SetCookie(w, &http.Cookie{Name: cookieName, Value: key, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
	}
	return true
}

// know reports whether r comes from a browser that was let in.
func (g *guests) know(r *http.Request) bool {
	c, err := r.Cookie(cookieName)
	if err != nil {
		return false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, key := range g.keys {
		if subtle.ConstantTimeCompare([]byte(c.Value), []byte(key)) == 1 {
			return true
		}
	}
	return false
}

// invite expects a browser.
func (v *visit) invite() {
	if v.guests != nil {
		v.guests.mu.Lock()
		v.guests.invited++
		v.guests.mu.Unlock()
	}
}

// start sends the person's browser on to the page. That more browsers come than were sent means that one
// is somebody else's, and which is not known: then nobody is served any more.
func (v *visit) start(w http.ResponseWriter, r *http.Request) {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "none", "same-origin":
	default: // any site can guess this address
		http.Error(w, "Open this address yourself: links on other sites do not work.", http.StatusForbidden)
		return
	}
	if v.guests != nil && !v.guests.enter(w, r) {
		send(w, http.StatusForbidden, "text/plain; charset=utf-8", []byte("This page was opened twice, perhaps by somebody else who uses this computer. It is closed now; open it again from Fermata.\n"))
		_ = http.NewResponseController(w).Flush() // the end of the visit would cut it off
		v.cancel()
		return
	}
	v.touch()
	to := v.path
	if at := r.URL.Query().Get("at"); isPlace(at) {
		to += "#" + at
	}
	seeOther(w, to)
}

// isPlace reports whether s may be the ID of an element of the page.
func isPlace(s string) bool {
	const most = 200
	return s != "" && len(s) <= most && !strings.ContainsFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("-_./", r)
	})
}

// seeOther sends the browser on.
func seeOther(w http.ResponseWriter, to string) {
	secure(w)
	w.Header().Set("Location", to)
	w.WriteHeader(http.StatusSeeOther)
}
