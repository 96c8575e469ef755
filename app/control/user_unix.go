//go:build unix

package control

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

func location(name string) (string, error) {
	uid := strconv.Itoa(os.Getuid())
	// Without the variable (cron, ssh, su) a command shall still find what the desktop has started.
	for _, runtime := range []string{os.Getenv("XDG_RUNTIME_DIR"), "/run/user/" + uid} {
		if fi, err := os.Stat(runtime); filepath.IsAbs(runtime) && err == nil && own(fi) && fi.Mode().Perm()&0o022 == 0 {
			return filepath.Join(runtime, name), nil
		}
	}
	return filepath.Join(os.TempDir(), name+"-"+uid), nil
}

// checkOwn makes sure that path is a folder of the user's, not a link to one, and closes it to others.
func checkOwn(path string) error {
	fi, err := os.Lstat(path)
	switch {
	case err != nil:
		return err
	case !fi.IsDir():
		return fmt.Errorf("%s is not a folder", path)
	case !own(fi):
		return fmt.Errorf("%s belongs to another user", path)
	case fi.Mode().Perm()&0o077 != 0:
		return os.Chmod(path, 0o700)
	}
	return nil
}

// own reports whether it is a folder of the user's.
func own(fi os.FileInfo) bool {
	st, ok := fi.Sys().(*syscall.Stat_t)
	return ok && fi.IsDir() && int(st.Uid) == os.Getuid()
}

// samePeer reports whether the process at the other end runs as this user.
func samePeer(conn *net.UnixConn) bool {
	raw, err := conn.SyscallConn()
	if err != nil {
		return false
	}
	same := false
	err = raw.Control(func(fd uintptr) {
		uid, err := peerUser(int(fd))
		same = err == nil && int(uid) == os.Getuid()
	})
	return err == nil && same
}
