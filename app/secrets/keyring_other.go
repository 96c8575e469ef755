//go:build !linux

package secrets

import (
	"context"
	"errors"
	"fmt"

	"github.com/zalando/go-keyring"

	"fermata/checks/session"
)

// turn holds a token while go-keyring is called, which has no deadlines: a call that takes too long is left
// behind, alone, and can still succeed late.
var turn = make(chan struct{}, 1)

func (k *Keyring) load(ctx context.Context, account string) (text []byte, err error) {
	kept, err := k.call(ctx, func() (string, error) { return keyring.Get(k.service, account) })
	if errors.Is(err, keyring.ErrNotFound) {
		err = session.ErrNoGrant
	}
	return []byte(kept), err
}

func (k *Keyring) save(ctx context.Context, account string, text []byte) error {
	_, err := k.call(ctx, func() (string, error) { return "", keyring.Set(k.service, account, string(text)) })
	return err
}

func (k *Keyring) remove(ctx context.Context, account string) error {
	_, err := k.call(ctx, func() (string, error) { return "", keyring.Delete(k.service, account) })
	if errors.Is(err, keyring.ErrNotFound) {
		return nil
	}
	return err
}

// call runs do when it is its turn.
func (k *Keyring) call(ctx context.Context, do func() (string, error)) (text string, err error) {
	if ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, k.patience, ErrHung)
	defer cancel()
	select {
	case turn <- struct{}{}:
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
	done := make(chan error, 1)
	var kept string
	go func() {
		var err error
		kept, err = do()
		done <- err
		<-turn
	}()
	select {
	case err = <-done:
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
	switch {
	case err == nil, errors.Is(err, keyring.ErrNotFound):
		return kept, err
	case errors.Is(err, keyring.ErrSetDataTooBig):
		return "", ErrTooLarge
	case errors.Is(err, keyring.ErrUnsupportedPlatform):
		return "", ErrAbsent
	}
	return "", fmt.Errorf("%w: %w", ErrRefused, err)
}

// Unlock has nothing to do here: the keyring opens when the person logs in.
func (k *Keyring) Unlock(context.Context) error { return nil }

// Changes tells of nothing here: no such keyring is closed while the person is logged in.
func (k *Keyring) Changes(context.Context) <-chan struct{} { return nil }
