package control

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"time"
)

// Call sends a request to the running instance and waits for its response, as long as ctx lasts.
// It fails with ErrNotRunning if no instance answers at dir.
func Call(ctx context.Context, dir string, r Request) (Response, error) {
	line, err := json.Marshal(r)
	if err != nil {
		return Response{}, fmt.Errorf("writing the request: %w", err)
	}
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "unix", socketPath(dir))
	switch {
	case err != nil && nobodyListens(err):
		return Response{}, ErrNotRunning
	case err != nil:
		return Response{}, fmt.Errorf("reaching the running instance: %w", err)
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()

	conn.SetWriteDeadline(time.Now().Add(patience))
	_, writeErr := conn.Write(append(line, '\n'))
	answer, err := readLine(conn, maxResponse) // there may be one even to a request that broke off
	if err != nil && writeErr != nil {
		err = writeErr
	}
	if ctx.Err() != nil {
		return Response{}, fmt.Errorf("waiting for the running instance: %w", context.Cause(ctx))
	}
	if err != nil {
		return Response{}, fmt.Errorf("speaking to the running instance: %w", err)
	}
	var response Response
	if err := json.Unmarshal(answer, &response); err != nil {
		return Response{}, fmt.Errorf("reading the running instance's answer: %w", err)
	}
	return response, nil
}
