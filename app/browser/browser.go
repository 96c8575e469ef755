// Package browser shows a page or a file to the person, with whatever program the system has for it.
package browser

import (
	"context"
	"fmt"

	"fermata/checks"
)

type activationKey struct{}

// WithActivation returns a context that carries the activation token of the click that it comes from,
// with which the window that opens may come to the front (XDG Activation protocol).
func WithActivation(ctx context.Context, token string) context.Context {
	if token == "" {
		return ctx
	}
	return context.WithValue(ctx, activationKey{}, token)
}

// Open shows address, a URL or the path of a file. It returns as soon as the program for it has
// taken it over; what was opened outlives ctx. Its error says what to open by hand.
func Open(ctx context.Context, address string) error {
	var err error
	if cmd := command(ctx, address); cmd != nil {
		err = launch(ctx, cmd)
	} else {
		err = start(ctx, address)
	}
	if err != nil {
		return checks.WithHint(fmt.Errorf("opening the browser: %w", err), "Open this yourself: "+address)
	}
	return nil
}
