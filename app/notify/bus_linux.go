package notify

import (
	"context"
	"errors"
	"fmt"

	"github.com/godbus/dbus/v5"

	"fermata/checks/sessionbus"
)

// The names of https://specifications.freedesktop.org/notification-spec/latest/.
const (
	service    = "org.freedesktop.Notifications"
	objectPath = "/org/freedesktop/Notifications"
	busName    = "org.freedesktop.DBus"
)

// connect opens a connection of our own: on a shared one, the tray's library would take our signals
// for its own. It listens to the notification daemon's signals and to its coming and going.
func (w *client) connect() error {
	// Order matters: a click's activation token comes just before the click.
	conn, err := sessionbus.Connect(context.Background(), dbus.WithSignalHandler(dbus.NewSequentialSignalHandler()))
	if err != nil {
		return err
	}
	signals := make(chan *dbus.Signal, 16)
	conn.Signal(signals)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	// Narrow rules: what other programs say on the bus must not wake this one.
	err = errors.Join(
		conn.AddMatchSignalContext(ctx, dbus.WithMatchSender(busName), dbus.WithMatchInterface(busName),
			dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, service)),
		conn.AddMatchSignalContext(ctx, dbus.WithMatchSender(service), dbus.WithMatchInterface(service),
			dbus.WithMatchObjectPath(objectPath)),
	)
	if err != nil {
		conn.Close()
		return fmt.Errorf("listen on the session bus: %w", err)
	}
	w.conn, w.signals, w.daemon = conn, signals, daemonOf(conn)
	return nil
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
