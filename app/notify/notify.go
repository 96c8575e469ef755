// Package notify shows notifications with buttons. Its user says what ought to be on the screen, as a
// set of notices; the package shows what is new, replaces what changed, withdraws what is gone, and
// tells which button was clicked.
//
// A notice is shown once an episode, which lasts from its first sight in the set until it leaves the
// set. One that a person dismissed, that expired or that was clicked stays away for the rest of the
// episode, unless its Level rises above what it was then, or it is to be shown Again.
//
// There is a file a system: notify_linux.go speaks org.freedesktop.Notifications, notify_windows.go
// shows toasts whose buttons open an address of the scheme "fermata" (see Address), and
// notify_other.go shows plain notifications that say where to click instead.
package notify

import (
	"context"
	"time"

	"fermata/assets"
)

// A Button is one of the things that a person can do about a notice.
type Button struct {
	ID    string // what Click.Button says: up to 200 bytes without control characters
	Label string // up to 40 characters are shown
}

// A Notice is one notification. Its texts may come from anywhere: characters that could break or
// reorder the layout are dropped, as is everything beyond 100 characters of the title and 500 of the
// body, and nothing in them is markup.
type Notice struct {
	Key     string // tells notices apart; the first of two with the same key counts
	Title   string
	Body    string
	Level   int // rises as it gets worse; from Urgent on the notification stays until it is dealt with
	Again   int // rises when it is to be shown once more, though it was dealt with or has expired
	Buttons []Button
	Open    Button // a click on the notification itself; no ID: it does nothing. Some desktops show it as a button
	Instead string // how to act where the system shows no buttons and takes no clicks; it follows the body there
}

// Urgent is the least Level of notices that interrupt and that do not go away by themselves.
const Urgent = 3

// A Click says what a person chose.
type Click struct {
	Key    string // the notice's
	Button string // the button's ID
	// ActivationToken lets a program that is started for this click take the focus: it belongs into the
	// variable XDG_ACTIVATION_TOKEN of that program. "" where the desktop gave none.
	ActivationToken string
}

// What the systems know this program by.
const (
	program = "Fermata"
	appID   = assets.ID
)

// A Center shows notices. Show is for one goroutine at a time.
type Center struct {
	clicked func(Click)
	failed  func(error)
	mail    chan []Notice // the latest set that the worker has not seen yet
	quit    context.Context
	end     context.CancelFunc // of quit
	done    chan struct{}      // closed when the worker has ended
	told    bool               // failed knows that nothing works; the worker's own
}

// New returns a Center that shows nothing yet. It is cheap: the notification service is sought when
// there is something to show.
//
// clicked is told of each click on Linux (on Windows the clicks come as addresses, elsewhere there are
// none). It must return soon and must not call Close. failed is told, once until something works again,
// why notifications cannot be shown. The same rules hold.
func New(clicked func(Click), failed func(error)) *Center {
	c := &Center{clicked: clicked, failed: failed, mail: make(chan []Notice, 1), done: make(chan struct{})}
	c.quit, c.end = context.WithCancel(context.Background())
	go func() {
		defer close(c.done)
		c.work()
	}()
	return c
}

// Show makes want what is to be on the screen. It never blocks; of several sets in quick succession
// only the last may be seen. The caller leaves want and its Buttons as they are from then on.
func (c *Center) Show(want []Notice) {
	select {
	case <-c.mail:
	default:
	}
	c.mail <- want
}

// Close withdraws what is on the screen, since nobody would hear the clicks, and ends the Center. It
// takes at most three seconds.
func (c *Center) Close() {
	c.end()
	select {
	case <-c.done:
	case <-time.After(3 * time.Second):
	}
}

// tell has failed hear of err, unless it knows. That err is nil says that something works again.
func (c *Center) tell(err error) {
	if err != nil && !c.told {
		c.failed(err)
	}
	c.told = err != nil
}
