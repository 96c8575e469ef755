// Package web makes the HTTP client through which all requests to providers and their pages go.
package web

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"time"
)

// Timeout is the longest that one request may take, the reply's body included.
const Timeout = 20 * time.Second

const maxBody = 1 << 20 // bytes of a reply

// ErrTooLarge is the error of a request whose reply has more than 1 MB.
var ErrTooLarge = errors.New("the reply is larger than 1 MB")

// Client returns a client that sends its requests over rt. Each ends within Timeout, with the whole
// reply in memory: a body that breaks off, does not end or is too large fails the request, and reading
// the body of a response cannot fail. The client follows no redirect but returns it: at a token endpoint
// and an API there is nothing to follow, and a captive portal's must not get a token.
func Client(rt http.RoundTripper) *http.Client {
	return &http.Client{
		Transport: bounded{rt},
		Timeout:   Timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		},
	}
}

// bounded reads the whole reply before it hands it on.
type bounded struct{ base http.RoundTripper }

func (b bounded) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := b.base.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	resp.Body.Close()
	if err != nil {
		return nil, fmt.Errorf("reading the reply: %w", err)
	}
	if len(body) > maxBody {
		return nil, ErrTooLarge
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	resp.ContentLength = int64(len(body))
	return resp, nil
}

// Private reports whether nobody on the way can read what is sent to an address: it is of HTTPS, or of this
// computer.
func Private(u *url.URL) bool {
	ip, err := netip.ParseAddr(u.Hostname())
	here := u.Hostname() == "localhost" || err == nil && ip.IsLoopback()
	return u.Host != "" && (u.Scheme == "https" || u.Scheme == "http" && here)
}
