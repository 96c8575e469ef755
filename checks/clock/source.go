package clock

import (
	"context"
	"net"
	"net/netip"
	"sync"
	"time"
)

// A source is one server during one look.
type source struct {
	name string

	mu      sync.Mutex
	best    sample // the one with the least round trip: RFC 5905's clock filter
	ok      bool   // best holds a sample
	err     error  // the last failure, or the first kiss
	addr    string // where its name led, so that all samples ask one server
	flipped bool   // addr is of the family that the name did not lead to first
}

// ask takes the samples, spacing apart. An exchange that is still waiting does not delay the next.
func (s *source) ask(ctx context.Context, t *Time, dial dialer, spacing time.Duration) {
	var wg sync.WaitGroup
	defer wg.Wait()
	for k := range samples {
		if k > 0 && (!sleep(ctx, spacing) || s.kissed()) {
			return
		}
		wg.Go(func() { s.add(exchange(ctx, t, s.dialer(dial, k), s.name)) })
	}
}

// dialer dials for sample k: to where the first one went, or, when that stays silent, to the name's
// address of the other family, since a broken route of IPv6 or IPv4 shows in no other way.
func (s *source) dialer(dial dialer, k int) dialer {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		s.mu.Lock()
		pinned, flip := s.addr, k >= 2 && s.addr != "" && !s.ok && !s.flipped
		s.flipped = s.flipped || flip
		s.mu.Unlock()
		if flip {
			if conn, err := dial(ctx, network+otherFamily(pinned), addr); err == nil {
				s.pin(conn)
				return conn, nil
			}
		}
		if pinned != "" {
			addr = pinned
		}
		conn, err := dial(ctx, network, addr)
		if err == nil {
			s.pin(conn)
		}
		return conn, err
	}
}

// pin keeps the address that a name led to. Only of a real socket: what else a dialer of the
// caller's gives has addresses that need not be dialable.
func (s *source) pin(conn net.Conn) {
	if _, ok := conn.(*net.UDPConn); ok {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.addr = conn.RemoteAddr().String()
	}
}

// otherFamily is the suffix of the network that addr, an address and port, does not belong to.
func otherFamily(addr string) string {
	if at, err := netip.ParseAddrPort(addr); err == nil && at.Addr().Unmap().Is4() {
		return "6"
	}
	return "4"
}

func (s *source) add(got sample, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		if _, done := s.err.(kiss); !done {
			s.err = err
		}
		return
	}
	if !s.ok || got.rtt < s.best.rtt {
		s.best, s.ok = got, true
	}
}

func (s *source) kissed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, kissed := s.err.(kiss)
	return kissed
}

// sleep waits for d and reports false if ctx ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}

// server reports on the source for a clock that stands at now.
func (s *source) server(now Reading) Server {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := Server{Name: s.name, Via: "ntp"} // if it was not asked
	if s.ok {
		r.Age = now.Boot - s.best.boot
		r.Offset, r.Error = s.best.base-now.wallBase(), s.best.error+age(r.Age)
		r.RTT, r.Stratum, r.Verdict = s.best.rtt, s.best.stratum, OK
	} else if s.err != nil {
		r.Verdict = serverVerdict(s.err)
	}
	return r
}
