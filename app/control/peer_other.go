//go:build !linux && !darwin

package control

import "net"

// samePeer is content with the rights of the folder, which only the user may enter.
func samePeer(*net.UnixConn) bool { return true }
