// Package webdate tells the time by the Date header of an HTTPS server, for networks that let no
// time servers through. The header is in whole seconds, so the questions are placed such that their
// answers tell on which side of a second's edge they were written: each halves what is left open,
// down to about the round trip.
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
	questions = 8                      // for one server at most
	patience  = 3 * time.Second        // for one answer, the connection included
	fine      = 100 * time.Millisecond // half the width at which the asking ends
	maxHeader = 16 << 10               // bytes of an answer's header

	// Envoy, which Spotify's servers say they are, keeps its Date for 500 ms (its class
	// TlsCachingDateProviderImpl), so what it says may be that old.
	envoyLag = 500 * time.Millisecond
	// Others keep theirs to the end of the second, give or take a turn of their event loop.
	otherLag = 20 * time.Millisecond
)

// An Asker asks web servers for the time.
type Asker struct {
	// Elapsed is the clock that the answers are told against: no step moves it.
	Elapsed func() time.Duration
	// Now is what certificates are checked against at first.
	Now func() time.Time
	// Dial makes the connections; nil is a net.Dialer, through the environment's proxy if it names one.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
	// Roots are whose certificates are good; nil is the system's choice.
	Roots *x509.CertPool
}

// A Date is what one server told: true Unix time minus Elapsed lies between Low and High.
type Date struct {
	Low, High time.Duration
	RTT       time.Duration // the shortest
	// Validity is set when the server's certificate was not valid at Now, but genuine: true time lies
	// in it, or the server's keeper is asleep. Where the server gave no Date, Low and High are its ends.
	Validity *Validity
}

// Validity is the time in which a certificate is good.
type Validity struct{ NotBefore, NotAfter time.Time }

// Errors of an answer that tells no time.
var (
	ErrNoDate = errors.New("the answer has no usable date")
	ErrCached = errors.New("the answer comes from a cache")
	ErrMoving = errors.New("the dates contradict each other")
)

// Ask asks the server at url, an https address, until the bound is below 100 ms or eight answers
// came. It takes up to a second for each.
func (a *Asker) Ask(ctx context.Context, url string) (Date, error) {
	if !strings.HasPrefix(url, "https://") {
		return Date{}, fmt.Errorf("%s: only https servers are asked for the time", url)
	}
	d, err := a.ask(ctx, url, a.Now)
	valid := outdated(err)
	if valid == nil {
		return d, err
	}
	// The certificate is not good now. At a time when it is, is it genuine?
	inside := valid.inside(a.Now())
	d, err = a.ask(ctx, url, func() time.Time { return inside })
	elapsed := a.Elapsed()
	low, high := unix(valid.NotBefore)-elapsed, unix(valid.NotAfter)-elapsed
	switch {
	case errors.Is(err, ErrNoDate), errors.Is(err, ErrCached), errors.Is(err, ErrMoving):
		return Date{Low: low, High: high, Validity: valid}, nil
	case err != nil:
		return Date{}, err
	case d.High < low || d.Low > high:
		return Date{}, fmt.Errorf("%w: the certificate was not valid then", ErrNoDate)
	}
	d.Validity = valid
	return d, nil
}

// ask does what Ask does, with certificates checked against now.
func (a *Asker) ask(ctx context.Context, url string, now func() time.Time) (Date, error) {
	// One connection is kept for all questions: only the first one pays for its making.
	transport := &http.Transport{
		DialContext:            a.Dial,
		TLSClientConfig:        &tls.Config{RootCAs: a.Roots, Time: now},
		MaxResponseHeaderBytes: maxHeader,
	}
	if a.Dial == nil {
		transport.Proxy = http.ProxyFromEnvironment
	}
	defer transport.CloseIdleConnections()
	var edge bracket
	var rtt, lag time.Duration
	for k := range questions {
		if k > 0 {
			if err := sleep(ctx, edge.wait(a.Elapsed(), rtt)); err != nil {
				return Date{}, err
			}
		}
		said, err := a.question(ctx, transport, url)
		if err != nil {
			return Date{}, err
		}
		if !edge.narrow(said) {
			return Date{}, ErrMoving
		}
		lag = said.lag
		if took := said.received - said.sent; k == 0 || took < rtt {
			rtt = took
		}
		if (edge.high-edge.low)/2 <= max(fine-lag/2, rtt/2) {
			break
		}
	}
	return Date{Low: edge.low, High: edge.high + lag, RTT: rtt}, nil
}

// An answer is one Date with the moments, by Elapsed, between which it was written.
type answer struct {
	date           time.Duration // Unix time, in whole seconds
	sent, received time.Duration
	lag            time.Duration // how old the server may have let the date become
}

func (a *Asker) question(ctx context.Context, via http.RoundTripper, url string) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var said answer
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn:              func(httptrace.GotConnInfo) { said.sent = a.Elapsed() },
		GotFirstResponseByte: func() { said.received = a.Elapsed() },
	})
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, url, nil)
	if err != nil {
		return said, err
	}
	req.Header.Set("Cache-Control", "no-cache")
	// A RoundTripper follows no redirect, and any status has a date.
	resp, err := via.RoundTrip(req)
	if err != nil {
		return said, err
	}
	resp.Body.Close()
	return said, said.read(resp.Header)
}

// read takes the date off an answer's header.
func (s *answer) read(h http.Header) error {
	if age := h.Get("Age"); age != "" && age != "0" {
		return ErrCached
	}
	date, err := http.ParseTime(h.Get("Date"))
	// Before 1970 and after 2200 nobody reads this, and a Duration could not hold much more.
	if err != nil || date.Year() < 1970 || date.Year() > 2200 {
		return ErrNoDate
	}
	s.date, s.lag = unix(date), otherLag
	if strings.EqualFold(h.Get("Server"), "envoy") || h.Get("X-Envoy-Upstream-Service-Time") != "" {
		s.lag = envoyLag
	}
	return nil
}

// unix is t's Unix time. Certificates may name years that a Duration does not reach: those count as
// the last that it does.
func unix(t time.Time) time.Duration {
	const last = 1 << 33 // seconds: the year 2242
	return time.Duration(min(max(t.Unix(), -last), last)) * time.Second
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
