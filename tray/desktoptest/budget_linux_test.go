package desktoptest

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
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

	dirtyBudget  = 3.6 // MB of memory that only Fermata has, and that only swapping could free
	switchBudget = 3   // voluntary context switches a minute
	cpuBudget    = 0.5 // ms of processor time a minute
	starts       = 20  // of each program, for the icon
	iconBudget   = 1.5 // times what a program with nothing but an icon takes
	keptBudget   = 0.5 // MB more once the page is closed
	pageBudget   = time.Minute
)

// stripped builds a program as Fermata is packaged, in one of Go's build modes.
func stripped(b *testing.B, program, mode string) string {
	file := filepath.Join(b.TempDir(), filepath.Base(program))
	cmd := exec.Command("go", "build", "-buildmode="+mode, "-trimpath", "-tags=nethttpomithttp2", "-ldflags=-s -w", "-o", file, program)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	// What is not on the disk yet counts as dirty memory of whoever runs it.
	f, err := os.Open(file)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	if err := f.Sync(); err != nil {
		b.Fatal(err)
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

// BenchmarkBudgetIdle tells what Fermata takes while nothing happens, beside a program with nothing but an
// icon in the same minute.
func BenchmarkBudgetIdle(b *testing.B) {
	for _, mode := range []string{"exe", "pie"} {
		b.Run(mode, func(b *testing.B) {
			benchmarkIdle(b, stripped(b, "fermata", mode), stripped(b, "./testdata/bare", mode))
		})
	}
}

func benchmarkIdle(b *testing.B, programs ...string) {
	size, err := os.Stat(programs[0])
	if err != nil {
		b.Fatal(err)
	}
	d := furnished(b)
	var pids []int
	for _, program := range programs {
		cmd := d.Command(b.Context(), program)
		if err := cmd.Start(); err != nil {
			b.Fatal(err)
		}
		defer func() { cmd.Process.Signal(os.Interrupt); cmd.Wait() }()
		pids = append(pids, cmd.Process.Pid)
	}
	if _, err := d.WaitItem(b.Context(), "Fermata"); err != nil {
		b.Fatal(err)
	}
	time.Sleep(settles)
	for b.Loop() {
		var before, after []used
		for _, pid := range pids {
			before = append(before, usage(b, pid))
		}
		time.Sleep(idle)
		for _, pid := range pids {
			after = append(after, usage(b, pid))
		}
		budget := func(unit string, most float64, of func(i int) float64) {
			own, bare := of(0), of(1)
			b.ReportMetric(own, unit)
			b.ReportMetric(bare, "bare-"+unit)
			if own > most {
				b.Errorf("%.2f %s, with nothing but an icon %.2f; the budget is %.2f", own, unit, bare, most)
			}
		}
		budget("private-dirty-MB", dirtyBudget, func(i int) float64 { return after[i].dirty / 1e6 })
		budget("CPU-ms/min", cpuBudget, func(i int) float64 { return (after[i].cpu - before[i].cpu).Seconds() * 1e3 })
		budget("switches/min", switchBudget, func(i int) float64 { return after[i].switches - before[i].switches })
		b.ReportMetric(after[0].pss/1e6, "PSS-MB") // mostly the program's file, which the kernel can drop
		b.ReportMetric(float64(size.Size())/1e6, "binary-MB")
	}
}

// BenchmarkBudgetPage tells how much more memory Fermata holds once its page was looked at and closed, and
// how long after its last reader left the page's port is gone.
func BenchmarkBudgetPage(b *testing.B) {
	program := stripped(b, "fermata", "exe")
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
	before := usage(b, cmd.Process.Pid)
	n := 0
	for b.Loop() {
		if out, err := d.Command(b.Context(), program, "open").CombinedOutput(); err != nil {
			b.Fatalf("%v: %s", err, out)
		}
		n++
		start, err := d.WaitOpened(b.Context(), n)
		if err != nil {
			b.Fatal(err)
		}
		client := http.Client{Transport: &http.Transport{}}
		for range 20 {
			reply, err := client.Get(start)
			if err != nil {
				b.Fatal(err)
			}
			page, err := io.ReadAll(reply.Body)
			reply.Body.Close()
			if err != nil || !strings.Contains(string(page), "</html>") {
				b.Fatalf("%v: %s", err, page)
			}
			reply, err = client.Get(reply.Request.URL.ResolveReference(&url.URL{Path: "events", RawQuery: "after=0"}).String())
			if err != nil {
				b.Fatal(err)
			}
			if _, err := reply.Body.Read(make([]byte, 1)); err != nil {
				b.Fatal(err)
			}
			reply.Body.Close()
		}
		client.CloseIdleConnections()
		left := time.Now()
		address, err := url.Parse(start)
		if err != nil {
			b.Fatal(err)
		}
		for {
			c, err := net.Dial("tcp", address.Host)
			if err != nil {
				break
			}
			c.Close()
			if time.Since(left) > pageBudget {
				b.Fatalf("its port is there %v after the last reader left", pageBudget)
			}
			time.Sleep(time.Second)
		}
		b.ReportMetric(time.Since(left).Seconds(), "s-until-closed")
		time.Sleep(settles)
		after := usage(b, cmd.Process.Pid)
		kept := (after.dirty - before.dirty) / 1e6
		b.ReportMetric(before.dirty/1e6, "private-dirty-MB")
		b.ReportMetric(kept, "kept-MB")
		if kept > keptBudget {
			b.Errorf("%.2f MB more than before the page was opened; the budget is %.1f MB", kept, keptBudget)
		}
	}
}

// BenchmarkBudgetIcon tells how long it takes from the start of the process until the tray has the icon,
// and how many times what a program with nothing but an icon takes: of the medians of starts in turn.
func BenchmarkBudgetIcon(b *testing.B) {
	programs := []string{stripped(b, "fermata", "exe"), stripped(b, "./testdata/bare", "exe")}
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
	for b.Loop() {
		took := make([][]time.Duration, len(programs))
		for n := range 2 * starts {
			cmd := d.Command(b.Context(), programs[n%2])
			start := time.Now()
			if err := cmd.Start(); err != nil {
				b.Fatal(err)
			}
			select {
			case <-signals:
				took[n%2] = append(took[n%2], time.Since(start))
			case <-time.After(10 * time.Second):
				b.Fatal("no icon in ten seconds")
			}
			cmd.Process.Signal(os.Interrupt)
			cmd.Wait()
		}
		median := func(t []time.Duration) float64 {
			slices.Sort(t)
			return t[len(t)/2].Seconds() * 1e3
		}
		own, bare := median(took[0]), median(took[1])
		b.ReportMetric(own, "ms")
		b.ReportMetric(bare, "bare-ms")
		b.ReportMetric(own/bare, "times-bare")
		if own > iconBudget*bare {
			b.Errorf("the icon comes after %.1f ms, with nothing but an icon after %.1f ms; the budget is %.1f times that", own, bare, iconBudget)
		}
	}
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
	program := stripped(b, "fermata", "exe")
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
