package secrets

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/godbus/dbus/v5"
)

// startable are the names under which the bus may know how to start a Secret Service, in the order in which
// they are tried. KWallet has no activation file for the service's own name (5.103, 6.5), and owns that once
// it runs.
var startable = []string{secretService, "org.kde.kwalletd6", "org.kde.kwalletd5", "org.gnome.keyring"}

// start has the bus start the service that is installed, unless one runs. It is ErrAbsent if none is
// installed, ErrOff if it is and doesn't serve other programs.
func (s *service) start(ctx context.Context) error {
	if _, err := s.owner(ctx, secretService); !errors.Is(err, ErrAbsent) {
		return err
	}
	var known []string
	if err := s.call(ctx, s.conn.BusObject(), busName+".ListActivatableNames", []any{&known}); err != nil {
		return err
	}
	i := slices.IndexFunc(startable, func(name string) bool { return slices.Contains(known, name) })
	if i < 0 {
		return ErrAbsent
	}
	name := startable[i]
	ctx, cancel := context.WithTimeoutCause(ctx, s.patience, ErrOff)
	defer cancel()
	signals := make(chan *dbus.Signal, 8)
	s.conn.Signal(signals)
	defer s.conn.RemoveSignal(signals)
	if err := s.conn.AddMatchSignalContext(ctx, ownerChanges(secretService)...); err != nil {
		return sorted(ctx, err)
	}
	s.starts()
	var done uint32
	err := s.call(ctx, s.conn.BusObject(), busName+".StartServiceByName", []any{&done}, name, uint32(0))
	if err == nil && kwallet(name) {
		// One that is switched off takes the service's name all the same, and ends at once, without an answer.
		if err := s.askKWallet(ctx, name, "isEnabled", new(bool)); err != nil {
			return ErrOff
		}
	}
	switch {
	case errors.Is(err, ErrAbsent):
		return fmt.Errorf("%w: it doesn’t start", ErrRefused)
	case err != nil:
		return err
	}
	for {
		if _, err := s.owner(ctx, secretService); !errors.Is(err, ErrAbsent) {
			return err
		}
		select {
		case <-signals:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// owner returns which connection has a name on the bus; ErrAbsent: none has.
func (s *service) owner(ctx context.Context, name string) (owner string, err error) {
	err = s.call(ctx, s.conn.BusObject(), busName+".GetNameOwner", []any{&owner}, name)
	return owner, err
}

// ownerChanges match the signals that tell of a name's coming and going.
func ownerChanges(name string) []dbus.MatchOption {
	return []dbus.MatchOption{dbus.WithMatchInterface(busName), dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, name)}
}

func kwallet(name string) bool { return strings.HasPrefix(name, "org.kde.") }

// A wallet is KWallet's default one.
type wallet struct {
	name string // "": the service is no KWallet
	open bool
}

// wallet returns KWallet's default wallet, which need not be there.
func (s *service) wallet(ctx context.Context) (w wallet, err error) {
	owner, err := s.owner(ctx, secretService)
	if err != nil {
		return w, err
	}
	for _, name := range startable {
		if !kwallet(name) {
			continue
		}
		if o, err := s.owner(ctx, name); err != nil || o != owner {
			continue
		}
		if err = s.askKWallet(ctx, name, "networkWallet", &w.name); err == nil {
			err = s.askKWallet(ctx, name, "isOpen", &w.open, w.name)
		}
		return w, err
	}
	return w, nil
}

// askKWallet calls a method of KWallet itself: api.kde.org/frameworks/kwallet.
func (s *service) askKWallet(ctx context.Context, name, method string, result any, args ...any) error {
	path := dbus.ObjectPath("/modules/" + strings.TrimPrefix(name, "org.kde."))
	return s.call(ctx, s.conn.Object(name, path), kwalletIface+"."+method, []any{result}, args...)
}
