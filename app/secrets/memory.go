package secrets

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"fermata/checks"
	"fermata/checks/session"
)

// Memory keeps sign-ins until the program ends. Like a keyring it can be locked: for the demo.
type Memory struct {
	grants sync.Map
	locked atomic.Bool
}

// NewMemory returns one that is empty.
func NewMemory() *Memory { return &Memory{} }

// Lock locks it, or unlocks it: locked, it gives nothing and takes nothing.
func (m *Memory) Lock(locked bool) { m.locked.Store(locked) }

// Unlock unlocks it, as Keyring's does.
func (m *Memory) Unlock(context.Context) error {
	m.Lock(false)
	return nil
}

// Age makes all sign-ins older by d.
func (m *Memory) Age(d time.Duration) {
	m.grants.Range(func(account, kept any) bool {
		g := kept.(session.Grant)
		g.AuthorizedAt = g.AuthorizedAt.Add(-d)
		m.grants.Store(account, g)
		return true
	})
}

var errClosed = checks.WithHint(ErrLocked, "Unlock it.")

// Load implements session.Keeper.
func (m *Memory) Load(_ context.Context, account string) (session.Grant, error) {
	if m.locked.Load() {
		return session.Grant{}, errClosed
	}
	if g, ok := m.grants.Load(account); ok {
		return g.(session.Grant), nil
	}
	return session.Grant{}, session.ErrNoGrant
}

// Save implements session.Keeper.
func (m *Memory) Save(_ context.Context, account string, g session.Grant) error {
	if m.locked.Load() {
		return errClosed
	}
	m.grants.Store(account, g)
	return nil
}

// Delete implements session.Keeper.
func (m *Memory) Delete(_ context.Context, account string) error {
	m.grants.Delete(account)
	return nil
}
