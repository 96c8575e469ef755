package clock

import (
	"context"
	"fmt"
)

// Watch sends each clock step and each resume from suspend, as Reading.Since measures them, until ctx
// ends; then it closes the channel. Changes that happen while nobody receives are added up. Only the
// system wakes it. Where nothing reports such changes it fails with errors.ErrUnsupported: compare
// readings instead, at each wake that happens anyway.
func Watch(ctx context.Context) (<-chan Change, error) {
	wait, err := watch(ctx)
	if err != nil {
		return nil, fmt.Errorf("watch the clock: %w", err)
	}
	changes := make(chan Change)
	last := Read()
	go func() {
		defer close(changes)
		for wait() {
			now := Read()
			if c := now.Since(last); c != (Change{}) {
				select {
				case changes <- c:
				case <-ctx.Done():
					return
				}
			}
			last = now
		}
	}()
	return changes, nil
}
