package secrets

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

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
	if !onBus(t, "gnome-keyring-daemon") {
		return
	}
	daemon := exec.Command("gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets",
		"--control-directory="+filepath.Join(t.TempDir(), "control")) // which it makes, 0700
	daemon.Stdin = strings.NewReader("password")
	firstLine(t, daemon)
	ctx, conn := t.Context(), busConn(t)
	eventually(t, "the login keyring", func() bool {
		c, err := collection(ctx, conn)
		return err == nil && c == loginCollection
	})

	k := NewKeyring("fermata")
	if _, err := k.Load(ctx, "spotify"); !errors.Is(err, session.ErrNoGrant) {
		t.Errorf("Load of nothing: %v", err)
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
	if err := ask(ctx, conn, servicePath, serviceIface+".Lock", []any{&locked, &prompt}, []dbus.ObjectPath{loginCollection}); err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	_, err := k.Load(ctx, "spotify")
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
	if !onBus(t) {
		return
	}
	k := NewKeyring("fermata")
	_, err := k.Load(t.Context(), "spotify")
	fails(t, "Load", err, ErrAbsent)
	fails(t, "Save", k.Save(t.Context(), "spotify", grant), ErrAbsent)
	fails(t, "Delete", k.Delete(t.Context(), "spotify"), ErrAbsent)
	fails(t, "Unlock", k.Unlock(t.Context()), ErrAbsent)
}

// TestNoBus: without a bus there is no keyring, and none is started.
func TestNoBus(t *testing.T) {
	dir := t.TempDir()
	started := filepath.Join(dir, "started")
	script := "#!/bin/sh\ntouch " + started + "\n"
	if err := os.WriteFile(filepath.Join(dir, "dbus-launch"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	t.Setenv("XDG_RUNTIME_DIR", dir)
	for _, address := range []string{"", "autolaunch:", "unix:path=" + filepath.Join(dir, "none"), "nonsense"} {
		t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
		_, err := NewKeyring("fermata").Load(t.Context(), "spotify")
		fails(t, fmt.Sprintf("address %q", address), err, ErrAbsent)
	}
	if _, err := os.Stat(started); err == nil {
		t.Error("dbus-launch was run")
	}
}

// TestSilentService: one that never answers anything costs each caller its patience, and no more.
func TestSilentService(t *testing.T) {
	if !onBus(t) {
		return
	}
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

// TestStuckCall: a call that go-keyring never returns from is left behind, alone; the keyring counts
// as hung until it returns, and then works again.
func TestStuckCall(t *testing.T) {
	if !onBus(t) {
		return
	}
	f := newFakeService(t)
	k := NewKeyring("fermata")
	k.patience = 200 * time.Millisecond
	fails(t, "the call that got stuck", k.Save(t.Context(), "spotify", grant), ErrHung)
	begin := time.Now()
	for range 100 {
		_, err := k.Load(t.Context(), "spotify")
		fails(t, "a call behind it", err, ErrHung)
	}
	if d := time.Since(begin); d > k.patience {
		t.Errorf("100 calls behind it took %v", d)
	}
	close(f.session)
	k.patience = long
	eventually(t, "the return", func() bool {
		_, err := k.Load(t.Context(), "spotify")
		return errors.Is(err, session.ErrNoGrant)
	})
}

// TestLostConnection: the tray closes the connection that go-keyring waits on, which makes it panic.
func TestLostConnection(t *testing.T) {
	if !onBus(t) {
		return
	}
	f := newFakeService(t)
	f.lies.Store(true)
	close(f.session)
	k := NewKeyring("fermata")
	go func() {
		wait(t, f.prompted, "a prompt")
		shared, err := dbus.SessionBus()
		if err != nil {
			t.Error(err)
			return
		}
		shared.Close()
	}()
	fails(t, "Save", k.Save(t.Context(), "spotify", grant), ErrRefused)
	f.lies.Store(false)
	if _, err := k.Load(t.Context(), "spotify"); !errors.Is(err, session.ErrNoGrant) {
		t.Errorf("afterwards: %v", err)
	}
}

func TestUnlock(t *testing.T) {
	if !onBus(t) {
		return
	}
	f := newFakeService(t)
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
		f.conn.Close()
	}()
	fails(t, "the service ended", k.Unlock(t.Context()), ErrRefused)
}
