package loopback

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"fermata/checks"
)

// serve answers "hello" at a listener of the real kind, and counts the requests.
func serve(t *testing.T, l *Listener) (requests func() int) {
	t.Helper()
	asked := make(chan struct{}, 100)
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked <- struct{}{}
		io.WriteString(w, "hello")
	})}
	go server.Serve(l)
	t.Cleanup(func() { server.Close() })
	return func() int { return len(asked) }
}

func listen(t *testing.T) *Listener {
	t.Helper()
	l, err := Listen()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// ask sends a request over a connection and returns the whole answer.
func ask(t *testing.T, c net.Conn) string {
	t.Helper()
	defer c.Close()
	c.SetDeadline(time.Now().Add(20 * time.Second))
	fmt.Fprint(c, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
	answer, err := io.ReadAll(c)
	if err != nil {
		t.Error(err)
	}
	return string(answer)
}

func dial(t *testing.T, l net.Listener) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestOwnUser(t *testing.T) {
	l := listen(t)
	serve(t, l)
	if got := ask(t, dial(t, l)); !strings.Contains(got, "200 OK") || !strings.HasSuffix(got, "hello") {
		t.Errorf("got %q", got)
	}
}

// TestRefused: whoever is not known to be this user is told why there is no answer, and no more.
func TestRefused(t *testing.T) {
	for name, owned := range map[string]func(peer, own netip.AddrPort) (bool, error){
		"another's": func(netip.AddrPort, netip.AddrPort) (bool, error) { return false, nil },
		"not known": func(netip.AddrPort, netip.AddrPort) (bool, error) { return true, errors.New("no row") },
	} {
		l := listen(t)
		l.owned = owned
		requests := serve(t, l)
		want := "HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\nContent-Length: 71\r\n\r\n" + refusal
		if got := ask(t, dial(t, l)); got != want || requests() != 0 {
			t.Errorf("%s: %d requests, answer %q, want %q", name, requests(), got, want)
		}
	}
}

// TestUnknown: where the system does not tell, everybody is answered, and the caller knows.
func TestUnknown(t *testing.T) {
	l := listen(t)
	l.owned = nil
	serve(t, l)
	if got := ask(t, dial(t, l)); l.KnowsPeers() || !strings.HasSuffix(got, "hello") {
		t.Errorf("knows peers: %v, answer %q", l.KnowsPeers(), got)
	}
}

// TestWhoIsAsked: the other end's owner counts, and is looked up once, before the first byte either way.
func TestWhoIsAsked(t *testing.T) {
	for _, first := range []string{"read", "write"} {
		l := listen(t)
		asked := make(chan [2]netip.AddrPort, 10)
		l.owned = func(peer, own netip.AddrPort) (bool, error) { asked <- [2]netip.AddrPort{peer, own}; return false, nil }
		there := dial(t, l)
		defer there.Close()
		here, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		if first == "read" {
			if n, err := here.Read(make([]byte, 1)); n != 0 || err != io.EOF {
				t.Errorf("read %d, %v", n, err)
			}
		}
		for range 2 {
			if n, err := here.Write([]byte("a secret")); n != 0 || err == nil {
				t.Errorf("wrote %d, %v", n, err)
			}
		}
		want := [2]netip.AddrPort{there.LocalAddr().(*net.TCPAddr).AddrPort(), there.RemoteAddr().(*net.TCPAddr).AddrPort()}
		if got := <-asked; got != want || len(asked) != 0 {
			t.Errorf("asked for %v and %d more times, want %v", got, len(asked), want)
		}
	}
}

// TestRefusedAndSilent: one that takes nothing, sends nothing and stays is not waited for.
func TestRefusedAndSilent(t *testing.T) {
	l := listen(t)
	l.owned = func(netip.AddrPort, netip.AddrPort) (bool, error) { return false, nil }
	there := dial(t, l)
	defer there.Close()
	here, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { here.Read(make([]byte, 1)); close(ended) }()
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		t.Error("still there after 10 s")
	}
}

// At "localhost" both addresses answer, on one port, and a port that is taken at either is told.
func TestListenAt(t *testing.T) {
	l, err := ListenAt("localhost", 0)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	count := serve(t, l)
	port := l.Addr().(*net.TCPAddr).Port
	addresses := []string{"127.0.0.1"}
	if free, err := net.Listen("tcp", "[::1]:0"); err == nil {
		free.Close()
		addresses = append(addresses, "::1")
	}
	for n, host := range addresses {
		c, err := net.Dial("tcp", net.JoinHostPort(host, strconv.Itoa(port)))
		if err != nil {
			t.Fatal(err)
		}
		if answer := ask(t, c); !strings.HasSuffix(answer, "hello") || count() != n+1 {
			t.Errorf("%s: %q", host, answer)
		}
		if other, err := ListenAt(host, port); err == nil || checks.Hint(err) == "" {
			other.Close()
			t.Errorf("%s: the port is taken, and that is not told: %v", host, err)
		}
		taken, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
		if err != nil {
			t.Fatal(err)
		}
		if other, err := ListenAt("localhost", taken.Addr().(*net.TCPAddr).Port); err == nil {
			other.Close()
			t.Errorf("localhost is listened at where somebody else has %s", host)
		}
		taken.Close()
	}
	l.Close()
	if _, err := l.Accept(); err == nil {
		t.Error("a connection is accepted after the end")
	}
}
