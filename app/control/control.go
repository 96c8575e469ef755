// Package control lets one instance of the program run for each user, and lets the commands speak to
// it: a lock, and a Unix socket that only the user can reach. Both stand in one folder, see Dir.
//
// A client sends one line of JSON, a Request, and gets one line of JSON, a Response. It stays
// connected while the command runs, be it for minutes; when it goes away, the command is cancelled.
package control

import (
	"encoding/json"
	"errors"
	"path/filepath"
	"time"
)

const (
	maxRequest  = 64 << 10 // bytes of a request's line
	maxResponse = 4 << 20  // bytes of a response's line
	maxClients  = 32       // at once; more are told that it is busy
	patience    = 5 * time.Second
)

// A Request is a command with its arguments: {"command":"do","args":["clock/check"]}.
type Request struct {
	Command string   `json:"command"`
	Args    []string `json:"args,omitempty"`
}

// A Response is what came of a Request.
type Response struct {
	OK    bool            `json:"ok"`
	Error string          `json:"error,omitempty"` // what went wrong, without a full stop
	Hint  string          `json:"hint,omitempty"`  // what a person can do about it
	Data  json.RawMessage `json:"data,omitempty"`  // what the command has to tell
}

// ErrRunning says that another instance holds the lock.
var ErrRunning = errors.New("Fermata is running already")

// ErrNotRunning says that no instance answers.
var ErrNotRunning = errors.New("Fermata is not running")

func socketPath(dir string) string { return filepath.Join(dir, "control.sock") }

// parseRequest reads a request's line. What it does not know of an object it lets pass, so that a
// newer client can speak to an older instance.
func parseRequest(line []byte) (Request, error) {
	var r Request
	if err := json.Unmarshal(line, &r); err != nil {
		return Request{}, errors.New("the request is not a line of JSON")
	}
	if r.Command == "" {
		return Request{}, errors.New("the request names no command")
	}
	return r, nil
}
