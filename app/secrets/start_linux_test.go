package secrets

import (
	"errors"
	"os"
	"testing"

	"github.com/godbus/dbus/v5"

	"fermata/checks/session"
)

// TestStartsGnomeKeyring: one that is installed is started, and is then without a keyring, not absent.
func TestStartsGnomeKeyring(t *testing.T) {
	startBus(t, "gnome-keyring-daemon")
	installs(t, secretService, "/usr/bin/gnome-keyring-daemon --foreground --components=secrets --control-directory="+os.Getenv("HOME")+"/control")
	k := NewKeyring("fermata")
	k.patience = long
	_, err := k.Load(t.Context(), "spotify")
	fails(t, "Load", err, ErrNone)
}

func TestServiceThatFails(t *testing.T) {
	startBus(t)
	installs(t, secretService, "/bin/false")
	_, err := NewKeyring("fermata").Load(t.Context(), "spotify")
	fails(t, "Load", err, ErrRefused)
}

// TestServiceThatNeverComes: it starts, and takes the bus's name for it, but not the service's.
func TestServiceThatNeverComes(t *testing.T) {
	startBus(t)
	installs(t, "org.gnome.keyring", "/bin/false")
	if _, err := busConn(t).RequestName("org.gnome.keyring", dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
	k := NewKeyring("fermata")
	k.patience = long / 20
	_, err := k.Load(t.Context(), "spotify")
	fails(t, "Load", err, ErrOff)
}

// TestChanges: what mends a trouble is told by the bus, and nothing else is.
func TestChanges(t *testing.T) {
	startBus(t)
	k := NewKeyring("fermata")
	changes := k.Changes(t.Context())
	troubled := func(what string, want error) {
		t.Helper()
		_, err := k.Load(t.Context(), "spotify")
		fails(t, what, err, want)
	}
	troubled("absent", ErrAbsent)
	wait(t, changes, "the beginning of listening")
	f := newFakeService(t)
	close(f.session)
	f.locked.Store(true)
	wait(t, changes, "the service's arrival")

	troubled("locked", ErrLocked)
	f.conn.Emit(servicePath, serviceIface+".ItemChanged", fakeItem)
	changed := func(locked bool) {
		f.conn.Emit(fakeCollection, propertiesIface+".PropertiesChanged", collectionIface,
			map[string]dbus.Variant{"Locked": dbus.MakeVariant(locked)}, []string{})
	}
	changed(true)
	f.conn.Emit(fakeCollection, propertiesIface+".PropertiesChanged", collectionIface, map[string]dbus.Variant{"Label": dbus.MakeVariant("")}, []string{})
	f.locked.Store(false)
	changed(false)
	wait(t, changes, "the unlocking")
	select {
	case <-changes:
		t.Error("more was told than the unlocking")
	default:
	}
	if _, err := k.Load(t.Context(), "spotify"); !errors.Is(err, session.ErrNoGrant) {
		t.Errorf("unlocked: %v", err)
	}

	f.missing.Store(true)
	troubled("without a keyring", ErrNone)
	wait(t, changes, "the beginning of listening")
	f.missing.Store(false)
	f.conn.Emit(servicePath, serviceIface+".CollectionCreated", fakeCollection)
	wait(t, changes, "that one was made")

	f.garbled.Store(true)
	troubled("refused", ErrRefused) // which no unlocking mends
	f.conn.Emit(servicePath, serviceIface+".CollectionChanged", fakeCollection)
	f.garbled.Store(false)
	if _, err := f.conn.ReleaseName(secretService); err != nil {
		t.Fatal(err)
	}
	troubled("ended", ErrAbsent)
	select {
	case <-changes:
		t.Error("a refusal was told to be mended by an unlocking")
	default:
	}
	if _, err := f.conn.RequestName(secretService, dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
	wait(t, changes, "its return")
}
