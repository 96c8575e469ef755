package presence

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/prop"

	"fermata/checks/bustest"
)

// manager is logind's.
type manager struct{}

// GetSession implements org.freedesktop.login1.Manager.
func (manager) GetSession(id string) (dbus.ObjectPath, *dbus.Error) {
	if id != "auto" {
		return "", dbus.MakeFailedError(dbus.ErrMsgNoObject)
	}
	return "/org/freedesktop/login1/session/_32", nil
}

// object has properties of that interface, all false, and a name.
func object(t *testing.T, conn *dbus.Conn, name, path, iface string, hints ...string) func(hint string, on bool) {
	t.Helper()
	m := map[string]*prop.Prop{}
	for _, h := range hints {
		m[h] = &prop.Prop{Value: false, Emit: prop.EmitTrue}
	}
	p, err := prop.Export(conn, dbus.ObjectPath(path), prop.Map{iface: m})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.RequestName(name, 0); err != nil {
		t.Fatal(err)
	}
	return func(hint string, on bool) { p.SetMust(iface, hint, on) }
}

func TestWatch(t *testing.T) {
	system, session := bustest.Start(t), bustest.Session(t)
	t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", system.Address)
	logind := system.Connect(t)
	if err := logind.Export(manager{}, "/org/freedesktop/login1", "org.freedesktop.login1.Manager"); err != nil {
		t.Fatal(err)
	}
	login := object(t, logind, "org.freedesktop.login1", "/org/freedesktop/login1/session/_32", "org.freedesktop.login1.Session", "LockedHint", "IdleHint")
	screen := object(t, session.Connect(t), "org.freedesktop.Notifications", "/org/freedesktop/Notifications", "org.freedesktop.Notifications", "Inhibited")
	screen("Inhibited", true) // before anybody watches

	tells := Watch(t.Context())
	want := func(what string, away bool) {
		t.Helper()
		select {
		case got, ok := <-tells:
			if got != away || !ok {
				t.Errorf("%s: away %v, want %v", what, got, away)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("%s: nothing is told", what)
		}
	}
	want("do not disturb at the start", true)
	quiet := func(what string) {
		t.Helper()
		select {
		case away := <-tells:
			t.Errorf("%s, and told %v", what, away)
		case <-time.After(200 * time.Millisecond):
		}
	}
	login("LockedHint", true)
	login("LockedHint", false)
	quiet("do not disturb still holds")
	screen("Inhibited", false)
	want("no more do not disturb", false)
	login("LockedHint", true)
	want("locked", true)
	login("IdleHint", true)
	login("LockedHint", false)
	quiet("still idle")
	login("IdleHint", false)
	want("back", false)
	login("IdleHint", true)
	want("idle", true)
	logind.ReleaseName("org.freedesktop.login1")
	system.Stop()
	want("the system bus is gone", false)
	screen("Inhibited", true)
	want("do not disturb", true)
}

// Without a bus nobody tells, and nobody is waited for.
func TestNoBus(t *testing.T) {
	none := "unix:path=" + filepath.Join(t.TempDir(), "bus")
	t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", none)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", none)
	select {
	case away := <-Watch(t.Context()):
		t.Errorf("told %v", away)
	case <-time.After(200 * time.Millisecond):
	}
}
