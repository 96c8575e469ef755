package details

import (
	"net/http"
	"strings"

	"fermata/app/loopback"
)

const cookieName = "fermata-page"

// start sends the person's browser on to the page. Where more browsers came than were sent, nobody is served
// any more.
func (v *visit) start(w http.ResponseWriter, r *http.Request) {
	if loopback.RefuseLink(w, r) {
		return
	}
	if v.guests != nil && !v.guests.Enter(w, r) {
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
