//go:build linux || windows

package loopback

import (
	"errors"
	"net/netip"
	"time"
)

// errNoOwner says that the other end is in none of the system's tables.
var errNoOwner = errors.New("the connection has no owner")

// owner returns the user (Linux) or the process (Windows) that find finds for the socket at peer, connected
// to own. A socket made for both families stands among those of IPv6 (::ffff:127.0.0.1). It looks again
// for 155 ms: a table that changes while it is read may lack a row.
func owner(find func(peer, own netip.AddrPort) (uint32, error), peer, own netip.AddrPort) (id uint32, err error) {
	for wait := 5 * time.Millisecond; ; wait *= 2 {
		id, err = find(peer, own)
		if err == errNoOwner && peer.Addr().Is4() {
			id, err = find(mapped(peer), mapped(own))
		}
		if err != errNoOwner || wait > 80*time.Millisecond {
			return id, err
		}
		time.Sleep(wait)
	}
}

// mapped is the IPv6 address that stands for an IPv4 one.
func mapped(end netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom16(end.Addr().As16()), end.Port())
}
