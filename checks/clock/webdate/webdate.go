// Package webdate tells the time by the Date header of an HTTPS server, for networks that let no
// time servers through. The header is in whole seconds, so the time is known to half a second and half
// of the round trip.
package webdate

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"time"
)

const (
	timeout   = 3 * time.Second // for one answer, the connection included
	maxHeader = 16 << 10        // bytes of an answer's header

	// Envoy, which Spotify's servers say they are, keeps its Date for 500 ms (its class
	// TlsCachingDateProviderImpl), so what it says may be that old.
	envoyLag = 500 * time.Millisecond
	// Others keep theirs to the end of the second, give or take a turn of their event loop.
	otherLag = 20 * time.Millisecond
)

// An Asker asks web servers for the time.
type Asker struct {
	// Elapsed is the clock that answers are measured against: no step moves it.
	Elapsed func() time.Duration
	// Now is what certificates are checked against at first.
	Now func() time.Time
	// Dial makes the connections; nil is a net.Dialer, through the environment's proxy if it names one.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
	// Roots are the authorities whose certificates are accepted; nil is the system's choice.
	Roots *x509.CertPool
}

// A Date is the time by one server: true Unix time minus Elapsed lies between Low and High.
type Date struct {
	Low, High time.Duration
	RTT       time.Duration // from the question to the first byte of the answer; 0 where there was no Date
	// Validity is set when the server's certificate was not valid at Now, but genuine: true time lies
	// in it, unless the server's certificate has really expired. Where the server gave no Date, Low and
	// High are its ends.
	Validity *Validity
}

// Validity is the time in which a certificate is valid.
type Validity struct{ NotBefore, NotAfter time.Time }

// ErrNoDate is the error of an answer that tells no time, as one from a cache.
var ErrNoDate = errors.New("the answer has no usable date")

// Ask asks the server at url, an https address, with one request, or two where its certificate is not
// valid now. Each takes at most 3 s.
func (a *Asker) Ask(ctx context.Context, url string) (Date, error) {
	if !strings.HasPrefix(url, "https://") {
		return Date{}, fmt.Errorf("%s: only https servers are asked for the time", url)
	}
	d, err := a.ask(ctx, url, a.Now)
	valid := outdated(err)
	if valid == nil {
		return d, err
	}
	// The certificate is not valid now. At a time when it is, is it genuine?
	inside := valid.inside(a.Now())
	d, err = a.ask(ctx, url, func() time.Time { return inside })
	elapsed := a.Elapsed()
	low, high := unix(valid.NotBefore)-elapsed, unix(valid.NotAfter)-elapsed
	switch {
	case errors.Is(err, ErrNoDate):
		return Date{Low: low, High: high, Validity: valid}, nil
	case err != nil:
		return Date{}, err
	case d.High < low || d.Low > high:
		return Date{}, fmt.Errorf("%w: the certificate was not valid then", ErrNoDate)
	}
	d.Validity = valid
	return d, nil
}

// ask asks once, with certificates checked against now.
func (a *Asker) ask(ctx context.Context, url string, now func() time.Time) (Date, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	transport := &http.Transport{
		DialContext:            a.Dial,
		TLSClientConfig:        &tls.Config{RootCAs: a.Roots, Time: now},
		MaxResponseHeaderBytes: maxHeader,
	}
	if a.Dial == nil {
		transport.Proxy = http.ProxyFromEnvironment
	}
	defer transport.CloseIdleConnections()
	var sent, received time.Duration
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn:              func(httptrace.GotConnInfo) { sent = a.Elapsed() },
		GotFirstResponseByte: func() { received = a.Elapsed() },
	})
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, url, nil)
	if err != nil {
		return Date{}, err
	}
	req.Header.Set("Cache-Control", "no-cache")
	// A RoundTripper follows no redirect, and any status has a date.
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return Date{}, err
	}
	resp.Body.Close()
	return Read(resp.Header, sent, received)
}

// Read takes the date off the header of an answer that was written between sent and received, when the
// server's clock stood in that second. The error is ErrNoDate.
func Read(h http.Header, sent, received time.Duration) (Date, error) {
	if age := h.Get("Age"); age != "" && age != "0" {
		return Date{}, fmt.Errorf("%w: it comes from a cache", ErrNoDate)
	}
	date, err := http.ParseTime(h.Get("Date"))
	// Before 1970 and after 2200 nobody reads this, and a Duration could not hold much more.
	if err != nil || date.Year() < 1970 || date.Year() > 2200 {
		return Date{}, ErrNoDate
	}
	lag := otherLag
	if strings.EqualFold(h.Get("Server"), "envoy") || h.Get("X-Envoy-Upstream-Service-Time") != "" {
		lag = envoyLag
	}
	return Date{Low: unix(date) - received, High: unix(date) + time.Second + lag - sent, RTT: received - sent}, nil
}

// unix is t's Unix time. Certificates may name years that a Duration does not reach: those count as
// the last that it does.
func unix(t time.Time) time.Duration {
	const last = 1 << 33 // seconds: the year 2242
	return time.Duration(min(max(t.Unix(), -last), last)) * time.Second
}
