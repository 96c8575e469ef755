package loopback

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
)

// The kernel's tables of TCP sockets (proc_pid_net(5)).
const (
	table4 = "/proc/net/tcp"
	table6 = "/proc/net/tcp6"
)

// maxTable is the most that is read of a table, in bytes: a row has 150.
const maxTable = 8 << 20

// owned returns what looks up the user of a socket; nil where a sandbox hides the tables.
func owned() func(peer, own netip.AddrPort) (bool, error) {
	f, err := os.Open(table4)
	if err != nil {
		return nil
	}
	f.Close()
	return func(peer, own netip.AddrPort) (bool, error) {
		uid, err := owner(find, peer, own)
		return uid == uint32(os.Getuid()), err
	}
}

func find(peer, own netip.AddrPort) (uid uint32, err error) {
	table := table6
	if peer.Addr().Is4() {
		table = table4
	}
	f, err := os.Open(table)
	if errors.Is(err, fs.ErrNotExist) { // a kernel without IPv6
		return 0, errNoOwner
	} else if err != nil {
		return 0, err
	}
	defer f.Close()
	return read(io.LimitReader(f, maxTable), peer, own)
}

// read looks for the row of the socket at peer. One that its program has closed has no inode any more,
// and says that it belongs to root.
func read(table io.Reader, peer, own netip.AddrPort) (uid uint32, err error) {
	ends := " " + column(peer) + " " + column(own) + " "
	rows := bufio.NewScanner(table)
	for rows.Scan() {
		if !strings.Contains(rows.Text(), ends) {
			continue
		}
		// sl local_address remote_address st tx_queue:rx_queue tr:when retrnsmt uid timeout inode …
		if row := strings.Fields(rows.Text()); len(row) > 9 && row[9] != "0" {
			n, err := strconv.ParseUint(row[7], 10, 32)
			return uint32(n), err
		}
	}
	if err := rows.Err(); err != nil {
		return 0, err
	}
	return 0, errNoOwner
}

// column writes an end as the tables do: the address in words of 32 bits, each in the processor's order
// of bytes, and the port.
func column(end netip.AddrPort) string {
	var s strings.Builder
	for word := range slices.Chunk(end.Addr().AsSlice(), 4) {
		fmt.Fprintf(&s, "%08X", binary.NativeEndian.Uint32(word))
	}
	fmt.Fprintf(&s, ":%04X", end.Port())
	return s.String()
}
