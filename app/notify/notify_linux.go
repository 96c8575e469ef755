package notify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/godbus/dbus/v5"
)

// onScreen is what the daemon knows a notice by.
type onScreen struct {
	id    uint32        // the daemon's number, 0: it shows none
	since dbus.Sequence // when the notification with that id was replaced last; what closed it before is history
	token string        // the activation token of the click that comes next
}

// patience is how long the daemon may take to answer before failed hears of it. The tests shorten it.
var patience = 5 * time.Second

// maxHeld bounds the signals that are kept until a call is answered.
const maxHeld = 64

// A client is the goroutine that talks to the notification daemon. It is connected only while there
// are notices, so that other programs' notifications wake it no more than need be.
type client struct {
	*Center
	ledger
	screen  map[string]onScreen // by Notice.Key; what is in it is in the ledger too
	conn    *dbus.Conn
	signals <-chan *dbus.Signal
	daemon  string        // the daemon's unique name, "" while none is known
	can     *capabilities // nil until the daemon has told
	call    *call         // the one call that is under way
	held    []*dbus.Signal
	stalled bool // nothing works until the set changes or a new daemon appears
}

// A call is a method call that waits for its answer for as long as it takes. Giving it up would lose
// the id of a notification that a slow daemon shows in the end.
type call struct {
	*dbus.Call
	about Notice // what Notify shows
	done  func(*call)
	late  *time.Timer
}

func (c *Center) work() {
	w := &client{Center: c, screen: map[string]onScreen{}}
	defer w.close()
	for {
		w.step()
		var answered <-chan *dbus.Call
		var late <-chan time.Time
		if w.call != nil {
			answered, late = w.call.Done, w.call.late.C
		}
		select {
		case want := <-c.mail:
			w.set(want)
			w.stalled = false
		case s, ok := <-w.signals:
			if !ok {
				w.disconnect()
				w.fail(errors.New("the session bus closed the connection"))
				break
			}
			w.hear(s)
		case <-answered:
			w.answered()
		case <-late:
			w.fail(fmt.Errorf("the notification daemon has not answered within %v", patience))
		case <-c.quit.Done():
			return
		}
	}
}

// step does what can be done now, up to the next call that has to be waited for.
func (w *client) step() {
	busy := ""
	if w.call != nil {
		busy = w.call.about.Key
	}
	for e := w.gone(busy); e != nil; e = w.gone(busy) {
		w.withdraw(e)
	}
	if w.call != nil {
		return
	}
	n, ok := w.due()
	switch {
	case len(w.want) == 0:
		w.disconnect()
	case !ok, w.stalled:
	case w.conn == nil:
		if err := w.connect(); err != nil {
			w.fail(err)
			return
		}
		w.step()
	case w.can == nil:
		w.start(Notice{}, w.learn, "GetCapabilities")
	default:
		if e := w.entries[n.Key]; e != nil && n.Again > e.shown.Again {
			w.withdraw(e) // what only changes in place, a desktop may show in its list alone
		}
		w.start(n, w.shown, "Notify", message(n, w.screen[n.Key].id, *w.can)...)
	}
}

func (w *client) start(about Notice, done func(*call), method string, args ...any) {
	object := w.conn.Object(service, objectPath)
	w.call = &call{
		Call:  object.Go(service+"."+method, 0, make(chan *dbus.Call, 1), args...),
		about: about, done: done, late: time.NewTimer(patience),
	}
}

// answered ends the call under way and hears the signals that came meanwhile.
func (w *client) answered() {
	c := w.call
	w.drop()
	c.done(c)
	for _, s := range w.held {
		w.notification(s)
	}
	w.held = nil
}

// drop forgets the call under way.
func (w *client) drop() {
	if w.call != nil {
		w.call.late.Stop()
		w.call = nil
	}
}

// learn takes the answer of GetCapabilities, which may have started the daemon.
func (w *client) learn(c *call) {
	var names []string
	if err := c.Store(&names); err != nil {
		w.fail(fmt.Errorf("ask the notification daemon what it can do: %w", err))
		return
	}
	w.can = &capabilities{slices.Contains(names, "actions"), slices.Contains(names, "body-markup")}
	if w.daemon == "" {
		w.daemon = daemonOf(w.conn)
	}
	w.stalled = false
}

// shown takes the answer of Notify. A notice that the daemon refused counts as handed over, so that
// it is not sent again until it changes.
func (w *client) shown(c *call) {
	var id uint32
	err := c.Store(&id)
	w.handed(c.about)
	w.stalled = false
	if err != nil {
		w.tell(fmt.Errorf("show a notification: %w", err))
		return
	}
	w.tell(nil)
	o := w.screen[c.about.Key]
	o.since = dbus.NoSequence
	if o.id == id {
		o.since = c.ResponseSequence
	}
	o.id = id
	w.screen[c.about.Key] = o
}

// withdraw asks for no answer: there is none that would change anything.
func (w *client) withdraw(e *entry) {
	id := w.screen[e.shown.Key].id
	delete(w.screen, e.shown.Key)
	if id != 0 && w.conn != nil {
		w.conn.Object(service, objectPath).Call(service+".CloseNotification", dbus.FlagNoReplyExpected|dbus.FlagNoAutoStart, id)
	}
}

// hear sorts a signal. Anybody on the bus can send one to this program directly, so its sender, its
// name and its arguments are checked.
func (w *client) hear(s *dbus.Signal) {
	if s.Sender == busName && s.Name == busName+".NameOwnerChanged" {
		var name, before, after string
		if dbus.Store(s.Body, &name, &before, &after) == nil && name == service && after != w.daemon {
			// A new daemon has heard of none of our notifications. An ended one is not started again from
			// here: it may have ended because of what we showed.
			w.daemon, w.stalled = after, after == ""
			w.forget()
		}
		return
	}
	if s.Sender != w.daemon {
		return
	}
	if w.call == nil {
		w.notification(s)
	} else if len(w.held) < maxHeld {
		// It may be about the notification whose id the answer is going to tell.
		w.held = append(w.held, s)
	}
}

// forget drops all that the daemon knew, but not what a person has dealt with.
func (w *client) forget() {
	w.drop()
	w.can, w.held = nil, nil
	clear(w.screen)
	for key, e := range w.entries {
		if !e.over {
			delete(w.entries, key)
		}
	}
}

// notification takes one of the daemon's signals, which tell of all programs' notifications.
func (w *client) notification(s *dbus.Signal) {
	if len(s.Body) != 2 {
		return
	}
	id, ok := s.Body[0].(uint32)
	if !ok || id == 0 {
		return
	}
	const maxToken = 1024
	text, _ := s.Body[1].(string)
	for key, o := range w.screen {
		if o.id != id {
			continue
		}
		e := w.entries[key]
		switch s.Name {
		case service + ".ActivationToken":
			if len(text) <= maxToken {
				o.token = text
			}
		case service + ".ActionInvoked":
			if button, ok := buttonOf(e.shown, text); ok {
				e.over = e.over || s.Sequence >= o.since
				w.clicked(Click{e.shown.Key, button, o.token})
			}
			o.token = ""
		case service + ".NotificationClosed":
			if s.Sequence >= o.since {
				e.over, o.id = true, 0
			}
		}
		w.screen[key] = o
		return
	}
}

func (w *client) disconnect() {
	if w.conn != nil {
		w.conn.Close()
	}
	w.conn, w.signals, w.daemon = nil, nil, ""
	w.forget()
}

// fail says why nothing works. The next set is a reason to try again.
func (w *client) fail(err error) {
	w.stalled = true
	w.tell(err)
}

// close withdraws everything, also what is just being shown.
func (w *client) close() {
	if w.conn == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { w.conn.Close() }) // ends a write to a bus that is stuck
	defer stop()
	if w.call != nil {
		select {
		case <-w.call.Done:
			w.answered()
		case <-ctx.Done():
		}
	}
	for _, e := range w.entries {
		w.withdraw(e)
	}
	w.conn.Close()
}
