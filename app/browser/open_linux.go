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

func activation(ctx context.Context) string {
	token, _ := ctx.Value(activationKey{}).(string)
	return token
}

func start(ctx context.Context, address string) error {
	cmd := exec.Command("xdg-open", address)
	cmd.Env = os.Environ()
	if token := activation(ctx); token != "" {
		cmd.Env = append(cmd.Env, "XDG_ACTIVATION_TOKEN="+token, "DESKTOP_STARTUP_ID="+token)
	}
	if err := cmd.Start(); errors.Is(err, exec.ErrNotFound) {
		return errors.New("xdg-open is not installed (package xdg-utils)")
	} else if err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	timer := time.NewTimer(settle)
	defer timer.Stop()
	select {
	case err := <-ended:
		if err != nil {
			return fmt.Errorf("xdg-open found no program for it: %w", err)
		}
	case <-timer.C:
	case <-ctx.Done():
	}
	return nil
}
