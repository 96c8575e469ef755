package notify

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

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

// startBus runs a private session bus and returns its address and what ends it. Where activates is set,
// the bus can start a notification daemon.
func startBus(t testing.TB, activates bool) (address string, stop func()) {
	t.Helper()
	program, err := exec.LookPath("dbus-daemon")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("dbus-daemon is missing: apt install dbus")
		}
		t.Skip("dbus-daemon is missing: apt install dbus")
	}
	dir := t.TempDir()
	config := filepath.Join(dir, "bus.conf")
	write(t, config, `<busconfig><type>session</type><listen>unix:tmpdir=`+dir+`</listen><servicedir>`+dir+`</servicedir>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>`)
	if activates {
		write(t, filepath.Join(dir, "daemon.service"), "[D-BUS Service]\nName="+service+"\nExec="+os.Args[0]+"\n")
	}
	cmd := exec.Command(program, "--config-file="+config, "--nofork", "--print-address")
	cmd.Env = append(os.Environ(), startedByBus+"=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var ended atomic.Bool
	stop = func() {
		if !ended.Swap(true) {
			cmd.Process.Kill()
			cmd.Wait()
		}
	}
	t.Cleanup(stop)
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("dbus-daemon: %v", err)
	}
	address = strings.TrimSpace(line)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
	return address, stop
}

func write(t testing.TB, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
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
func startDaemon(t testing.TB, address string, set func(*daemon)) *daemon {
	t.Helper()
	conn := dial(t, address)
	d := &daemon{conn: conn, told: make(chan told, 100), actions: true}
	if set != nil {
		set(d)
	}
	if err := d.serve(); err != nil {
		t.Fatal(err)
	}
	return d
}

func dial(t testing.TB, address string) *dbus.Conn {
	t.Helper()
	conn, err := dbus.Connect(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
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
