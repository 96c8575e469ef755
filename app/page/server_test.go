package page

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"fermata/checks/standin"
)

// TestCodeLeavesAtOnce: the address with the code is left before the provider has even answered, and what
// is shown then has none.
func TestCodeLeavesAtOnce(t *testing.T) {
	s := newStay(t)
	leave := make(chan struct{})
	s.spotify.Override("/api/token", func(w http.ResponseWriter, _ *http.Request) { <-leave; w.WriteHeader(503) })
	back := s.agree(s.signIn())
	r := get(t, back)
	if to := r.header.Get("Location"); r.status != http.StatusSeeOther || !strings.HasSuffix(to, "/done") || strings.ContainsAny(to, "?#") {
		t.Errorf("%d to %q", r.status, to)
	}
	if r.header.Get("Referrer-Policy") != "no-referrer" || r.header.Get("Cache-Control") != "no-store" {
		t.Errorf("sent on with %v", r.header)
	}
	close(leave)
	wantPage(t, comeBack(t, back), 400, "You are not signed in")
}

// TestLostBrowser: one that comes back and then is gone is signed in all the same.
func TestLostBrowser(t *testing.T) {
	s := newStay(t)
	get(t, s.agree(s.signIn()))
	if err := receive(t, s.ended); err != nil || !signedIn(t, s.account) {
		t.Errorf("ended with %v", err)
	}
}

// TestNothingYet: the last page waits for a browser that has come back, and for no other.
func TestNothingYet(t *testing.T) {
	s := newStay(t)
	form := s.connect()
	if at, r := browse(t, form+"done"); at != form || r.status != 200 {
		t.Errorf("before a try it leads to %s", at)
	}
	origin := form[:strings.LastIndex(strings.TrimSuffix(form, "/"), "/")]
	wantPage(t, comeBack(t, origin+"/callback?code=x&state="), 400, "This page has expired")
	post(t, form, standin.ClientID, nil)
	if at, r := browse(t, form+"done"); at != form || r.status != 200 {
		t.Errorf("before the browser comes back it leads to %s", at)
	}
}

// TestCancelled: nobody listens once the sign-in was given up.
func TestCancelled(t *testing.T) {
	s := newStay(t)
	s.signIn()
	address := strings.TrimSuffix(strings.TrimPrefix(s.begun[0], "http://"), "/callback")
	hung, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer hung.Close()
	s.cancel()
	if err := receive(t, s.ended); !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v", err)
	}
	if c, err := net.Dial("tcp", address); err == nil {
		c.Close()
		t.Error("the port is still open")
	}
	hung.SetReadDeadline(time.Now().Add(10 * time.Second))
	if _, err := hung.Read(make([]byte, 1)); errors.Is(err, net.ErrClosed) || errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a connection is still open: %v", err)
	}
}

// pipes is a listener that hands out the connections that are put into it.
type pipes struct {
	quiet
	conns chan net.Conn
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

// watched is a connection that tells when it is closed.
type watched struct {
	net.Conn
	closed chan struct{}
	once   sync.Once
}

func (w *watched) Close() error {
	w.once.Do(func() { close(w.closed) })
	return w.Conn.Close()
}

// TestSlowBrowsers: whoever sends or takes nothing, or a byte now and then, does not stay.
func TestSlowBrowsers(t *testing.T) {
	const head = "POST / HTTP/1.1\r\nHost: 127.0.0.1:4711\r\nOrigin: http://127.0.0.1:4711\r\n"
	for name, c := range map[string]struct {
		send  string
		drip  string // sent again each second
		read  bool
		until time.Duration
	}{
		"nothing":              {"", "", true, 5 * time.Second},
		"a slow head":          {head, "X: y\r\n", true, 5 * time.Second},
		"a slow body":          {strings.Replace(head, "/ ", "PATH ", 1) + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 4000\r\n\r\n", "a", true, 10 * time.Second},
		"takes nothing":        {"GET /expired HTTP/1.1\r\nHost: 127.0.0.1:4711\r\n\r\n", "", false, exchange + 15*time.Second},
		"stays after its page": {"GET /nothing HTTP/1.1\r\nHost: 127.0.0.1:4711\r\n\r\n", "", true, 10 * time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newStay(t)
			l := &pipes{quiet{closed: make(chan struct{})}, make(chan net.Conn, 1)}
			v := newVisit(t.Context(), l.Addr(), true, "", s.open, nil)
			go func() { s.ended <- connect(v, l, s.beginWith) }()
			<-s.opened
			here, there := net.Pipe()
			served := &watched{Conn: there, closed: make(chan struct{})}
			l.conns <- served
			start := time.Now()
			if c.read {
				go io.Copy(io.Discard, here)
			}
			var sender sync.WaitGroup
			sender.Go(func() {
				_, err := io.WriteString(here, strings.Replace(c.send, "PATH", v.path, 1))
				for err == nil && c.drip != "" {
					time.Sleep(time.Second)
					_, err = io.WriteString(here, c.drip)
				}
			})
			<-served.closed
			if took := time.Since(start); took < c.until || took > c.until+time.Second {
				t.Errorf("%s: gone after %v, want %v", name, took, c.until)
			}
			sender.Wait()
			v.cancel()
			<-s.ended
		})
	}
}
