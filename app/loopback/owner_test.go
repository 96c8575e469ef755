//go:build linux || windows

package loopback

import (
	"errors"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"
)

var peer, own = netip.MustParseAddrPort("127.0.0.1:4660"), netip.MustParseAddrPort("127.0.0.1:80")

func TestOwner(t *testing.T) {
	broken := errors.New("broken")
	type table map[netip.AddrPort]uint32
	for name, c := range map[string]struct {
		peer   netip.AddrPort
		tables []table // what is in them, look by look; the last one stays
		want   uint32
		err    error
		took   time.Duration
	}{
		"at once":          {peer, []table{{peer: 7}}, 7, nil, 0},
		"for both":         {peer, []table{{mapped(peer): 8}}, 8, nil, 0},
		"its own first":    {peer, []table{{peer: 7, mapped(peer): 8}}, 7, nil, 0},
		"a row comes late": {peer, []table{{}, {}, {}, {peer: 7}}, 7, nil, 15 * time.Millisecond},
		"never":            {peer, []table{{}}, 0, errNoOwner, 155 * time.Millisecond},
		"IPv6":             {mapped(peer), []table{{mapped(peer): 9}}, 9, nil, 0},
		"IPv6 alone":       {mapped(peer), []table{{peer: 7}}, 0, errNoOwner, 155 * time.Millisecond},
		"broken":           {peer, []table{nil}, 0, broken, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			start, looks := time.Now(), 0
			id, err := owner(func(p, o netip.AddrPort) (uint32, error) {
				now := c.tables[min(looks, len(c.tables)-1)]
				looks++
				if p.Addr().Is4() != o.Addr().Is4() || o.Port() != own.Port() {
					t.Errorf("%s: looked for %v and %v", name, p, o)
				}
				if now == nil {
					return 0, broken
				}
				if id, ok := now[p]; ok {
					return id, nil
				}
				return 0, errNoOwner
			}, c.peer, netip.AddrPortFrom(c.peer.Addr(), own.Port()))
			if id != c.want || err != c.err || time.Since(start) != c.took {
				t.Errorf("%s: %d, %v after %v, want %d, %v after %v", name, id, err, time.Since(start), c.want, c.err, c.took)
			}
		})
	}
}
