package details

import (
	"bytes"
	"context"
	_ "embed" // style and script
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"fermata/app/loopback"
	"fermata/app/page"
	"fermata/checks"
	"fermata/checks/text"
)

var (
	//go:embed html/style.css
	style string
	//go:embed html/page.js
	script string
	//go:embed html/page.html
	pageHTML string
	//go:embed html/guide.html
	guideHTML string
)

// templates parses the page, for as long as it is served: most runs of Fermata never need it.
func templates() *template.Template {
	return template.Must(template.New("").Funcs(template.FuncMap{
		// A chart is made by Fermata, of figures and escaped words alone.
		"svg": func(s string) template.HTML { return template.HTML(s) },
		"in": func(page, it any, place string) map[string]any {
			return map[string]any{"Page": page, "It": it, "At": place}
		},
		"titled": func(s sheet, title string) sheet { s.Title = title; return s },
		"lines": func(lines []string) string {
			var b bytes.Buffer
			for _, l := range lines {
				fmt.Fprintln(&b, l)
			}
			return b.String()
		},
	}).Parse(pageHTML + guideHTML))
}

func (v *visit) render(w http.ResponseWriter, status int, name string, data any) {
	var b bytes.Buffer
	if err := v.pages.ExecuteTemplate(&b, name, data); err != nil {
		http.Error(w, "the page can't be made: "+err.Error(), http.StatusInternalServerError)
		return
	}
	send(w, status, "text/html; charset=utf-8", b.Bytes())
}

// secure allows a page its own style and script and nothing else, and keeps its address to itself.
func secure(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "+
		"form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin") // under no-referrer a browser sends "Origin: null" with a form
}

func send(w http.ResponseWriter, status int, kind string, data []byte) {
	secure(w)
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	w.WriteHeader(status)
	_, _ = w.Write(data) // the browser went away: its own affair
}

func (v *visit) routes() {
	v.mux.HandleFunc("GET "+loopback.StartPath, v.start)
	v.mux.HandleFunc("GET "+v.path+"{$}", func(w http.ResponseWriter, r *http.Request) { v.show(w, r, http.StatusOK, "page", nil) })
	v.mux.HandleFunc("GET "+v.path+guidePage, v.guide)
	v.mux.HandleFunc("GET "+v.path+"events", v.events)
	v.mux.HandleFunc("GET "+v.path+"report", v.report)
	v.mux.HandleFunc("GET "+v.path+"calendar/{account}", v.calendar)
	v.mux.HandleFunc("POST "+v.path+"do", v.form(maxForm, v.do))
	v.mux.HandleFunc("POST "+v.path+"see", v.form(maxPaste, v.see))
	v.mux.HandleFunc("POST "+v.path+"settings", v.form(maxForm, v.settings))
	for name, file := range map[string]struct{ kind, text string }{
		"style.css": {"text/css; charset=utf-8", page.Style + style},
		"page.js":   {"text/javascript; charset=utf-8", page.Script + script},
	} {
		v.mux.HandleFunc("GET "+v.path+name, func(w http.ResponseWriter, _ *http.Request) { send(w, http.StatusOK, file.kind, []byte(file.text)) })
	}
}

// sheet is what the templates are given.
type sheet struct {
	Token   string
	Title   string // of the window; "": the sentence of what is so
	Version uint64
	Details any
	Form    *form  // what was typed and can't be taken; nil: nothing
	Report  string // of the page "report"
}

// show shows one of the pages.
func (v *visit) show(w http.ResponseWriter, r *http.Request, status int, name string, f *form) {
	version, details, err := v.src.Await(r.Context(), 0)
	if err != nil {
		http.Error(w, "Fermata is ending", http.StatusServiceUnavailable)
		return
	}
	v.render(w, status, name, sheet{Token: v.token, Version: version, Details: details, Form: f})
}

// heartbeat is how often a page that is connected hears something: a proxy may be between.
const heartbeat = 30 * time.Second

// events tells a page that there is something newer than it shows.
func (v *visit) events(w http.ResponseWriter, r *http.Request) {
	after, err := strconv.ParseUint(r.URL.Query().Get("after"), 10, 64)
	if err != nil {
		http.Error(w, "after which version?", http.StatusBadRequest)
		return
	}
	v.count(1)
	defer v.count(-1)
	secure(w)
	w.Header().Set("Content-Type", "text/event-stream")
	out := http.NewResponseController(w)
	for line := "retry: 1000\n\n"; ; {
		_ = out.SetWriteDeadline(time.Now().Add(10 * time.Second))
		if _, err := w.Write([]byte(line)); err != nil || out.Flush() != nil {
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), heartbeat)
		version, _, err := v.src.Await(ctx, after)
		beat := ctx.Err() != nil
		cancel()
		switch {
		case r.Context().Err() != nil, v.ctx.Err() != nil:
			return
		case beat:
			line = ":\n\n"
		case err != nil:
			return
		default:
			after, line = version, fmt.Sprintf("data: %d\n\n", version)
		}
	}
}

// count counts the pages that are connected.
func (v *visit) count(more int) {
	v.mu.Lock()
	v.streams, v.scripted = v.streams+more, true
	v.mu.Unlock()
	v.touch()
}

// maxForm is how many bytes a form may have.
const maxForm = 64 << 10

// form has a form of the page be read, of at most so many bytes, and no other.
func (v *visit) form(most int64, take http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, most)
		if err := r.ParseForm(); err != nil {
			http.Error(w, "this form can't be read", http.StatusBadRequest)
			return
		}
		if r.PostForm.Get("token") != v.token {
			http.Error(w, "this form is of an older page; open the page again from Fermata", http.StatusForbidden)
			return
		}
		take(w, r)
	}
}

// do does what a button says, and shows the page again at the button.
func (v *visit) do(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), reaction)
	defer cancel()
	if action := r.PostForm.Get("address"); action != "" {
		v.src.Click(ctx, action, true)
	} else {
		v.src.Click(ctx, r.PostForm.Get("action"), false)
	}
	v.back(w, r)
}

// reaction is how long a page waits for what a click changes, so that one without script shows it.
const reaction = 3 * time.Second

// settle waits until what is shown is newer than version.
func (v *visit) settle(ctx context.Context, version uint64) {
	ctx, cancel := context.WithTimeout(ctx, reaction)
	defer cancel()
	_, _, _ = v.src.Await(ctx, version) // it shows what there is
}

func (v *visit) back(w http.ResponseWriter, r *http.Request) {
	seeOther(w, v.to(r.PostForm.Get("at")))
}

func (v *visit) report(w http.ResponseWriter, r *http.Request) {
	report, err := v.src.Report(r.Context())
	if err != nil {
		http.Error(w, text.Sentence(err.Error())+" "+checks.Hint(err), http.StatusServiceUnavailable)
		return
	}
	_, details, err := v.src.Await(r.Context(), 0)
	if err == nil {
		v.render(w, http.StatusOK, "report", sheet{Token: v.token, Details: details, Report: report})
	}
}

func (v *visit) calendar(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("account")
	ics, err := v.src.Calendar(r.Context(), name)
	if err != nil {
		http.Error(w, text.Sentence(err.Error()), http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Disposition", "attachment; filename*=UTF-8''fermata-"+url.PathEscape(name)+".ics")
	send(w, http.StatusOK, "text/calendar; charset=utf-8", []byte(ics))
}
