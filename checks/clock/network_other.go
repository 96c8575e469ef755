//go:build !linux && !windows

package clock

import (
	"context"
	"errors"
	"fmt"
)

// WatchNetwork fails with errors.ErrUnsupported: without cgo nothing reports changes of the network here.
// A check that could not look tries again by itself, first after 20 s.
func WatchNetwork(context.Context) (<-chan struct{}, error) {
	return nil, fmt.Errorf("watch the network: %w", errors.ErrUnsupported)
}
