package secrets

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"fermata/checks/session"
	"fermata/checks/sessionbus"
)

// A kwalletd is KWallet's daemon, which the bus can start and which has no screen.
type kwalletd struct {
	t    *testing.T
	conn *dbus.Conn
}

const kwalletName = "org.kde.kwalletd5"

// newKWallet gives the test a bus that can start KWallet, whose settings are rc.
func newKWallet(t *testing.T, rc string) *kwalletd {
	t.Helper()
	t.Setenv("QT_QPA_PLATFORM", "offscreen")
	startBus(t, "kwalletd5")
	home := os.Getenv("HOME")
	installs(t, kwalletName, "/usr/bin/kwalletd5")
	if err := os.WriteFile(filepath.Join(home, "kwalletrc"), []byte(rc), 0o600); err != nil {
		t.Fatal(err)
	}
	conn, err := sessionbus.Connect(context.WithoutCancel(t.Context())) // it has to last until the end of the cleanup
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	w := &kwalletd{t, conn}
	t.Cleanup(w.end)
	return w
}

// installs has the bus know how to start a service.
func installs(t *testing.T, name, program string) {
	t.Helper()
	dir := filepath.Join(os.Getenv("HOME"), "services")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	text := "[D-BUS Service]\nName=" + name + "\nExec=" + program + "\n"
	if err := os.WriteFile(filepath.Join(dir, name+".service"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := busConn(t).BusObject().Call(busName+".ReloadConfig", 0).Err; err != nil {
		t.Fatal(err)
	}
}

// end ends the daemon, if it runs, and waits until it is gone.
func (w *kwalletd) end() {
	var pid uint32
	if w.conn.BusObject().Call(busName+".GetConnectionUnixProcessID", 0, kwalletName).Store(&pid) != nil {
		return
	}
	syscall.Kill(int(pid), syscall.SIGKILL)
	eventually(w.t, "KWallet's end", func() bool {
		text, err := os.ReadFile("/proc/" + strconv.Itoa(int(pid)) + "/cmdline")
		var runs bool
		return (err != nil || len(text) == 0) && w.conn.BusObject().Call(busName+".NameHasOwner", 0, kwalletName).Store(&runs) == nil && !runs
	})
}

// open makes the default wallet, or unlocks it, as logging in does (pam_kwallet).
func (w *kwalletd) open() {
	w.t.Helper()
	o := w.conn.Object(kwalletName, "/modules/kwalletd5")
	if err := o.Call("org.kde.KWallet.pamOpen", 0, "kdewallet", make([]byte, 56), int32(0)).Err; err != nil {
		w.t.Fatal(err)
	}
}

// lock locks the default wallet, which also has it written to the disk at once.
func (w *kwalletd) lock() {
	w.t.Helper()
	if err := w.conn.Object(kwalletName, "/modules/kwalletd5").Call(kwalletIface+".close", 0, "kdewallet", true).Err; err != nil {
		w.t.Fatal(err)
	}
}

// rc returns KWallet's settings as they are now.
func (w *kwalletd) rc() string {
	w.t.Helper()
	text, err := os.ReadFile(filepath.Join(os.Getenv("HOME"), "kwalletrc"))
	if err != nil {
		w.t.Fatal(err)
	}
	return string(text)
}

// TestKWallet goes through the states of a real KWallet. That it runs not yet, or no more, is no trouble: the
// bus starts it.
func TestKWallet(t *testing.T) {
	w := newKWallet(t, "")
	k, ctx := NewKeyring("fermata"), t.Context()
	_, err := k.Load(ctx, "spotify")
	fails(t, "not started, no wallet", err, ErrNone)

	w.open() // another program has one made
	w.end()
	changes := k.Changes(ctx)
	_, err = k.Load(ctx, "spotify")
	fails(t, "locked", err, ErrLocked)
	fails(t, "Save while locked", k.Save(ctx, "spotify", grant), ErrLocked)
	wait(t, changes, "the beginning of listening")
	w.open()
	wait(t, changes, "the news that it was unlocked")
	if _, err := k.Load(ctx, "spotify"); !errors.Is(err, session.ErrNoGrant) {
		t.Errorf("Load of nothing: %v", err)
	}
	if err := k.Save(ctx, "spotify", grant); err != nil {
		t.Error(err)
	}
	if got, err := k.Load(ctx, "spotify"); err != nil || got != grant {
		t.Errorf("Load: %+v, %v", got, err)
	}

	w.lock()
	_, err = k.Load(ctx, "spotify")
	fails(t, "locked again", err, ErrLocked)
	w.end()
	_, err = k.Load(ctx, "spotify")
	fails(t, "started again", err, ErrLocked)
	w.open()
	if got, err := k.Load(ctx, "spotify"); err != nil || got != grant {
		t.Errorf("Load after a restart: %+v, %v", got, err)
	}
	if err := k.Delete(ctx, "spotify"); err != nil {
		t.Error(err)
	}
	if _, err := k.Load(ctx, "spotify"); !errors.Is(err, session.ErrNoGrant) {
		t.Errorf("Load after Delete: %v", err)
	}
	if strings.Contains(w.rc(), "Default Wallet") {
		t.Errorf("KWallet's settings became %q", w.rc())
	}
}

// TestKWalletDeclined: whoever does not want a wallet gets none, and no other default.
func TestKWalletDeclined(t *testing.T) {
	w := newKWallet(t, "")
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if err := NewKeyring("fermata").Unlock(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Unlock, given up: %v", err)
	}
	var all []string
	err := w.conn.Object(kwalletName, "/modules/kwalletd5").Call(kwalletIface+".wallets", 0).Store(&all)
	if err != nil || len(all) > 0 || strings.Contains(w.rc(), "Default Wallet") {
		t.Errorf("afterwards: wallets %q, %v, settings %q", all, err, w.rc())
	}
}

// TestKWalletOff: one that is switched off, or serves KDE's own programs alone, is not called absent, and is not
// started again and again.
func TestKWalletOff(t *testing.T) {
	for name, rc := range map[string]string{
		"off": "[Wallet]\nEnabled=false\n", "for others": "[org.freedesktop.secrets]\napiEnabled=false\n",
	} {
		t.Run(name, func(t *testing.T) {
			newKWallet(t, rc)
			k := NewKeyring("fermata")
			k.patience = time.Second
			changes := k.Changes(t.Context())
			for range 2 { // the second time it is told of its having begun to listen
				_, err := k.Load(t.Context(), "spotify")
				fails(t, "Load", err, ErrOff)
				fails(t, "Unlock", k.Unlock(t.Context()), ErrOff)
			}
			wait(t, changes, "the beginning of listening")
			_, err := k.Load(t.Context(), "spotify")
			fails(t, "Load", err, ErrOff)
			select {
			case <-changes:
				t.Error("it tells of a service that it has started itself")
			case <-time.After(200 * time.Millisecond): // what is shown is that nothing happens
			}
		})
	}
}
