package clock

import (
	"context"
	"encoding/binary"
	"net"
	"sync"
	"time"
)

// A responder is a time server over in-memory connections. Its zero value is an honest stratum 1
// server with no delay.
type responder struct {
	offset     time.Duration         // added to the wall clock of the bubble
	there      time.Duration         // how long a packet takes to it
	back       time.Duration         // and back
	dispersion time.Duration         // root dispersion
	silent     bool                  // takes packets and never answers
	spoil      func(p []byte)        // changes the finished packet
	replace    func(p []byte) []byte // answers something else
	err        error                 // what dialing it gives
	asked      int
}

// network is a set of responders by name, as a Config's Dial.
type network struct {
	mu      sync.Mutex
	servers map[string]*responder
	now     func() time.Time
}

func (n *network) dial(ctx context.Context, _, addr string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	s := n.servers[host]
	if s == nil {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	if s.err != nil {
		return nil, s.err
	}
	s.asked++
	client, server := net.Pipe()
	go s.serve(server, n.now)
	return client, nil
}

func (s *responder) serve(conn net.Conn, now func() time.Time) {
	defer conn.Close()
	for {
		p := make([]byte, 1024)
		k, err := conn.Read(p)
		if err != nil {
			return
		}
		if s.silent {
			continue
		}
		time.Sleep(s.there)
		p = reply(p[:k], now().Add(s.offset), s.dispersion)
		if s.spoil != nil {
			s.spoil(p)
		}
		if s.replace != nil {
			p = s.replace(p)
		}
		time.Sleep(s.back)
		if _, err := conn.Write(p); err != nil {
			return
		}
	}
}

// reply is the packet of a server whose clock stands at now (RFC 5905, section 7.3).
func reply(request []byte, now time.Time, dispersion time.Duration) []byte {
	p := make([]byte, 48)
	p[0] = 4<<3 | 4 // no leap warning, version 4, server
	p[1] = 1        // stratum
	p[3] = 0xe8     // precision: 2^-24 s
	binary.BigEndian.PutUint32(p[8:], uint32(dispersion.Seconds()*65536))
	copy(p[12:], "GPS\x00")
	binary.BigEndian.PutUint64(p[16:], stamp(now.Add(-time.Minute)))
	copy(p[24:32], request[40:48])
	binary.BigEndian.PutUint64(p[32:], stamp(now))
	binary.BigEndian.PutUint64(p[40:], stamp(now))
	return p
}

// stamp is t as an NTP timestamp.
func stamp(t time.Time) uint64 {
	const toUnix = 2208988800 // from 1900 to 1970
	return uint64(t.Unix()+toUnix)<<32 | uint64(t.Nanosecond())<<32/1e9
}

// clocks are a computer's clocks inside a bubble.
type clocks struct {
	mu    sync.Mutex
	start time.Time
	step  time.Duration // by which the wall clock was set
	slept time.Duration
	rate  float64 // of the wall and boot clocks, as a fraction too fast
}

func newClocks() *clocks { return &clocks{start: time.Now()} }

func (c *clocks) read() Reading {
	c.mu.Lock()
	defer c.mu.Unlock()
	own := func(d time.Duration) time.Duration { return d + time.Duration(c.rate*float64(d)) }
	awake, slept := own(time.Since(c.start)), own(c.slept)
	return Reading{Wall: c.start.Add(awake + slept + c.step).Round(0), Boot: awake + slept, Awake: awake}
}

func (c *clocks) set(step time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.step += step
}

func (c *clocks) suspend(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.slept += d
}

// trueTime is what honest servers say: suspends are part of it, steps are not.
func (c *clocks) trueTime() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.slept)
}
