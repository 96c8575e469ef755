package autotime

import (
	"bufio"
	"context"
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

// systemBus starts a bus of the test's own and makes it the system bus.
func systemBus(t *testing.T) *dbus.Conn {
	t.Helper()
	daemon, err := exec.LookPath("dbus-daemon")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("dbus-daemon is missing: install the package dbus")
		}
		t.Skip("dbus-daemon is missing: install the package dbus")
	}
	dir, err := os.MkdirTemp("", "bus") // T.TempDir may be too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	config := filepath.Join(dir, "bus.conf")
	if err := os.WriteFile(config, []byte(`<busconfig><type>system</type><listen>unix:dir=`+dir+`</listen>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/><allow user="*"/></policy></busconfig>`), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(daemon, "--config-file="+config, "--nofork", "--print-address=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Signal(syscall.SIGTERM); cmd.Wait() })
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal("dbus-daemon gave no address: ", err)
	}
	t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", strings.TrimSpace(address))
	conn, err := dbus.ConnectSystemBus()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// A timedated is a stand-in for systemd-timedated.
type timedated struct {
	refusal *dbus.Error
	hang    chan struct{}

	mu    sync.Mutex
	on    int // calls that turned it on
	props map[string]dbus.Variant
}

// GetAll is the D-Bus method of org.freedesktop.DBus.Properties.
func (d *timedated) GetAll(string) (map[string]dbus.Variant, *dbus.Error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return maps.Clone(d.props), nil
}

// SetNTP is the D-Bus method.
func (d *timedated) SetNTP(on, interactive bool) *dbus.Error {
	if d.hang != nil {
		<-d.hang
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if !interactive {
		return dbus.NewError("org.freedesktop.DBus.Error.InteractiveAuthorizationRequired", nil)
	}
	if d.refusal != nil {
		return d.refusal
	}
	d.on++
	d.props["NTP"] = dbus.MakeVariant(on)
	return nil
}

func (d *timedated) serve(t *testing.T, conn *dbus.Conn, props map[string]bool) {
	t.Helper()
	d.props = map[string]dbus.Variant{}
	for name, v := range props {
		d.props[name] = dbus.MakeVariant(v)
	}
	if err := conn.ExportMethodTable(map[string]any{"GetAll": d.GetAll}, path, "org.freedesktop.DBus.Properties"); err != nil {
		t.Fatal(err)
	}
	if err := conn.ExportMethodTable(map[string]any{"SetNTP": d.SetNTP}, path, timedate); err != nil {
		t.Fatal(err)
	}
	if reply, err := conn.RequestName(timedate, 0); err != nil || reply != dbus.RequestNameReplyPrimaryOwner {
		t.Fatal(reply, err)
	}
}

func TestTurnOn(t *testing.T) {
	off := map[string]bool{"CanNTP": true, "NTP": false, "NTPSynchronized": false}
	for _, tt := range []struct {
		name    string
		props   map[string]bool
		refusal string
		want    error
	}{
		{"works", off, "", nil},
		{"already on", map[string]bool{"CanNTP": true, "NTP": true}, "", ErrAlready},
		{"no time service", map[string]bool{"CanNTP": false, "NTP": false}, "", ErrAbsent},
		{"no time service, told late", off, "org.freedesktop.timedate1.NoNTPSupport", ErrAbsent},
		{"wrong password", off, "org.freedesktop.PolicyKit1.Error.Failed", ErrRefused},
		{"dialog closed", off, "org.freedesktop.DBus.Error.AccessDenied", ErrRefused},
		{"nobody to ask", off, "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired", ErrRefused},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := &timedated{}
			if tt.refusal != "" {
				d.refusal = dbus.NewError(tt.refusal, []any{"told $(so) <b>in</b> the system's words"})
			}
			d.serve(t, systemBus(t), tt.props)
			if err := TurnOn(t.Context()); !errors.Is(err, tt.want) {
				t.Fatalf("got %v, want %v", err, tt.want)
			}
			d.mu.Lock()
			if (d.on == 1) != (tt.want == nil) {
				t.Errorf("turned on %d times", d.on)
			}
			d.mu.Unlock()
			says := Says(t.Context())
			if tt.want == nil && (!slices.Contains(says, "Automatic time is on.") || !slices.Contains(says, "The system says that its clock is not synchronised.")) {
				t.Errorf("says %q", says)
			}
		})
	}
}

func TestUnknownError(t *testing.T) {
	d := &timedated{refusal: dbus.NewError("org.example.Odd", []any{"text from elsewhere"})}
	d.serve(t, systemBus(t), map[string]bool{"CanNTP": true, "NTP": false})
	err := TurnOn(t.Context())
	if err == nil || err.Error() != "the system didn’t do it: org.example.Odd" {
		t.Error(err)
	}
}

func TestAbsent(t *testing.T) {
	systemBus(t)
	if err := TurnOn(t.Context()); !errors.Is(err, ErrAbsent) {
		t.Errorf("nobody owns the name: %v", err)
	}
	t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus")
	if err := TurnOn(t.Context()); !errors.Is(err, ErrAbsent) {
		t.Errorf("no bus: %v", err)
	}
	if says := Says(t.Context()); len(says) != 1 || !strings.HasPrefix(says[0], "The kernel ") {
		t.Errorf("no bus: says %q", says)
	}
}

func TestHangingService(t *testing.T) {
	d := &timedated{hang: make(chan struct{})}
	d.serve(t, systemBus(t), map[string]bool{"CanNTP": true, "NTP": false})
	defer close(d.hang)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := TurnOn(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}

func TestOpenSettings(t *testing.T) {
	bin := t.TempDir()
	t.Setenv("PATH", bin)
	mark := filepath.Join(bin, "opened")
	for _, name := range []string{"gnome-control-center", "kcmshell5"} {
		script := "#!/bin/sh\necho \"$0 $@\" > " + mark + ".new && /bin/mv " + mark + ".new " + mark + "\n"
		if err := os.WriteFile(filepath.Join(bin, name), []byte(script), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for desktop, want := range map[string]string{
		"GNOME": "gnome-control-center datetime", "ubuntu:GNOME": "gnome-control-center datetime", "KDE": "kcmshell5 clock",
		"X-Cinnamon": "", "": "", "XFCE": "", "sway": "",
	} {
		t.Setenv("XDG_CURRENT_DESKTOP", desktop)
		os.Remove(mark)
		err := OpenSettings(t.Context())
		if want == "" {
			if !errors.Is(err, ErrNoSettings) {
				t.Errorf("%s: %v", desktop, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", desktop, err)
			continue
		}
		var got []byte
		for deadline := time.Now().Add(5 * time.Second); got == nil && time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
			got, _ = os.ReadFile(mark)
		}
		if !strings.HasSuffix(strings.TrimSpace(string(got)), "/"+want) {
			t.Errorf("%s: opened %q, want %q", desktop, got, want)
		}
	}
}
