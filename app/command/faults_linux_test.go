package command_test

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"fermata/app/secrets"
	"fermata/checks/bustest"
	"fermata/checks/clock"
	"fermata/checks/session"

	"github.com/godbus/dbus/v5"
)

var (
	faultSeed = flag.Uint64("faults.seed", 0, "draws of TestFaults; 0: new ones")
	ownMounts = os.Getenv("FAULTS_MOUNTS") != "" // this process has mounts of its own
)

const drawn = 200 // draws beside every pair

// A fault befalls a renewal in one of its phases.
type fault struct {
	name string
	// strike lets it happen to an App in a bubble, and heal ends it a minute later; nil: it is over by then.
	strike, heal func(*trial)
	process      func(*child) // lets it happen to a process over real connections; nil: strike does
	keyring      bool         // the sign-in is in a keyring, not in a file
	unsafe       bool         // nothing can be saved meanwhile, so nothing must be asked for
}

// faults are the table's rows. A freeze is the real one for a moment, and a minute of silence in a bubble.
var faults = []fault{
	{name: "reply held back", strike: func(r *trial) { r.pause(time.Second, 15*time.Second) }},
	{name: "disk full", unsafe: true, strike: func(r *trial) { r.disk.fill(r.t) }, heal: func(r *trial) { r.disk.empty(r.t) }},
	{name: "folder read-only", unsafe: true, strike: func(r *trial) { r.disk.readOnly(r.t, true) }, heal: func(r *trial) { r.disk.readOnly(r.t, false) }},
	{name: "keyring locked", keyring: true, unsafe: true, strike: func(r *trial) { r.ring.lock(r.t) }, heal: func(r *trial) { r.ring.unlock(r.t) }},
	{name: "keyring gone", keyring: true, unsafe: true, strike: func(r *trial) { r.ring.stop() }, heal: func(r *trial) { r.ring.start(r.t) }},
	{name: "SIGTERM", process: func(c *child) { c.end(syscall.SIGTERM) }},
	{name: "SIGHUP", process: func(c *child) { c.end(syscall.SIGHUP) }},
	{name: "SIGINT", process: func(c *child) { c.end(syscall.SIGINT) }},
	{name: "kill -9", process: func(c *child) { c.kill() }},
	{name: "second process", process: func(c *child) { c.second() }},
	{name: "settings saved", strike: func(r *trial) {
		r.watch.now.Notify.Session = time.Minute
		r.watch.reloads <- r.watch.now
	}},
	{name: "clock set", strike: func(r *trial) {
		step := time.Duration(r.rand.Int64N(int64(48*time.Hour))) - 24*time.Hour
		r.watch.step.Store(int64(step))
		r.watch.changes <- clock.Change{Step: step}
	}},
	{name: "network cut", strike: func(r *trial) { r.watch.network.cut(true) }, heal: func(r *trial) { r.watch.network.cut(false) }},
	{name: "time-out", strike: func(r *trial) { r.pause(21*time.Second, 100*time.Second) }},
	{name: "frozen for a minute", strike: func(r *trial) { r.pause(time.Minute, time.Minute) }},
	{name: "frozen for a moment", process: func(c *child) { c.freeze() }},
}

// losable reports whether nobody could keep the sign-in: the one copy of the new refresh token was in a
// process that was killed, or in a connection that broke.
func losable(f fault, p phase) bool {
	return f.name == "kill -9" && sent <= p && p <= saving || f.name == "network cut" && sent <= p && p <= onItsWay
}

// A tally counts what came of the trials.
type tally struct {
	mu                     sync.Mutex
	trials, asked, revoked int
	lost, losable          int // sign-ins that somebody could have kept, and that nobody could
	blamed                 int // sentences
}

func (n *tally) add(t *testing.T, f fault, ph phase, p *person, v verdict, blame []string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.trials++
	n.asked += p.renewals()
	if p.revoked.Load() {
		n.revoked++
	}
	n.blamed += len(blame) + len(v.blame)
	switch {
	case v.lost && losable(f, ph):
		n.losable++
	case v.lost:
		n.lost++
		t.Errorf("the sign-in is lost: %s, %s", v.cause, v.why)
	case v.cause != "":
		t.Errorf("at the next start: %s, %s", v.cause, v.why)
	}
	if v.lost && v.cause != "interrupted" {
		t.Errorf("it is told as %q: %s", v.cause, v.why)
	}
	for _, text := range slices.Concat(blame, v.blame) {
		t.Errorf("it blames the person: %s", text)
	}
	if peak := p.spotify.Peak("/api/token"); peak > 1 {
		t.Errorf("%d renewals were in flight at once", peak)
	}
}

// TestFaults lets every fault befall a renewal in each of its phases, and some drawn ones more, and starts
// Fermata again: the sign-in is there, or the new refresh token was where nobody could keep it, and that is
// what the menu then says. It runs in a process that has mounts of its own.
func TestFaults(t *testing.T) {
	if !ownMounts {
		t.Parallel()
		again(t)
		return
	}
	seed := *faultSeed
	if seed == 0 {
		seed = rand.Uint64()
	}
	var counts tally
	type drawing struct {
		fault fault
		phase phase
		rand  *rand.Rand
	}
	var all []drawing
	draw := rand.New(rand.NewPCG(seed, 0))
	for i := range len(faults)*int(never) + drawn {
		f, p := i/int(never), i%int(never)
		if f >= len(faults) {
			f, p = draw.IntN(len(faults)), draw.IntN(int(never))
		}
		all = append(all, drawing{faults[f], phase(p), rand.New(rand.NewPCG(seed, uint64(i)))})
	}
	disk, ring := newDisk(t), newKeyring(t)
	for i, d := range all {
		t.Run(fmt.Sprintf("%d: %s, %v", i, d.fault.name, d.phase), func(t *testing.T) {
			t.Cleanup(func() {
				if t.Failed() {
					t.Logf("-faults.seed=%d", seed)
				}
			})
			if d.fault.process != nil {
				t.Parallel()
				befallProcess(t, d.fault, d.phase, &counts)
				return
			}
			synctest.Test(t, func(t *testing.T) {
				befall(&trial{t: t, rand: d.rand, disk: disk, ring: ring}, d.fault, d.phase, &counts)
			})
		})
	}
	t.Cleanup(func() { // after the parallel ones
		t.Logf("%d trials: %d renewals asked for, %d sign-ins revoked by the provider; lost %d, of which %d killed or cut off before the new token could be kept; %d sentences blame the person",
			counts.trials, counts.asked, counts.revoked, counts.lost+counts.losable, counts.losable, counts.blamed)
	})
}

// A trial is one fault in a bubble.
type trial struct {
	t     *testing.T
	rand  *rand.Rand
	disk  disk
	ring  *keyring
	watch *watch
}

// pause lets time pass, at least from and at most to.
func (r *trial) pause(from, to time.Duration) {
	time.Sleep(from + time.Duration(r.rand.Int64N(int64(to-from)+1)))
}

// befall lets f happen while a renewal is in a phase.
func befall(r *trial, f fault, ph phase, counts *tally) {
	dir := r.disk.folder(r.t)
	var keeper session.Keeper = secrets.NewFile(filepath.Join(dir, "sign-ins.json"))
	if f.keyring {
		keeper = secrets.NewKeyring(filepath.Base(dir))
	}
	p := newPerson(r.t, dir, keeper)
	s := newStage(ph)
	r.watch = p.start(s.at)
	end := sync.OnceFunc(r.watch.end)
	defer end() // whatever else is wrong
	select {
	case <-s.reached:
	case <-time.After(time.Minute):
		r.t.Fatalf("the renewal did not come to the phase: %+v", r.watch.account())
	}
	f.strike(r)
	s.release()
	time.Sleep(time.Minute)
	if n := p.renewals(); f.unsafe && ph == before && n > 0 {
		r.t.Errorf("%d renewals were asked for", n)
	}
	if f.heal != nil {
		f.heal(r)
	}
	time.Sleep(30 * time.Minute) // more than what is put off is put off for
	if a := r.watch.account(); a.Cause != nil && !losable(f, ph) {
		r.t.Errorf("it is not well by itself: %s, %s", *a.Cause, a.Why)
	}
	end()
	counts.add(r.t, f, ph, p, p.next(), r.watch.blame)
}

// A child is a process with a renewal that is held in a phase.
type child struct {
	t       *testing.T
	dir     string
	url     string
	release func() // lets the renewal go on
	cmd     *exec.Cmd
	lines   chan string
	other   *child
	killed  bool
}

// befallProcess lets f happen to a process whose renewal is in a phase.
func befallProcess(t *testing.T, f fault, ph phase, counts *tally) {
	dir := t.TempDir()
	p := newPerson(t, dir, secrets.NewFile(filepath.Join(dir, "sign-ins.json")))
	s, hold := newStage(ph), never
	if ph != sent && ph != onItsWay { // these two are held at the provider
		hold = ph
	}
	server := httptest.NewServer(p.provider(s.at))
	defer server.Close()
	c := newChild(t, dir, server.URL, hold)
	if hold == never {
		c.release = s.release
		within(t, s.reached)
	} else {
		c.until("reached")
	}
	f.process(c)
	c.release()
	s.release()
	for c := c; c != nil; c = c.other {
		c.ended()
	}
	server.Close()
	var v verdict
	synctest.Test(t, func(*testing.T) { v = p.next() })
	counts.add(t, f, ph, p, v, nil)
}

func newChild(t *testing.T, dir, url string, hold phase) *child {
	c := &child{t: t, dir: dir, url: url, lines: make(chan string, 100)}
	c.cmd = exec.Command("renewer", dir, url, strconv.Itoa(int(hold)))
	own := t.TempDir() // two environments of one person's have their own of all but the sign-in
	c.cmd.Env = append(os.Environ(), "GORACE=atexit_sleep_ms=0", "HOME="+own, "XDG_RUNTIME_DIR="+own, "XDG_CONFIG_HOME="+own,
		"XDG_STATE_HOME="+own, "DBUS_SESSION_BUS_ADDRESS=unix:path="+filepath.Join(own, "bus"))
	in, err := c.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.cmd.Stderr = c.cmd.Stdout
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.cmd.Process.Kill() })
	go func() {
		defer close(c.lines)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			c.lines <- lines.Text()
		}
	}()
	c.release = sync.OnceFunc(func() { _, _ = io.WriteString(in, "go on\n") }) // unless it was killed
	return c
}

// within waits for what is to happen at once.
func within(t *testing.T, what <-chan struct{}) {
	t.Helper()
	select {
	case <-what:
	case <-time.After(patience):
		t.Fatal("it did not happen")
	}
}

// until waits until the process prints a line.
func (c *child) until(want string) {
	c.t.Helper()
	timeout := time.After(patience)
	var all []string
	for {
		select {
		case line, ok := <-c.lines:
			all = append(all, line)
			if line == want {
				return
			}
			if !ok {
				c.t.Fatalf("it ended before it said %q: %q", want, all)
			}
		case <-timeout:
			c.t.Fatalf("it did not say %q: %q", want, all)
		}
	}
}

// end tells the process to end, which it has heard when end returns.
func (c *child) end(s os.Signal) {
	_ = c.cmd.Process.Signal(s)
	c.until("ending")
}

func (c *child) kill() {
	c.killed = true
	_ = c.cmd.Process.Kill()
	_ = c.cmd.Wait()
}

// second starts another process of the same person's, which wants to renew the same sign-in.
func (c *child) second() {
	c.other = newChild(c.t, c.dir, c.url, never)
	c.other.until("asks")
}

// freeze stops the process while what it waits for goes on.
func (c *child) freeze() {
	_ = c.cmd.Process.Signal(syscall.SIGSTOP)
	c.release()
	time.Sleep(100 * time.Millisecond)
	_ = c.cmd.Process.Signal(syscall.SIGCONT)
}

// ended waits until the process has ended, by itself or as it was told, and well.
func (c *child) ended() {
	c.t.Helper()
	if c.killed {
		return
	}
	done := false
	timeout := time.AfterFunc(patience, func() { c.cmd.Process.Kill() })
	defer timeout.Stop()
	for line := range c.lines {
		if line == "done" && !done {
			done = true
			_ = c.cmd.Process.Signal(syscall.SIGTERM)
		}
	}
	if err := c.cmd.Wait(); err != nil {
		c.t.Errorf("it ended with %v", err)
	}
}

// again runs the test once more, as root of a user namespace, so that it can mount.
func again(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), "/proc/self/exe", "-test.run=^TestFaults$", "-test.v", "-faults.seed="+strconv.FormatUint(*faultSeed, 10))
	cmd.Args[0] = os.Args[0]
	cmd.Env = append(os.Environ(), "FAULTS_MOUNTS=own")
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}},
		Pdeathsig:   syscall.SIGKILL,
	}
	out, err := cmd.CombinedOutput()
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.ENOSPC) {
		if os.Getenv("CI") == "true" {
			t.Fatal("needs user namespaces:", err)
		}
		t.Skip("needs user namespaces:", err)
	}
	for line := range strings.Lines(string(out)) {
		if text := strings.TrimSpace(line); err != nil && !strings.HasPrefix(text, "=== ") && !strings.HasPrefix(text, "--- PASS") ||
			strings.Contains(line, " trials: ") || strings.Contains(line, "--- SKIP") {
			t.Log(strings.TrimSuffix(line, "\n"))
		}
	}
	if err != nil {
		t.Error(err)
	}
}

// A disk is a small file system.
type disk struct{ path string }

func newDisk(t *testing.T) disk {
	d := disk{t.TempDir()}
	if err := syscall.Mount("fermata", d.path, "tmpfs", 0, "size=256k,mode=700"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(d.path, 0) }) // it ends with the namespace in any case
	return d
}

// folder makes a new one, whose contents are removed after the test.
func (d disk) folder(t *testing.T) string {
	dir, err := os.MkdirTemp(d.path, "person")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func (d disk) filler() string { return filepath.Join(d.path, "filler") }

func (d disk) fill(t *testing.T) {
	f, err := os.Create(d.filler())
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for err == nil {
		_, err = f.Write(make([]byte, os.Getpagesize()))
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
}

func (d disk) empty(t *testing.T) {
	if err := os.Remove(d.filler()); err != nil {
		t.Fatal(err)
	}
}

func (d disk) readOnly(t *testing.T, on bool) {
	flags := uintptr(syscall.MS_REMOUNT)
	if on {
		flags |= syscall.MS_RDONLY
	}
	if err := syscall.Mount("", d.path, "", flags, "size=256k,mode=700"); err != nil {
		t.Fatal(err)
	}
}

// A keyring is gnome-keyring's daemon on a bus of its own.
type keyring struct{ daemon *exec.Cmd }

func newKeyring(t *testing.T) *keyring {
	if _, err := exec.LookPath("gnome-keyring-daemon"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("install gnome-keyring")
		}
		t.Skip("install gnome-keyring")
	}
	bustest.Session(t)
	dir := t.TempDir()
	for _, name := range []string{"HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR"} {
		t.Setenv(name, dir)
	}
	k := &keyring{}
	k.start(t)
	t.Cleanup(k.stop)
	return k
}

const keyringPassword = "password"

// start starts the daemon, and returns when its keyring is open.
func (k *keyring) start(t *testing.T) {
	in, password, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	_, _ = password.WriteString(keyringPassword) // an empty pipe has room
	password.Close()
	k.daemon = exec.Command("gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets",
		"--control-directory="+filepath.Join(t.TempDir(), "control"))
	k.daemon.Stdin = in
	if err := k.daemon.Start(); err != nil {
		t.Fatal(err)
	}
	for begin := time.Now(); ; time.Sleep(time.Millisecond) {
		_, err := secrets.NewKeyring("fermata").Load(t.Context(), accountName)
		if errors.Is(err, session.ErrNoGrant) {
			return
		}
		if time.Since(begin) > patience {
			t.Fatal("the keyring does not open:", err)
		}
	}
}

func (k *keyring) stop() {
	_ = k.daemon.Process.Kill()
	_ = k.daemon.Wait()
}

const (
	secretsPath     = dbus.ObjectPath("/org/freedesktop/secrets")
	loginCollection = dbus.ObjectPath("/org/freedesktop/secrets/collection/login")
)

// call calls a method of the daemon's service. A connection belongs to its bubble.
func (k *keyring) call(t *testing.T, calls func(service dbus.BusObject) error) {
	t.Helper()
	conn, err := dbus.ConnectSessionBus()
	if err == nil {
		defer conn.Close()
		err = calls(conn.Object("org.freedesktop.secrets", secretsPath))
	}
	if err != nil {
		t.Fatal(err)
	}
}

func (k *keyring) lock(t *testing.T) {
	k.call(t, func(s dbus.BusObject) error {
		return s.Call("org.freedesktop.Secret.Service.Lock", 0, []dbus.ObjectPath{loginCollection}).Err
	})
}

// unlock does what the desktop's own log-in does: nobody is there to be asked.
func (k *keyring) unlock(t *testing.T) {
	k.call(t, func(s dbus.BusObject) error {
		var nothing dbus.Variant
		var open dbus.ObjectPath
		if err := s.Call("org.freedesktop.Secret.Service.OpenSession", 0, "plain", dbus.MakeVariant("")).Store(&nothing, &open); err != nil {
			return err
		}
		master := struct {
			Session           dbus.ObjectPath
			Parameters, Value []byte
			ContentType       string
		}{open, []byte{}, []byte(keyringPassword), "text/plain"}
		return s.Call("org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface.UnlockWithMasterPassword", 0, loginCollection, master).Err
	})
}
