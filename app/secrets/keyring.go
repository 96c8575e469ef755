package secrets

import (
	"context"
	"encoding/json"
	"sync/atomic"
	"time"

	"fermata/checks/session"
)

// patience is how long the keyring may take to answer, the start of its service included.
const patience = 5 * time.Second

// Keyring keeps sign-ins in the system's keyring: the Secret Service on Linux, the credential manager
// on Windows, the keychain on macOS. Each is one entry, the JSON of a Grant, so that what belongs
// together is never half new. No call waits for a keyring that does not answer (ErrHung).
type Keyring struct {
	service  string
	patience time.Duration
	outcomes chan error // of the newest call, for Changes
	//lint:ignore U1000 only Linux has services to start
	started atomic.Int64 // when Fermata itself last had the service started, in Unix nanoseconds
}

// NewKeyring returns a Keyring whose entries are under that service ("fermata").
func NewKeyring(service string) *Keyring {
	return &Keyring{service: service, patience: patience, outcomes: make(chan error, 1)}
}

// Load implements session.Keeper.
func (k *Keyring) Load(ctx context.Context, account string) (g session.Grant, err error) {
	text, err := k.load(ctx, account)
	k.note(err)
	if err == nil {
		err = decode(text, &g)
	}
	return g, hinted(err)
}

// Save implements session.Keeper.
func (k *Keyring) Save(ctx context.Context, account string, g session.Grant) error {
	text, err := json.Marshal(g)
	if err == nil {
		err = k.save(ctx, account, text)
		k.note(err)
	}
	return hinted(err)
}

// Delete implements session.Keeper.
func (k *Keyring) Delete(ctx context.Context, account string) error {
	return hinted(k.remove(ctx, account))
}

// note has Changes know how a call ended.
func (k *Keyring) note(err error) {
	select {
	case <-k.outcomes: // an older one
	default:
	}
	select {
	case k.outcomes <- err:
	default: // another call's came meanwhile
	}
}
