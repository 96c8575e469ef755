package standin

import (
	"html"
	"net/http"
	"strings"
	"time"
)

func escape(s string) string { return html.EscapeString(s) }

const pageHead = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>TITLE · DEMO stand-in for Spotify</title>
<style>
body { margin: 0; font: 1rem/1.5 system-ui, sans-serif; background: Canvas; color: CanvasText; }
.demo { margin: 0; padding: .6rem 1rem; background: #ffd54a; color: #222; text-align: center; }
main { max-width: 32rem; margin: 2rem auto; padding: 0 1.25rem; }
h1 { font-size: 1.5rem; line-height: 1.25; }
li { overflow-wrap: anywhere; }
form { display: flex; flex-wrap: wrap; gap: .75rem; margin-top: 1.5rem; }
button { font: inherit; padding: .6rem 1.4rem; border: 1px solid #8888; border-radius: 2rem; background: transparent; color: inherit; cursor: pointer; }
button.go { background: #1c7c3c; border-color: #1c7c3c; color: #fff; font-weight: 600; }
button:focus-visible { outline: 3px solid #5b9dff; outline-offset: 2px; }
</style>
</head>
<body>
<p class="demo"><b>DEMO.</b> This page stands in for Spotify. It is not Spotify, and nothing here leaves this computer.</p>
<main>
`

func writePage(w http.ResponseWriter, status int, title, body string) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	// The form's answer is a redirect to the app's own listener, which form-action governs too.
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'self' http://127.0.0.1:* http://[::1]:*")
	w.WriteHeader(status)
	page := strings.Replace(pageHead, "TITLE", escape(title), 1) + body + "\n</main>\n</body>\n</html>\n"
	_, _ = w.Write([]byte(page)) // a browser that went away is its own affair
}

func (s *Spotify) frontPage(w http.ResponseWriter, _ *http.Request) {
	writePage(w, http.StatusOK, "Home", `<h1>There is no music here</h1>
<p>Fermata's demo signs in to this page, and would sign in to Spotify.</p>
<p><a href="/account/apps/">Manage apps</a></p>`)
}

func playerPage(w http.ResponseWriter, _ *http.Request) {
	writePage(w, http.StatusOK, "Web player", "<h1>There is no music here</h1>\n<p>This stands in for the web player at open.spotify.com.</p>")
}

func (s *Spotify) appsPage(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	inUse := 0
	for _, g := range s.grants {
		if g.refusal == "" && !g.ended(time.Now()) {
			inUse++
		}
	}
	s.mu.Unlock()
	if inUse == 0 {
		writePage(w, http.StatusOK, "Manage apps", "<h1>Manage apps</h1>\n<p>No app may use this account.</p>")
		return
	}
	writePage(w, http.StatusOK, "Manage apps", `<h1>Manage apps</h1>
<p>Fermata may use the account of <b>`+escape(User)+`</b>.</p>
<form method="post"><button id="remove">Remove access</button></form>`)
}

func (s *Spotify) removeApps(w http.ResponseWriter, r *http.Request) {
	s.Revoke()
	http.Redirect(w, r, "/account/apps/", http.StatusSeeOther)
}
