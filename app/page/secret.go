package page

import (
	_ "embed" // the page
	"errors"
	"html"
	"net/http"
	"strings"

	"fermata/checks"
)

//go:embed html/secret.html
var secretForm string

// A secret is a client secret that the person may have to enter.
type secret struct {
	provider string
	wants    func() bool
	use      func(secret string)
}

// AskSecret has the person enter the provider's client secret before they sign in, wherever wants says so, and
// hands it to use.
func AskSecret(provider string, wants func() bool, use func(secret string)) Option {
	return func(v *visit) { v.secret = secret{provider, wants, use} }
}

func (v *visit) wantsSecret() bool { return v.secret.wants != nil && v.secret.wants() }

// Asks is the header of the answer to whoever has to enter something: "secret", as the field client_secret of a
// form that is sent back to the same address. For browsers it stands on the page.
const Asks = "Fermata-Asks"

// takeSecret has a page for the client secret, which goes on to where a try begins.
func (v *visit) takeSecret() {
	if v.wantsSecret() {
		v.first = "secret"
	}
	v.mux.HandleFunc("GET "+v.path+"secret", v.invited(func(w http.ResponseWriter, _ *http.Request) { v.askSecret(w, nil) }))
	v.mux.HandleFunc("POST "+v.path+"secret", v.invited(func(w http.ResponseWriter, r *http.Request) {
		s, err := readSecret(w, r)
		if err != nil {
			v.askSecret(w, err)
			return
		}
		v.secret.use(s)
		v.show(w, sheetTo("On to "+v.secret.provider+"…", v.path))
	}))
}

// sheetTo is a sheet from which the browser goes on by itself. A redirect of a form would be held against its
// form-action, which does not know the provider's address.
func sheetTo(heading, to string) sheet {
	s := message(http.StatusOK, heading, nil, to, "Continue")
	s.goTo = to
	return s
}

// readSecret reads what was entered. It is of the characters of RFC 6749 section A.2.
func readSecret(w http.ResponseWriter, r *http.Request) (string, error) {
	r.Body = http.MaxBytesReader(w, r.Body, 4<<10)
	if err := r.ParseForm(); err != nil {
		return "", errors.New("what was sent is damaged or too long")
	}
	s := strings.TrimSpace(r.PostForm.Get("client_secret"))
	if s == "" || strings.ContainsFunc(s, func(c rune) bool { return c < ' ' || c > '~' }) {
		return "", checks.WithHint(errors.New("that doesn’t look like a client secret"), "Copy it from the page where the client ID was made.")
	}
	return s, nil
}

// askSecret shows the form, and what was wrong with what was entered.
func (v *visit) askSecret(w http.ResponseWriter, wrong error) {
	status, problem, invalid, described := http.StatusOK, "", "", "help"
	if wrong != nil {
		status = http.StatusUnprocessableEntity
		problem = `<p class="bad" id="problem" role="alert">` + html.EscapeString(strings.Join(sentences(wrong), " ")) + "</p>\n"
		invalid, described = ` aria-invalid="true"`, "problem help"
	}
	title := "Enter the client secret"
	body := strings.NewReplacer("{TITLE}", title,
		"{LEAD}", html.EscapeString(v.secret.provider+" wants the secret that came with the client ID. You find it where the client ID was made."),
		"{PROBLEM}", problem, "{INVALID}", invalid, "{DESCRIBED}", described,
		"{HELP}", "Fermata keeps it together with your sign-in, in the keyring, and never in the settings file.",
	).Replace(secretForm)
	w.Header().Set(Asks, "secret")
	v.show(w, sheet{status: status, title: title, body: body, form: true})
}
