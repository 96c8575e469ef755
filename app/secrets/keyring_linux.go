package secrets

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/godbus/dbus/v5"

	"fermata/checks/sessionbus"
)

// The Secret Service: specifications.freedesktop.org/secret-service-spec/latest/
const (
	secretService    = "org.freedesktop.secrets"
	servicePath      = dbus.ObjectPath("/org/freedesktop/secrets")
	serviceIface     = "org.freedesktop.Secret.Service"
	collectionIface  = "org.freedesktop.Secret.Collection"
	itemIface        = "org.freedesktop.Secret.Item"
	promptIface      = "org.freedesktop.Secret.Prompt"
	loginCollection  = dbus.ObjectPath("/org/freedesktop/secrets/collection/login")
	none             = dbus.ObjectPath("/")
	propertiesGet    = "org.freedesktop.DBus.Properties.Get"
	nameOwnerChanged = "org.freedesktop.DBus.NameOwnerChanged"
)

// ready makes sure that go-keyring will find an open keyring. It would answer a locked one with a
// prompt, on the connection that it shares with the tray: it takes any signal as the prompt's end, and
// the prompt's end is a signal that stops systray (v1.12.2) from registering its icon again. So what
// it will look at is looked at first, on a connection of our own that ends with the look.
func ready(ctx context.Context, service, account string) error {
	conn, err := connect(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	c, err := collection(ctx, conn)
	if err != nil {
		return err
	}
	attributes := map[string]string{"service": service, "username": account}
	var items []dbus.ObjectPath
	if err := ask(ctx, conn, c, collectionIface+".SearchItems", []any{&items}, attributes); err != nil {
		return err
	}
	locked, err := property[bool](ctx, conn, c, collectionIface, "Locked")
	// KeePassXC can lock a single entry of an open collection.
	if err == nil && !locked && len(items) > 0 {
		locked, err = property[bool](ctx, conn, items[0], itemIface, "Locked")
	}
	if err == nil && locked {
		err = ErrLocked
	}
	return err
}

// connect opens a private connection to the session bus, until ctx ends.
func connect(ctx context.Context) (*dbus.Conn, error) {
	conn, err := sessionbus.Connect(ctx)
	switch {
	case err == nil:
		return conn, nil
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case errors.Is(err, context.DeadlineExceeded):
		return nil, fmt.Errorf("%w: the session bus is silent", ErrHung)
	case errors.Is(err, sessionbus.ErrNone):
		return nil, fmt.Errorf("%w: there is no session bus", ErrAbsent)
	}
	return nil, fmt.Errorf("%w: the session bus does not let us in", ErrAbsent)
}

// collection returns the one that go-keyring uses: "login", else the default one.
func collection(ctx context.Context, conn *dbus.Conn) (dbus.ObjectPath, error) {
	all, err := property[[]dbus.ObjectPath](ctx, conn, servicePath, serviceIface, "Collections")
	if err != nil {
		return "", err
	}
	if slices.Contains(all, loginCollection) {
		return loginCollection, nil
	}
	var path dbus.ObjectPath
	if err := ask(ctx, conn, servicePath, serviceIface+".ReadAlias", []any{&path}, "default"); err != nil {
		return "", err
	}
	if path == none {
		return "", ErrNone
	}
	return path, nil
}

// ask calls a method of the service and stores its results.
func ask(ctx context.Context, conn *dbus.Conn, path dbus.ObjectPath, method string, results []any, args ...any) error {
	call := conn.Object(secretService, path).CallWithContext(ctx, method, 0, args...)
	if call.Err != nil {
		return sorted(ctx, call.Err)
	}
	if err := call.Store(results...); err != nil {
		return fmt.Errorf("%w: its answer makes no sense", ErrRefused)
	}
	return nil
}

func property[T any](ctx context.Context, conn *dbus.Conn, path dbus.ObjectPath, iface, name string) (T, error) {
	var v dbus.Variant
	var value T
	if err := ask(ctx, conn, path, propertiesGet, []any{&v}, iface, name); err != nil {
		return value, err
	}
	value, ok := v.Value().(T)
	if !ok {
		return value, fmt.Errorf("%w: its answer makes no sense", ErrRefused)
	}
	return value, nil
}

// sorted tells which of our errors an error of the bus or the service is.
func sorted(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	e, ok := errors.AsType[dbus.Error](err)
	if !ok {
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	name, _ := strings.CutPrefix(e.Name, "org.freedesktop.")
	switch {
	case name == "DBus.Error.ServiceUnknown", name == "DBus.Error.NameHasNoOwner",
		strings.HasPrefix(name, "DBus.Error.Spawn."):
		return ErrAbsent
	case name == "DBus.Error.NoReply", name == "DBus.Error.Timeout", name == "DBus.Error.TimedOut":
		return ErrHung
	case name == "Secret.Error.IsLocked":
		return ErrLocked
	}
	return fmt.Errorf("%w: %s", ErrRefused, e.Name) // the name alone: the text is somebody else's
}
