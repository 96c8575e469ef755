package secrets

import (
	"context"
	"errors"
	"fmt"
	"path"

	"github.com/godbus/dbus/v5"

	"fermata/checks/session"
)

// An entry is where the keyring keeps the sign-in of one account.
type entry struct {
	*service
	collection dbus.ObjectPath
	attributes map[string]string
	items      []dbus.ObjectPath // those with the attributes: one, or none
	locked     bool
	session    dbus.ObjectPath // in which secrets are passed, in plain text; it ends with the connection
}

// A secret is a Secret of the Secret Service.
type secret struct {
	Session     dbus.ObjectPath
	Parameters  []byte
	Value       []byte
	ContentType string
}

func (k *Keyring) load(ctx context.Context, account string) (text []byte, err error) {
	err = k.with(ctx, account, func(e entry) error {
		if len(e.items) == 0 {
			return session.ErrNoGrant
		}
		var kept secret
		err := e.ask(ctx, e.items[0], itemIface+".GetSecret", []any{&kept}, e.session)
		text = kept.Value
		return err
	})
	return text, err
}

func (k *Keyring) save(ctx context.Context, account string, text []byte) error {
	return k.with(ctx, account, func(e entry) error {
		properties := map[string]dbus.Variant{
			itemIface + ".Label":      dbus.MakeVariant(fmt.Sprintf("Password for '%s' on '%s'", account, k.service)),
			itemIface + ".Attributes": dbus.MakeVariant(e.attributes),
		}
		value := secret{Session: e.session, Parameters: []byte{}, Value: text, ContentType: "text/plain; charset=utf8"}
		var item, prompt dbus.ObjectPath
		const replace = true
		err := e.ask(ctx, e.collection, collectionIface+".CreateItem", []any{&item, &prompt}, properties, value, replace)
		if err != nil {
			return err
		}
		return e.answered(ctx, prompt, confirmPatience, ErrRefused)
	})
}

func (k *Keyring) remove(ctx context.Context, account string) error {
	return k.with(ctx, account, func(e entry) error {
		for _, item := range e.items {
			var prompt dbus.ObjectPath
			if err := e.ask(ctx, item, itemIface+".Delete", []any{&prompt}); err != nil {
				return err
			}
			if err := e.answered(ctx, prompt, confirmPatience, ErrRefused); err != nil {
				return err
			}
		}
		return nil
	})
}

// with does something with the entry of an account, which must not be locked. It is where it is found, whatever
// collection that is; a new one belongs into the default collection. Attributes are those of
// github.com/zalando/go-keyring, which kept the sign-ins of earlier versions.
func (k *Keyring) with(ctx context.Context, account string, do func(entry) error) error {
	s, err := k.connect(ctx)
	if err != nil {
		return err
	}
	defer s.conn.Close()
	e, err := s.find(ctx, map[string]string{"service": k.service, "username": account})
	switch {
	case err == nil && e.locked && len(e.items) > 0:
		err = errHeld
	case err == nil && e.locked:
		err = ErrLocked
	}
	if errors.Is(err, ErrLocked) {
		e, err = s.enter(ctx, e, err)
	}
	if err != nil {
		return err
	}
	var nothing dbus.Variant
	if err := s.ask(ctx, servicePath, serviceIface+".OpenSession", []any{&nothing, &e.session}, "plain", dbus.MakeVariant("")); err != nil {
		return err
	}
	return do(e)
}

// find finds the entry with those attributes.
func (s *service) find(ctx context.Context, attributes map[string]string) (entry, error) {
	e := entry{service: s, attributes: attributes}
	var locked []dbus.ObjectPath
	err := s.ask(ctx, servicePath, serviceIface+".SearchItems", []any{&e.items, &locked}, e.attributes)
	if err != nil {
		return e, err
	}
	if e.items = append(e.items, locked...); len(e.items) > 0 {
		e.collection = dbus.ObjectPath(path.Dir(string(e.items[0])))
	} else if e.collection, err = s.collection(ctx); err != nil {
		return e, err
	}
	err = s.get(ctx, e.collection, collectionIface, "Locked", &e.locked)
	// KeePassXC can lock a single entry of an open collection.
	if err == nil && !e.locked && len(e.items) > 0 {
		err = s.get(ctx, e.items[0], itemIface, "Locked", &e.locked)
	}
	return e, err
}

// enter finds an entry whose collection is closed to this service's callers only: KWallet, once it was opened
// at log-in, opens for a program without a question, but has to be asked. Otherwise it returns closed.
func (s *service) enter(ctx context.Context, e entry, closed error) (entry, error) {
	if w, err := s.wallet(ctx); err != nil || !w.open {
		return e, closed
	}
	if err := s.unlock(ctx, e.collection, confirmPatience, closed); err != nil {
		return e, err
	}
	e, err := s.find(ctx, e.attributes)
	if err == nil && e.locked {
		err = ErrLocked
	}
	return e, err
}
