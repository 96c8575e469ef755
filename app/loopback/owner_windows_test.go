package loopback

import (
	"net"
	"net/netip"
	"os"
	"testing"
)

// TestOwningProcess finds this process in the tables of both families.
func TestOwningProcess(t *testing.T) {
	for network, at := range map[string]string{"tcp4": "127.0.0.1:0", "tcp6": "[::1]:0"} {
		l, err := net.Listen(network, at)
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		c := dial(t, l)
		defer c.Close()
		there, here := address(c.LocalAddr()), address(c.RemoteAddr())
		pid, err := owner(find, there, here)
		if network == "tcp6" && err == nil && pid == 0 {
			t.Log("Wine does not know whose the sockets of IPv6 are")
			continue
		}
		if err != nil || int(pid) != os.Getpid() {
			t.Errorf("%s: %d, %v, want %d", network, pid, err, os.Getpid())
		}
		if ok, err := ours(pid); err != nil || !ok {
			t.Errorf("this process is not ours: %v, %v", ok, err)
		}
		if pid, err := owner(find, there, netip.AddrPortFrom(here.Addr(), there.Port())); err != errNoOwner {
			t.Errorf("%s: nobody's connection is that of %d, %v", network, pid, err)
		}
	}
	if ok, err := ours(0); ok || err == nil {
		t.Errorf("the idle process is ours: %v, %v", ok, err)
	}
}
