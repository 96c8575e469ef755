package page

import (
	"crypto/sha256"
	_ "embed" // the pages
	"encoding/base64"
	"html"
	"net/http"
	"strconv"
	"strings"

	"fermata/checks"
	"fermata/checks/text"
)

//go:embed html/frame.html
var frame string

// Style is the style sheet of all pages.
//
//go:embed html/style.css
var Style string

// Script has the buttons with data-copy work.
//
//go:embed html/copy.js
var Script string

// A sheet is one page before it is framed.
type sheet struct {
	status int
	title  string
	body   string // HTML
	form   bool   // it has a form that comes back here, and the script
	goTo   string // where the browser goes on by itself
}

// message is a sheet with a heading, paragraphs of plain text, and a link, where there is one.
func message(status int, heading string, paragraphs []string, link, label string) sheet {
	var b strings.Builder
	b.WriteString("<h1>" + html.EscapeString(heading) + "</h1>\n")
	for _, p := range paragraphs {
		b.WriteString("<p>" + html.EscapeString(p) + "</p>\n")
	}
	if link != "" {
		b.WriteString(`<p class="next"><a class="button" href="` + html.EscapeString(link) + `">` + html.EscapeString(label) + "</a></p>\n")
	}
	return sheet{status: status, title: heading, body: b.String()}
}

// show sends a sheet whole, so that nothing is left to send once it returns, and asks the browser to use
// another connection next time.
func (v *visit) show(w http.ResponseWriter, s sheet) {
	banner, mark, script := "", "", ""
	if v.demo {
		banner, mark = "<p class=\"demo\"><b>DEMO.</b> Nothing here touches your Spotify account.</p>\n", " · DEMO"
	}
	if s.form {
		script = `<script src="` + v.path + scriptName + "\"></script>\n"
	}
	body := strings.NewReplacer("{TITLE}", html.EscapeString(s.title), "{DEMO}", mark, "{STYLE}", Style,
		"{BANNER}", banner, "{BODY}", s.body, "{SCRIPT}", script).Replace(frame)
	sum := sha256.Sum256([]byte(Style))
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+
		"'; script-src 'self'; img-src data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Connection", "close")
	// Under no-referrer a browser sends "Origin: null" with the form (Fetch, "append a request Origin
	// header"); same-origin tells other sites as little.
	h.Set("Referrer-Policy", "no-referrer")
	if s.form {
		h.Set("Referrer-Policy", "same-origin")
	}
	if s.goTo != "" {
		h.Set("Refresh", "0; url="+s.goTo)
	}
	w.WriteHeader(s.status)
	if _, err := w.Write([]byte(body)); err == nil {
		_ = http.NewResponseController(w).Flush() // the browser went away: its own affair
	}
}

const scriptName = "copy.js"

// script is Script.
func (v *visit) script(w http.ResponseWriter, _ *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "text/javascript; charset=utf-8")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Connection", "close")
	_, _ = w.Write([]byte(Script)) // the browser went away: its own affair
}

// redirect sends the browser on, which asks for the other page with GET.
func redirect(w http.ResponseWriter, r *http.Request, to string) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Connection", "close")
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// sentences returns err and its hint as a person reads them.
func sentences(err error) []string {
	s := []string{text.Sentence(err.Error())}
	if hint := checks.Hint(err); hint != "" {
		s = append(s, text.Sentence(hint))
	}
	return s
}
