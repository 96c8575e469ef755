package secrets

import (
	"context"
	"sync"

	"fermata/checks/session"
)

// Memory keeps sign-ins until the program ends.
type Memory struct{ grants sync.Map }

// NewMemory returns one that is empty.
func NewMemory() *Memory { return &Memory{} }

// Load implements session.Keeper.
func (m *Memory) Load(_ context.Context, account string) (session.Grant, error) {
	if g, ok := m.grants.Load(account); ok {
		return g.(session.Grant), nil
	}
	return session.Grant{}, session.ErrNoGrant
}

// Save implements session.Keeper.
func (m *Memory) Save(_ context.Context, account string, g session.Grant) error {
	m.grants.Store(account, g)
	return nil
}

// Delete implements session.Keeper.
func (m *Memory) Delete(_ context.Context, account string) error {
	m.grants.Delete(account)
	return nil
}
