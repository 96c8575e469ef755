package secrets

import (
	"context"
	"fmt"

	"github.com/godbus/dbus/v5"

	"fermata/checks/session"
)

// An entry is where the keyring keeps the sign-in of one account.
type entry struct {
	*service
	collection dbus.ObjectPath
	attributes map[string]string
	items      []dbus.ObjectPath // those with the attributes: one, or none
	session    dbus.ObjectPath   // in which secrets are passed, in plain text; it ends with the connection
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

// with does something with the entry of an account, which must not be locked. Attributes and collection
// are those of github.com/zalando/go-keyring, which kept the sign-ins of earlier versions.
func (k *Keyring) with(ctx context.Context, account string, do func(entry) error) error {
	s, err := k.connect(ctx)
	if err != nil {
		return err
	}
	defer s.conn.Close()
	e := entry{service: s, attributes: map[string]string{"service": k.service, "username": account}}
	if e.collection, err = s.collection(ctx); err != nil {
		return err
	}
	var locked bool
	err = s.ask(ctx, e.collection, collectionIface+".SearchItems", []any{&e.items}, e.attributes)
	if err == nil {
		err = s.get(ctx, e.collection, collectionIface, "Locked", &locked)
	}
	// KeePassXC can lock a single entry of an open collection.
	if err == nil && !locked && len(e.items) > 0 {
		err = s.get(ctx, e.items[0], itemIface, "Locked", &locked)
	}
	if err == nil && locked {
		err = ErrLocked
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
