package tray

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"fyne.io/systray"
	"github.com/godbus/dbus/v5"

	"fermata/app/view"
	"fermata/checks/sessionbus"
)

const (
	watcher     = "org.kde.StatusNotifierWatcher"
	watcherPath = "/StatusNotifierWatcher"
	busTimeout  = 2 * time.Second
	settled     = time.Second // what systray needs to register itself
)

// host connects to the session bus and reports whether something shows tray icons now; bus ends with ctx,
// or when the session bus is gone. The connection is the one that systray takes: a second before the icon is
// there would cost a fifth of the start. Where godbus finds no address it
// would start dbus-launch, so it is given the one that was found.
func host(ctx context.Context) (bus context.Context, shows bool, err error) {
	address, err := sessionbus.Address()
	if err != nil {
		return nil, false, err
	}
	if err := os.Setenv("DBUS_SESSION_BUS_ADDRESS", address); err != nil {
		return nil, false, err
	}
	var conn *dbus.Conn
	connected := make(chan error, 1)
	go func() {
		var err error
		conn, err = dbus.SessionBus()
		connected <- err
	}()
	select {
	case err = <-connected:
	case <-time.After(busTimeout):
		err = context.DeadlineExceeded
	}
	if err != nil {
		return nil, false, fmt.Errorf("connecting to the session bus: %w", err)
	}
	bus, cancel := context.WithCancel(ctx)
	context.AfterFunc(conn.Context(), cancel)
	go stayShown(bus)
	return bus, owned(ctx, conn, watcher), nil
}

// stayShown sees to it until ctx ends that the icon is registered with whatever comes later to show it.
// systray does that too, but stops for good at the first unusual signal on the connection that it shares
// with the whole process (systray_unix.go:299), so this has a connection of its own.
func stayShown(ctx context.Context) {
	if !pause(ctx) {
		return
	}
	conn, err := sessionbus.Connect(ctx)
	if err != nil {
		return
	}
	defer conn.Close()
	signals := make(chan *dbus.Signal, 8)
	conn.Signal(signals)
	err = conn.AddMatchSignal(dbus.WithMatchSender("org.freedesktop.DBus"), dbus.WithMatchInterface("org.freedesktop.DBus"),
		dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, watcher))
	if err != nil {
		return
	}
	register(ctx, conn)      // with what came before the match
	for s := range signals { // closed with the connection, which ends with ctx
		if len(s.Body) == 3 && s.Name == "org.freedesktop.DBus.NameOwnerChanged" && s.Body[2] != "" && pause(ctx) {
			register(ctx, conn)
		}
	}
}

// pause waits as long as systray may need to register the icon itself, and reports whether ctx lasted.
func pause(ctx context.Context) bool {
	select {
	case <-time.After(settled):
		return true
	case <-ctx.Done():
		return false
	}
}

// owned reports whether somebody on the bus has a name.
func owned(ctx context.Context, conn *dbus.Conn, name string) (is bool) {
	ctx, cancel := context.WithTimeout(ctx, busTimeout)
	defer cancel()
	err := conn.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.NameHasOwner", 0, name).Store(&is)
	return err == nil && is
}

// register registers the icon with a new watcher, if systray has not.
func register(ctx context.Context, conn *dbus.Conn) {
	ctx, cancel := context.WithTimeout(ctx, busTimeout)
	defer cancel()
	if !owned(ctx, conn, watcher) {
		return
	}
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

// dressEarly sets icon and tooltip before systray runs: see again. What the title is then becomes the icon's
// ID, by which panels remember it.
func (p *panel) dressEarly(first view.View) {
	p.dress(first)
	systray.SetTitle("Fermata")
}

// escape keeps panels from taking an underline for a mnemonic (com.canonical.dbusmenu, "label").
func escape(label string) string { return strings.ReplaceAll(label, "_", "__") }
