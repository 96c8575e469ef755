package standin

import (
	"context"
	"fmt"
	"net"
	"sync"
	"time"
)

// TimeServers are NTP servers named time1.demo, time2.demo and so on. Dial reaches them in memory,
// Serve puts one on a socket. Safe for concurrent use.
type TimeServers struct {
	mu      sync.Mutex
	servers []*timeServer
}

type timeServer struct {
	name   string
	manner Manner
	asked  int
}

// NewTimeServers returns n well-behaved servers.
func NewTimeServers(n int) *TimeServers {
	t := &TimeServers{}
	for i := range n {
		t.servers = append(t.servers, &timeServer{name: fmt.Sprintf("time%d.demo", i+1), manner: Manner{Stratum: 2}})
	}
	return t
}

// Names returns the servers' names, as settings list them.
func (t *TimeServers) Names() []string {
	var names []string
	for _, s := range t.servers {
		names = append(names, s.name)
	}
	return names
}

// Change changes how server i behaves, counted from 0.
func (t *TimeServers) Change(i int, change func(*Manner)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	change(&t.servers[i].manner)
}

// ChangeAll changes how every server behaves.
func (t *TimeServers) ChangeAll(change func(*Manner)) {
	for i := range t.servers {
		t.Change(i, change)
	}
}

// Asked returns how many requests server i has seen.
func (t *TimeServers) Asked(i int) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.servers[i].asked
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
	for i, s := range t.servers {
		if s.name == host {
			return i, nil
		}
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

// Serve answers for server i on c until c is closed. A Delay holds up the next request too.
func (t *TimeServers) Serve(i int, c net.PacketConn) error {
	request := make([]byte, 512)
	for {
		n, from, err := c.ReadFrom(request)
		if err != nil {
			return err
		}
		if r := t.answer(i, request[:n]); r != nil {
			// A reply that cannot be sent is a lost packet.
			_, _ = c.WriteTo(r, from)
		}
	}
}

func (t *TimeServers) answer(i int, request []byte) []byte {
	t.mu.Lock()
	t.servers[i].asked++
	m := t.servers[i].manner
	t.mu.Unlock()
	time.Sleep(m.Delay / 2)
	r := m.reply(request, time.Now())
	time.Sleep(m.Delay / 2)
	return r
}
