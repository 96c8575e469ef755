// Package inhibit keeps the computer from sleeping, and from shutting down, in the middle of a request whose
// answer must not be lost.
package inhibit

import (
	"context"
	"io"
	"net/http"
)

// Transport returns next with a delay of sleep and shutdown, where the system has one, from the sending of
// each POST request until the body of its answer is closed: a renewal's answer may hold the only refresh
// token that is good from then on. Nothing waits for the delay; without it requests are sent all the same.
func Transport(next http.RoundTripper) http.RoundTripper { return transport{next} }

type transport struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method != http.MethodPost {
		return t.next.RoundTrip(r)
	}
	ctx, release := context.WithCancel(context.WithoutCancel(r.Context()))
	go delay(ctx)
	resp, err := t.next.RoundTrip(r)
	if err != nil {
		release()
		return nil, err
	}
	resp.Body = body{resp.Body, release}
	return resp, nil
}

// A body releases the delay when it is closed.
type body struct {
	io.ReadCloser
	release func()
}

// Close implements io.Closer.
func (b body) Close() error {
	defer b.release()
	return b.ReadCloser.Close()
}
