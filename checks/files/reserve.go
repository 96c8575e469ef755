package files

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Reserve makes room for the next Write to path, of size bytes at most, so that it succeeds on a disk that
// has become full since. The room is a file beside it, with the permissions perm, which stays until that
// Write. Of those who reserve, one at a time may write. A file system that copies on every write (btrfs) may
// want more room all the same.
func Reserve(path string, size int64, perm fs.FileMode) (err error) {
	path = Target(path)
	if err := makeFolder(path, perm); err != nil {
		return err
	}
	f, err := os.OpenFile(reserved(path), os.O_CREATE|os.O_WRONLY, perm)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if info, err := f.Stat(); err != nil || info.Size() >= size {
		return err
	}
	if _, err := f.WriteAt(bytes.Repeat([]byte(" "), int(size)), 0); err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return f.Sync()
}

// Remove removes the file at path, and what was reserved for it. Links stay. That there is none is no error.
func Remove(path string) error {
	path = Target(path)
	for _, name := range []string{reserved(path), path} {
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// reserved is the file that is room for another.
func reserved(path string) string {
	return filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+".next")
}

// maxLinks is how many symbolic links may lead to a file: as many as Linux follows.
const maxLinks = 40

// Target returns where the symbolic link at path leads, over other links, whether something is there or not;
// path itself if it is no link, or leads nowhere.
func Target(path string) string {
	at := path
	for range maxLinks {
		to, err := os.Readlink(at)
		if err != nil {
			return at
		}
		if !filepath.IsAbs(to) {
			dir, err := filepath.EvalSymlinks(filepath.Dir(at))
			if err != nil {
				return path
			}
			to = filepath.Join(dir, to)
		}
		at = to
	}
	return path
}

// makeFolder makes the folder of a file; who may read the file may read a new folder.
func makeFolder(path string, perm fs.FileMode) error {
	return os.MkdirAll(filepath.Dir(path), perm|perm&0o444>>2)
}
