package control

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

const long = 20 * time.Second // what a test waits at most for something that is to happen at once

// serve runs an instance until the test ends and returns its folder and what ends it sooner.
func serve(t *testing.T, handle Handler) (dir string, end func()) {
	t.Helper()
	dir = t.TempDir()
	held, err := Lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	return dir, start(t, held, handle)
}

func start(t *testing.T, held *Held, handle Handler) (end func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- held.Serve(ctx, handle) }()
	end = func() {
		cancel()
		select {
		case err, ok := <-ended:
			if ok && err != nil {
				t.Error("Serve:", err)
			}
			if ok {
				close(ended)
				held.Release()
			}
		case <-time.After(long):
			t.Error("Serve did not end")
		}
	}
	t.Cleanup(end)
	for begin := time.Now(); ; time.Sleep(time.Millisecond) {
		conn, err := net.Dial("unix", socketPath(held.dir))
		if err == nil {
			conn.Close()
			return end
		}
		if time.Since(begin) > long {
			t.Fatal("nobody listens:", err)
		}
	}
}

func echo(_ context.Context, r Request) Response {
	data, _ := json.Marshal(r)
	return Response{OK: true, Data: data}
}

func TestCall(t *testing.T) {
	dir, end := serve(t, echo)
	want := Request{Command: "do", Args: []string{"clock/check", "\n\"ü"}}
	got, err := Call(t.Context(), dir, want)
	if err != nil || !got.OK {
		t.Fatalf("%+v, %v", got, err)
	}
	var r Request
	if err := json.Unmarshal(got.Data, &r); err != nil || r.Command != "do" || len(r.Args) != 2 || r.Args[1] != want.Args[1] {
		t.Errorf("the handler saw %s, %v", got.Data, err)
	}
	end()
	if _, err := Call(t.Context(), dir, want); !errors.Is(err, ErrNotRunning) {
		t.Errorf("after the end: %v", err)
	}
}

func TestCallNobody(t *testing.T) {
	dir := t.TempDir()
	if _, err := Call(t.Context(), dir, Request{Command: "status"}); !errors.Is(err, ErrNotRunning) {
		t.Errorf("no socket: %v", err)
	}
	stale(t, dir)
	if _, err := Call(t.Context(), dir, Request{Command: "status"}); !errors.Is(err, ErrNotRunning) {
		t.Errorf("stale socket: %v", err)
	}
}

// stale leaves a socket behind, as a crash does.
func stale(t *testing.T, dir string) {
	t.Helper()
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: socketPath(dir), Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false)
	l.Close()
}

func TestServeReplacesStaleSocket(t *testing.T) {
	dir := t.TempDir()
	stale(t, dir)
	held, err := Lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	start(t, held, echo)
	if got, err := Call(t.Context(), dir, Request{Command: "status"}); err != nil || !got.OK {
		t.Errorf("%+v, %v", got, err)
	}
	if runtime.GOOS != "windows" {
		fi, err := os.Stat(socketPath(dir))
		if err != nil || fi.Mode().Perm() != 0o600 {
			t.Errorf("the socket has mode %v, %v", fi.Mode(), err)
		}
	}
}

// TestBadRequests: each gets an answer that says why, or none, and the next client is served.
func TestBadRequests(t *testing.T) {
	dir, _ := serve(t, echo)
	for _, test := range []struct{ name, send, want string }{
		{"garbage", "\x00\xff{]\n", "not a line of JSON"},
		{"an empty line", "\n", "not a line of JSON"},
		{"another type", "[1,2]\n", "not a line of JSON"},
		{"two values", `{"command":"a"}{"command":"b"}` + "\n", "not a line of JSON"},
		{"no command", "{}\n", "names no command"},
		{"half a line", `{"command":`, "ended within a line"},
		{"too long", strings.Repeat("x", maxRequest+2), "65536 bytes at most"},
		{"far too long", strings.Repeat("x", 8<<20), "65536 bytes at most"},
	} {
		conn, err := net.Dial("unix", socketPath(dir))
		if err != nil {
			t.Fatal(err)
		}
		conn.SetDeadline(time.Now().Add(long))
		io.WriteString(conn, test.send) // an error only says that the answer came first
		conn.(*net.UnixConn).CloseWrite()
		line, err := bufio.NewReader(conn).ReadBytes('\n')
		var r Response
		if jsonErr := json.Unmarshal(line, &r); jsonErr != nil || r.OK || !strings.Contains(r.Error, test.want) {
			t.Errorf("%s: answer %q, %v", test.name, line, err)
		}
		conn.Close()
		if got, err := Call(t.Context(), dir, Request{Command: "status"}); err != nil || !got.OK {
			t.Errorf("after %s: %+v, %v", test.name, got, err)
		}
	}
}

// TestSlowClient: one that says nothing is sent away, and keeps nobody else waiting.
func TestSlowClient(t *testing.T) {
	if testing.Short() {
		t.Skip("takes as long as a client's patience")
	}
	t.Parallel()
	dir, _ := serve(t, echo)
	conn, err := net.Dial("unix", socketPath(dir))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	io.WriteString(conn, `{"comm`)
	if got, err := Call(t.Context(), dir, Request{Command: "status"}); err != nil || !got.OK {
		t.Errorf("beside it: %+v, %v", got, err)
	}
	conn.SetDeadline(time.Now().Add(long))
	answer, err := io.ReadAll(conn)
	if err != nil || !bytes.Contains(answer, []byte("took too long")) {
		t.Errorf("answer %q, %v", answer, err)
	}
}

// TestClientGoesAway: the handler's context ends, whether the client was killed or gave up.
func TestClientGoesAway(t *testing.T) {
	began, ended := make(chan struct{}), make(chan struct{})
	dir, _ := serve(t, func(ctx context.Context, _ Request) Response {
		began <- struct{}{}
		<-ctx.Done()
		ended <- struct{}{}
		return Response{}
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		receiveOrFail(t, began, "the handler did not begin")
		cancel()
	}()
	if _, err := Call(ctx, dir, Request{Command: "login"}); !errors.Is(err, context.Canceled) {
		t.Errorf("Call: %v", err)
	}
	receiveOrFail(t, ended, "the handler did not end")
}

// TestServeEnds: handlers are told, waited for, and their answers still arrive.
func TestServeEnds(t *testing.T) {
	began := make(chan struct{})
	dir, end := serve(t, func(ctx context.Context, _ Request) Response {
		close(began)
		<-ctx.Done()
		return Response{Error: "Fermata is quitting"}
	})
	silent, err := net.Dial("unix", socketPath(dir))
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	go func() {
		receiveOrFail(t, began, "the handler did not begin")
		begin := time.Now()
		end()
		if d := time.Since(begin); d >= patience {
			t.Errorf("a silent client held up the end for %v", d)
		}
	}()
	if got, err := Call(t.Context(), dir, Request{Command: "login"}); err != nil || got.Error != "Fermata is quitting" {
		t.Errorf("%+v, %v", got, err)
	}
	end()
}

func TestTooManyClients(t *testing.T) {
	began, end := make(chan struct{}), make(chan struct{})
	dir, _ := serve(t, func(_ context.Context, r Request) Response {
		began <- struct{}{}
		<-end
		return Response{OK: true}
	})
	answers := make(chan error, maxClients)
	for range maxClients {
		go func() {
			_, err := Call(t.Context(), dir, Request{Command: "login"})
			answers <- err
		}()
		receiveOrFail(t, began, "the handler did not begin")
	}
	if got, err := Call(t.Context(), dir, Request{Command: "login"}); err != nil || got.OK || got.Hint == "" {
		t.Errorf("%+v, %v", got, err)
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

func FuzzRequest(f *testing.F) {
	for _, line := range []string{`{"command":"do","args":["a"]}`, "{}", "null", `{"command":1}`, `{"args":{}}`, "\x00"} {
		f.Add([]byte(line))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		r, err := parseRequest(line)
		if (err == nil) != (r.Command != "") {
			t.Errorf("%+v, %v", r, err)
		}
	})
}
