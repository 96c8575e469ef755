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
	"fermata/checks/sessionbus"
)

const long = 20 * time.Second // what a test waits at most for something that is to happen at once

var grant = session.Grant{
	RefreshToken: "a secret", AuthorizedAt: time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC),
	Scope: "user-read-private", ClientID: "0123456789abcdef0123456789abcdef",
}

// startBus gives the test a session bus and a home of its own, and skips it where a program is missing.
func startBus(t *testing.T, needs ...string) {
	t.Helper()
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
	for _, name := range []string{"HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR"} {
		t.Setenv(name, dir)
	}
	conf := filepath.Join(dir, "bus.conf")
	if err := os.WriteFile(conf, []byte(`<busconfig><type>session</type><listen>unix:dir=`+dir+`</listen>
<servicedir>`+dir+`/services</servicedir>
<policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy></busconfig>`), 0o600); err != nil {
		t.Fatal(err)
	}
	bus := exec.Command("dbus-daemon", "--config-file="+conf, "--nofork", "--print-address")
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", firstLine(t, bus))
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
	conn, err := sessionbus.Connect(t.Context())
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
	fakeItem       = dbus.ObjectPath("/org/freedesktop/secrets/collection/fake/1")
	fakePrompt     = dbus.ObjectPath("/org/freedesktop/secrets/prompt/p1")
)

// A fakeService is a Secret Service with troubles that a real one has seldom. Its one item is that of every
// account.
type fakeService struct {
	conn       *dbus.Conn
	locked     atomic.Bool
	itemLocked atomic.Bool
	missing    atomic.Bool // no collection was made so far
	asks       atomic.Bool // before it stores and deletes, as KeePassXC does
	garbled    atomic.Bool // says nonsense
	item       atomic.Bool
	session    chan struct{} // OpenSession waits for it
	prompted   chan struct{}
	dismissed  chan struct{}
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
		{servicePath, "org.freedesktop.DBus.Properties"},
		{fakeCollection, "org.freedesktop.DBus.Properties"},
		{fakeCollection, collectionIface},
		{fakeItem, "org.freedesktop.DBus.Properties"},
		{fakeItem, itemIface},
		{fakePrompt, promptIface},
	} {
		if err := f.conn.Export(f, e.path, e.iface); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.conn.Export(searching{f}, servicePath, serviceIface); err != nil {
		t.Fatal(err)
	}
	if _, err := f.conn.RequestName(secretService, dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
	return f
}

func (f *fakeService) Get(iface, name string) (dbus.Variant, *dbus.Error) {
	switch {
	case f.garbled.Load():
		return dbus.MakeVariant("nonsense"), nil
	case name == "Locked":
		return dbus.MakeVariant(f.locked.Load() || iface == itemIface && f.itemLocked.Load()), nil
	}
	return dbus.MakeVariant([]dbus.ObjectPath{fakeCollection}), nil
}

func (f *fakeService) ReadAlias(string) (dbus.ObjectPath, *dbus.Error) {
	if f.garbled.Load() {
		return "", dbus.NewError("org.example.Nonsense", nil)
	}
	if f.missing.Load() {
		return none, nil
	}
	return fakeCollection, nil
}

// searching is the service itself, whose search tells what is open from what is not.
type searching struct{ *fakeService }

func (f searching) SearchItems(map[string]string) (open, locked []dbus.ObjectPath, err *dbus.Error) {
	switch {
	case !f.item.Load():
		return nil, nil, nil
	case f.locked.Load():
		return nil, []dbus.ObjectPath{fakeItem}, nil
	}
	return []dbus.ObjectPath{fakeItem}, nil, nil
}

func (f *fakeService) OpenSession(string, dbus.Variant) (dbus.Variant, dbus.ObjectPath, *dbus.Error) {
	<-f.session
	return dbus.MakeVariant(""), "/org/freedesktop/secrets/session/s1", nil
}

func (f *fakeService) Unlock(paths []dbus.ObjectPath) ([]dbus.ObjectPath, dbus.ObjectPath, *dbus.Error) {
	if f.locked.Load() {
		return nil, fakePrompt, nil
	}
	return paths, none, nil
}

func (f *fakeService) CreateCollection(map[string]dbus.Variant, string) (dbus.ObjectPath, dbus.ObjectPath, *dbus.Error) {
	return none, fakePrompt, nil
}

func (f *fakeService) CreateItem(map[string]dbus.Variant, secret, bool) (dbus.ObjectPath, dbus.ObjectPath, *dbus.Error) {
	f.item.Store(true)
	return fakeItem, f.prompt(), nil
}

func (f *fakeService) GetSecret(dbus.ObjectPath) (string, *dbus.Error) {
	return grant.RefreshToken, nil
}

func (f *fakeService) Delete() (dbus.ObjectPath, *dbus.Error) { return f.prompt(), nil }

func (f *fakeService) prompt() dbus.ObjectPath {
	if f.asks.Load() {
		return fakePrompt
	}
	return none
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
