//go:build unix

package files

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"
)

// inTime fails the test where do blocks.
func inTime(t *testing.T, do func() error) error {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- do() }()
	select {
	case err := <-done:
		return err
	case <-time.After(10 * time.Second):
		t.Fatal("it blocks")
		return nil
	}
}

func TestReadOpensRegularFilesOnly(t *testing.T) {
	dir := t.TempDir()
	pipe, link, socket := filepath.Join(dir, "pipe"), filepath.Join(dir, "link"), filepath.Join(dir, "socket")
	if err := errors.Join(syscall.Mkfifo(pipe, 0o600), os.Symlink(pipe, link)); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, path := range []string{pipe, link, socket, "/dev/zero"} {
		if err := inTime(t, func() error { _, err := Read(path, 9); return err }); !errors.Is(err, ErrNotRegular) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// TestReadWhileAPipeComes puts a pipe in the file's place again and again while it is read.
func TestReadWhileAPipeComes(t *testing.T) {
	dir := t.TempDir()
	path, file, pipe := filepath.Join(dir, "it"), filepath.Join(dir, "file"), filepath.Join(dir, "pipe")
	stop := make(chan struct{})
	defer close(stop)
	go func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			os.WriteFile(file, nil, 0o600)
			syscall.Mkfifo(pipe, 0o600)
			os.Rename(file, path)
			os.Rename(pipe, path)
		}
	}()
	err := inTime(t, func() error {
		for range 20_000 {
			if _, err := Read(path, 9); err != nil && !errors.Is(err, ErrNotRegular) && !errors.Is(err, os.ErrNotExist) {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// TestReadBeyondItsSize: the size is no promise.
func TestReadBeyondItsSize(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("no /proc here")
	}
	if got, err := Read("/proc/self/status", 9); got != nil || !errors.Is(err, ErrTooLarge) {
		t.Errorf("%q, %v", got, err)
	}
}

func TestWriteMakesFolders(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0))
	for perm, want := range map[os.FileMode]os.FileMode{0o600: 0o700, 0o644: 0o755} {
		dir := filepath.Join(t.TempDir(), "a", "b")
		if err := Write(filepath.Join(dir, "file"), nil, perm); err != nil {
			t.Fatal(err)
		}
		for _, dir := range []string{dir, filepath.Dir(dir)} {
			if fi, err := os.Stat(dir); err != nil || fi.Mode().Perm() != want {
				t.Errorf("for %v: %v, %v", perm, fi.Mode(), err)
			}
		}
	}
}
