package secrets

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/godbus/dbus/v5"
)

// unlockPatience is how long a person may take for the keyring's prompt.
const unlockPatience = 3 * time.Minute

// Unlock has the keyring ask the person for its password, or for a new one if no keyring was made so
// far. It returns when the keyring is open, when the person declines (ErrLocked or ErrNone), when the
// service ends (ErrRefused), or after three minutes, when it takes the question back. Load, Save and
// Delete are not kept waiting meanwhile: they say that it is locked.
func (k *Keyring) Unlock(ctx context.Context) error {
	if err := unlock(ctx); err != nil {
		return hinted(fmt.Errorf("unlocking the keyring: %w", err))
	}
	return nil
}

func unlock(ctx context.Context) error {
	first, cancel := context.WithTimeoutCause(ctx, patience, ErrHung)
	defer cancel()
	conn, err := connect(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	var prompt dbus.ObjectPath
	c, closed := collection(first, conn)
	switch {
	case closed == nil:
		closed = ErrLocked
		var unlocked []dbus.ObjectPath
		err = ask(first, conn, servicePath, serviceIface+".Unlock", []any{&unlocked, &prompt}, []dbus.ObjectPath{c})
	case errors.Is(closed, ErrNone):
		label := map[string]dbus.Variant{collectionIface + ".Label": dbus.MakeVariant("Login")}
		err = ask(first, conn, servicePath, serviceIface+".CreateCollection", []any{&c, &prompt}, label, "default")
	default:
		err = closed
	}
	if err != nil || prompt == none {
		return err
	}
	ctx, cancelPrompt := context.WithTimeoutCause(ctx, unlockPatience, fmt.Errorf("%w: nobody answered its question", closed))
	defer cancelPrompt()
	done, err := answered(ctx, conn, prompt)
	if err == nil && !done {
		err = fmt.Errorf("%w: its question was closed", closed)
	}
	return err
}

// answered shows a prompt and waits for the person's answer. It is false if they closed it.
func answered(ctx context.Context, conn *dbus.Conn, prompt dbus.ObjectPath) (bool, error) {
	signals := make(chan *dbus.Signal, 8)
	conn.Signal(signals)
	for _, match := range [][]dbus.MatchOption{
		{dbus.WithMatchObjectPath(prompt), dbus.WithMatchInterface(promptIface), dbus.WithMatchMember("Completed")},
		{dbus.WithMatchInterface("org.freedesktop.DBus"), dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, secretService)},
	} {
		if err := conn.AddMatchSignalContext(ctx, match...); err != nil {
			return false, sorted(ctx, err)
		}
	}
	if err := ask(ctx, conn, prompt, promptIface+".Prompt", nil, ""); err != nil {
		return false, err
	}
	for {
		select {
		case s, ok := <-signals:
			switch {
			case !ok, s.Name == nameOwnerChanged:
				return false, fmt.Errorf("%w: it ended while it asked", ErrRefused)
			case s.Path == prompt && s.Name == promptIface+".Completed" && len(s.Body) == 2:
				return s.Body[0] == false, nil
			}
		case <-ctx.Done():
			conn.Object(secretService, prompt).Go(promptIface+".Dismiss", dbus.FlagNoReplyExpected, nil)
			return false, context.Cause(ctx)
		}
	}
}
