package clock

import (
	"context"
	"fmt"
	"time"
)

// networkRest is how long the network must be quiet before a change is reported: one change of network is
// many changes of routes, and names resolve only after the last.
const networkRest = 1500 * time.Millisecond

// WatchNetwork sends a value 1.5 s after the last of one or more changes of the network, until ctx ends;
// then it closes the channel. It is a reason to look again, not a promise of a connection. Changes that
// happen while nobody receives are sent once. Only the system wakes it. Where nothing reports changes it
// fails with errors.ErrUnsupported: a check that could not look tries again by itself, first after 20 s.
func WatchNetwork(ctx context.Context) (<-chan struct{}, error) {
	changes, err := watchNetwork(ctx)
	if err != nil {
		return nil, fmt.Errorf("watch the network: %w", err)
	}
	return debounce(changes), nil
}

// debounce turns each burst of changes into one value, sent when the burst is over. Bursts that nobody
// received are one. It ends, and closes the channel, when changes is closed.
func debounce(changes <-chan struct{}) <-chan struct{} {
	bursts := make(chan struct{}, 1)
	go func() {
		defer close(bursts)
		var rest <-chan time.Time
		for {
			select {
			case _, ok := <-changes:
				if !ok {
					return
				}
				rest = time.After(networkRest)
			case <-rest:
				notify(bursts)
			}
		}
	}()
	return bursts
}

// notify sends on c, which holds one value, unless one is waiting there already.
func notify(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
