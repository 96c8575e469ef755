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
	"path/filepath"
	"time"

	"fermata/checks"
)

const (
	prefix        = "/v1/" // of the paths; another for another protocol
	versionHeader = "Fermata-Version"

	maxHeader   = 8 << 10  // bytes of a request's or an answer's header
	maxRequest  = 64 << 10 // bytes of a request's body
	maxResponse = 4 << 20  // bytes of an answer's body
	maxClients  = 32       // at once; more are refused
	patience    = 5 * time.Second
)

// Errors of an instance that is, or is not, there.
var (
	ErrRunning    = errors.New("Fermata is running already")
	ErrNotRunning = errors.New("Fermata is not running")
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
}

func socketPath(dir string) string { return filepath.Join(dir, "control.sock") }
