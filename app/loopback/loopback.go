// Package loopback listens where only programs on this computer reach it, and answers only those of the
// user that this one runs as. Whoever may log in to a computer can connect to its loopback addresses, so
// before a byte of a connection is read, the owner of its other end is looked up.
package loopback

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"fermata/checks"
)

// A Listener accepts connections that answer their own user alone: any other gets 403 and is closed.
type Listener struct {
	net.Listener
	// owned reports whether the socket at peer, connected to own, belongs to this process's user. An
	// error says that this could not be found out. Nil: the system does not tell.
	owned func(peer, own netip.AddrPort) (bool, error)
}

// Listen listens at a free port of 127.0.0.1, or of [::1] where there is no such address (RFC 8252
// section 7.3).
func Listen() (*Listener, error) {
	l, err := bind("127.0.0.1", 0)
	if err != nil {
		var none error
		if l, none = bind("::1", 0); none != nil {
			return nil, err
		}
	}
	return &Listener{l, owned()}, nil
}

// tries is how many free ports are tried until one is free at both addresses.
const tries = 8

// ListenAt listens at a port of "127.0.0.1", "::1" or "localhost", this computer's own names for itself; port 0 is a
// free one. At "localhost" it listens at both addresses, where the computer has both: a browser may try either, and
// nobody else is to be found there.
func ListenAt(host string, port int) (*Listener, error) {
	if host != "localhost" {
		l, err := bind(host, port)
		if err != nil {
			return nil, err
		}
		return &Listener{l, owned()}, nil
	}
	for range tries {
		v4, err := bind("127.0.0.1", port)
		if err != nil {
			return nil, err
		}
		v6, err := bind("::1", v4.Addr().(*net.TCPAddr).Port)
		if err == nil {
			return &Listener{newBoth(v4, v6), owned()}, nil
		}
		free, none := bind("::1", 0)
		if none != nil { // the computer has no such address
			return &Listener{v4, owned()}, nil
		}
		_, _ = free.Close(), v4.Close()
		if port != 0 {
			return nil, err
		}
	}
	return nil, errors.New("no port is free at both addresses of localhost")
}

func bind(host string, port int) (net.Listener, error) {
	l, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(port)))
	switch {
	case err != nil && port != 0:
		return nil, checks.WithHint(fmt.Errorf("port %d of this computer can’t be used: %w", port, err),
			"Close the program that uses it, or register another port with the provider and set it in the settings.")
	case err != nil:
		return nil, checks.WithHint(err, "A firewall or a sandbox may keep Fermata from listening at "+host+".")
	}
	return l, nil
}

// both accepts the connections of two listeners. Its address is the first one's.
type both struct {
	net.Listener
	second   net.Listener
	accepted chan accepted
	close    sync.Once
	closed   chan struct{}
}

type accepted struct {
	net.Conn
	err error
}

func newBoth(first, second net.Listener) *both {
	b := &both{Listener: first, second: second, accepted: make(chan accepted), closed: make(chan struct{})}
	for _, l := range []net.Listener{first, second} {
		go b.accept(l)
	}
	return b
}

func (b *both) accept(l net.Listener) {
	for {
		c, err := l.Accept()
		select {
		case b.accepted <- accepted{c, err}:
		case <-b.closed:
			if err == nil {
				c.Close()
			}
			return
		}
	}
}

// Accept implements net.Listener.
func (b *both) Accept() (net.Conn, error) {
	select {
	case a := <-b.accepted:
		return a.Conn, a.err
	case <-b.closed:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (b *both) Close() (err error) {
	b.close.Do(func() {
		close(b.closed)
		err = errors.Join(b.Listener.Close(), b.second.Close())
	})
	return err
}

// KnowsPeers reports whether the system tells whose a connection is. Where it does not, everybody who
// can log in to the computer is answered, and has to be told apart in another way.
func (l *Listener) KnowsPeers() bool { return l.owned != nil }

// Accept implements net.Listener. It does not wait for the check, which is done when the connection is
// first read from or written to.
func (l *Listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil || l.owned == nil {
		return c, err
	}
	return &conn{Conn: c, owned: l.owned}, nil
}

// A conn is a connection whose other end is checked once.
type conn struct {
	net.Conn
	owned  func(peer, own netip.AddrPort) (bool, error)
	once   sync.Once
	refuse bool
}

func (c *conn) Read(p []byte) (int, error) {
	if c.once.Do(c.check); c.refuse {
		return 0, io.EOF
	}
	return c.Conn.Read(p)
}

func (c *conn) Write(p []byte) (int, error) {
	if c.once.Do(c.check); c.refuse {
		return 0, net.ErrClosed
	}
	return c.Conn.Write(p)
}

func (c *conn) check() {
	ok, err := c.owned(address(c.RemoteAddr()), address(c.LocalAddr()))
	if c.refuse = err != nil || !ok; c.refuse {
		c.turnAway()
	}
}

func address(a net.Addr) netip.AddrPort { return a.(*net.TCPAddr).AddrPort() }

// Refuse refuses a request that does not name origin ("http://127.0.0.1:PORT"), the address that is listened
// at: another name that leads here (DNS rebinding), or a form of another site. It reports whether it did.
func Refuse(w http.ResponseWriter, r *http.Request, origin string) bool {
	site := r.Header.Get("Sec-Fetch-Site")
	switch {
	case "http://"+r.Host != origin:
		http.Error(w, "no such host", http.StatusMisdirectedRequest)
	case r.Method == http.MethodPost && (r.Header.Get("Origin") != origin || site != "" && site != "same-origin"):
		http.Error(w, "this form belongs to another site", http.StatusForbidden)
	case r.Method != http.MethodPost && r.Method != http.MethodGet:
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
	default:
		return false
	}
	return true
}

const (
	refusal   = "This page is only for the person who started Fermata on this computer.\n"
	courtesy  = time.Second // for the other end to take the refusal
	maxUnread = 64 << 10    // bytes of a request that are thrown away, so that the refusal is not lost with them
)

// turnAway says why there is no answer, whatever was asked.
func (c *conn) turnAway() {
	_ = c.SetDeadline(time.Now().Add(courtesy))
	_, err := io.WriteString(c.Conn, "HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n"+
		"Content-Length: "+strconv.Itoa(len(refusal))+"\r\n\r\n"+refusal)
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok && err == nil && half.CloseWrite() == nil {
		_, _ = io.CopyN(io.Discard, c.Conn, maxUnread)
	}
	_ = c.Conn.Close()
}
