//go:build !linux && !windows

package clock

import (
	"context"
	"errors"
	"fmt"
)

// WatchNetwork is told of nothing here without cgo, and fails with errors.ErrUnsupported: a check
// that is unknown looks again by itself, first after some seconds.
func WatchNetwork(context.Context) (<-chan struct{}, error) {
	return nil, fmt.Errorf("watch the network: %w", errors.ErrUnsupported)
}
