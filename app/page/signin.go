// Package page is what the browser shows: a few pages on 127.0.0.1, there only while a person signs in.
//
// The pages are safe from other sites and from other users of the computer. Only the callback has an
// address that can be known, and it does nothing without the state of the sign-in under way. All else
// stands under an address with 128 random bits. A request must name the very address that is listened
// at, a form must come from a page of ours, and there are no scripts. No page has a secret in it.
package page

import (
	"context"
	"net"
	"net/http"

	"fermata/checks"
	"fermata/checks/session"
)

// Open has the browser open an address. It returns as soon as the browser is told. Its error should
// say what to open by hand.
type Open = func(ctx context.Context, url string) error

// An Option changes how the pages are shown.
type Option func(*visit)

// Demo marks every page as the demo's. Connect's form then starts with clientID.
func Demo(clientID string) Option {
	return func(v *visit) { v.demo, v.clientID = true, clientID }
}

// SignIn sends the browser to the page where a person signs in, and waits until they have, for up to
// ten minutes. begin starts an attempt that comes back to the address that it is given; it is called
// again when the person tries again. SignIn returns nil once the account is signed in and the browser
// has the page that says so; the last error, once two minutes have passed after it; that of a browser that
// does not open; or ctx's.
func SignIn(ctx context.Context, open Open, begin func(redirectURI string) (*session.Attempt, error), opts ...Option) error {
	l, err := listen()
	if err != nil {
		return err
	}
	return signIn(newVisit(ctx, l.Addr(), open, opts), l, begin)
}

func signIn(v *visit, l net.Listener, begin func(redirectURI string) (*session.Attempt, error)) error {
	defer v.cancel()
	defer l.Close()
	first, err := v.begin(begin)
	if err != nil {
		return err
	}
	// A person who tries again comes here.
	v.mux.HandleFunc("GET "+v.path+"{$}", func(w http.ResponseWriter, r *http.Request) {
		a, err := v.begin(begin)
		if err != nil {
			v.failed(w, err)
			return
		}
		http.Redirect(w, r, a.URL, http.StatusSeeOther)
	})
	return v.run(l, first.URL, patience)
}

func listen() (net.Listener, error) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, checks.WithHint(err, "A firewall or a sandbox may keep Fermata from listening at 127.0.0.1.")
	}
	return l, nil
}
