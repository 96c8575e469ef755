package spotify

import (
	"context"
	"errors"
	"fmt"
	"time"

	"fermata/checks"
)

// Why the desktop app was not restarted. Each has a hint.
var (
	ErrNotFound = checks.WithHint(errors.New("the Spotify app was not found on this computer"), "Install Spotify, or use the web player.")
	ErrStays    = checks.WithHint(errors.New("Spotify did not quit when asked to"), "Quit Spotify yourself from its own menu, then start it again.")
)

const (
	quitTimeout = 10 * time.Second
	quitLook    = 100 * time.Millisecond
)

// client is the desktop app that was found.
type client interface {
	gone(ctx context.Context) bool   // whether it ended, or never ran
	quit(ctx context.Context) error  // asks it to; it may take its time
	start(ctx context.Context) error // starts the same installation; it outlives ctx and Fermata
}

// Restart asks the person's running Spotify app to quit, waits up to ten seconds until it has, and
// starts the same installation again; where it does not run, it starts it. It never forces the app to
// end, and starts none beside one that stays. It is for a person's click only: a program that restarted
// Spotify at every refusal did so for hours (spotify-scheduler#16).
//
// Its error is ErrNotFound, ErrStays or one that says what the system refused.
func Restart(ctx context.Context) error { return restart(ctx, find) }

func restart(ctx context.Context, find func(context.Context) (client, error)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	c, err := find(ctx)
	if err != nil {
		return err
	}
	if !c.gone(ctx) {
		if err := c.quit(ctx); err != nil {
			return checks.WithHint(fmt.Errorf("asking Spotify to quit: %w", err), "Quit Spotify yourself from its own menu, then start it again.")
		}
		if err := wait(ctx, c); err != nil {
			return err
		}
	}
	if err := c.start(ctx); err != nil {
		return checks.WithHint(fmt.Errorf("Spotify did not start: %w", err), "Start Spotify yourself.")
	}
	return nil
}

// wait returns as soon as c has ended.
func wait(ctx context.Context, c client) error {
	deadline := time.After(quitTimeout)
	for !c.gone(ctx) {
		select {
		case <-time.After(quitLook):
		case <-deadline:
			return ErrStays
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}
