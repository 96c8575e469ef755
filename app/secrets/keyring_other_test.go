//go:build !linux

package secrets

import (
	"errors"
	"testing"
	"time"

	"github.com/zalando/go-keyring"

	"fermata/checks"
	"fermata/checks/session"
)

func TestKeyring(t *testing.T) {
	keyring.MockInit()
	k, ctx := NewKeyring("fermata"), t.Context()
	if _, err := k.Load(ctx, "a"); !errors.Is(err, session.ErrNoGrant) {
		t.Errorf("Load of nothing: %v", err)
	}
	if err := k.Save(ctx, "a", sample("x")); err != nil {
		t.Error(err)
	}
	if g, err := k.Load(ctx, "a"); err != nil || g != sample("x") {
		t.Errorf("Load: %+v, %v", g, err)
	}
	for range 2 { // the second time there is nothing
		if err := k.Delete(ctx, "a"); err != nil {
			t.Errorf("Delete: %v", err)
		}
	}
	for failure, want := range map[error]error{
		keyring.ErrSetDataTooBig: ErrTooLarge, keyring.ErrUnsupportedPlatform: ErrAbsent, errors.New("no"): ErrRefused,
	} {
		keyring.MockInitWithError(failure)
		if err := k.Save(ctx, "a", sample("x")); !errors.Is(err, want) || checks.Hint(err) == "" {
			t.Errorf("%v became %v", failure, err)
		}
	}
}

// TestHungKeyring: a call that does not return holds nobody up for long.
func TestHungKeyring(t *testing.T) {
	k := &Keyring{service: "fermata", patience: 20 * time.Millisecond}
	released := make(chan struct{})
	if _, err := k.call(t.Context(), func() (string, error) { <-released; return "", nil }); !errors.Is(err, ErrHung) {
		t.Error(err)
	}
	if err := k.Save(t.Context(), "a", sample("x")); !errors.Is(err, ErrHung) {
		t.Error("behind it:", err)
	}
	close(released)
	k.patience = time.Minute
	if _, err := k.call(t.Context(), func() (string, error) { return "", nil }); err != nil {
		t.Error("afterwards:", err)
	}
}
