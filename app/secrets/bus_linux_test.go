package secrets

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"fermata/checks/session"
)

const long = 20 * time.Second // what a test waits at most for something that is to happen at once

var grant = session.Grant{
	RefreshToken: "a secret", AuthorizedAt: time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC),
	Scope: "user-read-private", ClientID: "0123456789abcdef0123456789abcdef",
}

// onBus reports whether the test has a session bus of its own. If not, it runs the test again in a
// process that has one: the connection that go-keyring uses is one for the whole process.
func onBus(t *testing.T, needs ...string) bool {
	t.Helper()
	if os.Getenv("FERMATA_TEST_BUS") != "" {
		return true
	}
	t.Parallel()
	for _, program := range append(needs, "dbus-daemon") {
		if _, err := exec.LookPath(program); err == nil {
			continue
		}
		if os.Getenv("CI") == "true" {
			t.Fatalf("install %s", program)
		}
		t.Skipf("install %s", program)
	}
	dir := t.TempDir()
	conf := filepath.Join(dir, "bus.conf")
	if err := os.WriteFile(conf, []byte(`<busconfig><type>session</type><listen>unix:dir=`+dir+`</listen>
<policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy></busconfig>`), 0o600); err != nil {
		t.Fatal(err)
	}
	bus := exec.Command("dbus-daemon", "--config-file="+conf, "--nofork", "--print-address")
	address := firstLine(t, bus)
	child := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v", "-test.timeout=1m")
	child.Env = append(os.Environ(), "FERMATA_TEST_BUS=1", "DBUS_SESSION_BUS_ADDRESS="+address,
		"HOME="+dir, "XDG_DATA_HOME="+dir, "XDG_RUNTIME_DIR="+dir)
	if out, err := child.CombinedOutput(); err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()) {
		t.Errorf("on its own bus: %v\n%s", err, out)
	}
	return false
}

// firstLine starts a program that runs until the test ends, and returns the first line it prints.
func firstLine(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(cmd.Path, "said nothing:", err)
	}
	return strings.TrimSpace(line)
}

func busConn(t *testing.T) *dbus.Conn {
	t.Helper()
	conn, err := dbus.ConnectSessionBus()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for begin := time.Now(); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Since(begin) > long {
			t.Fatal(what, "did not happen")
		}
	}
}

const (
	fakeCollection = dbus.ObjectPath("/org/freedesktop/secrets/collection/fake")
	fakePrompt     = dbus.ObjectPath("/org/freedesktop/secrets/prompt/p1")
)

// A fakeService is a Secret Service with troubles that a real one has seldom.
type fakeService struct {
	conn      *dbus.Conn
	locked    atomic.Bool
	missing   atomic.Bool   // no collection was made so far
	lies      atomic.Bool   // says that it is open, and asks all the same
	session   chan struct{} // OpenSession waits for it
	prompted  chan struct{}
	dismissed chan struct{}
}

func newFakeService(t *testing.T) *fakeService {
	f := &fakeService{
		conn: busConn(t), session: make(chan struct{}),
		prompted: make(chan struct{}, 1), dismissed: make(chan struct{}, 1),
	}
	for _, e := range []struct {
		path  dbus.ObjectPath
		iface string
	}{
		{servicePath, serviceIface},
		{servicePath, "org.freedesktop.DBus.Properties"},
		{fakeCollection, "org.freedesktop.DBus.Properties"},
		{fakeCollection, collectionIface},
		{"/org/freedesktop/secrets/aliases/default", collectionIface},
		{fakePrompt, promptIface},
	} {
		if err := f.conn.Export(f, e.path, e.iface); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.conn.RequestName(secretService, dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
	return f
}

func (f *fakeService) Get(_, name string) (dbus.Variant, *dbus.Error) {
	if name == "Locked" {
		return dbus.MakeVariant(f.locked.Load()), nil
	}
	return dbus.MakeVariant([]dbus.ObjectPath{fakeCollection}), nil
}

func (f *fakeService) ReadAlias(string) (dbus.ObjectPath, *dbus.Error) {
	if f.missing.Load() {
		return none, nil
	}
	return fakeCollection, nil
}

func (f *fakeService) SearchItems(map[string]string) ([]dbus.ObjectPath, *dbus.Error) {
	return nil, nil
}

func (f *fakeService) OpenSession(string, dbus.Variant) (dbus.Variant, dbus.ObjectPath, *dbus.Error) {
	<-f.session
	return dbus.MakeVariant(""), "/org/freedesktop/secrets/session/s1", nil
}

func (f *fakeService) Unlock(paths []dbus.ObjectPath) ([]dbus.ObjectPath, dbus.ObjectPath, *dbus.Error) {
	if f.locked.Load() || f.lies.Load() {
		return nil, fakePrompt, nil
	}
	return paths, none, nil
}

func (f *fakeService) CreateCollection(map[string]dbus.Variant, string) (dbus.ObjectPath, dbus.ObjectPath, *dbus.Error) {
	return none, fakePrompt, nil
}

func (f *fakeService) Prompt(string) *dbus.Error {
	f.prompted <- struct{}{}
	return nil
}

func (f *fakeService) Dismiss() *dbus.Error {
	f.dismissed <- struct{}{}
	return nil
}

// answer is the person's answer to a prompt, once there is one.
func (f *fakeService) answer(t *testing.T, declined bool) {
	wait(t, f.prompted, "a prompt")
	if !declined {
		f.locked.Store(false)
		f.missing.Store(false)
	}
	// Another's signal of the same name, and one of the wrong form, are not the answer.
	f.conn.Emit("/another", promptIface+".Completed", true, dbus.MakeVariant(""))
	f.conn.Emit(fakePrompt, promptIface+".Completed", true)
	f.conn.Emit(fakePrompt, promptIface+".Completed", declined, dbus.MakeVariant([]dbus.ObjectPath{fakeCollection}))
}

func wait(t *testing.T, c <-chan struct{}, what string) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(long):
		t.Error(what, "did not come")
	}
}

// silent is a godbus handler that never answers.
type silent struct{ ctx context.Context }

func (s silent) LookupObject(dbus.ObjectPath) (dbus.ServerObject, bool) {
	<-s.ctx.Done()
	return nil, false
}
