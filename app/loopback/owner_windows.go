package loopback

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"unsafe"

	"golang.org/x/sys/windows"
)

var getExtendedTCPTable = windows.NewLazySystemDLL("iphlpapi.dll").NewProc("GetExtendedTcpTable")

const (
	connections = 4       // TCP_TABLE_OWNER_PID_CONNECTIONS
	maxTable    = 4 << 20 // bytes
)

// owned returns what looks up the user whose process has a socket.
func owned() func(peer, own netip.AddrPort) (bool, error) {
	return func(peer, own netip.AddrPort) (bool, error) {
		pid, err := owner(find, peer, own)
		if err != nil {
			return false, err
		}
		return ours(pid)
	}
}

func find(peer, own netip.AddrPort) (pid uint32, err error) {
	family := uintptr(windows.AF_INET6)
	if peer.Addr().Is4() {
		family = windows.AF_INET
	}
	size := uint32(16 << 10)
	for size <= maxTable {
		table := make([]byte, size)
		code, _, _ := getExtendedTCPTable.Call(uintptr(unsafe.Pointer(&table[0])), uintptr(unsafe.Pointer(&size)), 0, family, connections, 0)
		switch errno := windows.Errno(code); errno {
		case windows.ERROR_SUCCESS:
			return read(table[:min(len(table), int(size))], peer, own)
		case windows.ERROR_INSUFFICIENT_BUFFER: // size is what it takes now
			size += size / 4
		default:
			return 0, fmt.Errorf("reading the table of connections: %w", errno)
		}
	}
	return 0, fmt.Errorf("the table of connections has %d bytes", size)
}

// read looks for the row of the socket at peer: MIB_TCPROW_OWNER_PID {State, LocalAddr, LocalPort,
// RemoteAddr, RemotePort, OwningPid}, or MIB_TCP6ROW_OWNER_PID {LocalAddr, LocalScopeId, LocalPort,
// RemoteAddr, RemoteScopeId, RemotePort, State, OwningPid}, after a count of them. Addresses and ports
// are in the network's order of bytes.
func read(table []byte, peer, own netip.AddrPort) (pid uint32, err error) {
	length, local, remote, gap, owner := 24, 4, 12, 4, 20
	if !peer.Addr().Is4() {
		length, local, remote, gap, owner = 56, 0, 24, 20, 52
	}
	end := func(row []byte, addr netip.Addr) netip.AddrPort {
		a, _ := netip.AddrFromSlice(row[:addr.BitLen()/8])
		return netip.AddrPortFrom(a, binary.BigEndian.Uint16(row[gap:]))
	}
	for table = table[4:]; len(table) >= length; table = table[length:] {
		if end(table[local:], peer.Addr()) == peer && end(table[remote:], own.Addr()) == own {
			return binary.NativeEndian.Uint32(table[owner:]), nil
		}
	}
	return 0, errNoOwner
}

// ours reports whether a process runs as this one's user. One that may not be asked does not.
func ours(pid uint32) (bool, error) {
	process, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, pid)
	if err != nil {
		return false, err
	}
	defer windows.CloseHandle(process)
	var token windows.Token
	if err := windows.OpenProcessToken(process, windows.TOKEN_QUERY, &token); err != nil {
		return false, err
	}
	defer token.Close()
	theirs, err := token.GetTokenUser()
	if err != nil {
		return false, err
	}
	self, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return false, err
	}
	return self.User.Sid.Equals(theirs.User.Sid), nil
}
