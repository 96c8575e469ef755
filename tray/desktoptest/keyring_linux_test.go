package desktoptest

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
	return func(ctx context.Context) error {
		return until(ctx, func(ctx context.Context) error {
			if err := errors.Join(p.alive(), d.owned(ctx, secretService)); err != nil {
				return err
			}
			return d.keeps(ctx)
		})
	}, nil
}

// keeps reports, as an error, that there is no keyring yet that secrets go to.
func (d *Desktop) keeps(ctx context.Context) error {
	var path dbus.ObjectPath
	o := d.bus.Object(secretService, "/org/freedesktop/secrets")
	err := o.CallWithContext(ctx, "org.freedesktop.Secret.Service.ReadAlias", 0, "default").Store(&path)
	if err == nil && path == "/" {
		err = errors.New("the Secret Service has no default keyring yet")
	}
	return err
}
