// Package sessionbus finds the D-Bus session bus and connects to it, without ever starting one: godbus's
// own search ends in running dbus-launch, whose daemon nobody is on and nobody ends.
package sessionbus

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/godbus/dbus/v5"
)

// timeout is how long connecting may take.
const timeout = 2 * time.Second

// ErrNone is the error where there is no session bus.
var ErrNone = errors.New("there is no session bus")

// Address returns the address of the session bus: $DBUS_SESSION_BUS_ADDRESS, or where that is not set, or
// only says that a bus may be started ("autolaunch:"), the socket bus in $XDG_RUNTIME_DIR, which is
// /run/user/UID where that is not set. If there is none, the error is ErrNone.
func Address() (string, error) {
	address := os.Getenv("DBUS_SESSION_BUS_ADDRESS")
	if address != "" && !strings.HasPrefix(address, "autolaunch:") {
		return address, nil
	}
	dir := os.Getenv("XDG_RUNTIME_DIR")
	if dir == "" {
		dir = filepath.Join("/run/user", strconv.Itoa(os.Getuid()))
	}
	socket := filepath.Join(dir, "bus")
	if _, err := os.Stat(socket); err != nil {
		return "", fmt.Errorf("%w: DBUS_SESSION_BUS_ADDRESS is not set, and there is no %s", ErrNone, socket)
	}
	return "unix:path=" + dbus.EscapeBusAddressValue(socket), nil
}

// Connect opens a private connection to the session bus, which lasts until it is closed or ctx ends. If the
// bus does not answer within two seconds, the error is context.DeadlineExceeded.
func Connect(ctx context.Context, options ...dbus.ConnOption) (*dbus.Conn, error) {
	address, err := Address()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	timer := time.AfterFunc(timeout, func() { cancel(context.DeadlineExceeded) })
	conn, err := dbus.Connect(address, append(options, dbus.WithContext(ctx))...)
	if !timer.Stop() || err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		cancel(nil)
		return nil, fmt.Errorf("connecting to the session bus: %w", err)
	}
	context.AfterFunc(conn.Context(), func() { cancel(nil) })
	return conn, nil
}
