package tray

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/godbus/dbus/v5"

	"fermata/checks/sessionbus"
)

const (
	watcher     = "org.kde.StatusNotifierWatcher"
	watcherPath = "/StatusNotifierWatcher"
	busTimeout  = 2 * time.Second
	settled     = time.Second // what systray needs to register itself
)

// host connects to the session bus; bus ends with ctx, or when the session bus is gone. systray connects
// to it too, but finding no address where godbus looks it would start dbus-launch, so it is given the
// address that was found.
func host(ctx context.Context) (bus context.Context, shows bool, err error) {
	address, err := sessionbus.Address()
	if err != nil {
		return nil, false, err
	}
	if err := os.Setenv("DBUS_SESSION_BUS_ADDRESS", address); err != nil {
		return nil, false, err
	}
	conn, err := sessionbus.Connect(ctx)
	if err != nil {
		return nil, false, err
	}
	shows, err = hosted(ctx, conn)
	return conn.Context(), shows, err
}

// hosted reports whether something shows tray icons now, and sees to it until ctx ends that the icon
// is registered with whatever comes later. systray does that too, but stops for good at the first
// unusual signal on the connection that it shares with the whole process (systray_unix.go:299), so
// this has a connection of its own.
func hosted(ctx context.Context, conn *dbus.Conn) (bool, error) {
	signals := make(chan *dbus.Signal, 8)
	conn.Signal(signals)
	err := conn.AddMatchSignal(dbus.WithMatchSender("org.freedesktop.DBus"), dbus.WithMatchInterface("org.freedesktop.DBus"),
		dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, watcher))
	if err != nil {
		conn.Close()
		return false, err
	}
	go func() {
		defer conn.Close()
		for s := range signals { // closed with the connection, which ends with ctx
			if len(s.Body) == 3 && s.Name == "org.freedesktop.DBus.NameOwnerChanged" && s.Body[2] != "" {
				register(ctx, conn)
			}
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, busTimeout)
	defer cancel()
	var owned bool
	err = conn.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.NameHasOwner", 0, watcher).Store(&owned)
	return err == nil && owned, nil
}

// register registers the icon with a new watcher, if systray has not.
func register(ctx context.Context, conn *dbus.Conn) {
	select {
	case <-time.After(settled):
	case <-ctx.Done():
		return
	}
	ctx, cancel := context.WithTimeout(ctx, busTimeout)
	defer cancel()
	name := fmt.Sprintf("org.kde.StatusNotifierItem-%d-1", os.Getpid()) // as systray calls itself
	var owner string
	if conn.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.GetNameOwner", 0, name).Store(&owner) != nil {
		return
	}
	object := conn.Object(watcher, watcherPath)
	var v dbus.Variant
	object.CallWithContext(ctx, "org.freedesktop.DBus.Properties.Get", 0, watcher, "RegisteredStatusNotifierItems").Store(&v)
	items, _ := v.Value().([]string)
	if slices.ContainsFunc(items, func(i string) bool {
		return strings.HasPrefix(i, name) || strings.HasPrefix(i, owner+"/") || i == owner
	}) {
		return
	}
	object.CallWithContext(ctx, watcher+".RegisterStatusNotifierItem", 0, name)
}

// escape keeps panels from taking an underline for a mnemonic (com.canonical.dbusmenu, "label").
func escape(label string) string { return strings.ReplaceAll(label, "_", "__") }
