package clock

import (
	"cmp"
	"context"
	"net"
	"net/netip"
	"sync"
	"time"
)

// A source is one server during one look.
type source struct {
	name string

	mu   sync.Mutex
	best sample // the one with the least round trip: RFC 5905's clock filter
	ok   bool   // best holds a sample
	err  error  // the last failure, or the first kiss
	addr string // the one that answered, so that all further samples ask that server
}

// A lookup returns the addresses of a name, as net.Resolver's LookupNetIP does.
type lookup func(ctx context.Context, network, name string) ([]netip.Addr, error)

// ask takes the samples, spacing apart. An exchange that is still waiting does not delay the next. As long as
// no address of the name has answered, each sample asks another.
func (s *source) ask(ctx context.Context, t *Time, dial dialer, find lookup, spacing time.Duration) {
	addrs, err := addresses(ctx, find, s.name)
	if err != nil {
		s.add("", sample{}, err)
		return
	}
	var wg sync.WaitGroup
	defer wg.Wait()
	for k := range samples {
		if k > 0 && (!sleep(ctx, spacing) || s.kissed()) {
			return
		}
		wg.Go(func() {
			addr := addrs[k%len(addrs)]
			got, err := exchange(ctx, t, func(ctx context.Context, network, _ string) (conn net.Conn, err error) {
				for i := range addrs { // one whose family there is no way for is passed over
					addr = s.next(addrs[(k+i)%len(addrs)])
					if conn, err = dial(ctx, network, addr); err == nil {
						break
					}
				}
				return conn, err
			}, addr)
			s.add(addr, got, err)
		})
	}
}

// next is the address that answered, or else addr.
func (s *source) next(addr string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return cmp.Or(s.addr, addr)
}

// addresses returns where a server's name leads, with the port; the name itself where it is not to be looked up.
// IPv6 and IPv4 take turns, since a broken route of the one shows only in silence.
func addresses(ctx context.Context, find lookup, name string) ([]string, error) {
	host, port, err := net.SplitHostPort(name)
	if err != nil {
		host, port = name, "123"
	}
	if find == nil {
		return []string{net.JoinHostPort(host, port)}, nil
	}
	found, err := find(ctx, "ip", host)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, &net.DNSError{Err: "no address", Name: host, IsNotFound: true}
	}
	var families [2][]string // the first, as the system orders them, and the other
	for _, a := range found {
		i := 0
		if a.Unmap().Is4() != found[0].Unmap().Is4() {
			i = 1
		}
		families[i] = append(families[i], net.JoinHostPort(a.Unmap().String(), port))
	}
	var all []string
	for i := range found {
		for _, f := range families {
			if i < len(f) {
				all = append(all, f[i])
			}
		}
	}
	return all, nil
}

// add takes what came of asking addr.
func (s *source) add(addr string, got sample, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		if _, done := s.err.(kiss); !done {
			s.err = err
		}
		return
	}
	s.addr = cmp.Or(s.addr, addr)
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

// server reports on the source for a clock that stands at now, and which address answered.
func (s *source) server(now Reading) (r Server, addr string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r = Server{Name: s.name, Via: "ntp"} // if it was not asked
	if s.ok {
		r.Age = now.Boot - s.best.boot
		r.Offset, r.Error = s.best.base-now.wallBase(), s.best.error+age(r.Age)
		r.RTT, r.Stratum, r.Verdict = s.best.rtt, s.best.stratum, OK
	} else if s.err != nil {
		r.Verdict = serverVerdict(s.err)
	}
	return r, s.addr
}
