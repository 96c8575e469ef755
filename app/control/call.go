package control

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"syscall"
	"time"

	"fermata/checks"
	"fermata/checks/text"
)

// A Client has the instance whose folder is Dir do commands.
type Client struct {
	Dir     string
	Version string // the client's own, for the error of an instance that speaks another protocol
}

// busy is a refusal that is over in a moment.
type busy struct{ error }

// Is makes it ErrBusy.
func (busy) Is(target error) bool { return target == ErrBusy }

// Call has a command done, waits for it as long as ctx lasts, and puts what it returned into answer,
// which may be nil. Its error is ErrNotRunning, ErrBusy where it can't be taken yet, ErrSilent where the instance does not take the command
// within five seconds, what went wrong on the way, or the command's own, with its hint.
func (c Client) Call(ctx context.Context, answer any, command string, args ...string) error {
	body, err := json.Marshal(request{args})
	if err != nil {
		return fmt.Errorf("writing the request: %w", err)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	silent := time.AfterFunc(patience, func() { cancel(ErrSilent) })
	defer silent.Stop()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://fermata"+prefix+url.PathEscape(command), bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("writing the request: %w", err)
	}
	var dialer net.Dialer
	transport := http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, "unix", socketPath(c.Dir))
		},
		MaxResponseHeaderBytes: maxHeader,
	}
	resp, err := transport.RoundTrip(req)
	silent.Stop()
	if ctx.Err() == nil && (errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)) {
		return ErrNotRunning // it ended before it took the command
	}
	if err != nil {
		return failure(ctx, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusNotFound {
		running := text.Line(resp.Header.Get(versionHeader), 40)
		return checks.WithHint(fmt.Errorf("the running Fermata (version %s) speaks another protocol than this one (version %s)", running, c.Version), "Quit the running Fermata and start it again.")
	}
	var r response
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxResponse)).Decode(&r); err != nil {
		return failure(ctx, err)
	}
	switch {
	case r.Busy:
		return checks.WithHint(busy{errors.New(r.Error)}, r.Hint)
	case r.Error != "":
		return checks.WithHint(errors.New(r.Error), r.Hint)
	case answer == nil:
		return nil
	}
	if err := json.Unmarshal(r.Data, answer); err != nil {
		return fmt.Errorf("reading the running instance's answer: %w", err)
	}
	return nil
}

// failure says why there is no answer.
func failure(ctx context.Context, err error) error {
	cause := context.Cause(ctx)
	switch {
	case errors.Is(cause, ErrSilent):
		return ErrSilent
	case cause != nil:
		return fmt.Errorf("waiting for the running instance: %w", cause)
	case nobodyListens(err):
		return ErrNotRunning
	}
	return fmt.Errorf("speaking to the running instance: %w", err)
}

// nobodyListens reports whether a dial failed because there is no socket, or one left behind. Windows
// refuses both alike, as WSAECONNREFUSED, or as WSAENETDOWN where the file is missing.
func nobodyListens(err error) bool {
	const refused, netDown = syscall.Errno(10061), syscall.Errno(10050) // winsock2.h; no errors elsewhere
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, refused) || errors.Is(err, netDown)
}
