package standin

import (
	"context"
	"fmt"
	"net"
	"slices"
	"sync"
	"time"
)

// TimeServers are NTP servers named time1.demo, time2.demo and so on. Dial reaches them in memory,
// Serve puts one on a socket. Safe for concurrent use.
type TimeServers struct {
	names []string

	mu     sync.Mutex
	shifts []time.Duration // added to each one's time
}

// NewTimeServers returns n servers that tell the true time.
func NewTimeServers(n int) *TimeServers {
	t := &TimeServers{shifts: make([]time.Duration, n)}
	for i := range n {
		t.names = append(t.names, fmt.Sprintf("time%d.demo", i+1))
	}
	return t
}

// Names returns the servers' names, as settings list them.
func (t *TimeServers) Names() []string { return slices.Clone(t.names) }

// Shift puts every server's time off by d.
func (t *TimeServers) Shift(d time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range t.shifts {
		t.shifts[i] = d
	}
}

// lie puts the last server ahead of the others.
func (t *TimeServers) lie() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.shifts[len(t.shifts)-1] += aheadBy
}

// Dial connects in memory to the server that addr names, with or without a port. Each Write is a
// request and each Read a reply, as on a connected UDP socket.
func (t *TimeServers) Dial(ctx context.Context, network, addr string) (net.Conn, error) {
	i, err := t.find(network, addr)
	if err != nil {
		return nil, err
	}
	client, server := net.Pipe()
	go func() {
		defer server.Close()
		t.talk(i, server)
	}()
	return client, nil
}

func (t *TimeServers) find(network, addr string) (int, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		host = addr
	}
	if i := slices.Index(t.names, host); i >= 0 {
		return i, nil
	}
	unknown := &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	return 0, &net.OpError{Op: "dial", Net: network, Err: unknown}
}

// talk answers the requests on one connection until the client closes it.
func (t *TimeServers) talk(i int, c net.Conn) {
	request := make([]byte, 512)
	for {
		n, err := c.Read(request)
		if err != nil {
			return
		}
		if r := t.answer(i, request[:n]); r != nil {
			if _, err := c.Write(r); err != nil {
				return
			}
		}
	}
}

// Serve answers for server i on c until c is closed.
func (t *TimeServers) Serve(i int, c net.PacketConn) error {
	request := make([]byte, 512)
	for {
		n, from, err := c.ReadFrom(request)
		if err != nil {
			return err
		}
		if r := t.answer(i, request[:n]); r != nil {
			_, _ = c.WriteTo(r, from) // one that cannot be sent is a lost packet
		}
	}
}

func (t *TimeServers) answer(i int, request []byte) []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	return reply(request, time.Now().Add(t.shifts[i]))
}
