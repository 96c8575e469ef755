package browser

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"time"
)

// settle is how long xdg-open may take to fail. It ends at once where the browser runs already, and
// otherwise may stay until the browser is closed.
const settle = 3 * time.Second

func start(ctx context.Context, address string) error {
	cmd := exec.Command("xdg-open", address)
	cmd.Env = os.Environ()
	if token, ok := ctx.Value(activationKey{}).(string); ok {
		cmd.Env = append(cmd.Env, "XDG_ACTIVATION_TOKEN="+token, "DESKTOP_STARTUP_ID="+token)
	}
	if err := cmd.Start(); errors.Is(err, exec.ErrNotFound) {
		return errors.New("xdg-open is not installed (package xdg-utils)")
	} else if err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		if err != nil {
			return fmt.Errorf("xdg-open found no program for it: %w", err)
		}
	case <-time.After(settle):
	case <-ctx.Done():
	}
	return nil
}
