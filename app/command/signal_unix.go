//go:build unix

package command

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// signalNamed returns the signal that is called so, with or without SIG before it; nil for "".
func signalNamed(name string) (os.Signal, error) {
	if name == "" {
		return nil, nil
	}
	s := unix.SignalNum("SIG" + strings.TrimPrefix(strings.ToUpper(name), "SIG"))
	if s == 0 {
		return nil, fmt.Errorf("no signal is called %q", name)
	}
	return s, nil
}
