package control

import (
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestOtherUser: even with the folder and the socket wide open, another user gets no answer.
func TestOtherUser(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can become another user")
	}
	dir := t.TempDir()
	serve(t, dir, echo)
	for _, path := range []string{filepath.Dir(dir), dir, socketPath(dir)} {
		if err := os.Chmod(path, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	for _, uid := range []int{0, 12345} {
		answer := make(chan string)
		go func() {
			runtime.LockOSThread() // and never unlocked: the thread ends with the goroutine
			conn, err := dialAs(uid, socketPath(dir))
			if err != nil {
				answer <- err.Error()
				return
			}
			defer conn.Close()
			conn.SetDeadline(time.Now().Add(long))
			io.WriteString(conn, post("/v1/status", "{}", 2))
			text, _ := io.ReadAll(conn)
			answer <- string(text)
		}()
		if text := <-answer; uid == 0 && !strings.Contains(text, `{"data":["status"]}`) || uid != 0 && text != "" {
			t.Errorf("user %d got %q", uid, text)
		}
	}
}

// dialAs connects as another user. Only this thread changes.
func dialAs(uid int, path string) (net.Conn, error) {
	if _, _, errno := unix.RawSyscall(unix.SYS_SETRESUID, ^uintptr(0), uintptr(uid), ^uintptr(0)); errno != 0 {
		return nil, errno
	}
	return net.Dial("unix", path)
}
