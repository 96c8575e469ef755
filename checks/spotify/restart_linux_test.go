package spotify

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"fermata/checks"
)

// manner is the variable that makes this test binary the desktop app: "quits", "stays" or "fails".
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

// fake is a desktop app. It notes each start in the file "starts" of the folder that it stands in, and
// ends by itself with its bus or after a minute.
func fake() error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	name := filepath.Join(filepath.Dir(self), "starts")
	if _, err := os.Stat(name); err == nil && os.Getenv(manner) == "fails" {
		return errors.New("does not start again")
	}
	ended := context.Background()
	if os.Getenv("SILENT") == "" {
		conn, err := player()
		if err != nil {
			return err
		}
		ended = conn.Context()
	}
	note, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	session, _, _ := syscall.RawSyscall(syscall.SYS_GETSID, 0, 0, 0)
	where, _ := os.Getwd()
	out, _ := os.Readlink("/proc/self/fd/1")
	fmt.Fprintf(note, "%d|%d|%s|%s|%s|%s\n", os.Getpid(), session, strings.Join(os.Args[1:], " "), os.Getenv("MARK"), where, out)
	select {
	case <-ended.Done():
	case <-time.After(time.Minute):
	}
	return nil
}

// player owns Spotify's name on the bus.
func player() (*dbus.Conn, error) {
	conn, err := dbus.Connect(os.Getenv("DBUS_SESSION_BUS_ADDRESS"))
	if err != nil {
		return nil, err
	}
	methods := map[string]any{"Quit": func() *dbus.Error {
		if os.Getenv(manner) != "stays" {
			os.Exit(0) // without an answer, the worst case
		}
		return nil
	}}
	if err := conn.ExportMethodTable(methods, mprisPath, "org.mpris.MediaPlayer2"); err != nil {
		return nil, err
	}
	reply, err := conn.RequestName(mprisName, dbus.NameFlagDoNotQueue)
	if err == nil && reply != dbus.RequestNameReplyPrimaryOwner {
		err = errors.New("the name is taken")
	}
	return conn, err
}

// start is what the app noted of one.
type start struct {
	pid, session         int
	args, mark, dir, out string
}

// desktop is a session with the app's folder and a /proc of its own, in which only that app is.
type desktop struct{ dir, proc string }

// newDesktop runs a private session bus.
func newDesktop(t *testing.T) desktop {
	t.Helper()
	program, err := exec.LookPath("dbus-daemon")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("dbus-daemon is missing: apt install dbus")
		}
		t.Skip("dbus-daemon is missing: apt install dbus")
	}
	d := desktop{dir: t.TempDir(), proc: t.TempDir()}
	config := filepath.Join(d.dir, "bus.conf")
	if err := os.WriteFile(config, []byte(`<busconfig><type>session</type><listen>unix:tmpdir=`+d.dir+`</listen>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>`), 0o600); err != nil {
		t.Fatal(err)
	}
	bus := exec.Command(program, "--config-file="+config, "--nofork", "--print-address")
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
	// A link, and where the file systems differ a copy, named as Spotify's program.
	if os.Link(os.Args[0], d.app()) != nil {
		text, err := os.ReadFile(os.Args[0])
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(d.app(), text, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

func (d desktop) app() string { return filepath.Join(d.dir, "spotify") }

func (d desktop) find(ctx context.Context) (client, error) { return findIn(ctx, d.proc, nil) }

// run starts the app as a person would, and waits until it is up.
func (d desktop) run(t *testing.T, env ...string) start {
	t.Helper()
	n := len(d.starts(t))
	cmd := exec.Command(d.app(), "--option=1", "spotify:track:1")
	cmd.Env = append(os.Environ(), append(env, "MARK=as it was")...)
	cmd.Dir, cmd.Stderr = d.proc, os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	s := d.started(t, n)
	if err := os.Symlink(filepath.Join("/proc", strconv.Itoa(s.pid)), filepath.Join(d.proc, strconv.Itoa(s.pid))); err != nil {
		t.Fatal(err)
	}
	return s
}

// started waits for the start after the first n, and sees to it that its process ends with the test.
func (d desktop) started(t *testing.T, n int) start {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if starts := d.starts(t); len(starts) > n {
			p, err := os.FindProcess(starts[n].pid)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { p.Kill() })
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
		if len(f) != 6 || !strings.HasSuffix(line, "\n") {
			break // being written
		}
		pid, _ := strconv.Atoi(f[0])
		session, _ := strconv.Atoi(f[1])
		starts = append(starts, start{pid, session, f[2], f[3], f[4], f[5]})
	}
	return starts
}

func alive(pid int) bool { return started(filepath.Join("/proc", strconv.Itoa(pid))) != "" }

// The app is asked over MPRIS, or with SIGTERM where it is not on the bus or there is no bus, and
// started again with its options, environment and folder, in a session of its own.
func TestRestartForReal(t *testing.T) {
	for name, tt := range map[string]struct{ env, bus string }{
		"MPRIS":          {},
		"not on the bus": {env: "SILENT=1"},
		"no bus":         {env: "SILENT=1", bus: "unix:path=/nonexistent"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesktop(t)
			first := d.run(t, manner+"=quits", tt.env)
			if tt.bus != "" {
				t.Setenv("DBUS_SESSION_BUS_ADDRESS", tt.bus)
			}
			t.Setenv("MARK", "Fermata's own")
			if err := restart(t.Context(), d.find); err != nil {
				t.Fatal(err)
			}
			second := d.started(t, 1)
			if alive(first.pid) || !alive(second.pid) {
				t.Errorf("the first lives: %v, the second: %v", alive(first.pid), alive(second.pid))
			}
			want := start{second.pid, second.pid, "--option=1", "as it was", d.proc, "/dev/null"}
			if second != want {
				t.Errorf("%+v, want %+v", second, want)
			}
		})
	}
}

func TestRestartStays(t *testing.T) {
	d := newDesktop(t)
	app := d.run(t, manner+"=stays")
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if err := restart(ctx, d.find); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	if !alive(app.pid) || len(d.starts(t)) != 1 {
		t.Errorf("lives: %v, starts: %v", alive(app.pid), d.starts(t))
	}
}

// An app that ends at once with an error did not start.
func TestRestartFails(t *testing.T) {
	d := newDesktop(t)
	d.run(t, manner+"=fails")
	err := restart(t.Context(), d.find)
	if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() != 3 || checks.Hint(err) != "Start Spotify yourself." {
		t.Errorf("%v (%q)", err, checks.Hint(err))
	}
}

// Of two programs of that name the one on the bus is the player.
func TestFindTwo(t *testing.T) {
	d := newDesktop(t)
	first := d.run(t, manner+"=quits", "SILENT=1")
	onBus := d.run(t, manner+"=quits")
	third := d.run(t, manner+"=quits", "SILENT=1")
	found, err := d.find(t.Context())
	if err != nil || found.(linuxClient).pid != onBus.pid {
		t.Errorf("%+v %v, want %d of %d, %d", found, err, onBus.pid, first.pid, third.pid)
	}
}

func TestFindNone(t *testing.T) {
	dir := t.TempDir()
	if _, err := findIn(t.Context(), dir, []string{filepath.Join(dir, "none"), dir}); !errors.Is(err, ErrNotRunning) || checks.Hint(err) == "" {
		t.Error(err)
	}
	if _, err := findIn(t.Context(), dir, []string{filepath.Join(dir, "none")}); !errors.Is(err, ErrNotFound) || checks.Hint(err) == "" {
		t.Error(err)
	}
	// What runs from a place that is not there any more could not be started again.
	fixture(t, dir, "S", process{pid: 1, started: "1", exe: filepath.Join(dir, "gone", "spotify")})
	if _, err := findIn(t.Context(), dir, nil); !errors.Is(err, ErrNotFound) || checks.Hint(err) != "Quit Spotify and start it again yourself." {
		t.Error(err)
	}
}
