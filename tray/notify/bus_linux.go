package notify

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/godbus/dbus/v5"
)

// The names of https://specifications.freedesktop.org/notification-spec/latest/.
const (
	service    = "org.freedesktop.Notifications"
	objectPath = "/org/freedesktop/Notifications"
	busName    = "org.freedesktop.DBus"
)

// busAddress returns the session bus's address. godbus's own search ends in running dbus-launch, which
// leaves a bus behind that nobody is on, so it is not asked.
func busAddress() (string, error) {
	address := os.Getenv("DBUS_SESSION_BUS_ADDRESS")
	if address != "" && !strings.HasPrefix(address, "autolaunch:") {
		return address, nil
	}
	if dir := os.Getenv("XDG_RUNTIME_DIR"); dir != "" {
		socket := filepath.Join(dir, "bus")
		if _, err := os.Stat(socket); err == nil {
			return "unix:path=" + dbus.EscapeBusAddressValue(socket), nil
		}
	}
	return "", errors.New("there is no session bus: DBUS_SESSION_BUS_ADDRESS is not set and $XDG_RUNTIME_DIR/bus is not there")
}

// connect opens a connection of our own: on a shared one, the tray's library would take our signals
// for its own. It listens to the notification daemon's signals and to its coming and going.
func connect() (*dbus.Conn, chan *dbus.Signal, error) {
	address, err := busAddress()
	if err != nil {
		return nil, nil, err
	}
	// The context is the connection's lifetime; in time, it also ends a greeting that gets no answer.
	ctx, cancel := context.WithCancel(context.Background())
	timer := time.AfterFunc(patience, cancel)
	defer timer.Stop()
	// Order matters: a click's activation token comes just before the click.
	conn, err := dbus.Connect(address, dbus.WithContext(ctx), dbus.WithSignalHandler(dbus.NewSequentialSignalHandler()))
	if err != nil {
		cancel()
		return nil, nil, fmt.Errorf("connect to the session bus: %w", err)
	}
	signals := make(chan *dbus.Signal, 16)
	conn.Signal(signals)
	// Narrow rules: what other programs say on the bus must not wake this one.
	err = errors.Join(
		conn.AddMatchSignalContext(ctx, dbus.WithMatchSender(busName), dbus.WithMatchInterface(busName),
			dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, service)),
		conn.AddMatchSignalContext(ctx, dbus.WithMatchSender(service), dbus.WithMatchInterface(service),
			dbus.WithMatchObjectPath(objectPath)),
	)
	if err != nil {
		conn.Close()
		return nil, nil, fmt.Errorf("listen on the session bus: %w", err)
	}
	return conn, signals, nil
}

// daemonOf returns the unique name of the notification daemon, "" if none runs.
func daemonOf(conn *dbus.Conn) string {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var owner string
	if conn.BusObject().CallWithContext(ctx, busName+".GetNameOwner", 0, service).Store(&owner) != nil {
		return ""
	}
	return owner
}
