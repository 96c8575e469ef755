//go:build !linux && !windows

package clock

import (
	"context"
	"errors"
	"fmt"
)

// Watch fails with errors.ErrUnsupported: without cgo nothing reports clock changes here. Compare
// readings instead (Reading.Since), at each wake that happens anyway.
func Watch(context.Context) (<-chan Change, error) {
	return nil, fmt.Errorf("watch the clock: %w", errors.ErrUnsupported)
}
