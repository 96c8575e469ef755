package spotify

import (
	"context"
	"errors"
)

func findApp(ctx context.Context) (App, error) {
	c, err := find(ctx)
	if errors.Is(err, ErrNotFound) {
		return App{}, nil
	}
	pid, ok := c.(macClient)
	return App{Installed: ok, Running: pid != 0}, err
}
