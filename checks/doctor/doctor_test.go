package doctor_test

import (
	"context"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"fermata/checks/cause"
	"fermata/checks/clock"
	"fermata/checks/doctor"
	"fermata/checks/spotify"
	"fermata/checks/standin"
	"fermata/checks/text"
)

var update = flag.Bool("update", false, "write the golden file anew")

// told is a look with when it was told.
type told struct {
	doctor.Facts
	at time.Duration
}

// run looks, and returns all that was told, in order.
func run(ctx context.Context, o doctor.Outside) (all []told, took time.Duration) {
	start := time.Now()
	doctor.Look(ctx, o, func(f doctor.Facts) { all = append(all, told{f, time.Since(start)}) })
	return all, time.Since(start)
}

// last returns what was told last of a look.
func last(t *testing.T, all []told, name doctor.Name) told {
	t.Helper()
	for _, f := range slices.Backward(all) {
		if f.Name == name {
			return f
		}
	}
	t.Fatalf("%s was not told", name)
	return told{}
}

// TestTroubles causes each trouble of the demo and tells in testdata/troubles.golden what is not as it should
// be, the verdict, and after how long it was there; -update writes it anew.
func TestTroubles(t *testing.T) {
	var b strings.Builder
	for _, tr := range standin.Troubles() {
		synctest.Test(t, func(t *testing.T) {
			w := standin.NewWorld(4)
			if err := w.Cause(tr.Name); err != nil {
				t.Fatal(err)
			}
			all, took := run(t.Context(), w.Doctor())
			e := cause.GuideEvidence{Now: time.Now(), Clock: clock.Facts{Verdict: clock.Right}}
			if tr.Name == "clock-ahead" || tr.Name == "no-network" || tr.Name == "names" {
				e.Clock = clock.Facts{} // the time servers are not asked here
			}
			fmt.Fprintf(&b, "== %s, after %s\n", tr.Name, text.Span(took))
			for _, name := range doctor.All {
				f := last(t, all, name).Facts
				e.Looks = append(e.Looks, f)
				if f.Outcome != doctor.Fine {
					fmt.Fprintf(&b, "  %s %v: %s\n", name, f.Outcome, cause.Tells(f, text.Style{}, e.Now))
				}
			}
			v := cause.Guide(e)
			fmt.Fprintf(&b, "  | %s (%s)\n  | %v\n", v.Title, v.Sure, v.Fixes)
		})
	}
	const file = "testdata/troubles.golden"
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || b.String() != string(want) {
		t.Errorf("the looks find something else than in %s (%v): write it anew with -update, and read the diff:\n%s", file, err, b.String())
	}
}

// hang is a way out that never answers, whatever its context says, until the test ends.
type hang struct{ end <-chan struct{} }

func (h hang) RoundTrip(*http.Request) (*http.Response, error) {
	<-h.end
	return nil, errors.New("ended")
}

// TestHang: a look that does not end is told, the others go on, and all are told within ten seconds.
func TestHang(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		end := make(chan struct{})
		o := standin.NewWorld(1).Doctor()
		o.Transport = hang{end}
		o.App = func(context.Context) (spotify.App, error) { <-end; return spotify.App{}, nil }
		all, took := run(t.Context(), o)
		if took > 10*time.Second {
			t.Errorf("it took %v", took)
		}
		for _, name := range []doctor.Name{doctor.SignIn, doctor.API, doctor.Player, doctor.Portal, doctor.Clock, doctor.TLS, doctor.Access, doctor.App} {
			if f := last(t, all, name); f.Outcome != doctor.TimedOut || f.Fault != doctor.NoAnswer {
				t.Errorf("%+v", f)
			}
		}
		for _, name := range []doctor.Name{doctor.Names, doctor.IPv6, doctor.Hosts, doctor.Links, doctor.Network} {
			if f := last(t, all, name); f.Outcome != doctor.Fine || f.at > time.Second {
				t.Errorf("%+v", f)
			}
		}
		close(end)
	})
}

// TestNoNetwork: without a way to any address that is told at once, and no look waits for an answer.
func TestNoNetwork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		end := make(chan struct{})
		defer close(end)
		o := standin.NewWorld(1).Doctor()
		o.Transport = hang{end}
		o.Route = func(context.Context, netip.Addr) error { return syscall.ENETUNREACH }
		o.Resolve = func(ctx context.Context, _ string) ([]netip.Addr, error) { <-ctx.Done(); return nil, ctx.Err() }
		all, took := run(t.Context(), o)
		if all[0].Name != doctor.Network || all[0].Fault != doctor.NoNetwork || all[0].Outcome != doctor.Wrong || took > 2*time.Second {
			t.Errorf("%+v after %v", all[0], took)
		}
		for _, name := range []doctor.Name{doctor.SignIn, doctor.Names, doctor.Clock} {
			if f := last(t, all, name); f.Outcome != doctor.Unknown || f.Fault != doctor.NoNetwork {
				t.Errorf("%+v", f)
			}
		}
		if f := last(t, all, doctor.App); f.Outcome != doctor.Fine { // needs none
			t.Errorf("%+v", f)
		}
	})
	// A proxy may be on this computer, so that there is no need of a way to any other.
	synctest.Test(t, func(t *testing.T) {
		o := standin.NewWorld(1).Doctor()
		o.Route = func(context.Context, netip.Addr) error { return syscall.ENETUNREACH }
		o.Proxy = func(*http.Request) (*url.URL, error) { return url.Parse("http://jane:secret@127.0.0.1:3128") }
		all, _ := run(t.Context(), o)
		if f := last(t, all, doctor.Network); f.Outcome != doctor.Fine {
			t.Errorf("%+v", f)
		}
		if f := last(t, all, doctor.Proxy); f.Outcome != doctor.Fine || f.Proxy != "http://127.0.0.1:3128" {
			t.Errorf("%+v", f)
		}
	})
}

// TestSilence: where there is a network on which nothing answers, that is told within two seconds, and
// taken back when something does after all.
func TestSilence(t *testing.T) {
	for _, late := range []time.Duration{0, 4 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			w := standin.NewWorld(1)
			o := w.Doctor()
			o.Resolve = func(ctx context.Context, _ string) ([]netip.Addr, error) { <-ctx.Done(); return nil, ctx.Err() }
			o.Transport = slow{late, o.Transport}
			all, took := run(t.Context(), o)
			first := slices.IndexFunc(all, func(f told) bool { return f.Name == doctor.Network })
			if f := all[first]; f.Fault != doctor.Silence || f.Outcome != doctor.Wrong || f.at > 2*time.Second || took > 10*time.Second {
				t.Errorf("%+v after %v", f, took)
			}
			want := doctor.Wrong
			if late > 0 {
				want = doctor.Fine
			}
			if f := last(t, all, doctor.Network); f.Outcome != want {
				t.Errorf("%v late: %+v", late, f)
			}
			if f := last(t, all, doctor.Names); f.Outcome != doctor.TimedOut {
				t.Errorf("%+v", f)
			}
		})
	}
}

// slow answers late; 0 is never.
type slow struct {
	late time.Duration
	next http.RoundTripper
}

func (s slow) RoundTrip(r *http.Request) (*http.Response, error) {
	var after <-chan time.Time
	if s.late > 0 {
		after = time.After(s.late)
	}
	select {
	case <-r.Context().Done():
		return nil, r.Context().Err()
	case <-after:
		return s.next.RoundTrip(r)
	}
}

// TestCancelled: what was not seen when the person went away is no fault.
func TestCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		o := standin.NewWorld(1).Doctor()
		o.Transport = slow{0, nil}
		all, took := run(ctx, o)
		if took > 2*time.Second {
			t.Errorf("it took %v", took)
		}
		if f := last(t, all, doctor.API); f.Outcome != doctor.Unknown {
			t.Errorf("%+v", f)
		}
	})
}

// TestReplies: what a server answers without a sign-in, and what it means.
func TestReplies(t *testing.T) {
	big := strings.Repeat("x", 2<<20)
	for _, tt := range []struct {
		path, contentType, body string
		status                  int
		location                string
		name                    doctor.Name
		outcome                 doctor.Outcome
		fault                   doctor.Fault
	}{
		{"/api/token", "application/json", `{"error":"invalid_client"}`, 400, "", doctor.SignIn, doctor.Fine, ""},
		{"/api/token", "application/json", `{"error":"invalid_client"}`, 401, "", doctor.SignIn, doctor.Fine, ""},
		{"/api/token", "text/plain", "slow down", 429, "", doctor.SignIn, doctor.Fine, ""},
		{"/api/token", "text/plain", "upstream connect error or disconnect", 401, "", doctor.SignIn, doctor.Wrong, doctor.Down},
		{"/api/token", "text/html", "<h1>502</h1>", 502, "", doctor.SignIn, doctor.Wrong, doctor.Down},
		{"/api/token", "text/html", "<h1>Welcome</h1>", 200, "", doctor.SignIn, doctor.Wrong, doctor.OtherPage},
		{"/api/token", "", "<h1>Welcome</h1>", 511, "", doctor.SignIn, doctor.Wrong, doctor.OtherPage},
		{"/api/token", "text/plain", "", 302, "https://login.hotel.example/x?secret=1", doctor.SignIn, doctor.Wrong, doctor.Elsewhere},
		{"/api/token", "text/plain", "who are you", 407, "", doctor.SignIn, doctor.Wrong, doctor.ProxyRefuses},
		{"/api/token", "text/plain", "no", 403, "", doctor.SignIn, doctor.Unknown, doctor.Unreadable},
		{"/api/token", "text/plain", big, 400, "", doctor.SignIn, doctor.Unknown, doctor.Unreadable},
		{"/v1/me", "application/json", `{"error":{"status":401}}`, 401, "", doctor.API, doctor.Fine, ""},
		{"/v1/me", "text/plain", "Jwt is expired", 401, "", doctor.API, doctor.Wrong, doctor.Jwt},
		{"/web-player", "text/html", "<a href=https://open.spotify.com/>", 200, "", doctor.Player, doctor.Fine, ""},
		{"/web-player", "text/html", "", 302, "/intl-de", doctor.Player, doctor.Fine, ""},
		{"/web-player", "text/html", "", 302, "https://xspotify.com/", doctor.Player, doctor.Wrong, doctor.Elsewhere},
		{"/web-player", "text/html", "<h1>Grand Hotel</h1>", 200, "", doctor.Player, doctor.Wrong, doctor.OtherPage},
		{"/web-player", "text/html", "<h1>Forbidden</h1>", 403, "", doctor.Player, doctor.Unknown, doctor.Unreadable},
		{"/web-player/insecure", "text/html", "", 302, "http://login.hotel.example/", doctor.Portal, doctor.Wrong, doctor.Elsewhere},
		{"/status", "application/json", `{"status":{"indicator":"major","description":"Partial\u202e Outage"}}`, 200, "", doctor.Status, doctor.Wrong, doctor.Outage},
		{"/status", "text/html", "gone", 404, "", doctor.Status, doctor.Unknown, doctor.Unreadable},
		{"/access-points", "application/json", `{"accesspoint":["evil.example:4070","evil.example:443"]}`, 200, "", doctor.Access, doctor.Unknown, doctor.Unreadable},
		{"/access-points", "application/json", `[]`, 200, "", doctor.Access, doctor.Unknown, doctor.Unreadable},
	} {
		synctest.Test(t, func(t *testing.T) {
			w := standin.NewWorld(1)
			w.Spotify.Override(tt.path, func(rw http.ResponseWriter, r *http.Request) {
				if r.Header.Get("Authorization") != "" || r.Header.Get("Cookie") != "" {
					t.Errorf("asked with %v", r.Header)
				}
				if tt.location != "" {
					rw.Header().Set("Location", tt.location)
				}
				standin.Answer(tt.status, tt.contentType, tt.body)(rw, r)
			})
			all, _ := run(t.Context(), w.Doctor())
			f := last(t, all, tt.name)
			if f.Outcome != tt.outcome || f.Fault != tt.fault {
				t.Errorf("%s %d %.40q: %+v", tt.path, tt.status, tt.body, f.Facts)
			}
			if len([]rune(f.Said)) > 200 || strings.ContainsAny(f.Said+f.Host, "\u202e\n?") {
				t.Errorf("said %q of %q", f.Said, f.Host)
			}
		})
	}
}

// TestClock: the Date of a reply is in whole seconds, and half of the round trip is in doubt.
func TestClock(t *testing.T) {
	for _, tt := range []struct {
		ahead time.Duration // of this computer
		want  doctor.Outcome
	}{{0, doctor.Fine}, {2 * time.Second, doctor.Fine}, {-2 * time.Second, doctor.Fine}, {5 * time.Second, doctor.Wrong}, {-5 * time.Second, doctor.Wrong}, {3 * time.Hour, doctor.Wrong}} {
		synctest.Test(t, func(t *testing.T) {
			o := standin.NewWorld(1).Doctor()
			o.Transport = slow{200 * time.Millisecond, o.Transport}
			o.Now = func() time.Time { return time.Now().Add(tt.ahead) }
			all, _ := run(t.Context(), o)
			f := last(t, all, doctor.Clock)
			if f.Outcome != tt.want || (f.Offset+tt.ahead).Abs() > f.Error || f.Error > time.Second {
				t.Errorf("%v ahead: %+v", tt.ahead, f.Facts)
			}
		})
	}
}

// TestWay: IPv6 that fails at once does no harm, and one port of two is enough.
func TestWay(t *testing.T) {
	refused := &net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	for _, tt := range []struct {
		name         string
		six, four    error
		only4070     bool
		ipv6, access doctor.Outcome
	}{
		{"all well", nil, nil, false, doctor.Fine, doctor.Fine},
		{"no IPv6", refused, nil, false, doctor.Fine, doctor.Fine},
		{"IPv6 hangs", context.DeadlineExceeded, nil, false, doctor.Wrong, doctor.Fine},
		{"no IPv4", nil, refused, false, doctor.Fine, doctor.Fine},
		{"neither", context.DeadlineExceeded, refused, false, doctor.Unknown, doctor.Fine},
		{"one port", nil, nil, true, doctor.Fine, doctor.Fine},
	} {
		synctest.Test(t, func(t *testing.T) {
			o := standin.NewWorld(1).Doctor()
			dial := o.Dial
			o.Dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
				err := map[string]error{"[2001:db8::1]:443": tt.six, "192.0.2.1:443": tt.four}[addr]
				if errors.Is(err, context.DeadlineExceeded) {
					<-ctx.Done()
				}
				if err == nil && tt.only4070 && addr == "ap-demo.spotify.com:443" {
					err = refused
				}
				if err != nil {
					return nil, err
				}
				return dial(ctx, network, addr)
			}
			all, _ := run(t.Context(), o)
			if f := last(t, all, doctor.IPv6); f.Outcome != tt.ipv6 {
				t.Errorf("%s: %+v", tt.name, f.Facts)
			}
			f := last(t, all, doctor.Access)
			if f.Outcome != tt.access || tt.only4070 && !slices.Equal(f.Ports, []int{4070}) {
				t.Errorf("%s: %+v", tt.name, f.Facts)
			}
		})
	}
}

// TestNames: what is said of names.
func TestNames(t *testing.T) {
	real := []netip.Addr{netip.MustParseAddr("192.0.2.1")}
	for _, tt := range []struct {
		addr  []netip.Addr
		err   error
		proxy bool
		want  doctor.Outcome
		fault doctor.Fault
	}{
		{real, nil, false, doctor.Fine, ""},
		{[]netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil, false, doctor.Wrong, doctor.NameBlocked},
		{[]netip.Addr{netip.MustParseAddr("::")}, nil, false, doctor.Wrong, doctor.NameBlocked},
		{nil, &net.DNSError{Err: "no such host", IsNotFound: true}, false, doctor.Wrong, doctor.NameNotFound},
		{nil, &net.DNSError{Err: "server misbehaving"}, false, doctor.Wrong, doctor.NameService},
		{nil, &net.DNSError{Err: "server misbehaving"}, true, doctor.Unknown, doctor.Behind},
	} {
		synctest.Test(t, func(t *testing.T) {
			o := standin.NewWorld(1).Doctor()
			o.Resolve = func(_ context.Context, host string) ([]netip.Addr, error) {
				if host == "open.spotify.com" {
					return tt.addr, tt.err
				}
				return real, nil
			}
			if tt.proxy {
				o.Proxy = func(*http.Request) (*url.URL, error) { return url.Parse("http://127.0.0.1:3128") }
			}
			all, _ := run(t.Context(), o)
			f := last(t, all, doctor.Names)
			if f.Outcome != tt.want || f.Fault != tt.fault || tt.want == doctor.Wrong && (f.Host != "open.spotify.com" || f.Asked != 4) {
				t.Errorf("%v, %v: %+v", tt.addr, tt.err, f.Facts)
			}
		})
	}
}

// TestHosts: only the lines that are in the way of a player are a fault.
func TestHosts(t *testing.T) {
	for file, want := range map[string]string{
		"":                                   "fine []",
		"# 0.0.0.0 accounts.spotify.com":     "fine []",
		"0.0.0.0 notspotify.com spotify.org": "fine []",
		"0.0.0.0 adeventtracker.spotify.com": "fine [0.0.0.0 adeventtracker.spotify.com]",
		"0.0.0.0 ads.spotify.com\r\n0.0.0.0\tOPEN.Spotify.com # no": "wrong [0.0.0.0 OPEN.Spotify.com 0.0.0.0 ads.spotify.com]",
		"::1 x login5.spotify.com":                                  "wrong [::1 x login5.spotify.com]",
		"127.0.0.1 gew1-spclient.spotify.com":                       "wrong [127.0.0.1 gew1-spclient.spotify.com]",
		"127.0.0.1 ap-gew4.spotify.com":                             "wrong [127.0.0.1 ap-gew4.spotify.com]",
		"127.0.0.1 apps.spotify.com":                                "fine [127.0.0.1 apps.spotify.com]",
		"accounts.spotify.com 1.2.3.4\n1.2.3.4\n\x00\xff":           "fine []",
		strings.Repeat("0.0.0.0 a.spotify.com\n", 20):               "fine [" + strings.Repeat("0.0.0.0 a.spotify.com ", 9) + "0.0.0.0 a.spotify.com]",
	} {
		synctest.Test(t, func(t *testing.T) {
			o := standin.NewWorld(1).Doctor()
			o.Hosts = func() ([]byte, error) { return []byte(file), nil }
			all, _ := run(t.Context(), o)
			f := last(t, all, doctor.Hosts)
			if got := fmt.Sprint(f.Outcome, " ", f.Lines); got != want {
				t.Errorf("%.80q: %s, want %s", file, got, want)
			}
		})
	}
	synctest.Test(t, func(t *testing.T) {
		o := standin.NewWorld(1).Doctor()
		o.Hosts = func() ([]byte, error) { return nil, os.ErrPermission }
		all, _ := run(t.Context(), o)
		if f := last(t, all, doctor.Hosts); f.Outcome != doctor.Unknown || f.Fault != doctor.Unreadable {
			t.Errorf("%+v", f.Facts)
		}
	})
}

// TestCertificate looks at a real server's certificate, which this computer trusts or not.
func TestCertificate(t *testing.T) {
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // of handshakes that are to fail
	server.StartTLS()
	defer server.Close()
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	for _, tt := range []struct {
		trusted bool
		now     time.Time
		want    doctor.Outcome
		fault   doctor.Fault
	}{
		{true, time.Now(), doctor.Wrong, doctor.Certificate}, // of another host
		{false, time.Now(), doctor.Wrong, doctor.Certificate},
		{true, time.Date(1960, 1, 1, 0, 0, 0, 0, time.UTC), doctor.Wrong, doctor.CertificateTime},
	} {
		transport := server.Client().Transport.(*http.Transport).Clone()
		transport.TLSClientConfig.ServerName = ""
		transport.TLSClientConfig.Time = func() time.Time { return tt.now }
		if !tt.trusted {
			transport.TLSClientConfig.RootCAs = x509.NewCertPool()
		} else {
			transport.TLSClientConfig.RootCAs = roots
		}
		transport.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, server.Listener.Addr().String())
		}
		o := standin.NewWorld(1).Doctor()
		o.Transport = transport
		all, _ := run(t.Context(), o)
		f := last(t, all, doctor.TLS)
		if f.Outcome != tt.want || f.Fault != tt.fault || f.Issuer != "Acme Co" || f.NotAfter.IsZero() {
			t.Errorf("%+v: %+v", tt, f.Facts)
		}
		transport.CloseIdleConnections()
	}
	transport := server.Client().Transport.(*http.Transport).Clone()
	transport.TLSClientConfig.ServerName = "example.com" // the certificate's
	transport.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, server.Listener.Addr().String())
	}
	defer transport.CloseIdleConnections()
	o := standin.NewWorld(1).Doctor()
	o.Transport = transport
	all, _ := run(t.Context(), o)
	if f := last(t, all, doctor.TLS); f.Outcome != doctor.Fine || f.Issuer != "Acme Co" {
		t.Errorf("%+v", f.Facts)
	}
}
