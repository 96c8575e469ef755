package clock

import "time"

// networkRest is how long the network must be quiet before a change is reported: one change of network is
// many changes of routes, and names resolve only after the last.
const networkRest = 1500 * time.Millisecond

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
