package control

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"fermata/checks"
)

const long = 20 * time.Second // what a test waits at most for something that is to happen at once

// serve runs an instance in dir until the test ends, and returns what ends it sooner.
func serve(t *testing.T, dir string, handle Handler) (end func()) {
	t.Helper()
	held, err := Lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := errors.Join(held.Serve(ctx, "1.2", handle), held.Release()); err != nil {
			t.Error("Serve:", err)
		}
	}()
	end = func() { cancel(); receiveOrFail(t, ended, "Serve did not end") }
	t.Cleanup(end)
	for begin := time.Now(); ; time.Sleep(time.Millisecond) {
		conn, err := net.Dial("unix", socketPath(dir))
		if err == nil {
			conn.Close()
			return end
		}
		if time.Since(begin) > long {
			t.Fatal("nobody listens:", err)
		}
	}
}

func call(ctx context.Context, dir string, answer any, command string, args ...string) error {
	return Client{dir, "1.3"}.Call(ctx, answer, command, args...)
}

// echo returns the words it was given.
func echo(_ context.Context, command string, args []string) (any, error) {
	return append([]string{command}, args...), nil
}

func works(t *testing.T, dir, when string) {
	t.Helper()
	var got []string
	if err := call(t.Context(), dir, &got, "status"); err != nil || len(got) != 1 || got[0] != "status" {
		t.Errorf("%s: %q, %v", when, got, err)
	}
}

// raw sends bytes over a connection of its own and returns the status and the outcome.
func raw(t *testing.T, dir, send string) (status int, r response) {
	t.Helper()
	conn, err := net.Dial("unix", socketPath(dir))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(long))
	io.WriteString(conn, send) // an error only says that the answer came first
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return 0, response{Error: err.Error()}
	}
	defer resp.Body.Close()
	json.NewDecoder(resp.Body).Decode(&r) // what is no JSON leaves it empty
	return resp.StatusCode, r
}

func post(path, body string, length int) string {
	return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: fermata\r\nContent-Length: %d\r\n\r\n%s", path, length, body)
}

func TestCall(t *testing.T) {
	refusal := checks.WithHint(errors.New("no"), "Try another.")
	dir := t.TempDir()
	end := serve(t, dir, func(ctx context.Context, command string, args []string) (any, error) {
		switch command {
		case "fail":
			return nil, refusal
		case "quit":
			return nil, nil
		case "odd":
			return make(chan int), nil
		}
		return echo(ctx, command, args)
	})
	want := []string{"do/it ?", "clock/check", "\n\"ü", ""}
	var got []string
	if err := call(t.Context(), dir, &got, want[0], want[1:]...); err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%q, %v", got, err)
	}
	if err := call(t.Context(), dir, nil, "quit"); err != nil {
		t.Error(err)
	}
	if err := call(t.Context(), dir, &got, "fail"); err == nil || err.Error() != "no" || checks.Hint(err) != "Try another." {
		t.Errorf("%v (%q)", err, checks.Hint(err))
	}
	if err := call(t.Context(), dir, nil, "odd"); err == nil || !strings.Contains(err.Error(), "unsupported type") {
		t.Error(err)
	}
	var number int
	if err := call(t.Context(), dir, &number, "status"); err == nil || !strings.Contains(err.Error(), "reading the running instance's answer") {
		t.Error(err)
	}
	end()
	if err := call(t.Context(), dir, nil, "quit"); !errors.Is(err, ErrNotRunning) {
		t.Errorf("after the end: %v", err)
	}
}

// TestStaleSocket: one that a crash left behind is nobody's, and the next instance replaces it.
func TestStaleSocket(t *testing.T) {
	dir := t.TempDir()
	if err := call(t.Context(), dir, nil, "status"); !errors.Is(err, ErrNotRunning) {
		t.Errorf("no socket: %v", err)
	}
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: socketPath(dir), Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false)
	l.Close()
	if err := call(t.Context(), dir, nil, "status"); !errors.Is(err, ErrNotRunning) {
		t.Errorf("stale socket: %v", err)
	}
	serve(t, dir, echo)
	works(t, dir, "after a crash")
	if fi, err := os.Stat(socketPath(dir)); runtime.GOOS != "windows" && (err != nil || fi.Mode().Perm() != 0o600) {
		t.Errorf("the socket has mode %v, %v", fi.Mode(), err)
	}
}

// TestBadRequests: each gets an answer that says why, and the next client is served.
func TestBadRequests(t *testing.T) {
	dir := t.TempDir()
	serve(t, dir, echo)
	huge := strings.Repeat(" ", 8<<20)
	for name, tt := range map[string]struct {
		send   string
		status int
		want   string
	}{
		"garbage":       {"\x00\xff{]\n\n", 400, ""},
		"another path":  {post("/v2/status", "{}", 2), 404, ""},
		"no JSON":       {post("/v1/status", "{}{}", 4), 400, "reading the request: "},
		"another type":  {post("/v1/status", "[1]", 3), 400, "reading the request: "},
		"largest":       {post("/v1/status", "{}"+huge[:maxRequest-2], maxRequest), 200, ""},
		"too large":     {post("/v1/status", "{}"+huge[:maxRequest-1], maxRequest+1), 400, "too large"},
		"far too large": {post("/v1/status", huge, len(huge)), 400, "too large"},
		"large header":  {"POST /v1/status HTTP/1.1\r\nA: b" + huge[:maxHeader+8<<10] + "c\r\n\r\n", 431, ""},
	} {
		if status, r := raw(t, dir, tt.send); status != tt.status || !strings.Contains(r.Error, tt.want) {
			t.Errorf("%s: status %d, %+v", name, status, r)
		}
		works(t, dir, "after "+name)
	}
}

// TestAnotherProtocol: what an instance of another time would answer.
func TestAnotherProtocol(t *testing.T) {
	dir := t.TempDir()
	for name, tt := range map[string]struct{ answer, want string }{
		"newer":    {"HTTP/1.1 404 Not Found\r\nFermata-Version: 9.9\r\nContent-Length: 0\r\n\r\n", "the running Fermata (version 9.9) speaks another protocol than this one (version 1.3)"},
		"no HTTP":  {`{"ok":false}` + "\n", "speaking to the running instance: "},
		"hangs up": {"HTTP/1.1 200 OK\r\n\r\n", "speaking to the running instance: "},
		"endless":  {"HTTP/1.1 200 OK\r\n\r\n" + strings.Repeat(" ", maxResponse) + "{}", "speaking to the running instance: "},
	} {
		os.Remove(socketPath(dir))
		l, err := net.Listen("unix", socketPath(dir))
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			http.ReadRequest(bufio.NewReader(conn))
			io.WriteString(conn, tt.answer)
			conn.Close()
		}()
		if err := call(t.Context(), dir, nil, "status"); err == nil || !strings.HasPrefix(err.Error(), tt.want) || name == "newer" && checks.Hint(err) == "" {
			t.Errorf("%s: %v", name, err)
		}
		l.Close()
	}
}

// TestFrozen: an instance that is stopped, as with SIGSTOP, still has the kernel take connections.
func TestFrozen(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l, err := net.Listen("unix", socketPath(dir))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	began := time.Now()
	err = call(t.Context(), dir, nil, "status", strings.Repeat("x", maxRequest/2))
	if took := time.Since(began); err == nil || err.Error() != "Fermata is running but does not answer" || checks.Hint(err) == "" || took > long {
		t.Errorf("%v (%q) after %v", err, checks.Hint(err), took)
	}
}

// TestLongCommand: one that was taken may last longer than it may take to be taken.
func TestLongCommand(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	serve(t, dir, func(ctx context.Context, _ string, _ []string) (any, error) {
		select {
		case <-time.After(patience + time.Second):
			return "signed in", nil
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	})
	var got string
	if err := call(t.Context(), dir, &got, "login"); err != nil || got != "signed in" {
		t.Errorf("%q, %v", got, err)
	}
}

// TestSlowClient: one that does not come to an end is sent away, and keeps nobody else waiting.
func TestSlowClient(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	serve(t, dir, echo)
	header := make(chan int)
	go func() {
		status, _ := raw(t, dir, "POST /v1/st")
		header <- status
	}()
	works(t, dir, "beside it")
	if status, r := raw(t, dir, post("/v1/status", "{", 2)); status != 400 || !strings.Contains(r.Error, "timeout") {
		t.Errorf("half a body: %d %+v", status, r)
	}
	if status := <-header; status != 400 {
		t.Errorf("half a header: %d", status)
	}
}

// TestClientGoesAway: the handler's context ends, whether the client was killed or gave up.
func TestClientGoesAway(t *testing.T) {
	began, ended := make(chan struct{}), make(chan struct{})
	dir := t.TempDir()
	serve(t, dir, func(ctx context.Context, _ string, _ []string) (any, error) {
		began <- struct{}{}
		<-ctx.Done()
		ended <- struct{}{}
		return nil, nil
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		receiveOrFail(t, began, "the handler did not begin")
		cancel()
	}()
	if err := call(ctx, dir, nil, "login"); !errors.Is(err, context.Canceled) {
		t.Errorf("Call: %v", err)
	}
	receiveOrFail(t, ended, "the handler did not end")
}

// TestServeEnds: handlers learn of it, are waited for, and their answers still arrive.
func TestServeEnds(t *testing.T) {
	began := make(chan struct{})
	dir := t.TempDir()
	end := serve(t, dir, func(ctx context.Context, _ string, _ []string) (any, error) {
		close(began)
		<-ctx.Done()
		time.Sleep(1500 * time.Millisecond) // longer than answers on their way may take
		return nil, errors.New("Fermata is quitting")
	})
	silent, err := net.Dial("unix", socketPath(dir))
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	took := make(chan time.Duration)
	go func() {
		receiveOrFail(t, began, "the handler did not begin")
		begin := time.Now()
		end()
		took <- time.Since(begin)
	}()
	if err := call(t.Context(), dir, nil, "login"); err == nil || err.Error() != "Fermata is quitting" {
		t.Error(err)
	}
	if d := <-took; d >= patience {
		t.Errorf("a silent client held up the end for %v", d)
	}
}

func TestTooManyClients(t *testing.T) {
	began, end := make(chan struct{}), make(chan struct{})
	dir := t.TempDir()
	serve(t, dir, func(context.Context, string, []string) (any, error) {
		began <- struct{}{}
		<-end
		return nil, nil
	})
	answers := make(chan error, maxClients)
	for range maxClients {
		go func() { answers <- call(t.Context(), dir, nil, "login") }()
		receiveOrFail(t, began, "the handler did not begin")
	}
	if err := call(t.Context(), dir, nil, "login"); err == nil || err.Error() != "too many commands at once" || checks.Hint(err) == "" {
		t.Error(err)
	}
	close(end)
	for range maxClients {
		if err := <-answers; err != nil {
			t.Error(err)
		}
	}
}

func receiveOrFail(t *testing.T, c <-chan struct{}, what string) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(long):
		t.Error(what)
	}
}

func TestLock(t *testing.T) {
	dir := t.TempDir()
	first, err := Lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Lock(dir); !errors.Is(err, ErrRunning) {
		t.Errorf("the second got %v", err)
	}
	if err := first.Release(); err != nil {
		t.Error(err)
	}
	second, err := Lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	second.Release()
}

// TestLockSurvivesCrash: another process holds the lock, and is killed.
func TestLockSurvivesCrash(t *testing.T) {
	if dir := os.Getenv("FERMATA_TEST_LOCK"); dir != "" {
		if _, err := Lock(dir); err != nil {
			t.Fatal(err)
		}
		os.Stdout.WriteString("locked\n")
		select {}
	}
	dir := t.TempDir()
	holder := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestLockSurvivesCrash$")
	holder.Env = append(os.Environ(), "FERMATA_TEST_LOCK="+dir)
	out, err := holder.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := holder.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "locked\n" {
		t.Fatalf("the holder says %q, %v", line, err)
	}
	if _, err := Lock(dir); !errors.Is(err, ErrRunning) {
		t.Errorf("while it lives: %v", err)
	}
	holder.Process.Kill()
	holder.Wait()
	held, err := Lock(dir)
	if err != nil {
		t.Fatal("after it was killed:", err)
	}
	held.Release()
}

func TestDir(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("folders of Unix")
	}
	base := t.TempDir()
	os.Chmod(base, 0o700)
	t.Setenv("XDG_RUNTIME_DIR", base)
	for range 2 {
		dir, err := Dir("fermata-demo")
		if err != nil || dir != filepath.Join(base, "fermata-demo") {
			t.Fatalf("%q, %v", dir, err)
		}
		fi, err := os.Stat(dir)
		if err != nil || fi.Mode().Perm() != 0o700 {
			t.Errorf("mode %v, %v", fi.Mode(), err)
		}
		os.Chmod(dir, 0o777) // the second time it is closed again
	}
	os.Remove(filepath.Join(base, "fermata-demo"))
	if err := os.Symlink(t.TempDir(), filepath.Join(base, "fermata-demo")); err != nil {
		t.Fatal(err)
	}
	if dir, err := Dir("fermata-demo"); err == nil {
		t.Errorf("a link was followed: %q", dir)
	}
}

func TestDirOfSomebodyElse(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can give a folder away")
	}
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	t.Setenv("XDG_RUNTIME_DIR", "")
	if _, err := os.Stat("/run/user/0"); err == nil {
		t.Setenv("XDG_RUNTIME_DIR", tmp)
	}
	dir, err := Dir("fermata")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(dir, tmp) {
		t.Fatalf("%q is not in the folder for temporary files", dir)
	}
	if err := os.Chown(dir, 12345, 12345); err != nil {
		t.Fatal(err)
	}
	if dir, err := Dir("fermata"); err == nil || !strings.Contains(err.Error(), "belongs to another user") {
		t.Errorf("%q, %v", dir, err)
	}
}
