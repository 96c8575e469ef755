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
	seeOther(w, v.to(r.URL.Query().Get("at")))
}

// to is the address of a place: on the guide's page where its name begins with the guide's.
func (v *visit) to(place string) string {
	switch {
	case !isPlace(place):
		return v.path
	case strings.HasPrefix(place, guidePage):
		return v.path + guidePage + "#" + place
	}
	return v.path + "#" + place
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
