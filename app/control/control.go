// Package control lets one instance of the program run for each user, and lets the commands speak to
// it: a lock, and a Unix socket that only the user can reach. Both stand in one folder, see Dir.
//
// The protocol is HTTP: POST /v1/COMMAND with {"args": […]}. The instance answers with status 200 as
// soon as it begins, and with {"data": …} or {"error": …, "hint": …} when the command is done, be it
// minutes later; another status is a refusal, with the same body. When the client goes away, the
// command is cancelled. Every answer has the instance's version in its header.
package control

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"fermata/checks"

	"github.com/gofrs/flock"
)

const (
	prefix        = "/v1/" // of the paths; another for another protocol
	versionHeader = "Fermata-Version"

	maxHeader   = 8 << 10  // bytes of a request's or an answer's header
	maxRequest  = 64 << 10 // bytes of a request's body
	maxResponse = 4 << 20  // bytes of an answer's body
	maxClients  = 256      // at once; more are refused
	patience    = 5 * time.Second
)

// Errors of an instance that is, or is not, there.
var (
	ErrRunning    = errors.New("Fermata is running already")
	ErrNotRunning = errors.New("Fermata is not running")
	ErrBusy       = errors.New("another command is at work")
	ErrSilent     = checks.WithHint(errors.New("Fermata is running but does not answer"), "Try again in a moment. If that does not help, end its process and start it again.")
)

type request struct {
	Args []string `json:"args"`
}

// response is a command's outcome: Error, without a full stop, or Data.
type response struct {
	Data  json.RawMessage `json:"data,omitempty"`
	Error string          `json:"error,omitempty"`
	Hint  string          `json:"hint,omitempty"`
	Busy  bool            `json:"busy,omitempty"` // it may be taken in a moment
}

func socketPath(dir string) string { return filepath.Join(dir, "control.sock") }

// Dir returns the folder for the lock and the socket of the program called name ("fermata", or
// "fermata-demo" for the demo, which runs beside it). It is made if there is none, and it belongs to
// the user alone.
//
// On Unix it stands under $XDG_RUNTIME_DIR, or where that variable would point to had the program
// been started from the desktop, and otherwise in the folder for temporary files with the user's
// number in its name. On Windows it stands under %LocalAppData%.
func Dir(name string) (string, error) {
	path, err := location(name)
	if err == nil {
		err = os.MkdirAll(path, 0o700)
	}
	if err == nil {
		err = checkOwn(path)
	}
	if err != nil {
		return "", fmt.Errorf("the folder for the control socket: %w", err)
	}
	return path, nil
}

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

// Release lets go of the lock.
func (h *Held) Release() error { return h.lock.Unlock() }

// keep asks those who tidy up folders for temporary files to spare this one (XDG Base Directory
// Specification, on the sticky bit). It is a courtesy that not every system grants.
func keep(path string) { _ = os.Chmod(path, 0o600|os.ModeSticky) }
