//go:build unix

package control

import (
	"errors"
	"io/fs"
	"syscall"
)

// nobodyListens reports whether a dial failed because there is no socket, or one left behind.
func nobodyListens(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED)
}
