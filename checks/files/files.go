// Package files reads and replaces small files as a whole, and knows the folders that they are in.
package files

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
)

// Why Read does not read a file that is there.
var (
	ErrNotRegular = errors.New("not a regular file")
	ErrTooLarge   = errors.New("too large")
)

// Read returns what the file at path holds, limit bytes at most; links are followed. What is not a
// regular file is not read (ErrNotRegular): a pipe would block until somebody writes, a device may do
// anything. A larger file is not read either (ErrTooLarge). Each error is a *fs.PathError.
func Read(path string, limit int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err = readable(path, limit, info, err); err != nil {
		return nil, err
	}
	// Somebody may have put a pipe there since, so the opening must not block.
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err = f.Stat()
	if err = readable(path, limit, info, err); err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(data)) > limit { // it grows, or is one of /proc, whose size is 0
		err = tooLarge(path, limit)
	}
	if err != nil {
		clear(data) // it may hold secrets
		return nil, err
	}
	return data, nil
}

// readable returns why a file must not be read, nil if it may be.
func readable(path string, limit int64, info fs.FileInfo, err error) error {
	switch {
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return &fs.PathError{Op: "read", Path: path, Err: ErrNotRegular}
	case info.Size() > limit:
		return tooLarge(path, limit)
	}
	return nil
}

func tooLarge(path string, limit int64) error {
	return &fs.PathError{Op: "read", Path: path, Err: fmt.Errorf("%w: more than %d kB", ErrTooLarge, limit>>10)}
}

// Write puts data into the file at path, with the permissions perm, whatever those of an older file
// there were. It writes a temporary file in the same folder, flushes it to the disk and renames it over
// path, so that a reader, or a computer that loses its power, finds the old contents or the new ones,
// never half of them. It uses up what was reserved. A symbolic link at path is followed, so that it stays a
// link. The folder is made if it is not there; who may read the file may read a new folder.
//
// github.com/google/renameio does the same, but not on Windows.
func Write(path string, data []byte, perm fs.FileMode) (err error) {
	path = Target(path)
	dir := filepath.Dir(path)
	if err := makeFolder(path, perm); err != nil {
		return err
	}
	f, err := os.OpenFile(reserved(path), os.O_WRONLY, 0)
	if err != nil {
		f, err = os.CreateTemp(dir, ".fermata-*.tmp")
	}
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if _, err = f.Write(data); err != nil {
		return err
	}
	if err = f.Truncate(int64(len(data))); err != nil { // of what was reserved
		return err
	}
	if err = f.Chmod(perm); err != nil {
		return err
	}
	if err = f.Sync(); err != nil {
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	if err = os.Rename(f.Name(), path); err != nil {
		return err
	}
	// Without this a crash may bring the old file back. Windows and some network and FUSE file systems
	// cannot flush a folder; the file is whole either way.
	if d, err := os.Open(dir); err == nil {
		_ = d.Sync()
		d.Close()
	}
	return nil
}

// Config returns the folder of the settings: fermata under $XDG_CONFIG_HOME (~/.config), %AppData% or
// ~/Library/Application Support.
func Config() (string, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("finding the folder for settings: %w", err)
	}
	return filepath.Join(dir, "fermata"), nil
}

// State returns the folder of what outlives a restart, sign-ins among it: fermata under $XDG_STATE_HOME
// (~/.local/state) or %LocalAppData%; on macOS it is that of the settings. Elsewhere it is not, since
// settings are what people publish.
func State() (string, error) {
	var dir string
	var err error
	switch runtime.GOOS {
	case "darwin":
		return Config()
	case "windows":
		dir, err = os.UserCacheDir()
	default:
		if dir = os.Getenv("XDG_STATE_HOME"); !filepath.IsAbs(dir) {
			dir, err = os.UserHomeDir()
			dir = filepath.Join(dir, ".local", "state")
		}
	}
	if err != nil {
		return "", fmt.Errorf("finding the folder for sign-ins: %w", err)
	}
	return filepath.Join(dir, "fermata"), nil
}
