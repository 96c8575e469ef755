// Package page is what the browser shows: a few pages on 127.0.0.1, there only while a person signs in.
//
// The pages are safe from other sites and from other users of the computer. Connections of another user
// are turned away (package loopback). Where the system does not tell whose a connection is, the first
// browser is answered, and a second one ends the sign-in and is told so. Two addresses can be known to
// others: the first, which stands in the command that opens the browser and has no secret in it, and the
// callback, which does nothing without the state of the sign-in under way. All else stands under an address
// with 128 random bits. A request must name the very address that is listened at, a form must come from a
// page of ours, and the one script copies what stands on a page. No page has a secret in it, and no address that the browser stays at.
package page

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"fermata/app/loopback"
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
	return func(v *visit) { v.demo, v.typed = true, clientID }
}

// Again has Connect's page say that the account has a client ID, which the form starts with.
func Again(clientID string) Option {
	return func(v *visit) { v.again, v.typed = true, clientID }
}

// Overdue has told be called where SignIn or Connect would return what the sign-in met, with their context, and
// the pages stay for half a day more: whoever comes back finds them, and can finish. Then they return nil.
func Overdue(told func(ctx context.Context, err error)) Option {
	return func(v *visit) { v.overdue = told }
}

// At has the sign-in come back to an address of this computer that is registered with the provider, such as
// "http://localhost:8765/callback", in the place of the usual one. Without a port, any will do.
func At(redirectURI string) Option {
	return func(v *visit) { v.registered, _ = url.Parse(redirectURI) }
}

// SignIn sends the browser to the page where a person signs in, and waits until they have, for up to
// ten minutes. begin starts an attempt that comes back to the address that it is given; it is called
// again when the person tries again. SignIn returns nil once the account is signed in and the browser
// has the page that says so; the last error, once two minutes have passed after it; that of a browser that
// does not open; ErrShared; or ctx's.
func SignIn(ctx context.Context, open Open, begin func(redirectURI string) (*session.Attempt, error), opts ...Option) error {
	l, err := listen(opts)
	if err != nil {
		return err
	}
	return signIn(newVisit(ctx, l.Addr(), l.KnowsPeers(), first(l.Addr()), open, opts), l, begin)
}

// listen listens where the options want it.
func listen(opts []Option) (*loopback.Listener, error) {
	var v visit
	for _, o := range opts {
		o(&v)
	}
	if v.registered == nil {
		return loopback.Listen()
	}
	if slices.Contains([]string{loopback.StartPath, expiredPath}, v.registered.Path) {
		return nil, checks.WithHint(fmt.Errorf("Fermata has a page of its own at %s", v.registered.Path), "Set another path in redirect, and register it with the provider.")
	}
	port, _ := strconv.Atoi(v.registered.Port())
	return loopback.ListenAt(v.registered.Hostname(), port)
}

// first is where a sign-in begins, below the visit's path: with a word on the redirect URI, where that is
// not the usual one.
func first(at net.Addr) string {
	if at.(*net.TCPAddr).IP.To4() == nil {
		return "ipv6"
	}
	return "go"
}

func signIn(v *visit, l net.Listener, begin func(redirectURI string) (*session.Attempt, error)) error {
	defer v.cancel()
	defer l.Close()
	if !v.wantsSecret() {
		if _, err := v.begin(begin); err != nil {
			return err
		}
	}
	// A person who tries again comes here.
	v.mux.HandleFunc("GET "+v.path+"{$}", v.invited(func(w http.ResponseWriter, r *http.Request) {
		if v.wantsSecret() {
			redirect(w, r, v.path+"secret")
			return
		}
		a, err := v.begin(begin)
		if err != nil {
			v.failed(w, err)
			v.happened(event{failure, err})
			return
		}
		redirect(w, r, a.URL)
	}))
	v.mux.HandleFunc("GET "+v.path+"ipv6", v.invited(func(w http.ResponseWriter, _ *http.Request) {
		v.show(w, message(http.StatusOK, "Is this address registered?", []string{
			"This computer has no address 127.0.0.1, so this sign-in comes back to another one.",
			"Your client ID needs " + v.redirectURI() + " among its redirect URIs. Add it, if it isn’t there yet, and then continue.",
		}, v.path+"go", "Continue"))
	}))
	v.takeSecret()
	return v.run(l, patience)
}
