package clock

import (
	"sync"
	"time"
)

// settle is how long the network must be quiet before a change is told: one change of network is
// many changes of routes, and names resolve only after the last.
const settle = 1500 * time.Millisecond

// A lull turns a burst of changes into one word when it is over.
type lull struct {
	told chan struct{} // holds one

	mu     sync.Mutex
	timer  *time.Timer // nil until something changed
	closed bool
}

func newLull() *lull { return &lull{told: make(chan struct{}, 1)} }

// changed takes notice of a change.
func (l *lull) changed() {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.closed:
	case l.timer == nil:
		l.timer = time.AfterFunc(settle, l.over)
	default:
		l.timer.Reset(settle)
	}
}

func (l *lull) over() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return
	}
	select {
	case l.told <- struct{}{}:
	default: // one is waiting to be heard already
	}
}

// close closes told.
func (l *lull) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.timer != nil {
		l.timer.Stop()
	}
	l.closed = true
	close(l.told)
}
