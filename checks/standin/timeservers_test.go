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
	for name, c := range map[string]struct {
		change func(*Manner)
		query  error
		valid  error
		offset time.Duration
		rtt    time.Duration
		kiss   string
	}{
		"well-behaved": {change: func(m *Manner) { m.Delay = 20 * time.Millisecond }, rtt: 20 * time.Millisecond},
		"ahead":        {change: func(m *Manner) { m.Shift = 90 * time.Second }, offset: 90 * time.Second},
		"behind":       {change: func(m *Manner) { m.Shift = -time.Hour }, offset: -time.Hour},
		"kiss":         {change: func(m *Manner) { m.Kiss = "RATE" }, valid: ntp.ErrKissOfDeath, kiss: "RATE"},
		"stratum 0":    {change: func(m *Manner) { m.Stratum = 0 }, valid: ntp.ErrKissOfDeath, kiss: "\xc0\x00\x02\x01"},
		"stratum 16":   {change: func(m *Manner) { m.Stratum = 16 }, valid: ntp.ErrInvalidStratum},
		"not in sync":  {change: func(m *Manner) { m.NotInSync = true }, valid: ntp.ErrInvalidLeapSecond},
		"wrong origin": {change: func(m *Manner) { m.WrongOrigin = true }, query: errAny},
		"garbage":      {change: func(m *Manner) { m.Garbage = []byte("<html>") }, query: errAny},
		"silent":       {change: func(m *Manner) { m.Silent = true }, query: errAny},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				servers := NewTimeServers(2)
				servers.Change(1, c.change)
				r, err := ask(servers.Dial, "time2.demo")
				if (err != nil) != (c.query != nil) {
					t.Fatalf("query: %v", err)
				}
				if servers.Asked(1) != 1 || servers.Asked(0) != 0 {
					t.Errorf("asked %d and %d times", servers.Asked(0), servers.Asked(1))
				}
				if err != nil {
					return
				}
				if err := r.Validate(); !errors.Is(err, c.valid) {
					t.Errorf("valid: %v, want %v", err, c.valid)
				}
				if d := (r.ClockOffset - c.offset).Abs(); d > time.Microsecond {
					t.Errorf("offset %v, want %v", r.ClockOffset, c.offset)
				}
				if d := (r.RTT - c.rtt).Abs(); d > time.Microsecond || r.KissCode != printable(c.kiss, r.KissCode) {
					t.Errorf("round trip %v, kiss %q", r.RTT, r.KissCode)
				}
			})
		})
	}
}

var errAny = errors.New("any error")

// printable accepts whatever the library makes of a kiss code that is not letters.
func printable(want, got string) string {
	if want != "" && want[0] > 'Z' {
		return got
	}
	return want
}

func TestReplyToGarbage(t *testing.T) {
	now := time.Now()
	for name, request := range map[string][]byte{
		"nothing":  nil,
		"short":    make([]byte, 47),
		"a server": append([]byte{4 << 3 & 0x3f}, make([]byte, 47)...),
	} {
		if r := Reply(request, now); r != nil {
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
