package standin

import (
	"context"
	"errors"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/beevik/ntp"
)

// ask queries server i with beevik/ntp.
func ask(dial func(context.Context, string, string) (net.Conn, error), name string) (*ntp.Response, error) {
	return ntp.QueryWithOptions(name, ntp.QueryOptions{
		Timeout: 2 * time.Second,
		Dialer:  func(_, remote string) (net.Conn, error) { return dial(context.Background(), "udp", remote) },
	})
}

func TestTimeServer(t *testing.T) {
	for _, d := range []time.Duration{0, 90 * time.Second, -time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			servers := NewTimeServers(2)
			servers.Shift(d)
			servers.lie()
			for name, want := range map[string]time.Duration{"time1.demo": d, "time2.demo": d + aheadBy} {
				r, err := ask(servers.Dial, name)
				if err != nil {
					t.Fatal(err)
				}
				if err := r.Validate(); err != nil {
					t.Error(err)
				}
				if off := (r.ClockOffset - want).Abs(); off > time.Microsecond || r.RTT > time.Microsecond {
					t.Errorf("offset %v, want %v; round trip %v", r.ClockOffset, want, r.RTT)
				}
			}
		})
	}
}

func TestReplyToGarbage(t *testing.T) {
	now := time.Now()
	for name, request := range map[string][]byte{
		"nothing":  nil,
		"short":    make([]byte, 47),
		"a server": append([]byte{4 << 3 & 0x3f}, make([]byte, 47)...),
	} {
		if r := reply(request, now); r != nil {
			t.Errorf("%s was answered: %x", name, r)
		}
	}
}

func TestUnknownServer(t *testing.T) {
	_, err := NewTimeServers(1).Dial(t.Context(), "udp", "time9.demo:123")
	if e, ok := errors.AsType[*net.DNSError](err); !ok || !e.IsNotFound {
		t.Errorf("got %v", err)
	}
}
