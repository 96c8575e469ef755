//go:build unix

package control

import (
	"fmt"
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

// checkOwn makes sure that path is a folder, not a link to one, that the user owns and nobody else may
// enter. One of the user's that is merely too open is closed.
func checkOwn(path string) error {
	fi, err := os.Lstat(path)
	if err != nil {
		return err
	}
	if !fi.IsDir() {
		return fmt.Errorf("%s is not a folder", path)
	}
	if !own(fi) {
		return fmt.Errorf("%s belongs to another user", path)
	}
	if fi.Mode().Perm()&0o077 != 0 {
		return os.Chmod(path, 0o700)
	}
	return nil
}

// own reports whether it is a folder of the user's.
func own(fi os.FileInfo) bool {
	st, ok := fi.Sys().(*syscall.Stat_t)
	return ok && fi.IsDir() && int(st.Uid) == os.Getuid()
}
