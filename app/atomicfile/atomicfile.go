// Package atomicfile replaces a file as a whole: a reader, or a computer that loses its power, finds
// the old contents or the new ones, never half of them.
//
// It is our own because github.com/google/renameio leaves Windows out.
package atomicfile

import (
	"os"
	"path/filepath"
)

// Write puts data into the file at path with the given permissions, whatever those of an older file
// there were. It writes a temporary file in the same folder, which must exist, flushes it to the disk
// and renames it over path. A symbolic link at path is followed, so that it stays a link.
func Write(path string, data []byte, perm os.FileMode) (err error) {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".fermata-*.tmp")
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
	return syncDir(filepath.Dir(path))
}
