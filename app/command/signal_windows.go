package command

import (
	"errors"
	"os"
)

// signalNamed returns no signal: Windows has none to send.
func signalNamed(name string) (os.Signal, error) {
	if name == "" {
		return nil, nil
	}
	return nil, errors.New("Windows has no signals to send; leave out --signal")
}
