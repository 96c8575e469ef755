package clock

import (
	"context"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// TestOtherFamily asks a name whose address of the one family is silent, as with a broken route of
// IPv6, and whose other answers.
func TestOtherFamily(t *testing.T) {
	silent, err := net.ListenPacket("udp", "[::1]:0")
	if err != nil {
		t.Skip("no IPv6 here: ", err) // no package mends that
	}
	defer silent.Close()
	var packets atomic.Int64
	answers := serveTrueTime(t, &packets)
	var mu sync.Mutex
	var dialed []string
	c := New(Config{
		Servers: []string{"two.test"}, Tolerance: time.Second, Interval: time.Hour,
		Dial: func(ctx context.Context, network, addr string) (net.Conn, error) {
			mu.Lock()
			dialed = append(dialed, network+" "+addr)
			mu.Unlock()
			if addr == "two.test:123" {
				addr = map[string]string{"udp": silent.LocalAddr().String(), "udp4": answers}[network]
			}
			return (&net.Dialer{}).DialContext(ctx, network, addr)
		},
	}, NewTime())
	if facts, _ := c.Look(t.Context()); !facts.Known || packets.Load() == 0 {
		t.Errorf("%+v", facts)
	}
	if n := strings.Count(strings.Join(dialed, "\n"), "udp4 two.test:123"); n != 1 || len(dialed) != 4 {
		t.Errorf("dialed %q", dialed)
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
		if took := time.Since(begun); took > 3*time.Second || facts.Known || facts.Summary() != "Clock not checked: no time server could be reached" {
			t.Errorf("%q after %v", facts.Summary(), took)
		}
	})
}
