package secrets

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/zalando/go-keyring"

	"fermata/checks"
	"fermata/checks/session"
)

// fails checks that err is the one that was wanted, with a hint, and keeps the secret.
func fails(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) || checks.Hint(err) == "" {
		t.Errorf("%s: %v, hint %q; want %q with a hint", what, err, checks.Hint(err), want)
	}
	if err != nil && strings.Contains(err.Error(), grant.RefreshToken) {
		t.Errorf("%s tells the secret: %v", what, err)
	}
}

// TestRealKeyring stores and loads through gnome-keyring, and then locks it.
func TestRealKeyring(t *testing.T) {
	startBus(t, "gnome-keyring-daemon")
	daemon := exec.Command("gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets",
		"--control-directory="+filepath.Join(t.TempDir(), "control")) // which it makes, 0700
	daemon.Stdin = strings.NewReader("password")
	firstLine(t, daemon)
	ctx, s := t.Context(), &service{conn: busConn(t), patience: long}
	const login = dbus.ObjectPath("/org/freedesktop/secrets/collection/login")
	eventually(t, "the login keyring", func() bool {
		c, err := s.collection(ctx)
		return err == nil && c == login
	})

	k := NewKeyring("fermata")
	if _, err := k.Load(ctx, "spotify"); !errors.Is(err, session.ErrNoGrant) {
		t.Errorf("Load of nothing: %v", err)
	}
	// One that an earlier version kept is found, and replaced, not joined by another.
	old := grant
	old.RefreshToken = "an old secret"
	text, err := json.Marshal(old)
	if err != nil {
		t.Fatal(err)
	}
	if err := keyring.Set("fermata", "spotify", string(text)); err != nil {
		t.Fatal(err)
	}
	if got, err := k.Load(ctx, "spotify"); err != nil || got != old {
		t.Errorf("Load of what go-keyring kept: %+v, %v", got, err)
	}
	other := grant
	other.RefreshToken = strings.Repeat("x", 2000)
	for account, g := range map[string]session.Grant{"spotify": grant, "work": other} {
		if err := k.Save(ctx, account, other); err != nil {
			t.Fatal(err)
		}
		if err := k.Save(ctx, account, g); err != nil { // replaces
			t.Fatal(err)
		}
	}
	for account, want := range map[string]session.Grant{"spotify": grant, "work": other} {
		if got, err := NewKeyring("fermata").Load(ctx, account); err != nil || got != want {
			t.Errorf("Load %s: %+v, %v", account, got, err)
		}
	}
	var items []dbus.ObjectPath
	if err := s.ask(ctx, login, collectionIface+".SearchItems", []any{&items}, map[string]string{"service": "fermata"}); err != nil || len(items) != 2 {
		t.Errorf("items %v, %v; want two", items, err)
	}
	for range 2 { // the second time there is nothing
		if err := k.Delete(ctx, "work"); err != nil {
			t.Errorf("Delete: %v", err)
		}
	}
	if _, err := k.Load(ctx, "work"); !errors.Is(err, session.ErrNoGrant) {
		t.Errorf("Load after Delete: %v", err)
	}
	if err := k.Unlock(ctx); err != nil {
		t.Errorf("Unlock of what is open: %v", err)
	}

	var locked []dbus.ObjectPath
	var prompt dbus.ObjectPath
	if err := s.ask(ctx, servicePath, serviceIface+".Lock", []any{&locked, &prompt}, []dbus.ObjectPath{login}); err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	_, err = k.Load(ctx, "spotify")
	fails(t, "Load while locked", err, ErrLocked)
	fails(t, "Save while locked", k.Save(ctx, "spotify", grant), ErrLocked)
	fails(t, "Delete while locked", k.Delete(ctx, "spotify"), ErrLocked)
	if d := time.Since(begin); d > patience/2 {
		t.Errorf("it took %v to say so", d)
	}
	// Nobody is there to show the question, which gnome-keyring takes for a no.
	fails(t, "Unlock without a prompter", k.Unlock(ctx), ErrLocked)
}

func TestNoService(t *testing.T) {
	startBus(t)
	k := NewKeyring("fermata")
	_, err := k.Load(t.Context(), "spotify")
	fails(t, "Load", err, ErrAbsent)
	fails(t, "Save", k.Save(t.Context(), "spotify", grant), ErrAbsent)
	fails(t, "Delete", k.Delete(t.Context(), "spotify"), ErrAbsent)
	fails(t, "Unlock", k.Unlock(t.Context()), ErrAbsent)
}

func TestNoBus(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("XDG_RUNTIME_DIR", dir)
	for _, address := range []string{"", "unix:path=" + filepath.Join(dir, "none"), "nonsense"} {
		t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
		_, err := NewKeyring("fermata").Load(t.Context(), "spotify")
		fails(t, fmt.Sprintf("address %q", address), err, ErrAbsent)
	}
}

// TestSilentService: one that never answers anything costs each caller its patience, and no more.
func TestSilentService(t *testing.T) {
	startBus(t)
	conn, err := dbus.ConnectSessionBus(dbus.WithHandler(silent{t.Context()}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if _, err := conn.RequestName(secretService, 0); err != nil {
		t.Fatal(err)
	}
	k := NewKeyring("fermata")
	k.patience = 200 * time.Millisecond
	_, err = k.Load(t.Context(), "spotify")
	fails(t, "Load", err, ErrHung)
	fails(t, "Save", k.Save(t.Context(), "spotify", grant), ErrHung)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := k.Save(ctx, "spotify", grant); !errors.Is(err, context.Canceled) {
		t.Errorf("with an ended context: %v", err)
	}
}

// TestHungCall: one call that is not answered does not stand in the way of the next.
func TestHungCall(t *testing.T) {
	startBus(t)
	f := newFakeService(t)
	k := NewKeyring("fermata")
	k.patience = 200 * time.Millisecond
	fails(t, "Save", k.Save(t.Context(), "spotify", grant), ErrHung)
	close(f.session)
	k.patience = long
	if _, err := k.Load(t.Context(), "spotify"); !errors.Is(err, session.ErrNoGrant) {
		t.Errorf("Load afterwards: %v", err)
	}
}

// TestNonsense: answers of another type than the specification's.
func TestNonsense(t *testing.T) {
	startBus(t)
	f := newFakeService(t)
	close(f.session)
	f.item.Store(true)
	k := NewKeyring("fermata")
	_, err := k.Load(t.Context(), "spotify")
	fails(t, "Load of a string", err, ErrRefused)
	f.garbled.Store(true)
	_, err = k.Load(t.Context(), "spotify")
	fails(t, "Load", err, ErrRefused)
	fails(t, "Unlock", k.Unlock(t.Context()), ErrRefused)
}

// TestConfirm: the service asks before it stores and deletes.
func TestConfirm(t *testing.T) {
	startBus(t)
	f := newFakeService(t)
	close(f.session)
	f.asks.Store(true)
	k := NewKeyring("fermata")
	for what, do := range map[string]func(context.Context) error{
		"Save":   func(ctx context.Context) error { return k.Save(ctx, "spotify", grant) },
		"Delete": func(ctx context.Context) error { return k.Delete(ctx, "spotify") },
	} {
		f.item.Store(true)
		go f.answer(t, true)
		fails(t, what+", declined", do(t.Context()), ErrRefused)
		go f.answer(t, false)
		if err := do(t.Context()); err != nil {
			t.Errorf("%s, confirmed: %v", what, err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			wait(t, f.prompted, "a prompt")
			cancel()
		}()
		if err := do(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("%s, given up: %v", what, err)
		}
		wait(t, f.dismissed, "the end of the question")
	}
	f.itemLocked.Store(true)
	_, err := k.Load(t.Context(), "spotify")
	fails(t, "Load of a locked entry", err, ErrLocked)
}

func TestUnlock(t *testing.T) {
	startBus(t)
	f := newFakeService(t)
	close(f.session)
	k := NewKeyring("fermata")

	f.locked.Store(true)
	go f.answer(t, true)
	fails(t, "declined", k.Unlock(t.Context()), ErrLocked)
	go f.answer(t, false)
	if err := k.Unlock(t.Context()); err != nil {
		t.Errorf("unlocked: %v", err)
	}
	if _, err := k.Load(t.Context(), "spotify"); !errors.Is(err, session.ErrNoGrant) {
		t.Errorf("Load afterwards: %v", err)
	}

	f.missing.Store(true)
	_, err := k.Load(t.Context(), "spotify")
	fails(t, "Load without a keyring", err, ErrNone)
	go f.answer(t, true)
	fails(t, "making one, declined", k.Unlock(t.Context()), ErrNone)
	go f.answer(t, false)
	if err := k.Unlock(t.Context()); err != nil {
		t.Errorf("making one: %v", err)
	}

	// The person goes away, or the program ends: the question is taken back.
	f.locked.Store(true)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		wait(t, f.prompted, "a prompt")
		_, err := k.Load(t.Context(), "spotify")
		fails(t, "Load while it asks", err, ErrLocked)
		cancel()
	}()
	if err := k.Unlock(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("given up: %v", err)
	}
	wait(t, f.dismissed, "the end of the question")

	go func() {
		wait(t, f.prompted, "a prompt")
		f.conn.ReleaseName(secretService)
	}()
	fails(t, "the service ended", k.Unlock(t.Context()), ErrRefused)
}

// TestStoreAsksTheKeyring: where the file was chosen, a keyring that is locked and has the sign-in is told of;
// one that has nothing, or is not there, stands in nobody's way, either way round.
func TestStoreAsksTheKeyring(t *testing.T) {
	startBus(t)
	f := newFakeService(t)
	close(f.session)
	f.locked.Store(true)
	file := NewFile(filepath.Join(t.TempDir(), "sign-ins.json"))
	ctx, s := t.Context(), NewStore(NewKeyring("fermata"), file, "file")
	if _, err := s.Load(ctx, "spotify"); !errors.Is(err, session.ErrNoGrant) {
		t.Errorf("locked, and nothing is in it: %v", err)
	}
	f.item.Store(true)
	_, err := s.Load(ctx, "spotify")
	fails(t, "locked, and it is in it", err, ErrLocked)

	if _, err := f.conn.ReleaseName(secretService); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Load(ctx, "spotify"); !errors.Is(err, session.ErrNoGrant) {
		t.Errorf("no keyring: %v", err)
	}
	s = NewStore(NewKeyring("fermata"), file, "keyring")
	_, err = s.Load(ctx, "spotify")
	fails(t, "no keyring, which was chosen", err, ErrAbsent)
	if err := file.Save(ctx, "spotify", grant); err != nil {
		t.Fatal(err)
	}
	if g, err := s.Load(ctx, "spotify"); err != nil || g != grant {
		t.Errorf("it is in the file: %+v, %v", g, err)
	}
	if err := s.Prepare(ctx, "spotify"); err != nil {
		t.Error(err)
	}
	fails(t, "elsewhere", s.Elsewhere("spotify"), ErrAbsent)
}
