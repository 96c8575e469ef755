package browser

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

type commandKey struct{}

// WithCommand returns a context under which Open runs a command of the person's own for web pages, with "%s" in
// its arguments standing for the address. Without a command it is the system's.
func WithCommand(ctx context.Context, command []string) context.Context {
	if len(command) == 0 {
		return ctx
	}
	return context.WithValue(ctx, commandKey{}, command)
}

// command is the person's own for an address; nil: there is none.
func command(ctx context.Context, address string) *exec.Cmd {
	words, ok := ctx.Value(commandKey{}).([]string)
	if !ok || !strings.HasPrefix(address, "http") {
		return nil
	}
	var args []string
	for _, word := range words[1:] {
		args = append(args, strings.ReplaceAll(word, "%s", address))
	}
	return exec.Command(words[0], args...)
}

// settle is how long a program may take to fail. One that hands over to a browser which runs already ends at
// once, and otherwise may stay until the browser is closed.
const settle = 3 * time.Second

// launch starts a program that opens something. It may outlive ctx.
func launch(ctx context.Context, cmd *exec.Cmd) error {
	cmd.Env = os.Environ()
	if token, ok := ctx.Value(activationKey{}).(string); ok {
		cmd.Env = append(cmd.Env, "XDG_ACTIVATION_TOKEN="+token, "DESKTOP_STARTUP_ID="+token)
	}
	if err := cmd.Start(); errors.Is(err, exec.ErrNotFound) {
		return fmt.Errorf("%s is not installed", cmd.Path)
	} else if err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		if err != nil {
			return fmt.Errorf("%s failed: %w", cmd.Path, err)
		}
	case <-time.After(settle):
	case <-ctx.Done():
	}
	return nil
}
