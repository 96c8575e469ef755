package standin

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// askPage shows the page on which the person agrees. Spotify leaves it out for those who agreed
// before; here it always shows, so that each sign-in can be seen, and refused.
func (s *Spotify) askPage(w http.ResponseWriter, r *http.Request) {
	back, err := checkAuthorize(r.URL.Query())
	switch {
	case err != nil && back == nil:
		errorPage(err.Error())(w, r)
	case err != nil:
		http.Redirect(w, r, withQuery(back, "error", err.Error(), "state", r.URL.Query().Get("state")), http.StatusFound)
	default:
		writePage(w, http.StatusOK, "Sign in", askForm(r.URL))
	}
}

// answered takes what the person pressed on the page.
func (s *Spotify) answered(w http.ResponseWriter, r *http.Request) {
	to, err := s.answer(r.URL.Query(), users[r.PostFormValue("answer")])
	if err != nil {
		errorPage(err.Error())(w, r)
		return
	}
	http.Redirect(w, r, to, http.StatusFound)
}

// Agree does what a person does who opens an authorize address and presses "Agree". It returns
// the address that the browser is then sent to, the client's callback.
func (s *Spotify) Agree(authorizeURL string) (*url.URL, error) { return s.press(authorizeURL, User) }

// AgreeAs is Agree of a person who signs in to Spotify as another user first: OtherUser.
func (s *Spotify) AgreeAs(authorizeURL, user string) (*url.URL, error) {
	return s.press(authorizeURL, user)
}

// Cancel is Agree with the other button.
func (s *Spotify) Cancel(authorizeURL string) (*url.URL, error) { return s.press(authorizeURL, "") }

func (s *Spotify) press(authorizeURL, user string) (*url.URL, error) {
	u, err := url.Parse(authorizeURL)
	if err != nil {
		return nil, err
	}
	to, err := s.answer(u.Query(), user)
	if err != nil {
		return nil, err
	}
	return url.Parse(to)
}

// users are those whose account an answer to the page gives access to.
var users = map[string]string{"agree": User, "other": OtherUser}

// answer takes the answer of a user, who is "" where the person did not agree.
func (s *Spotify) answer(q url.Values, user string) (to string, err error) {
	back, err := checkAuthorize(q)
	switch {
	case back == nil:
		return "", err
	case err != nil:
		return withQuery(back, "error", err.Error(), "state", q.Get("state")), nil
	case user == "":
		return withQuery(back, "error", "access_denied", "state", q.Get("state")), nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	for name, c := range s.codes {
		if now.Sub(c.until) > codeLifetime {
			delete(s.codes, name)
		}
	}
	name := opaque("AQ", 150)
	s.codes[name] = &code{q.Get("client_id"), q.Get("redirect_uri"), q.Get("scope"), q.Get("code_challenge"), user, now.Add(codeLifetime)}
	return withQuery(back, "code", name, "state", q.Get("state")), nil
}

// checkAuthorize checks an authorize request. With an error it also returns where to tell it, or
// nil where the client or its address cannot be trusted and the person is told: RFC 6749 section
// 4.1.2.1.
func checkAuthorize(q url.Values) (back *url.URL, err error) {
	if !knownClient(q.Get("client_id")) {
		return nil, errors.New("INVALID_CLIENT: Invalid client")
	}
	back, err = checkRedirect(q.Get("redirect_uri"))
	if err != nil {
		return nil, err
	}
	if q.Get("response_type") != "code" {
		return back, errors.New("unsupported_response_type")
	}
	if q.Get("code_challenge_method") != "S256" || len(q.Get("code_challenge")) != 43 {
		return back, errors.New("invalid_request")
	}
	return back, nil
}

// checkRedirect keeps Spotify's rules of April 2025: https, or a loopback literal. Every app here has
// registered http://127.0.0.1/callback, which serves any port; the IPv6 literal is taken for registered too.
func checkRedirect(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("INVALID_CLIENT: Invalid redirect URI")
	}
	loopback := u.Hostname() == "127.0.0.1" || u.Hostname() == "::1"
	if u.Scheme == "http" && !loopback {
		return nil, errors.New("INVALID_CLIENT: Insecure redirect URI")
	}
	exact := (&url.URL{Scheme: "http", Host: u.Host, Path: "/callback"}).String()
	if !loopback || address != exact {
		return nil, errors.New("INVALID_CLIENT: Invalid redirect URI")
	}
	return u, nil
}

func withQuery(u *url.URL, pairs ...string) string {
	q := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	with := *u
	with.RawQuery = q.Encode()
	return with.String()
}

func askForm(u *url.URL) string {
	var scopes strings.Builder
	for scope := range strings.FieldsSeq(u.Query().Get("scope")) {
		scopes.WriteString("<li>" + escape(scope) + "</li>\n")
	}
	return `<h1>Let this app use your account?</h1>
<p>You are signed in as <b>` + escape(User) + `</b>. The app asks for:</p>
<ul>
` + scopes.String() + `</ul>
<form method="post" action="` + escape("/authorize?"+u.RawQuery) + `">
<button class="go" id="agree" name="answer" value="agree" autofocus>Agree</button>
<button id="cancel" name="answer" value="cancel">Cancel</button>
<button id="other" name="answer" value="other">Agree as ` + escape(OtherUser) + `</button>
</form>`
}
