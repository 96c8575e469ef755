package loopback

import "net/netip"

// owned returns nil: macOS tells the user of a connection to none but root.
func owned() func(peer, own netip.AddrPort) (bool, error) { return nil }
