package clock

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"fermata/checks/text"
)

// nextTo serves true time on all of the hosts, on one port. The names that find knows are lists of addresses, with
// "-" for ":", such as "127.0.0.1_--1.test".
func nextTo(t *testing.T, answer ...string) (port string, find lookup, packets *atomic.Int64) {
	packets = &atomic.Int64{}
	for try := 0; ; try++ {
		first, err := net.ListenPacket("udp", net.JoinHostPort(answer[0], "0"))
		if err != nil {
			t.Skip("no such address here: ", err) // no package mends that
		}
		_, port, _ = net.SplitHostPort(first.LocalAddr().String())
		free := true
		serveTrueTimeOn(t, first, packets)
		for _, host := range answer[1:] {
			next, err := net.ListenPacket("udp", net.JoinHostPort(host, port))
			if err != nil {
				free = false
				break
			}
			serveTrueTimeOn(t, next, packets)
		}
		if free {
			break
		}
		if try > 20 {
			t.Fatal("no port is free everywhere")
		}
	}
	return port, func(_ context.Context, _, name string) (found []netip.Addr, err error) {
		for _, a := range strings.Split(strings.TrimSuffix(name, ".test"), "_") {
			found = append(found, netip.MustParseAddr(strings.ReplaceAll(a, "-", ":")))
		}
		return found, nil
	}, packets
}

// TestNextAddress asks names whose first addresses are silent, dead, or of a family that there is no way for.
func TestNextAddress(t *testing.T) {
	port, find, _ := nextTo(t, "127.0.0.9")
	silent, err := net.ListenPacket("udp", "127.0.0.8:"+port)
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	var mu sync.Mutex
	for _, tt := range []struct {
		name, dialed string
		known        bool
	}{
		{"127.0.0.9.test", "9 9 9 9", true},
		{"127.0.0.8_127.0.0.9.test", "8 9 9 9", true},               // silent
		{"127.0.0.7_127.0.0.9.test", "7 9 9 9", true},               // nobody listens
		{"127.0.0.8_127.0.0.7_127.0.0.9.test", "8 7 9 9", true},     // both
		{"127.0.0.8_127.0.0.7_--1_127.0.0.9.test", "8 1 7 9", true}, // the other family is asked early
		{"2001-db8--_127.0.0.9.test", "0 9 9 9 9", true},            // no way there: the next at once
		{"127.0.0.8_127.0.0.7.test", "8 7 8 7", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var dialed []string
			c := New(Config{
				Servers: []string{tt.name + ":" + port}, Tolerance: time.Second, Interval: time.Hour, Lookup: find,
				Dial: func(ctx context.Context, network, addr string) (net.Conn, error) {
					mu.Lock()
					host, _, _ := net.SplitHostPort(addr)
					dialed = append(dialed, host[max(0, len(host)-1):])
					mu.Unlock()
					if strings.HasPrefix(addr, "[2001:") {
						dialed[len(dialed)-1] = "0"
						return nil, syscall.ENETUNREACH
					}
					return (&net.Dialer{}).DialContext(ctx, network, addr)
				},
			}, NewTime())
			facts, _ := c.Look(t.Context())
			if got := strings.Join(dialed, " "); got != tt.dialed || facts.Known != tt.known {
				t.Errorf("dialed %q, want %q; %s", got, tt.dialed, facts.Summary(text.Style{}))
			}
		})
	}
}

// TestOneAddress: names that lead to one server have one vote, so two liars behind one address do not outvote.
func TestOneAddress(t *testing.T) {
	port, find, _ := nextTo(t, "127.0.0.9", "127.0.0.8")
	c := New(Config{
		Servers:   []string{"127.0.0.9.test:" + port, "127.0.0.8_127.0.0.7.test:" + port, "127.0.0.9_127.0.0.8.test:" + port},
		Tolerance: time.Second, Interval: time.Hour, Lookup: find,
	}, NewTime())
	facts, _ := c.Look(t.Context())
	if got := facts.Servers[2].Verdict; got != SameServer || facts.Agree != 2 || facts.Asked != 2 || facts.few() {
		t.Errorf("%+v", facts)
	}
	if !strings.Contains(facts.Summary(text.Style{}), "2 of 2 servers agree") {
		t.Error(facts.Summary(text.Style{}))
	}
}

// TestHangingNames: a resolver that does not answer holds up nobody for long.
func TestHangingNames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClocks()
		check := New(Config{
			Servers: names, Tolerance: time.Second, Interval: time.Hour,
			Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
				<-ctx.Done()
				return nil, &net.DNSError{Err: ctx.Err().Error(), IsTimeout: true}
			},
		}, NewTimeFrom(c.read))
		begun := time.Now()
		facts, _ := check.Look(t.Context())
		if took := time.Since(begun); took > 3*time.Second || facts.Known || facts.Summary(text.Style{}) != "Clock not checked: no time server could be reached" {
			t.Errorf("%q after %v", facts.Summary(text.Style{}), took)
		}
	})
}
