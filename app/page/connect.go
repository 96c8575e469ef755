package page

import (
	"context"
	_ "embed" // the page
	"html"
	"net"
	"net/http"
	"strings"

	"fermata/app/loopback"
	"fermata/checks/session"
	"fermata/checks/spotify"
)

//go:embed html/connect.html
var guide string

// Connect opens a page that walks a person through making a client ID at Spotify, checks what they
// typed, and goes on to the sign-in. For the rest it is SignIn, but that it waits half an
// hour for a client ID; begin is called with one of the right form, each time that the person continues.
func Connect(ctx context.Context, open Open, begin func(clientID, redirectURI string) (*session.Attempt, error), opts ...Option) error {
	l, err := loopback.Listen()
	if err != nil {
		return err
	}
	return connect(newVisit(ctx, l.Addr(), l.KnowsPeers(), "", open, opts), l, begin)
}

func connect(v *visit, l net.Listener, begin func(clientID, redirectURI string) (*session.Attempt, error)) error {
	v.mux.HandleFunc("GET "+v.path+"{$}", v.invited(v.form))
	v.mux.HandleFunc("POST "+v.path+"{$}", v.invited(func(w http.ResponseWriter, r *http.Request) { v.submitted(w, r, begin) }))
	v.mux.HandleFunc("GET "+v.path+"on", v.invited(func(w http.ResponseWriter, r *http.Request) {
		s := message(http.StatusOK, "On to Spotify…", []string{"Spotify will ask whether Fermata may use your account."}, v.path+"go", "Continue")
		s.goTo = v.path + "go"
		v.show(w, s)
	}))
	return v.run(l, guidance)
}

// form shows what was typed, and what was wrong with it.
func (v *visit) form(w http.ResponseWriter, _ *http.Request) {
	v.mu.Lock()
	typed, wrong := v.typed, v.wrong
	v.mu.Unlock()
	status := http.StatusOK
	if wrong != nil {
		status = http.StatusUnprocessableEntity
	}
	v.show(w, v.connectSheet(status, typed, wrong))
}

// submitted takes what was typed. It answers with another page's address, so that whoever goes back or reloads
// meets a page and not a question of the browser's.
func (v *visit) submitted(w http.ResponseWriter, r *http.Request, begin func(clientID, redirectURI string) (*session.Attempt, error)) {
	r.Body = http.MaxBytesReader(w, r.Body, 4<<10)
	if err := r.ParseForm(); err != nil {
		v.show(w, message(http.StatusBadRequest, "That can’t be read", []string{"What was sent is damaged or too long."}, v.path, "Back"))
		return
	}
	typed := r.PostForm.Get("client_id")
	id, err := spotify.CheckClientID(typed)
	if err == nil {
		typed = id
		_, err = v.begin(func(redirectURI string) (*session.Attempt, error) { return begin(id, redirectURI) })
	}
	v.mu.Lock()
	v.typed, v.wrong = typed, err
	v.mu.Unlock()
	if err != nil {
		redirect(w, r, v.path)
		return
	}
	redirect(w, r, v.path+"on")
}

// connectSheet is the guide and the form, with what was typed and what is wrong with it.
func (v *visit) connectSheet(status int, typed string, wrong error) sheet {
	title, lead := "Connect Spotify", "Spotify requires everyone to use their own client ID. Creating one takes about two minutes, once."
	if v.again {
		title, lead = "Use another client ID", "Your sign-in stays as it is until the one with the new client ID works. The form has the client ID of now."
	}
	help := "If Spotify shows “INVALID_CLIENT”, come back here: either the client ID or the redirect URI doesn’t match the one above."
	if v.demo {
		help = "In the demo any client ID works; this one is filled in for you."
	}
	problem, invalid, described, focus := "", "", "help", ""
	if typed != "" { // else it would open at its end
		focus = " autofocus"
	}
	if wrong != nil {
		problem = `<p class="bad" id="problem" role="alert">` + html.EscapeString(strings.Join(sentences(wrong), " ")) + "</p>\n"
		invalid, described = ` aria-invalid="true"`, "problem help"
	}
	body := strings.NewReplacer(
		"{TITLE}", title, "{LEAD}", lead,
		"{DASHBOARD}", html.EscapeString(spotify.DashboardPage),
		"{REDIRECT}", html.EscapeString(v.redirectURI()),
		"{CLIENT_ID}", html.EscapeString(typed),
		"{FOCUS}", focus, "{PROBLEM}", problem, "{INVALID}", invalid, "{DESCRIBED}", described, "{HELP}", help,
	).Replace(guide)
	return sheet{status: status, title: title, body: body, form: true}
}
