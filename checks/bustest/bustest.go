// Package bustest runs a D-Bus daemon that a test has for itself: nothing of the machine's own buses
// reaches it, and it starts no services but those that the test names.
package bustest

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/godbus/dbus/v5"
)

// Config is the configuration of a daemon that lets its clients do everything. listen is an address to
// listen on, such as "unix:path=/tmp/x/bus"; services is the folder of the service files (NAME.service)
// that the daemon may start.
func Config(listen, services string) []byte {
	return fmt.Appendf(nil, `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>%s</listen>
  <auth>EXTERNAL</auth>
  <servicedir>%s</servicedir>
  <policy context="default">
    <allow user="*"/>
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`, listen, services)
}

// A Service is a program that the daemon starts when its name is called.
type Service struct {
	Name string // "org.freedesktop.Notifications"
	Exec string // its command line, which begins with an absolute path
}

// A Bus is a running daemon.
type Bus struct {
	Address string // for DBUS_SESSION_BUS_ADDRESS or DBUS_SYSTEM_BUS_ADDRESS, and for dbus.Connect
	Dir     string // its folder, removed after the test
	cmd     *exec.Cmd
	once    sync.Once
}

// Start runs a daemon until the test ends. Where there is no dbus-daemon it skips the test; under
// CI=true it fails it.
func Start(t testing.TB, services ...Service) *Bus {
	t.Helper()
	program, err := exec.LookPath("dbus-daemon")
	if err != nil {
		report := t.Skip
		if os.Getenv("CI") == "true" {
			report = t.Fatal
		}
		report("needs a D-Bus daemon: apt-get install dbus")
	}
	dir, err := os.MkdirTemp("", "bus") // T.TempDir can be too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	config := filepath.Join(dir, "bus.conf")
	write(t, config, Config("unix:dir="+dir, dir))
	for _, s := range services {
		write(t, filepath.Join(dir, s.Name+".service"), fmt.Appendf(nil, "[D-BUS Service]\nName=%s\nExec=%s\n", s.Name, s.Exec))
	}
	b := &Bus{Dir: dir, cmd: exec.Command(program, "--config-file="+config, "--nofork", "--nopidfile", "--print-address")}
	out, err := b.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := b.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Stop)
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("dbus-daemon has printed no address: %v", err)
	}
	b.Address = strings.TrimSpace(line)
	return b
}

func write(t testing.TB, name string, text []byte) {
	t.Helper()
	if err := os.WriteFile(name, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// Session starts a daemon and makes it the session bus of the test and of what the test starts.
func Session(t testing.TB, services ...Service) *Bus {
	t.Helper()
	b := Start(t, services...)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", b.Address)
	return b
}

// Stop kills the daemon, as a log-out does, and returns when it has ended.
func (b *Bus) Stop() {
	b.once.Do(func() {
		b.cmd.Process.Kill()
		b.cmd.Wait()
	})
}

// Connect returns a connection that lasts until the test ends.
func (b *Bus) Connect(t testing.TB) *dbus.Conn {
	t.Helper()
	conn, err := dbus.Connect(b.Address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}
