package clock

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fermata/checks/text"
)

// A pages is a set of web servers by host, over in-memory connections. The certificate is that of
// httptest, for example.com and its like, good from 1970 to 2084.
type pages struct {
	offset map[string]time.Duration
	now    func() time.Time
	conns  chan net.Conn
}

func (p *pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	time.Sleep(10 * time.Millisecond)
	w.Header().Set("Date", p.now().Add(p.offset[r.Host]).UTC().Format(http.TimeFormat))
	time.Sleep(10 * time.Millisecond)
}

func (p *pages) Accept() (net.Conn, error) {
	if conn, ok := <-p.conns; ok {
		return conn, nil
	}
	return nil, net.ErrClosed
}
func (p *pages) Close() error   { close(p.conns); return nil }
func (p *pages) Addr() net.Addr { return &net.IPAddr{} }

// withPages gives the rig three web servers, of which those without an offset are dead, and cuts
// off its time servers.
func withPages(t *testing.T, certificate tls.Certificate, roots *x509.CertPool, offset map[string]time.Duration) *rig {
	r := newRig(func(s map[string]*responder) {
		for _, name := range names {
			s[name].silent = true
		}
	})
	p := &pages{offset: offset, now: r.clocks.trueTime, conns: make(chan net.Conn)}
	server := &http.Server{Handler: p, ErrorLog: log.New(io.Discard, "", 0)}
	go server.Serve(tls.NewListener(p, &tls.Config{Certificates: []tls.Certificate{certificate}}))
	t.Cleanup(func() { server.Close() })
	udp := r.cfg.Dial
	r.cfg.Dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
		if network != "tcp" {
			return udp(ctx, network, addr)
		}
		if host, _, _ := net.SplitHostPort(addr); !has(offset, host) {
			return nil, &net.OpError{Op: "dial", Err: context.DeadlineExceeded}
		}
		client, server := net.Pipe()
		p.conns <- server
		return client, nil
	}
	r.cfg.Pages = []string{"https://a.example.com/", "https://b.example.com/", "https://c.example.com/"}
	r.Check = New(r.cfg, r.time)
	r.roots = roots
	r.says = nothing
	return r
}

func has(m map[string]time.Duration, key string) bool { _, ok := m[key]; return ok }

// testCertificate is httptest's, which is good for *.example.com.
func testCertificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	s := httptest.NewUnstartedServer(nil)
	s.StartTLS()
	defer s.Close()
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	if err := s.Certificate().VerifyHostname("a.example.com"); err != nil {
		t.Fatal(err)
	}
	return s.TLS.Certificates[0], roots
}

func TestWeb(t *testing.T) {
	certificate, roots := testCertificate(t)
	for _, tt := range []struct {
		name    string
		offset  map[string]time.Duration
		verdict Verdict
		summary string // may end early
		facts   string
	}{
		{"right", map[string]time.Duration{"a.example.com": 0, "b.example.com": 0, "c.example.com": 0}, Right, "Clock is right (within ", "3 web servers agree."},
		{"wrong", map[string]time.Duration{"a.example.com": 93 * time.Second, "b.example.com": 93 * time.Second}, Harmful, "Your clock is 1 min 3", "2 web servers agree."},
		{"a liar", map[string]time.Duration{"a.example.com": 0, "b.example.com": time.Hour, "c.example.com": 0}, Right, "Clock is right (within ", "2 web servers agree. b.example.com differs: by it this clock is 1 h behind."},
		{"one alone", map[string]time.Duration{"b.example.com": time.Hour}, Unknown, "Clock not checked: no time server answered, and no majority of the web servers agrees", ""},
		{"none", nil, Unknown, "Clock not checked: no time server answered, and no majority of the web servers agrees", ""},
	} {
		synctest.Test(t, func(t *testing.T) {
			r := withPages(t, certificate, roots, tt.offset)
			facts, _ := r.Look(t.Context())
			if got := facts.Summary(text.Style{}); facts.Verdict != tt.verdict || !strings.HasPrefix(got, tt.summary) || facts.Evidence() != tt.facts {
				t.Errorf("%s: got %v %q, %q", tt.name, facts.Verdict, got, facts.Evidence())
			}
			if want := tt.offset["a.example.com"]; facts.Known && ((facts.Offset-want).Abs() > facts.Error || facts.Error > 525*time.Millisecond) {
				t.Errorf("%s: %v ± %v", tt.name, facts.Offset, facts.Error)
			}
			if len(facts.Servers) != 7 || facts.Servers[0].Verdict != NoAnswer {
				t.Errorf("%s: %+v", tt.name, facts.Servers)
			}
		})
	}
}

// TestWebWithClockBeforeCertificates starts with a clock so wrong that no certificate is valid.
func TestWebWithClockBeforeCertificates(t *testing.T) {
	certificate, roots := testCertificate(t)
	synctest.Test(t, func(t *testing.T) {
		r := withPages(t, certificate, roots, map[string]time.Duration{"a.example.com": 0, "b.example.com": 0, "c.example.com": 0})
		r.clocks.set(90 * 365 * day)
		r.time = NewTimeFrom(r.clocks.read)
		r.Check.time = r.time
		facts, _ := r.Look(t.Context())
		if got := facts.Summary(text.Style{}); facts.Verdict != Harmful || got != "Your clock says 9 December 2089, web servers say 1 January 2000" {
			t.Errorf("got %v %q", facts.Verdict, got)
		}
		if want := "3 web servers agree. By this clock the certificates of 3 web servers are expired."; facts.Evidence() != want {
			t.Errorf("got %q", facts.Evidence())
		}
	})
}

// TestWebIsCoarse: dates in whole seconds cannot tell whether a clock is right to 300 ms.
func TestWebIsCoarse(t *testing.T) {
	certificate, roots := testCertificate(t)
	synctest.Test(t, func(t *testing.T) {
		r := withPages(t, certificate, roots, map[string]time.Duration{"a.example.com": 0, "b.example.com": 0})
		r.cfg.Tolerance = 300 * time.Millisecond
		facts, wait := r.Look(t.Context())
		if facts.Verdict != Vague || !strings.HasPrefix(facts.Summary(text.Style{}), "Clock not checked closely enough: ") || wait > time.Minute {
			t.Errorf("%v %q, next in %v", facts.Verdict, facts.Summary(text.Style{}), wait)
		}
	})
}

// TestWebIsTheLastResort leaves web servers alone while time servers answer, or nobody can.
func TestWebIsTheLastResort(t *testing.T) {
	certificate, roots := testCertificate(t)
	synctest.Test(t, func(t *testing.T) {
		r := withPages(t, certificate, roots, nil)
		for _, name := range names {
			r.net.servers[name].silent = false
		}
		if facts, _ := r.run(t); facts.Verdict != Right || len(facts.Servers) != 4 {
			t.Errorf("%v %+v", facts.Summary(text.Style{}), facts.Servers)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		r := withPages(t, certificate, roots, nil)
		clear(r.net.servers) // no name resolves
		if facts, _ := r.run(t); facts.Summary(text.Style{}) != "Clock not checked: no time server could be reached" || len(facts.Servers) != 4 {
			t.Errorf("%v %+v", facts.Summary(text.Style{}), facts.Servers)
		}
	})
}
