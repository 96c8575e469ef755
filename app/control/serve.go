package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"fermata/checks"
)

// A Handler does a command. Its ctx ends when the client goes away or the instance ends. What it
// returns travels as JSON, an error with its hint.
type Handler func(ctx context.Context, command string, args []string) (any, error)

// Only returns a Handler of one command, for a process that is there for a moment: it does that to its end even when
// the instance ends, and refuses all others with ErrBusy.
func Only(command string, handle Handler) Handler {
	return func(ctx context.Context, asked string, args []string) (any, error) {
		if asked != command {
			return nil, checks.WithHint(ErrBusy, "Try again in a moment.")
		}
		return handle(context.WithoutCancel(ctx), asked, args)
	}
}

// Serve does the commands of clients, each in a goroutine of its own, until ctx ends and every handler
// has returned. Version is the program's. That Serve belongs to the lock is what makes it safe to
// remove a socket that an instance before this one left behind.
func (h *Held) Serve(ctx context.Context, version string, handle Handler) error {
	path := socketPath(h.dir)
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("removing an old control socket: %w", err)
	}
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		return fmt.Errorf("opening the control socket: %w", err)
	}
	keep(path)
	places := make(chan struct{}, maxClients)
	serving, cancel := context.WithCancel(ctx)
	defer cancel()
	server := http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set(versionHeader, version)
			select {
			case places <- struct{}{}:
				defer func() { <-places }()
				answer(w, r, handle)
			default:
				reply(w, http.StatusServiceUnavailable, nil, checks.WithHint(busy{errors.New("too many commands at once")}, "Try again in a moment."))
			}
		}),
		BaseContext:    func(net.Listener) context.Context { return serving },
		ReadTimeout:    patience, // of a whole request; not of the wait for its end
		MaxHeaderBytes: maxHeader,
	}
	server.SetKeepAlivesEnabled(false)
	served := make(chan error, 1)
	go func() { served <- server.Serve(peers{l}); cancel() }()

	<-serving.Done()
	l.Close()
	for range maxClients {
		places <- struct{}{} // until no handler is left; none begins any more
	}
	// Answers may be on their way, and clients that say nothing are not waited for.
	ending, stop := context.WithTimeout(context.Background(), time.Second)
	defer stop()
	if server.Shutdown(ending) != nil {
		server.Close()
	}
	if err := <-served; ctx.Err() == nil {
		return fmt.Errorf("the control socket was closed: %w", err)
	}
	return nil
}

// peers accepts this user's connections alone.
type peers struct{ *net.UnixListener }

func (p peers) Accept() (net.Conn, error) {
	for {
		conn, err := p.AcceptUnix()
		if err != nil || samePeer(conn) {
			return conn, err
		}
		conn.Close()
	}
}

// answer serves one client: 200 at once, the outcome when it is there.
func answer(w http.ResponseWriter, r *http.Request, handle Handler) {
	command, ok := strings.CutPrefix(r.URL.Path, prefix)
	if !ok || r.Method != http.MethodPost {
		http.NotFound(w, r)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	var q request
	if err == nil {
		err = json.Unmarshal(body, &q)
	}
	if err != nil {
		reply(w, http.StatusBadRequest, nil, fmt.Errorf("reading the request: %w", err))
		return
	}
	_ = http.NewResponseController(w).Flush() // a client that is gone ends the context
	data, err := handle(r.Context(), command, q.Args)
	reply(w, http.StatusOK, data, err)
}

// reply writes an outcome. A client that does not take it within five seconds does not get it.
func reply(w http.ResponseWriter, status int, data any, err error) {
	var out response
	if err == nil {
		out.Data, err = json.Marshal(data)
	}
	if err != nil {
		out = response{Error: err.Error(), Hint: checks.Hint(err), Busy: errors.Is(err, ErrBusy)}
	}
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(patience))
	if status != http.StatusOK {
		w.WriteHeader(status)
	}
	_ = json.NewEncoder(w).Encode(out)
}
