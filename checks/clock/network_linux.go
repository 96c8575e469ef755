package clock

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// watchNetwork sends a value, or leaves one waiting, at each change of a default route, until ctx ends;
// then it closes the channel. The kernel reports routes on a netlink socket (rtnetlink(7)); only default
// routes count, so that containers and virtual machines that start do not wake the rest of the program.
func watchNetwork(ctx context.Context) (<-chan struct{}, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, unix.NETLINK_ROUTE)
	if err != nil {
		return nil, fmt.Errorf("socket: %w", err)
	}
	groups := uint32(1<<(unix.RTNLGRP_IPV4_ROUTE-1) | 1<<(unix.RTNLGRP_IPV6_ROUTE-1))
	if err := unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK, Groups: groups}); err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("bind: %w", err)
	}
	routes := os.NewFile(uintptr(fd), "rtnetlink") // waits in the runtime's poller and holds no thread
	changes := make(chan struct{}, 1)
	stop := context.AfterFunc(ctx, func() { routes.Close() })
	go func() {
		defer close(changes)
		defer routes.Close()
		defer stop()
		b := make([]byte, 8<<10)
		for {
			n, err := routes.Read(b)
			// ENOBUFS: more came than was read, so something did change.
			if err != nil && !errors.Is(err, unix.ENOBUFS) {
				return
			}
			if err != nil || defaultRoute(b[:n]) {
				notify(changes)
			}
		}
	}()
	return changes, nil
}

// defaultRoute reports whether one of the messages is about a default route in the main table.
func defaultRoute(b []byte) bool {
	for len(b) >= unix.SizeofNlMsghdr+unix.SizeofRtMsg {
		length := int(binary.NativeEndian.Uint32(b))
		if length < unix.SizeofNlMsghdr+unix.SizeofRtMsg || length > len(b) {
			return false
		}
		kind, route := binary.NativeEndian.Uint16(b[4:]), b[unix.SizeofNlMsghdr:]
		// struct rtmsg: family, dst_len, src_len, tos, table, protocol, scope, type, flags.
		if (kind == unix.RTM_NEWROUTE || kind == unix.RTM_DELROUTE) && route[1] == 0 && route[4] == unix.RT_TABLE_MAIN {
			return true
		}
		b = b[min((length+3)&^3, len(b)):]
	}
	return false
}
