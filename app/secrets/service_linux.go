package secrets

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

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
	kwalletIface     = "org.kde.KWallet"
	none             = dbus.ObjectPath("/")
	busName          = "org.freedesktop.DBus"
	propertiesIface  = "org.freedesktop.DBus.Properties"
	nameOwnerChanged = "org.freedesktop.DBus.NameOwnerChanged"
)

var errNonsense = fmt.Errorf("%w: its answer makes no sense", ErrRefused)

// A service is a connection to the Secret Service. It is a private one: on the one that it shares with the
// program, systray (v1.12.2) takes a prompt's signals for its own and stops registering its icon.
type service struct {
	conn     *dbus.Conn
	patience time.Duration // for each call
	starts   func()        // is called before the service is started
}

// connect opens a connection to the service, which it has started if need be. The connection outlives ctx, so
// that a question can be taken back.
func (k *Keyring) connect(ctx context.Context) (*service, error) {
	s, err := k.bus(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.start(ctx); err != nil {
		s.conn.Close()
		return nil, err
	}
	return s, nil
}

// bus opens a connection to the bus.
func (k *Keyring) bus(ctx context.Context) (*service, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	conn, err := sessionbus.Connect(context.WithoutCancel(ctx))
	switch {
	case err == nil:
		return &service{conn, k.patience, func() { k.started.Store(time.Now().UnixNano()) }}, nil
	case errors.Is(err, context.DeadlineExceeded):
		return nil, fmt.Errorf("%w: the session bus is silent", ErrHung)
	case errors.Is(err, sessionbus.ErrNone):
		return nil, fmt.Errorf("%w: there is no session bus", ErrAbsent)
	}
	return nil, fmt.Errorf("%w: the session bus does not let us in", ErrAbsent)
}

// collection returns the service's default one (ErrNone: there is none).
func (s *service) collection(ctx context.Context) (dbus.ObjectPath, error) {
	var path dbus.ObjectPath
	if err := s.ask(ctx, servicePath, serviceIface+".ReadAlias", []any{&path}, "default"); err != nil {
		return "", err
	}
	if path == none {
		return "", ErrNone
	}
	return path, nil
}

// ask calls a method of the service and stores its results.
func (s *service) ask(ctx context.Context, path dbus.ObjectPath, method string, results []any, args ...any) error {
	return s.call(ctx, s.conn.Object(secretService, path), method, results, args...)
}

// call is ask of any object on the bus.
func (s *service) call(ctx context.Context, o dbus.BusObject, method string, results []any, args ...any) error {
	ctx, cancel := context.WithTimeoutCause(ctx, s.patience, ErrHung)
	defer cancel()
	call := o.CallWithContext(ctx, method, 0, args...)
	if call.Err != nil {
		return sorted(ctx, call.Err)
	}
	if call.Store(results...) != nil {
		return errNonsense
	}
	return nil
}

// get stores the value of a property.
func (s *service) get(ctx context.Context, path dbus.ObjectPath, iface, name string, value any) error {
	var v dbus.Variant
	err := s.ask(ctx, path, propertiesIface+".Get", []any{&v}, iface, name)
	if err == nil && v.Store(value) != nil {
		err = errNonsense
	}
	return err
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
	case name == "DBus.Error.NoReply": // the bus says it of one that has gone
		return fmt.Errorf("%w: it ended without an answer", ErrRefused)
	case name == "DBus.Error.Timeout", name == "DBus.Error.TimedOut":
		return ErrHung
	case name == "Secret.Error.IsLocked":
		return ErrLocked
	}
	return fmt.Errorf("%w: %s", ErrRefused, e.Name) // the name alone: the text is somebody else's
}
