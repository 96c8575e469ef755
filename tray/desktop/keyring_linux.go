package desktop

import (
	"context"
	"errors"

	"github.com/godbus/dbus/v5"
)

const secretService = "org.freedesktop.secrets"

func (d *Desktop) beginKeyring() (func(context.Context) error, error) {
	p, err := d.run("a password", nil, "gnome-keyring-daemon",
		"--foreground", "--unlock", "--components=secrets", "--control-directory="+d.dir+"/run/keyring")
	if err != nil {
		return nil, err
	}
	d.keyring = p
	return func(ctx context.Context) error {
		return until(ctx, func(ctx context.Context) error {
			if err := errors.Join(p.alive(), d.owned(ctx, secretService)); err != nil {
				return err
			}
			_, err := d.collection(ctx)
			return err
		})
	}, nil
}

// collection returns the keyring that secrets go to.
func (d *Desktop) collection(ctx context.Context) (dbus.ObjectPath, error) {
	var path dbus.ObjectPath
	o := d.bus.Object(secretService, "/org/freedesktop/secrets")
	err := o.CallWithContext(ctx, "org.freedesktop.Secret.Service.ReadAlias", 0, "default").Store(&path)
	if err == nil && path == "/" {
		err = errors.New("the Secret Service has no default keyring yet")
	}
	return path, err
}

// StartKeyring starts the Secret Service, unlocked, with what it kept before.
func (d *Desktop) StartKeyring(ctx context.Context) error {
	ready, err := d.beginKeyring()
	if err != nil {
		return err
	}
	return ready(ctx)
}

// StopKeyring ends the Secret Service.
func (d *Desktop) StopKeyring(ctx context.Context) error {
	d.keyring.stop()
	return until(ctx, func(ctx context.Context) error { return d.free(ctx, secretService) })
}

// LockKeyring locks the keyring: who wants a secret has the person asked for the password.
func (d *Desktop) LockKeyring(ctx context.Context) error {
	path, err := d.collection(ctx)
	if err != nil {
		return err
	}
	var locked []dbus.ObjectPath
	var prompt dbus.ObjectPath
	o := d.bus.Object(secretService, "/org/freedesktop/secrets")
	err = o.CallWithContext(ctx, "org.freedesktop.Secret.Service.Lock", 0, []dbus.ObjectPath{path}).Store(&locked, &prompt)
	if err == nil && len(locked) != 1 {
		err = errors.New("the keyring does not let itself be locked")
	}
	return err
}
