package notify

import (
	"fmt"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"fermata/checks/bustest"

	"github.com/godbus/dbus/v5"
)

// soon is how long anything may take that ought to happen; quiet, how long to wait for what ought not to.
const (
	soon  = 10 * time.Second
	quiet = 100 * time.Millisecond
)

// startedByBus makes this test program a notification daemon, for the bus to start.
const startedByBus = "FERMATA_TEST_NOTIFICATION_DAEMON"

func TestMain(m *testing.M) {
	if os.Getenv(startedByBus) != "" {
		conn, err := dbus.Connect(os.Getenv("DBUS_STARTER_ADDRESS"))
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		d := &daemon{conn: conn, told: make(chan told, 100), actions: true}
		if err := d.serve(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		<-conn.Context().Done()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// told is a method call that the daemon got.
type told struct {
	method   string
	id       uint32 // of CloseNotification, or what Notify answers
	app      string
	replaces uint32
	title    string
	body     string
	actions  []string
	hints    map[string]dbus.Variant
	expires  int32
}

// A daemon is a notification daemon that shows nothing.
type daemon struct {
	conn    *dbus.Conn
	told    chan told
	actions bool
	markup  bool
	stuck   atomic.Pointer[chan struct{}] // where set, no call is answered before it is closed
	last    atomic.Uint32
}

// startDaemon takes the notification service's name on the bus.
func startDaemon(t testing.TB, bus *bustest.Bus, set func(*daemon)) *daemon {
	t.Helper()
	conn := bus.Connect(t)
	d := &daemon{conn: conn, told: make(chan told, 100), actions: true}
	if set != nil {
		set(d)
	}
	if err := d.serve(); err != nil {
		t.Fatal(err)
	}
	return d
}

func (d *daemon) serve() error {
	methods := map[string]any{"GetCapabilities": d.getCapabilities, "Notify": d.notify, "CloseNotification": d.closeNotification}
	if err := d.conn.ExportMethodTable(methods, objectPath, service); err != nil {
		return err
	}
	reply, err := d.conn.RequestName(service, dbus.NameFlagDoNotQueue)
	if err == nil && reply != dbus.RequestNameReplyPrimaryOwner {
		err = fmt.Errorf("request the name: reply %d", reply)
	}
	return err
}

func (d *daemon) wait() {
	if stuck := d.stuck.Load(); stuck != nil {
		<-*stuck
	}
}

func (d *daemon) getCapabilities() ([]string, *dbus.Error) {
	d.wait()
	names := []string{"body"}
	if d.actions {
		names = append(names, "actions")
	}
	if d.markup {
		names = append(names, "body-markup")
	}
	return names, nil
}

func (d *daemon) notify(app string, replaces uint32, icon, title, body string, actions []string, hints map[string]dbus.Variant, expires int32) (uint32, *dbus.Error) {
	if title == "refuse this" {
		return 0, dbus.NewError(service+".Error.ExcessNotificationGeneration", []any{"too many"})
	}
	id := replaces
	if id == 0 {
		id = 100 + d.last.Add(1)
	}
	d.told <- told{"Notify", id, app, replaces, title, body, actions, hints, expires}
	d.wait()
	return id, nil
}

func (d *daemon) closeNotification(id uint32) *dbus.Error {
	d.told <- told{method: "CloseNotification", id: id}
	return nil
}

// expect returns the next method call, which must be of that method.
func (d *daemon) expect(t testing.TB, method string) told {
	t.Helper()
	select {
	case got := <-d.told:
		if got.method != method {
			t.Fatalf("the daemon was told %+v, want %s", got, method)
		}
		return got
	case <-time.After(soon):
		t.Fatalf("the daemon was not told %s", method)
		return told{}
	}
}

// silence fails the test if the daemon is told anything more.
func (d *daemon) silence(t testing.TB) {
	t.Helper()
	select {
	case got := <-d.told:
		t.Fatalf("the daemon was told %+v, want nothing", got)
	case <-time.After(quiet):
	}
}

func (d *daemon) emit(t testing.TB, member string, args ...any) {
	t.Helper()
	if err := d.conn.Emit(objectPath, service+"."+member, args...); err != nil {
		t.Fatal(err)
	}
}
