package loopback

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// nobody is another user of every Linux.
const nobody = 65534

// needRoot is for what only root can do: to become another user, to change a network of its own.
func needRoot(t *testing.T) {
	t.Helper()
	if os.Getuid() == 0 {
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("only root can become another user")
	}
	t.Skip("only root can become another user")
}

// askAs is ask in a process of another user.
func askAs(t *testing.T, uid uint32, address net.Addr) string {
	t.Helper()
	a := address.(*net.TCPAddr)
	cmd := exec.Command("bash", "-c", `exec 3<>"/dev/tcp/$0/$1" && printf 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n' >&3 && cat <&3`,
		a.IP.String(), strconv.Itoa(a.Port))
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uid, Gid: uid}}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("as user %d: %v: %s", uid, err, out)
	}
	return string(out)
}

func TestAnotherUser(t *testing.T) {
	needRoot(t)
	others(t)
}

// others expects an answer for this user and none for another one.
func others(t *testing.T) {
	l := listen(t)
	requests := serve(t, l)
	if got := askAs(t, 0, l.Addr()); !strings.HasSuffix(got, "hello") {
		t.Errorf("this user's other process got %q", got)
	}
	if got := askAs(t, nobody, l.Addr()); !strings.HasPrefix(got, "HTTP/1.1 403 ") || !strings.HasSuffix(got, "\r\n\r\n"+refusal) || requests() != 1 {
		t.Errorf("%d requests; another user got %q", requests(), got)
	}
}

// TestBothFamilies: a socket for IPv6 that speaks IPv4, as many programs make.
func TestBothFamilies(t *testing.T) {
	l := listen(t)
	serve(t, l)
	fd, err := unix.Socket(unix.AF_INET6, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Skip("no IPv6 here:", err)
	}
	to := &unix.SockaddrInet6{Port: l.Addr().(*net.TCPAddr).Port, Addr: mapped(peer).Addr().As16()}
	if err := unix.Connect(fd, to); err != nil {
		t.Fatal(err)
	}
	f := os.NewFile(uintptr(fd), "")
	c, err := net.FileConn(f)
	f.Close()
	if err != nil {
		t.Fatal(err)
	}
	if got := ask(t, c); !strings.HasSuffix(got, "hello") {
		t.Errorf("got %q", got)
	}
}

// inNetwork runs a test of this program in a network of its own, whose loopback interface is as the
// commands of ip(8) leave it.
func inNetwork(t *testing.T, test string, commands ...string) {
	t.Helper()
	needRoot(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	script := strings.Join(append(commands, `exec "$0" -test.run="^$1$" -test.v`), " && ")
	cmd := exec.Command("bash", "-c", script, self, test)
	cmd.Env = append(os.Environ(), "LOOPBACK_NETWORK="+test)
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "--- PASS: "+test) {
		t.Errorf("%v\n%s", err, out)
	}
}

// here reports whether the test runs in the network that inNetwork made for it.
func here(t *testing.T) bool { return os.Getenv("LOOPBACK_NETWORK") == t.Name() }

func TestOnlyIPv6(t *testing.T) {
	if !here(t) {
		inNetwork(t, t.Name(), "ip link set lo up", "ip addr del 127.0.0.1/8 dev lo")
		return
	}
	if l := listen(t); !strings.HasPrefix(l.Addr().String(), "[::1]:") {
		t.Errorf("listens at %v", l.Addr())
	}
	others(t)
}

func TestOnlyIPv4(t *testing.T) {
	if !here(t) {
		inNetwork(t, t.Name(), "ip link set lo up", "ip addr del ::1/128 dev lo")
		return
	}
	if l := listen(t); !strings.HasPrefix(l.Addr().String(), "127.0.0.1:") {
		t.Errorf("listens at %v", l.Addr())
	}
	others(t)
}

func TestNoLoopback(t *testing.T) {
	if !here(t) {
		inNetwork(t, t.Name(), "ip link set lo up", "ip addr flush dev lo")
		return
	}
	if l, err := Listen(); err == nil || !strings.Contains(err.Error(), "127.0.0.1") {
		t.Errorf("got %v, %v", l, err)
	}
}

// TestRead reads a table as the kernel writes it: here, one of a computer with little endian words.
func TestRead(t *testing.T) {
	if column(peer) != "0100007F:1234" {
		t.Skip("written for little endian processors")
	}
	const head = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
	row := func(local, remote, state string, uid, inode int) string {
		return fmt.Sprintf("   1: %s %s %s 00000000:00000000 00:00000000 00000000 %5d        0 %d 1 000000008bd2eb1f 20 4 30 10 -1\n", local, remote, state, uid, inode)
	}
	const there, here = "0100007F:1234", "0100007F:0050"
	for name, c := range map[string]struct {
		table string
		uid   uint32
		found bool
	}{
		"its row":            {head + row(here, there, "01", 1000, 5) + row(there, here, "01", 1001, 6), 1001, true},
		"only our own end":   {head + row(here, there, "01", 1000, 5), 0, false},
		"another port":       {head + row("0100007F:1235", here, "01", 1001, 6), 0, false},
		"another address":    {head + row("0200007F:1234", here, "01", 1001, 6), 0, false},
		"closed":             {head + row(there, here, "06", 0, 0), 0, false},
		"closed, then its":   {head + row(there, here, "06", 0, 0) + row(there, here, "01", 1001, 6), 1001, true},
		"half closed":        {head + row(there, here, "05", 1001, 6), 1001, true},
		"a large number":     {head + row(there, here, "01", 4294967294, 6), 4294967294, true},
		"cut off":            {head + row(there, here, "01", 1001, 6)[:60], 0, false},
		"empty":              {"", 0, false},
		"garbage after ends": {"x " + there + " " + here + " y\n", 0, false},
	} {
		uid, err := read(strings.NewReader(c.table), peer, own)
		if uid != c.uid || (err == nil) != c.found || err != nil && !errors.Is(err, errNoOwner) {
			t.Errorf("%s: %d, %v", name, uid, err)
		}
	}
	if _, err := read(strings.NewReader("1: "+there+" "+here+" 01 0:0 0:0 0 -7 0 6\n"), peer, own); err == nil || err == errNoOwner {
		t.Errorf("a number that is none: %v", err)
	}
	if _, err := read(strings.NewReader(strings.Repeat("x", 100<<10)), peer, own); err == nil || err == errNoOwner {
		t.Errorf("a line without end: %v", err)
	}
	if got := column(mapped(peer)); got != "0000000000000000FFFF00000100007F:1234" {
		t.Errorf("mapped: %s", got)
	}
}

// TestGone: one that is closed already has no owner any more.
func TestGone(t *testing.T) {
	l := listen(t)
	there := dial(t, l)
	here, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	there.Close()
	if n, err := here.Read(make([]byte, 1)); n != 0 || err == nil {
		t.Errorf("read %d, %v", n, err)
	}
}
