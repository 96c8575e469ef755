package desktoptest

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	keep "fermata/app/secrets"
	"fermata/checks/clock"
	"fermata/checks/session"
	"fermata/checks/spotify"
	"fermata/checks/standin"

	"github.com/godbus/dbus/v5"
)

// The budgets, on linux/amd64: in the tray, idle, one account, four time servers.
//
//	go test ./tray/desktoptest -run '^$' -bench Budget -benchtime 1x
const (
	idle    = time.Minute
	settles = 20 * time.Second // what a start needs until it is idle

	dirtyBudget = 3.6e6 // bytes of memory that only Fermata has, and that only swapping could free
)

// stripped builds Fermata as it is packaged.
func stripped(b *testing.B) string {
	file := filepath.Join(b.TempDir(), "fermata")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", file, "fermata")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return file
}

// furnished is a desktop whose Fermata has settings and a sign-in of its own, against a stand-in in this
// process: not the demo, whose stand-in would be in the figures.
func furnished(b *testing.B) *Desktop {
	d := For(b, Options{Panel: true, Notifications: true})
	world := standin.NewWorld(4)
	if err := world.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	settings := fmt.Sprintf(`
[clock]
servers = ["%s"]
[secrets]
store = "file"
[[account]]
name = "music"
provider = "oauth2"
client_id = "%s"
authorize_url = "%[3]s/authorize"
token_url = "%[3]s/api/token"
api_url = "%[3]s/v1/me"
`, strings.Join(world.TimeAddresses(), `", "`), standin.ClientID, world.URL())
	dir := filepath.Join(d.Dir(), "config", "fermata")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "config.toml"), []byte(settings), 0o600); err != nil {
		b.Fatal(err)
	}
	p := spotify.Provider()
	p.AuthorizeURL, p.TokenURL, p.HealthURL = world.URL()+"/authorize", world.URL()+"/api/token", world.URL()+"/v1/me"
	keeper := keep.NewFile(filepath.Join(d.Dir(), "state", "fermata", "sign-ins.json"))
	a := session.New(session.Config{Name: "music", ClientID: standin.ClientID, Provider: p}, world.Transport(), clock.NewTime(), keeper)
	attempt, err := a.Begin(spotify.RedirectURI, false)
	if err != nil {
		b.Fatal(err)
	}
	back, err := world.Spotify.Agree(attempt.URL)
	if err != nil {
		b.Fatal(err)
	}
	if err := attempt.Finish(b.Context(), back.Query()); err != nil {
		b.Fatal(err)
	}
	return d
}

// BenchmarkBudgetIdle tells what Fermata takes while nothing happens.
func BenchmarkBudgetIdle(b *testing.B) {
	program := stripped(b)
	size, err := os.Stat(program)
	if err != nil {
		b.Fatal(err)
	}
	d := furnished(b)
	cmd := d.Command(b.Context(), program)
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	defer func() { cmd.Process.Signal(os.Interrupt); cmd.Wait() }()
	if _, err := d.WaitItem(b.Context(), "Fermata"); err != nil {
		b.Fatal(err)
	}
	time.Sleep(settles)
	for b.Loop() {
		before := usage(b, cmd.Process.Pid)
		time.Sleep(idle)
		after := usage(b, cmd.Process.Pid)
		b.ReportMetric(after.dirty/1e6, "private-dirty-MB")
		if after.dirty > dirtyBudget {
			b.Errorf("%.2f MB of private dirty memory, the budget is %.2f", after.dirty/1e6, dirtyBudget/1e6)
		}
		b.ReportMetric(after.pss/1e6, "PSS-MB") // mostly the program's file, which the kernel can drop
		b.ReportMetric((after.cpu-before.cpu).Seconds()*1e3, "CPU-ms/min")
		b.ReportMetric(after.switches-before.switches, "switches/min")
		b.ReportMetric(float64(size.Size())/1e6, "binary-MB")
	}
}

// BenchmarkBudgetIcon tells how long it takes from the start of the process until the tray has the icon.
func BenchmarkBudgetIcon(b *testing.B) {
	program := stripped(b)
	d := furnished(b)
	bus, err := dbus.Connect(d.address())
	if err != nil {
		b.Fatal(err)
	}
	defer bus.Close()
	if err := bus.AddMatchSignal(dbus.WithMatchInterface(watcher), dbus.WithMatchMember("StatusNotifierItemRegistered")); err != nil {
		b.Fatal(err)
	}
	signals := make(chan *dbus.Signal, 16)
	bus.Signal(signals)
	var worst time.Duration
	for b.Loop() {
		cmd := d.Command(b.Context(), program)
		start := time.Now()
		if err := cmd.Start(); err != nil {
			b.Fatal(err)
		}
		select {
		case <-signals:
			worst = max(worst, time.Since(start))
		case <-time.After(10 * time.Second):
			b.Fatal("no icon in ten seconds")
		}
		b.StopTimer()
		cmd.Process.Signal(os.Interrupt)
		cmd.Wait()
		b.StartTimer()
	}
	b.ReportMetric(worst.Seconds()*1e3, "worst-ms")
}

// address is the session bus's.
func (d *Desktop) address() string {
	for _, v := range d.Env() {
		if address, ok := strings.CutPrefix(v, "DBUS_SESSION_BUS_ADDRESS="); ok {
			return address
		}
	}
	return ""
}

// used is what a process has used so far.
type used struct {
	dirty    float64 // bytes, private
	pss      float64 // bytes
	cpu      time.Duration
	switches float64 // voluntary context switches
}

func usage(b *testing.B, pid int) used {
	var u used
	proc := fmt.Sprintf("/proc/%d/", pid)
	u.dirty = field(b, proc+"smaps_rollup", "Private_Dirty:") * 1024
	u.pss = field(b, proc+"smaps_rollup", "Pss:") * 1024
	tasks, err := filepath.Glob(proc + "task/*")
	if err != nil || len(tasks) == 0 {
		b.Fatal("the process is gone", err)
	}
	for _, t := range tasks {
		u.switches += field(b, t+"/status", "voluntary_ctxt_switches:")
		stat, err := os.ReadFile(t + "/schedstat") // nanoseconds on the processor, and more
		if err != nil {
			b.Fatal(err)
		}
		ns, err := strconv.ParseInt(strings.Fields(string(stat))[0], 10, 64)
		if err != nil {
			b.Fatal(err)
		}
		u.cpu += time.Duration(ns)
	}
	return u
}

// field reads a number from a file of "name: number" lines.
func field(b *testing.B, file, name string) float64 {
	f, err := os.Open(file)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if words := strings.Fields(lines.Text()); len(words) > 1 && words[0] == name {
			n, err := strconv.ParseFloat(words[1], 64)
			if err != nil {
				b.Fatal(err)
			}
			return n
		}
	}
	b.Fatalf("%s has no %s", file, name)
	return 0
}

// BenchmarkBudgetClick tells how long it takes from a click on a notification's button, as the daemon tells
// it, until the command that opens the browser has started.
func BenchmarkBudgetClick(b *testing.B) {
	program := stripped(b)
	d := For(b, Options{})
	opened := filepath.Join(b.TempDir(), "opened")
	if err := syscall.Mkfifo(opened, 0o600); err != nil {
		b.Fatal(err)
	}
	shims := b.TempDir()
	shim := fmt.Sprintf("#!/bin/sh\necho >%s\n", opened)
	if err := os.WriteFile(filepath.Join(shims, "xdg-open"), []byte(shim), 0o755); err != nil {
		b.Fatal(err)
	}
	daemon := notifications(b, d)
	cmd := d.Command(b.Context(), program, "demo")
	cmd.Env = append(cmd.Env, "PATH="+shims+":"+os.Getenv("PATH"))
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	defer func() { cmd.Process.Signal(os.Interrupt); cmd.Wait() }()
	err := until(b.Context(), func(ctx context.Context) error { return d.Command(ctx, program, "demo", "do", "demo/revoke").Run() })
	if err != nil {
		b.Fatal(err)
	}
	id := <-daemon.shown
	for b.Loop() {
		if err := daemon.bus.Emit("/org/freedesktop/Notifications", "org.freedesktop.Notifications.ActionInvoked", id, "spotify/login"); err != nil {
			b.Fatal(err)
		}
		f, err := os.Open(opened) // waits for the shim
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		if _, err := io.ReadAll(f); err != nil { // until the shim is done with it
			b.Fatal(err)
		}
		f.Close()
		b.StartTimer()
	}
	b.ReportMetric(b.Elapsed().Seconds()*1e3/float64(b.N), "ms/click")
}

// A daemon shows notifications to nobody.
type daemon struct {
	bus   *dbus.Conn
	shown chan uint32
}

// notifications puts a daemon on the desktop's bus.
func notifications(b *testing.B, d *Desktop) *daemon {
	bus, err := dbus.Connect(d.address())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { bus.Close() })
	n := &daemon{bus: bus, shown: make(chan uint32, 16)}
	if err := bus.Export(n, "/org/freedesktop/Notifications", "org.freedesktop.Notifications"); err != nil {
		b.Fatal(err)
	}
	if reply, err := bus.RequestName("org.freedesktop.Notifications", dbus.NameFlagDoNotQueue); err != nil || reply != dbus.RequestNameReplyPrimaryOwner {
		b.Fatal(reply, err)
	}
	return n
}

// GetCapabilities implements org.freedesktop.Notifications.
func (n *daemon) GetCapabilities() ([]string, *dbus.Error) { return []string{"actions"}, nil }

// Notify implements org.freedesktop.Notifications.
func (n *daemon) Notify(_ string, replaces uint32, _, _, _ string, _ []string, _ map[string]dbus.Variant, _ int32) (uint32, *dbus.Error) {
	id := max(replaces, 1)
	n.shown <- id
	return id, nil
}

// CloseNotification implements org.freedesktop.Notifications.
func (n *daemon) CloseNotification(uint32) *dbus.Error { return nil }
