package control

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"sync"
	"time"
)

// A Handler does what a Request asks. Its ctx ends when the client goes away or the instance ends.
type Handler func(ctx context.Context, r Request) Response

// Serve answers requests, each in a goroutine of its own, until ctx ends and every handler has
// returned. That it belongs to the lock is what makes it safe to remove a socket that an instance
// before this one left behind.
func (h *Held) Serve(ctx context.Context, handle Handler) error {
	l, err := listen(socketPath(h.dir))
	if err != nil {
		return fmt.Errorf("opening the control socket: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	var clients sync.WaitGroup
	defer clients.Wait()
	defer cancel()
	stop := context.AfterFunc(ctx, func() { l.Close() })
	defer stop()
	defer l.Close()

	places := make(chan struct{}, maxClients)
	for {
		conn, err := l.AcceptUnix()
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, net.ErrClosed):
			return fmt.Errorf("the control socket was closed: %w", err)
		case err != nil: // out of files or memory: clients come and go
			select {
			case <-time.After(time.Second):
			case <-ctx.Done():
			}
			continue
		}
		select {
		case places <- struct{}{}:
			clients.Go(func() {
				defer func() { <-places }()
				answer(ctx, conn, handle)
			})
		default:
			reply(conn, Response{Error: "too many commands at once", Hint: "Try again in a moment."})
			conn.Close()
		}
	}
}

func listen(path string) (*net.UnixListener, error) {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		return nil, err
	}
	keep(path)
	return l, nil
}

// answer serves one client.
func answer(ctx context.Context, conn *net.UnixConn, handle Handler) {
	defer conn.Close()
	if !samePeer(conn) {
		return
	}
	stop := context.AfterFunc(ctx, func() { conn.SetReadDeadline(time.Now()) })
	defer stop()
	r, err := receive(conn)
	if err != nil {
		reply(conn, Response{Error: err.Error()})
		return
	}
	ctx, cancel := context.WithCancel(ctx)
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		defer cancel()
		// The client has said all it may, so Read returns when it goes away (or breaks the rule).
		conn.Read(make([]byte, 1))
	}()
	reply(conn, handle(ctx, r))
	conn.Close()
	<-gone
}

// receive reads the request's line, for which a client has a few seconds.
func receive(conn net.Conn) (Request, error) {
	conn.SetReadDeadline(time.Now().Add(patience))
	defer conn.SetReadDeadline(time.Time{})
	line, err := readLine(conn, maxRequest)
	if err != nil {
		return Request{}, err
	}
	return parseRequest(line)
}

// reply sends a response's line. A client that does not take it does not get it.
func reply(conn net.Conn, r Response) {
	line, err := json.Marshal(r)
	if err != nil {
		line, _ = json.Marshal(Response{Error: "the answer cannot be written: " + err.Error()})
	}
	conn.SetWriteDeadline(time.Now().Add(patience))
	conn.Write(append(line, '\n'))
}

// readLine reads up to the end of a line, which may have most bytes.
func readLine(r io.Reader, most int) ([]byte, error) {
	line, err := bufio.NewReader(io.LimitReader(r, int64(most)+1)).ReadBytes('\n')
	switch {
	case err == nil:
		return line[:len(line)-1], nil
	case len(line) > most:
		return nil, fmt.Errorf("a line has %d bytes at most", most)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, errors.New("the line took too long")
	default:
		return nil, errors.New("the connection ended within a line")
	}
}
