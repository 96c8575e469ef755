package browser

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
)

func start(ctx context.Context, address string) error {
	path, err := exec.LookPath("xdg-open")
	if err != nil {
		return errors.New("xdg-open is not installed (package xdg-utils)")
	}
	if err := launch(ctx, exec.Command(path, address)); err != nil {
		return fmt.Errorf("no program was found for it: %w", err)
	}
	return nil
}
