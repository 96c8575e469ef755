package secrets

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/godbus/dbus/v5"
)

// How long a person may take for a question of the keyring: for its password, and for leave to store or
// delete, which KeePassXC may want. The latter is less than what session gives its keeper, 15 s.
const (
	unlockPatience  = 3 * time.Minute
	confirmPatience = 10 * time.Second
)

// Unlock has the keyring ask the person for its password, or for a new one if no keyring was made so
// far. It returns when the keyring is open, when the person declines (ErrLocked or ErrNone), when the
// service ends (ErrRefused), or after three minutes, when it takes the question back. Load, Save and
// Delete are not kept waiting meanwhile: they say that it is locked.
func (k *Keyring) Unlock(ctx context.Context) error {
	if err := k.unlock(ctx); err != nil {
		return hinted(fmt.Errorf("unlocking the keyring: %w", err))
	}
	return nil
}

func (k *Keyring) unlock(ctx context.Context) error {
	s, err := k.connect(ctx)
	if err != nil {
		return err
	}
	defer s.conn.Close()
	e, closed := s.find(ctx, map[string]string{"service": k.service}) // where a sign-in is, if there is one
	switch {
	case closed == nil:
		closed = ErrLocked
	case !errors.Is(closed, ErrNone):
		return closed
	}
	return s.unlock(ctx, e.collection, unlockPatience, closed)
}

// unlock unlocks a collection, or makes the default one where closed says that there is none.
func (s *service) unlock(ctx context.Context, c dbus.ObjectPath, in time.Duration, closed error) error {
	var prompt dbus.ObjectPath
	if errors.Is(closed, ErrLocked) {
		var unlocked []dbus.ObjectPath
		if err := s.ask(ctx, servicePath, serviceIface+".Unlock", []any{&unlocked, &prompt}, []dbus.ObjectPath{c}); err != nil {
			return err
		}
		return s.answered(ctx, prompt, in, closed)
	}
	label, alias := "Default keyring", "default"
	w, err := s.wallet(ctx)
	if err != nil {
		return err
	}
	if w.name != "" {
		label, alias = w.name, "" // with an alias KWallet makes it every program's default
	}
	properties := map[string]dbus.Variant{collectionIface + ".Label": dbus.MakeVariant(label)}
	err = s.ask(ctx, servicePath, serviceIface+".CreateCollection", []any{&c, &prompt}, properties, alias)
	if err != nil {
		return err
	}
	return s.answered(ctx, prompt, in, closed)
}

// answered shows a prompt, if there is one, and waits for the person's answer. If they close it, or do
// not answer in time, the error is declined.
func (s *service) answered(ctx context.Context, prompt dbus.ObjectPath, in time.Duration, declined error) error {
	if prompt == none {
		return nil
	}
	ctx, cancel := context.WithTimeoutCause(ctx, in, fmt.Errorf("%w: nobody answered its question", declined))
	defer cancel()
	signals := make(chan *dbus.Signal, 8)
	s.conn.Signal(signals)
	for _, match := range [][]dbus.MatchOption{
		{dbus.WithMatchObjectPath(prompt), dbus.WithMatchInterface(promptIface), dbus.WithMatchMember("Completed")},
		ownerChanges(secretService),
	} {
		if err := s.conn.AddMatchSignalContext(ctx, match...); err != nil {
			return sorted(ctx, err)
		}
	}
	takeBack := func() { s.conn.Object(secretService, prompt).Go(promptIface+".Dismiss", dbus.FlagNoReplyExpected, nil) }
	if err := s.ask(ctx, prompt, promptIface+".Prompt", nil, ""); err != nil {
		takeBack()
		return err
	}
	for {
		select {
		case signal, ok := <-signals:
			switch {
			case !ok, signal.Name == nameOwnerChanged:
				return fmt.Errorf("%w: it ended while it asked", ErrRefused)
			case signal.Path == prompt && signal.Name == promptIface+".Completed" && len(signal.Body) == 2:
				if signal.Body[0] != false {
					return fmt.Errorf("%w: its question was closed", declined)
				}
				return nil
			}
		case <-ctx.Done():
			takeBack()
			return context.Cause(ctx)
		}
	}
}
