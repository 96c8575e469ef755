package spotify

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"fermata/checks"
)

// manner is the variable that makes this test binary the desktop app: "quits", "lingers", "stays" or
// "refuses".
const manner = "FERMATA_TEST_SPOTIFY"

func TestMain(m *testing.M) {
	if os.Getenv(manner) != "" {
		if err := fake(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(3)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// fake is a desktop app. It notes each start in the file "starts" beside the log that it is given, and
// ends by itself with its bus or after a minute.
func fake() error {
	bus, err := dbus.Connect(os.Getenv("DBUS_SESSION_BUS_ADDRESS"))
	if err != nil {
		return err
	}
	methods := map[string]any{
		"Quit": func() *dbus.Error {
			switch os.Getenv(manner) {
			case "quits":
				os.Exit(0) // without an answer, the worst case
			case "lingers":
				_, _ = bus.ReleaseName(mprisName)
				time.AfterFunc(time.Second, func() { os.Exit(0) })
			case "refuses":
				return &dbus.Error{Name: "org.freedesktop.DBus.Error.NotSupported", Body: []any{"\x1b[2J"}}
			}
			return nil
		},
		"Get": func(_, property string) (dbus.Variant, *dbus.Error) {
			return dbus.MakeVariant(map[string]string{"DesktopEntry": os.Getenv("ENTRY")}[property]), nil
		},
	}
	for _, name := range []string{mprisInterface, "org.freedesktop.DBus.Properties"} {
		if err := bus.ExportMethodTable(methods, mprisPath, name); err != nil {
			return err
		}
	}
	reply, err := bus.RequestName(mprisName, dbus.NameFlagDoNotQueue)
	if err != nil || reply != dbus.RequestNameReplyPrimaryOwner {
		return fmt.Errorf("the name is taken: %w", err)
	}
	log, err := os.OpenFile(os.Getenv("STARTS"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	session, _, _ := syscall.RawSyscall(syscall.SYS_GETSID, 0, 0, 0)
	fmt.Fprintf(log, "%d|%d|%s\n", os.Getpid(), session, strings.Join(os.Args[1:], " "))
	select {
	case <-bus.Context().Done():
	case <-time.After(time.Minute):
	}
	return nil
}

// start is what the app noted of one.
type start struct {
	pid, session int
	args         string
}

// desktop is a session with a bus and the folder of desktop entries of its own.
type desktop struct{ dir string }

// newDesktop runs a private session bus. What is started there finds it at its address.
func newDesktop(t *testing.T) desktop {
	t.Helper()
	for _, program := range []string{"dbus-daemon", "gio"} {
		if _, err := exec.LookPath(program); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatal("missing: apt install dbus libglib2.0-bin")
			}
			t.Skip("missing: apt install dbus libglib2.0-bin")
		}
	}
	d := desktop{t.TempDir()}
	d.write(t, "bus.conf", `<busconfig><type>session</type><listen>unix:path=`+d.dir+`/bus</listen>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>`)
	bus := exec.Command("dbus-daemon", "--config-file="+filepath.Join(d.dir, "bus.conf"), "--nofork", "--print-address")
	out, err := bus.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := bus.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { bus.Process.Kill(); bus.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal("dbus-daemon gave no address: ", err)
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", strings.TrimSpace(line))
	t.Setenv("STARTS", filepath.Join(d.dir, "starts"))
	t.Setenv("XDG_DATA_HOME", d.dir)
	t.Setenv("XDG_DATA_DIRS", filepath.Join(d.dir, "system"))
	t.Setenv("HOME", d.dir)
	return d
}

func (d desktop) write(t *testing.T, name, text string) {
	t.Helper()
	name = filepath.Join(d.dir, name)
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
}

// entry installs the app under that name, which it then has as its argument.
func (d desktop) entry(t *testing.T, id string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	d.write(t, "applications/"+id+".desktop", "[Desktop Entry]\nType=Application\nName=Spotify\nExec="+self+" "+id+" %U\n")
}

// run starts the app as a person would, and waits until it is up.
func (d desktop) run(t *testing.T) start {
	t.Helper()
	cmd := exec.Command(os.Args[0], "by hand")
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { cmd.Wait(); close(ended) }() // lest it stay as a zombie, which is not gone
	t.Cleanup(func() { cmd.Process.Kill(); <-ended })
	return d.started(t, 0)
}

// started waits for the start after the first n, and sees to it that its process ends with the test.
func (d desktop) started(t *testing.T, n int) start {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if starts := d.starts(t); len(starts) > n {
			t.Cleanup(func() { syscall.Kill(starts[n].pid, syscall.SIGKILL) })
			return starts[n]
		}
	}
	t.Fatal("the app does not start")
	return start{}
}

func (d desktop) starts(t *testing.T) (starts []start) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(d.dir, "starts"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "|")
		if len(f) != 3 || !strings.HasSuffix(line, "\n") {
			break // being written
		}
		pid, _ := strconv.Atoi(f[0])
		session, _ := strconv.Atoi(f[1])
		starts = append(starts, start{pid, session, f[2]})
	}
	return starts
}

func alive(pid int) bool { return syscall.Kill(pid, 0) == nil }

// The app quits over MPRIS, and is started again by the desktop entry that it names, or that there is,
// once its process has ended, in a session of its own.
func TestRestartForReal(t *testing.T) {
	for name, tt := range map[string]struct {
		manner, entry string
		installed     []string
		want          string
	}{
		"names its entry": {"quits", "music", []string{"spotify", "music"}, "music"},
		"lingers":         {"lingers", "music.desktop", []string{"music"}, "music"},
		"flatpak":         {"quits", "spotify", []string{"com.spotify.Client"}, "com.spotify.Client"},
		"snap":            {"quits", "", []string{"spotify_spotify"}, "spotify_spotify"},
		"a bad name":      {"quits", "../applications/music", []string{"spotify", "music"}, "spotify"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesktop(t)
			t.Setenv(manner, tt.manner)
			t.Setenv("ENTRY", tt.entry)
			for _, id := range tt.installed {
				d.entry(t, id)
			}
			first := d.run(t)
			if err := Restart(t.Context()); err != nil {
				t.Fatal(err)
			}
			if alive(first.pid) {
				t.Error("the first was still there when the second started")
			}
			second := d.started(t, 1)
			if second.args != tt.want || second.session == first.session || !alive(second.pid) {
				t.Errorf("%+v after %+v", second, first)
			}
		})
	}
}

func TestRestartNotRunning(t *testing.T) {
	d := newDesktop(t)
	d.entry(t, "spotify")
	t.Setenv(manner, "quits")
	if err := Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s := d.started(t, 0); s.args != "spotify" {
		t.Errorf("%+v", s)
	}
}

// The app is neither forced nor started beside one that stays.
func TestRestartStays(t *testing.T) {
	d := newDesktop(t)
	d.entry(t, "spotify")
	t.Setenv(manner, "stays")
	app := d.run(t)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if err := Restart(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	if !alive(app.pid) || len(d.starts(t)) != 1 {
		t.Errorf("lives: %v, starts: %v", alive(app.pid), d.starts(t))
	}
}

func TestRestartRefused(t *testing.T) {
	d := newDesktop(t)
	d.entry(t, "spotify")
	t.Setenv(manner, "refuses")
	d.run(t)
	err := Restart(t.Context())
	if err == nil || err.Error() != "asking Spotify to quit: org.freedesktop.DBus.Error.NotSupported" || checks.Hint(err) == "" {
		t.Errorf("%v (%q)", err, checks.Hint(err))
	}
}

// An app that ended meanwhile has quit.
func TestQuitWhenGone(t *testing.T) {
	d := newDesktop(t)
	d.entry(t, "spotify")
	c, err := find(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := c.quit(t.Context()); err != nil || !c.gone(t.Context()) {
		t.Error(err)
	}
}

// What cannot be started again is not asked to quit.
func TestRestartImpossible(t *testing.T) {
	d := newDesktop(t)
	t.Setenv(manner, "quits")
	if err := Restart(t.Context()); !errors.Is(err, ErrNotFound) || checks.Hint(err) != "Install Spotify, or use the web player." {
		t.Errorf("not installed: %v (%q)", err, checks.Hint(err))
	}
	app := d.run(t)
	again := "Quit Spotify and start it again yourself."
	if err := Restart(t.Context()); !errors.Is(err, ErrNotFound) || checks.Hint(err) != again {
		t.Errorf("no entry: %v (%q)", err, checks.Hint(err))
	}
	d.write(t, "applications/spotify.desktop", "[Desktop Entry]\nType=Application\nName=Spotify\nNoDisplay=true\n")
	if err := Restart(t.Context()); !errors.Is(err, ErrNotFound) {
		t.Errorf("an entry for an icon: %v", err)
	}
	d.entry(t, "spotify")
	path := os.Getenv("PATH")
	t.Setenv("PATH", d.dir)
	if err := Restart(t.Context()); err == nil || !strings.Contains(err.Error(), "gtk-launch") || checks.Hint(err) != again {
		t.Errorf("no launcher: %v (%q)", err, checks.Hint(err))
	}
	t.Setenv("PATH", path)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+d.dir+"/none")
	if err := Restart(t.Context()); err == nil || !strings.Contains(err.Error(), "connecting to the session bus") || checks.Hint(err) != again {
		t.Errorf("no bus: %v (%q)", err, checks.Hint(err))
	}
	if !alive(app.pid) {
		t.Error("the app was asked to quit")
	}
}

// A launcher's failure is an error: here gtk-launch, where there is no gio.
func TestLauncherFails(t *testing.T) {
	d := newDesktop(t)
	d.entry(t, "spotify")
	d.write(t, "bin/gtk-launch", "#!/bin/sh\n[ \"$1\" = spotify ] && exit 7\n")
	t.Setenv("PATH", filepath.Join(d.dir, "bin"))
	err := Restart(t.Context())
	if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() != 7 || checks.Hint(err) != "Start Spotify yourself." {
		t.Errorf("%v (%q)", err, checks.Hint(err))
	}
}

func TestDesktopFile(t *testing.T) {
	d := newDesktop(t)
	for _, folder := range []string{"flatpak/exports/share", "system", "."} { // each has precedence over those before it
		name := filepath.Join(folder, "applications/spotify.desktop")
		d.write(t, name, "[Desktop Entry]\nExec=spotify\n")
		if got := desktopFile("spotify"); got != filepath.Join(d.dir, name) {
			t.Errorf("%q, want the one in %s", got, folder)
		}
	}
	t.Setenv("XDG_DATA_HOME", "")
	d.write(t, ".local/share/applications/spotify.desktop", "[Desktop Entry]\nExec=spotify\n")
	if got := desktopFile("spotify"); !slices.Contains(strings.Split(got, "/"), ".local") {
		t.Error(got)
	}
}
