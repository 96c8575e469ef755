package control

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
)

// Held is the lock that the one running instance holds.
type Held struct {
	dir  string
	lock *flock.Flock
}

// Lock takes the lock in dir, or says ErrRunning at once. The system lets go of it when the process
// ends, however it ends. The file stays: were it removed, two instances could each hold one.
func Lock(dir string) (*Held, error) {
	path := filepath.Join(dir, "lock")
	l := flock.New(path)
	ok, err := l.TryLock()
	if err != nil {
		return nil, fmt.Errorf("taking the lock: %w", err)
	}
	if !ok {
		return nil, ErrRunning
	}
	keep(path)
	return &Held{dir: dir, lock: l}, nil
}

// keep asks those who tidy up folders for temporary files to spare this one (XDG Base Directory
// Specification, on the sticky bit). It is a courtesy that not every system grants.
func keep(path string) { _ = os.Chmod(path, 0o600|os.ModeSticky) }

// Release lets go of the lock.
func (h *Held) Release() error { return h.lock.Unlock() }
