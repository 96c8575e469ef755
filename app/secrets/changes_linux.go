package secrets

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/godbus/dbus/v5"

	"fermata/checks/session"
)

// Changes tells, until ctx ends, that the keyring may answer by now where the last call met trouble: its
// service came, or it was unlocked or made. It listens on the bus only while there is trouble, and tells of
// a change when it begins to, as one may have come before. Only one caller may use it.
func (k *Keyring) Changes(ctx context.Context) <-chan struct{} {
	changes := make(chan struct{}, 1)
	go func() {
		defer close(changes)
		for {
			select {
			case err := <-k.outcomes:
				if troubled(err) {
					k.listen(ctx, err, changes)
				}
			case <-ctx.Done():
				return
			}
		}
	}()
	return changes
}

// troubled reports whether a call's error is one that a change of the keyring can mend.
func troubled(err error) bool {
	return slices.ContainsFunc([]error{ErrAbsent, ErrOff, ErrLocked, ErrNone, ErrHung, ErrRefused}, func(e error) bool { return errors.Is(err, e) }) ||
		errors.Is(err, context.DeadlineExceeded)
}

// listen tells of changes until there is no trouble any more, ctx ends, or the bus does.
func (k *Keyring) listen(ctx context.Context, trouble error, changes chan<- struct{}) {
	s, err := k.bus(ctx)
	if err != nil {
		return // without a bus nothing can change
	}
	defer s.conn.Close()
	signals := make(chan *dbus.Signal, 8)
	s.conn.Signal(signals)
	for _, match := range [][]dbus.MatchOption{
		ownerChanges(secretService),
		{dbus.WithMatchSender(secretService), dbus.WithMatchInterface(serviceIface)},
		{dbus.WithMatchSender(secretService), dbus.WithMatchInterface(kwalletIface), dbus.WithMatchMember("walletOpened")},
		{dbus.WithMatchSender(secretService), dbus.WithMatchInterface(propertiesIface), dbus.WithMatchMember("PropertiesChanged"), dbus.WithMatchArg(0, collectionIface)},
	} {
		if err := s.conn.AddMatchSignalContext(ctx, match...); err != nil {
			return
		}
	}
	tell := func() {
		select {
		case changes <- struct{}{}:
		default: // one is waiting to be heard
		}
	}
	tell()
	for {
		select {
		case err := <-k.outcomes:
			if errors.Is(err, session.ErrNoGrant) || !troubled(err) {
				return
			}
			trouble = err
		case signal, ok := <-signals:
			switch {
			case !ok:
				return
			case arrived(signal) && !k.justStarted() || opened(signal) && (errors.Is(trouble, ErrLocked) || errors.Is(trouble, ErrNone)):
				tell()
			}
		case <-ctx.Done():
			return
		}
	}
}

// justStarted reports whether it was Fermata that had the service started: one that ends at once would
// otherwise be started again and again.
func (k *Keyring) justStarted() bool {
	return time.Since(time.Unix(0, k.started.Load())) < 2*k.patience
}

// arrived reports whether the service came.
func arrived(signal *dbus.Signal) bool {
	return signal.Name == nameOwnerChanged && len(signal.Body) == 3 && signal.Body[2] != ""
}

// opened reports whether a collection may have been unlocked or made.
func opened(signal *dbus.Signal) bool {
	switch signal.Name {
	case serviceIface + ".CollectionCreated", serviceIface + ".CollectionChanged", kwalletIface + ".walletOpened":
		return true
	case propertiesIface + ".PropertiesChanged":
		if len(signal.Body) != 3 {
			return false
		}
		changed, _ := signal.Body[1].(map[string]dbus.Variant)
		unknown, _ := signal.Body[2].([]string)
		locked, told := changed["Locked"]
		return told && locked.Value() == false || slices.Contains(unknown, "Locked")
	}
	return false
}
