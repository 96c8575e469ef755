package desktoptest

import (
	"context"
	"fmt"
	"os"

	"fermata/checks/bustest"

	"github.com/godbus/dbus/v5"
)

const properties = "org.freedesktop.DBus.Properties."

// startBus starts the session bus and takes a seat on it. The bus activates only what the desktop links
// into its own folder: a desktop without notifications or without a keyring must not get one from the
// machine's /usr/share.
func (d *Desktop) startBus(ctx context.Context) error {
	config := bustest.Config("unix:path="+d.dir+"/run/bus", d.dir+"/services")
	if err := os.WriteFile(d.dir+"/bus.conf", config, 0o600); err != nil {
		return err
	}
	daemon, err := d.run("", nil, "dbus-daemon", "--config-file="+d.dir+"/bus.conf", "--nofork", "--nopidfile", "--nosyslog")
	if err != nil {
		return err
	}
	return until(ctx, func(ctx context.Context) error {
		if err := daemon.alive(); err != nil {
			return err
		}
		d.bus, err = dbus.Connect("unix:path="+d.dir+"/run/bus", dbus.WithContext(context.WithoutCancel(ctx)))
		return err
	})
}

// owned reports, as an error, that nobody has the name.
func (d *Desktop) owned(ctx context.Context, name string) error {
	var has bool
	if err := d.bus.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.NameHasOwner", 0, name).Store(&has); err != nil {
		return err
	}
	if !has {
		return fmt.Errorf("nobody has the bus name %s", name)
	}
	return nil
}

// free reports, as an error, that somebody has the name.
func (d *Desktop) free(ctx context.Context, name string) error {
	if d.owned(ctx, name) == nil {
		return fmt.Errorf("the bus name %s is still taken", name)
	}
	return ctx.Err()
}

// get reads one property.
func get(ctx context.Context, o dbus.BusObject, iface, name string, value any) error {
	var v dbus.Variant
	if err := o.CallWithContext(ctx, properties+"Get", 0, iface, name).Store(&v); err != nil {
		return fmt.Errorf("reading %s of %s: %w", name, o.Destination(), err)
	}
	return v.Store(value)
}
