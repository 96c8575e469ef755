//go:build !linux && !windows

package clock

import (
	"context"
	"errors"
	"fmt"
)

// Watch is told of nothing here without cgo, and fails with errors.ErrUnsupported: compare a
// Reading with the one of the wake before instead (Reading.Since), at each wake that happens anyway.
func Watch(context.Context) (<-chan Jolt, error) {
	return nil, fmt.Errorf("watch the clock: %w", errors.ErrUnsupported)
}
