package secrets

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/zalando/go-keyring"

	"fermata/checks/session"
)

// patience is how long a call may take, the start of the keyring's service included.
const patience = 5 * time.Second

// Keyring keeps sign-ins in the system's keyring: the Secret Service on Linux, the credential manager
// on Windows, the keychain on macOS. Each is one entry, the JSON of a Grant, so that what belongs
// together is never half new.
//
// github.com/zalando/go-keyring has no deadlines: it can wait for ever for a service that hangs or for
// a person at a password prompt. So one call at a time runs in a goroutine of its own, and is left
// behind when it takes too long; until it comes back every other call fails at once with ErrHung. Such
// a call can still succeed late. Nothing runs while nothing is asked.
type Keyring struct {
	service  string
	patience time.Duration
	turn     chan struct{}             // holds a token while a call runs
	since    atomic.Pointer[time.Time] // when that call began
}

// NewKeyring returns a Keyring whose entries are under that service ("fermata").
func NewKeyring(service string) *Keyring {
	return &Keyring{service: service, patience: patience, turn: make(chan struct{}, 1)}
}

// Load implements session.Keeper.
func (k *Keyring) Load(ctx context.Context, account string) (session.Grant, error) {
	text, err := k.call(ctx, account, func() (string, error) { return keyring.Get(k.service, account) })
	var g session.Grant
	switch {
	case errors.Is(err, keyring.ErrNotFound):
		return g, session.ErrNoGrant
	case err == nil:
		err = decode([]byte(text), &g)
	}
	if err != nil {
		return session.Grant{}, explain(loading, account, err)
	}
	return g, nil
}

// Save implements session.Keeper.
func (k *Keyring) Save(ctx context.Context, account string, g session.Grant) error {
	text, err := json.Marshal(g)
	if err == nil {
		_, err = k.call(ctx, account, func() (string, error) { return "", keyring.Set(k.service, account, string(text)) })
	}
	return explain(saving, account, err)
}

// Delete implements session.Keeper.
func (k *Keyring) Delete(ctx context.Context, account string) error {
	_, err := k.call(ctx, account, func() (string, error) { return "", keyring.Delete(k.service, account) })
	if errors.Is(err, keyring.ErrNotFound) {
		return nil
	}
	return explain(deleting, account, err)
}

// call runs do when it is its turn and the keyring is ready, and waits for it with patience.
func (k *Keyring) call(ctx context.Context, account string, do func() (string, error)) (string, error) {
	if ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	if since := k.since.Load(); since != nil && time.Since(*since) >= k.patience {
		return "", ErrHung
	}
	ctx, cancel := context.WithTimeoutCause(ctx, k.patience, ErrHung)
	defer cancel()
	select {
	case k.turn <- struct{}{}:
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
	now := time.Now()
	k.since.Store(&now)
	type outcome struct {
		text string
		err  error
	}
	done := make(chan outcome, 1)
	go func() {
		text, err := k.guarded(ctx, account, do)
		done <- outcome{text, err}
		k.since.Store(nil)
		<-k.turn
	}()
	select {
	case o := <-done:
		return o.text, o.err
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}

// guarded runs do if nothing speaks against it. go-keyring panics when its connection closes while it
// waits, as it does when the tray quits, and when a service answers with another type than it should.
func (k *Keyring) guarded(ctx context.Context, account string, do func() (string, error)) (text string, err error) {
	defer func() {
		if recover() != nil {
			text, err = "", fmt.Errorf("%w: the connection to it broke", ErrRefused)
		}
	}()
	if err := ready(ctx, k.service, account); err != nil {
		return "", err
	}
	text, err = do()
	switch {
	case err == nil, errors.Is(err, keyring.ErrNotFound):
		return text, err
	case errors.Is(err, keyring.ErrSetDataTooBig):
		return "", ErrTooLarge
	case errors.Is(err, keyring.ErrUnsupportedPlatform):
		return "", ErrAbsent
	default:
		return "", sorted(ctx, err)
	}
}
