package autotime

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

// message is timesyncd's NTPMessage, of which the twelfth field is when the answer came.
type message struct {
	Leap, Version, Mode, Stratum uint32
	Precision                    int32
	Delay, Dispersion            uint64
	Reference                    []byte
	Origin, Receive, Transmit    uint64
	Destination                  uint64
	Ignored                      bool
	Packets, Jitter              uint64
}

// serveTimesyncd stands in for systemd-timesyncd, whose last answer came when it did, and for systemd, which
// restarts it unless refusal says why not. It returns the units that were restarted.
func serveTimesyncd(t *testing.T, conn *dbus.Conn, last time.Time, refusal *dbus.Error) (restarted func() []string) {
	t.Helper()
	props := map[string]dbus.Variant{
		"LinkNTPServers": dbus.MakeVariant([]string{"192.0.2.1", "192.0.2.1"}), "SystemNTPServers": dbus.MakeVariant([]string{"time.example.org"}),
		"RuntimeNTPServers": dbus.MakeVariant([]string{}), "FallbackNTPServers": dbus.MakeVariant([]string{"0.debian.pool.ntp.org"}),
	}
	if m := (message{}); last.IsZero() {
		props["NTPMessage"] = dbus.MakeVariant(m)
	} else {
		m.Destination = uint64(last.UnixMicro())
		props["NTPMessage"] = dbus.MakeVariant(m)
	}
	get := func(string) (map[string]dbus.Variant, *dbus.Error) { return maps.Clone(props), nil }
	if err := conn.ExportMethodTable(map[string]any{"GetAll": get}, timesyncPath, "org.freedesktop.DBus.Properties"); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var units []string
	manager := map[string]any{
		"GetUnit": func(unit string) (dbus.ObjectPath, *dbus.Error) {
			if unit != "systemd-timesyncd.service" {
				return "", dbus.NewError("org.freedesktop.systemd1.NoSuchUnit", nil)
			}
			return "/unit", nil
		},
		"RestartUnit": func(m dbus.Message, unit, mode string) (dbus.ObjectPath, *dbus.Error) {
			switch {
			case m.Flags&dbus.FlagAllowInteractiveAuthorization == 0:
				return "", dbus.NewError("org.freedesktop.DBus.Error.InteractiveAuthorizationRequired", nil)
			case refusal != nil:
				return "", refusal
			}
			mu.Lock()
			defer mu.Unlock()
			units = append(units, unit+" "+mode)
			return "/job", nil
		},
	}
	if err := conn.ExportMethodTable(manager, systemdPath, systemd+".Manager"); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{timesync, systemd} {
		if reply, err := conn.RequestName(name, 0); err != nil || reply != dbus.RequestNameReplyPrimaryOwner {
			t.Fatal(reply, err)
		}
	}
	return func() []string {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(units)
	}
}

func TestTimesyncd(t *testing.T) {
	const threeDays = 3 * 24 * time.Hour
	for _, tt := range []struct {
		name string
		last time.Time
		want string
	}{
		{"three days", time.Now().Add(-threeDays), "Kept by systemd-timesyncd, last answer 3 days ago."},
		{"never", time.Time{}, "Kept by systemd-timesyncd, which has had no answer yet."},
		{"the clock was set back", time.Now().Add(time.Hour), "Kept by systemd-timesyncd."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			restarted := serveTimesyncd(t, systemBus(t), tt.last, nil)
			t.Setenv("PATH", t.TempDir()) // no other keeper answers
			k := Keeps(t.Context())
			if k.String() != tt.want || k.Verb != "Restart systemd-timesyncd" {
				t.Errorf("%q, %+v", k, k)
			}
			if err := Mend(t.Context(), k); err != nil || !slices.Equal(restarted(), []string{"systemd-timesyncd.service replace"}) {
				t.Errorf("%v, restarted %q", err, restarted())
			}
			if got := Servers(t.Context()); !slices.Equal(got, []string{"192.0.2.1", "time.example.org"}) {
				t.Errorf("servers %q", got)
			}
		})
	}
}

func TestRestartRefused(t *testing.T) {
	bus := systemBus(t)
	t.Setenv("PATH", t.TempDir())
	serveTimesyncd(t, bus, time.Now(), dbus.NewError("org.freedesktop.DBus.Error.AccessDenied", nil))
	if err := Mend(t.Context(), Keeps(t.Context())); !errors.Is(err, ErrRefused) {
		t.Error(err)
	}
	if err := Mend(t.Context(), Keeper{Name: "ntpd", Units: []string{"ntpsec.service", "ntp.service"}}); !errors.Is(err, ErrAbsent) {
		t.Errorf("no such unit: %v", err)
	}
}

// TestChronyd asks a real chronyd, which has one server that does not answer.
func TestChronyd(t *testing.T) {
	daemon := "/usr/sbin/chronyd"
	client, err := exec.LookPath("chronyc")
	if _, missing := os.Stat(daemon); missing != nil || err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("chronyd is missing: install the package chrony")
		}
		t.Skip("chronyd is missing: install the package chrony")
	}
	systemBus(t)
	free, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := free.LocalAddr().(*net.UDPAddr).Port
	free.Close()
	dir, err := os.MkdirTemp("", "chrony")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	write("chrony.conf", fmt.Sprintf("port 0\ncmdport %d\nbindcmdaddress 127.0.0.1\npidfile %s/pid\nserver 127.0.0.1 port 9\n", port, dir))
	write("chronyc", fmt.Sprintf("#!/bin/sh\nexec %s -h 127.0.0.1 -p %d \"$@\"\n", client, port))
	t.Setenv("PATH", dir)
	if k := Keeps(t.Context()); k.String() != "" { // before it runs
		t.Errorf("%q", k)
	}
	cmd := exec.Command(daemon, "-x", "-d", "-u", me.Username, "-f", filepath.Join(dir, "chrony.conf"))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	var k Keeper
	for deadline := time.Now().Add(10 * time.Second); k.Name == "" && time.Now().Before(deadline); {
		k = Keeps(t.Context())
	}
	if k.String() != "Kept by chronyd, which has had no answer yet." || k.Command != "sudo chronyc makestep" {
		t.Errorf("%q, %+v", k, k)
	}
	if got := Servers(t.Context()); !slices.Equal(got, []string{"127.0.0.1"}) {
		t.Errorf("servers %q", got)
	}
}

// TestPrograms takes what chronyc and ntpq say that have had an answer, and has chronyd step.
func TestPrograms(t *testing.T) {
	systemBus(t)
	bin := t.TempDir()
	t.Setenv("PATH", bin+":/bin")
	script := func(name, text string) {
		if err := os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\n"+text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	// ntpq's figure is hexadecimal, since 1900, and starts anew in 2036.
	hour := time.Now().Add(-time.Hour).Unix() + 2208988800
	script("ntpq", fmt.Sprintf("echo 'reftime=%08x.5c28f5c2 2026-11-25T18:00:00.360'\n", uint32(hour)))
	k := Keeps(t.Context())
	if k.String() != "Kept by ntpd, last answer 1 h ago." || k.Verb != "Restart ntpd" {
		t.Errorf("%q", k)
	}
	script("chronyc", fmt.Sprintf("echo \"$@\" >> %s/said\ncase \"$*\" in *tracking) echo C0000201,192.0.2.1,3,%d.5,0,0,0,0,0,0,0,0,64,Normal;; esac\n", bin, time.Now().Add(-2*time.Minute).Unix()))
	script("pkexec", "exec \"$@\"\n")
	if k = Keeps(t.Context()); !strings.HasPrefix(k.String(), "Kept by chronyd, last answer 2 min") {
		t.Errorf("%q", k)
	}
	if err := Mend(t.Context(), k); err != nil {
		t.Error(err)
	}
	if said, _ := os.ReadFile(filepath.Join(bin, "said")); !strings.HasSuffix(string(said), "\nmakestep\n") {
		t.Errorf("chronyc was told %q", said)
	}
	script("chronyc", "exit 127\n")
	if err := Mend(t.Context(), k); !errors.Is(err, ErrRefused) {
		t.Error(err)
	}
	script("chronyc", "head -c 100000 /dev/zero\n") // garbage
	script("ntpq", "echo reftime=$(head -c 10000 /dev/zero)\n")
	if k = Keeps(t.Context()); k.Name == "chronyd" || !k.LastAnswer.IsZero() {
		t.Errorf("%+v", k)
	}
	script("chronyc", "sleep 60\n")
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if got := Servers(ctx); len(got) != 0 {
		t.Errorf("%q", got)
	}
}

func TestLeases(t *testing.T) {
	systemBus(t)
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	defer func(before []string) { leases = before }(leases)
	leases = []string{filepath.Join(dir, "netif", "*"), filepath.Join(dir, "*.leases")}
	if err := os.MkdirAll(filepath.Join(dir, "netif"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"netif/2":         "# This is private data.\nADDRESS=192.0.2.9\nNTP=192.0.2.1 192.0.2.2\n",
		"dhclient.leases": "lease {\n  option ntp-servers 192.0.2.7;\n}\nlease {\n  option ntp-servers 192.0.2.2, 192.0.2.3;\n}\n",
		"other.leases":    "\x00\xff option ntp-servers",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := Servers(t.Context()), []string{"192.0.2.1", "192.0.2.2", "192.0.2.3"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
