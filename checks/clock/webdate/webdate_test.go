package webdate

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// A site is an HTTPS server over in-memory connections.
type site struct {
	offset      time.Duration // of its clock from the bubble's
	there, back time.Duration // how long question and answer travel
	cached      time.Duration // how long it keeps a date
	header      func(h http.Header)
	roots       *x509.CertPool
	conns       chan net.Conn
	asked       int
}

// serve starts the site with a certificate for the name it.test that is valid in the given time.
func (s *site) serve(t *testing.T, notBefore, notAfter time.Time) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	cert := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{"it.test"},
		NotBefore: notBefore, NotAfter: notAfter,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, cert, cert, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	if cert, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	s.roots = x509.NewCertPool()
	s.roots.AddCert(cert)
	s.conns = make(chan net.Conn)
	server := &http.Server{Handler: s, ErrorLog: log.New(io.Discard, "", 0)}
	go server.Serve(tls.NewListener(s, &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}},
	}))
	t.Cleanup(func() { server.Close() })
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.asked++
	select {
	case <-time.After(s.there):
	case <-r.Context().Done():
		return
	}
	now := time.Now().Add(s.offset)
	if s.cached > 0 {
		now = now.Truncate(s.cached)
	}
	w.Header().Set("Date", now.UTC().Format(http.TimeFormat))
	if s.header != nil {
		s.header(w.Header())
	}
	w.WriteHeader(http.StatusNotFound)
	time.Sleep(s.back)
}

// Accept, Close and Addr make the site its own listener.
func (s *site) Accept() (net.Conn, error) {
	if conn, ok := <-s.conns; ok {
		return conn, nil
	}
	return nil, net.ErrClosed
}
func (s *site) Close() error   { close(s.conns); return nil }
func (s *site) Addr() net.Addr { return &net.IPAddr{} }

func (s *site) dial(context.Context, string, string) (net.Conn, error) {
	client, server := net.Pipe()
	s.conns <- server
	return client, nil
}

func (s *site) asker() *Asker {
	start := time.Now()
	return &Asker{Elapsed: func() time.Duration { return time.Since(start) }, Now: time.Now, Dial: s.dial, Roots: s.roots}
}

// offset is what d says of the wall clock, with its bound.
func offset(a *Asker, d Date) (mid, err time.Duration) {
	base := time.Duration(time.Now().UnixNano()) - a.Elapsed()
	return (d.Low+d.High)/2 - base, (d.High - d.Low) / 2
}

func TestAsk(t *testing.T) {
	for _, tt := range []struct {
		name  string
		site  site
		bound time.Duration
	}{
		{"near", site{there: 5 * time.Millisecond, back: 5 * time.Millisecond}, 515 * time.Millisecond},
		{"behind", site{offset: 93*time.Second + 456*time.Millisecond, there: 20 * time.Millisecond, back: 20 * time.Millisecond}, 530 * time.Millisecond},
		{"ahead", site{offset: -time.Hour - 7*time.Millisecond, there: 20 * time.Millisecond, back: 20 * time.Millisecond}, 530 * time.Millisecond},
		{"one way only", site{offset: time.Millisecond, there: 80 * time.Millisecond}, 550 * time.Millisecond},
		{"the other way only", site{offset: time.Millisecond, back: 80 * time.Millisecond}, 550 * time.Millisecond},
		{"far", site{offset: 5 * time.Second, there: 300 * time.Millisecond, back: 300 * time.Millisecond}, 810 * time.Millisecond},
		{"envoy", site{offset: 333 * time.Millisecond, there: 10 * time.Millisecond, back: 10 * time.Millisecond, cached: 470 * time.Millisecond,
			header: func(h http.Header) { h.Set("Server", "envoy") }}, 760 * time.Millisecond},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := tt.site
			s.serve(t, time.Now().Add(-time.Hour), time.Now().Add(90*24*time.Hour))
			a := s.asker()
			begun := time.Now()
			d, err := a.Ask(t.Context(), "https://it.test/")
			if err != nil {
				t.Fatal(tt.name, err)
			}
			mid, bound := offset(a, d)
			if (mid-s.offset).Abs() > bound || bound > tt.bound {
				t.Errorf("%s: %v ± %v by %d requests, want %v within ± %v", tt.name, mid, bound, s.asked, s.offset, tt.bound)
			}
			if took := time.Since(begun); took > time.Second || s.asked != 1 {
				t.Errorf("%s: %d requests in %v", tt.name, s.asked, took)
			}
		})
	}
}

func TestBadAnswers(t *testing.T) {
	for name, header := range map[string]func(http.Header){
		"no date":   func(h http.Header) { h["Date"] = nil },
		"garbage":   func(h http.Header) { h.Set("Date", "yesterday") },
		"year 9999": func(h http.Header) { h.Set("Date", "Fri, 31 Dec 9999 23:59:59 GMT") },
		"year 1":    func(h http.Header) { h.Set("Date", "Mon, 01 Jan 0001 00:00:00 GMT") },
		"cached":    func(h http.Header) { h.Set("Age", "1234") },
		"long": func(h http.Header) {
			h["X-Long"] = slices.Repeat([]string{"0123456789abcdef0123456789abcdef"}, 1000)
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := site{header: header}
			s.serve(t, time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
			if d, err := s.asker().Ask(t.Context(), "https://it.test/"); err == nil {
				t.Errorf("%s: told %+v", name, d)
			}
		})
	}
}

func TestNoAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := site{there: time.Hour}
		s.serve(t, time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
		begun := time.Now()
		if _, err := s.asker().Ask(t.Context(), "https://it.test/"); err == nil || time.Since(begun) > timeout+time.Second {
			t.Errorf("%v after %v", err, time.Since(begun))
		}
		if _, err := s.asker().Ask(t.Context(), "http://it.test/"); err == nil {
			t.Error("asked without TLS")
		}
		if _, err := s.asker().Ask(t.Context(), "https://other.test/"); err == nil {
			t.Error("took another's certificate")
		}
	})
}

// TestCertificateTellsTime: where this clock is outside of a certificate's time, the certificate is
// evidence, and the date is still found.
func TestCertificateTellsTime(t *testing.T) {
	const day = 24 * time.Hour
	for _, tt := range []struct {
		name   string
		offset time.Duration
		header func(http.Header)
		bound  time.Duration
	}{
		{"not yet valid", 800 * day, nil, 520 * time.Millisecond},
		{"expired", -800 * day, nil, 520 * time.Millisecond},
		{"no date", 800 * day, func(h http.Header) { h["Date"] = nil }, 45 * day},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := site{offset: tt.offset, header: tt.header, there: 10 * time.Millisecond}
			there := time.Now().Add(tt.offset)
			s.serve(t, there.Add(-30*day), there.Add(60*day))
			a := s.asker()
			d, err := a.Ask(t.Context(), "https://it.test/")
			if err != nil {
				t.Fatal(tt.name, err)
			}
			mid, bound := offset(a, d)
			if (mid-s.offset).Abs() > bound || bound > tt.bound || d.Validity == nil {
				t.Errorf("%s: %v ± %v, %v", tt.name, mid, bound, d.Validity)
			}
		})
	}
	synctest.Test(t, func(t *testing.T) {
		// The certificate has run out and the server's clock says the same as ours: no evidence.
		s := site{}
		s.serve(t, time.Now().Add(-90*day), time.Now().Add(-day))
		if d, err := s.asker().Ask(t.Context(), "https://it.test/"); err == nil {
			t.Errorf("an outdated certificate passed: %+v", d)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		// Nobody vouches for it, as in a captive portal.
		s := site{offset: 800 * day}
		s.serve(t, time.Now().Add(790*day), time.Now().Add(810*day))
		a := s.asker()
		a.Roots = x509.NewCertPool()
		if d, err := a.Ask(t.Context(), "https://it.test/"); err == nil {
			t.Errorf("an unknown certificate passed: %+v", d)
		}
	})
}

// FuzzDate: no header makes an answer panic or leave the span of time.
func FuzzDate(f *testing.F) {
	f.Add("Mon, 02 Jan 2006 15:04:05 GMT", "", "nginx", int64(0), int64(1e6))
	f.Add("Fri, 31 Dec 9999 23:59:59 GMT", "0", "envoy", int64(1e18), int64(1e18))
	f.Add("Monday, 02-Jan-06 15:04:05 GMT", "junk", "", int64(5), int64(6))
	f.Fuzz(func(t *testing.T, date, age, server string, sent, received int64) {
		const span = int64(100 * 365 * 24 * time.Hour)
		if sent < 0 || sent > received || received > span {
			return
		}
		d, err := Read(http.Header{"Date": {date}, "Age": {age}, "Server": {server}}, time.Duration(sent), time.Duration(received))
		if err != nil {
			return
		}
		wants, err := http.ParseTime(date)
		if err != nil || wants.Unix() != int64((d.Low+time.Duration(received))/time.Second) {
			t.Fatalf("%q read as %+v", date, d)
		}
		if d.High-d.Low < time.Second || d.RTT != time.Duration(received-sent) {
			t.Fatalf("impossible bounds: %+v", d)
		}
	})
}
