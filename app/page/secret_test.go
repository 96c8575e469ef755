package page

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// A client secret is asked for before the sign-in, what can't be one is refused, and no page repeats it.
func TestSecret(t *testing.T) {
	s := newStay(t)
	secret := ""
	first := s.start(func(ctx context.Context) error {
		return SignIn(ctx, s.open, s.begin, AskSecret("Tunes <&>", func() bool { return secret == "" }, func(entered string) { secret = entered }))
	})
	form, r := browse(t, first)
	if r.status != http.StatusOK || !strings.HasSuffix(form, "/secret") || r.header.Get(Asks) != "secret" || !strings.Contains(r.body, "Tunes &lt;&amp;&gt; wants the secret") {
		t.Fatalf("%s leads to %s: %d\n%s", first, form, r.status, r.body)
	}
	if len(s.begun) != 0 {
		t.Error("a sign-in began without the secret")
	}
	for _, wrong := range []string{"", "  ", "a\x01b", "s3crét"} {
		r := enter(t, form, wrong)
		if r.status != http.StatusUnprocessableEntity || r.header.Get(Asks) != "secret" || !strings.Contains(r.body, "doesn’t look like a client secret") || secret != "" {
			t.Errorf("%q: %d, used %q", wrong, r.status, secret)
		}
	}
	r = enter(t, form, " s3cret+of/Tunes ")
	if r.status != http.StatusOK || secret != "s3cret+of/Tunes" || strings.Contains(r.body, "s3cret") || r.header.Get(Asks) != "" {
		t.Errorf("%d, used %q\n%s", r.status, secret, r.body)
	}
	_, next, _ := strings.Cut(r.header.Get("Refresh"), "url=")
	u, _ := url.Parse(form)
	to, err := u.Parse(next)
	if err != nil {
		t.Fatal(err)
	}
	authorize, r := browse(t, to.String())
	if r.status != http.StatusSeeOther || !strings.Contains(authorize, "state=") || len(s.begun) != 1 {
		t.Errorf("it goes on to %s: %d", authorize, r.status)
	}
}

// A sign-in comes back to the address that is registered, and to no page of Fermata's own.
func TestAt(t *testing.T) {
	for registered, want := range map[string]string{"http://localhost": "http://localhost:PORT", "http://127.0.0.1/a/b": "http://127.0.0.1:PORT/a/b", "http://localhost/": "http://localhost:PORT/"} {
		s := newStay(t)
		first := s.start(func(ctx context.Context) error { return SignIn(ctx, s.open, s.begin, At(registered)) })
		u, _ := url.Parse(first)
		if got := strings.Replace(s.begun[0], ":"+u.Port(), ":PORT", 1); got != want || u.Hostname() != strings.TrimPrefix(strings.SplitN(want, ":PORT", 2)[0], "http://") {
			t.Errorf("%s: begun with %s at %s", registered, got, first)
		}
		authorize, _ := browse(t, first)
		sent, _ := url.Parse(authorize)
		if sent.Query().Get("redirect_uri") != s.begun[0] {
			t.Errorf("%s: sent with %s", registered, authorize)
		}
		if _, r := browse(t, s.begun[0]+"?code=x&state=x"); !strings.Contains(r.body, "This page has expired") {
			t.Errorf("%s: a stranger's state: %d", registered, r.status)
		}
		_, r := browse(t, s.begun[0]+"?error=access_denied&state="+sent.Query().Get("state"))
		if r.status != http.StatusBadRequest || !strings.Contains(r.body, "You declined access") {
			t.Errorf("%s: %d\n%s", registered, r.status, r.body)
		}
	}
	for _, own := range []string{"http://localhost/start", "http://localhost/expired"} {
		if err := SignIn(t.Context(), newStay(t).open, nil, At(own)); err == nil {
			t.Errorf("%s is taken by Fermata itself", own)
		}
	}
}

// enter sends the form at an address with a client secret.
func enter(t *testing.T, form, secret string) reply {
	t.Helper()
	return post(t, form, "", func(r *http.Request) {
		body := url.Values{"client_secret": {secret}}.Encode()
		r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
	})
}
