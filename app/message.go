package app

import (
	"fmt"
	"time"

	"fermata/checks"
)

// A Message tells a person something once, after a click: it goes away by itself.
type Message struct {
	Title, Body string
}

// told: there is something to tell.
type told struct{ Message }

func (e told) happen(l *loop) {
	l.message, l.messageUntil = &e.Message, l.now()+messageFor
}

// messageFor is how long a message stands: as long as it takes to read one.
const messageFor = 30 * time.Second

// A trial is a fix that was tried: whether it helped shows at the next look.
type trial struct {
	label string
	until time.Duration // when it is forgotten
	ended bool          // the action did, so the next look tells
}

// try notes that a person tries something about a watch in which something is wrong.
func (l *loop) try(w *watch, a checks.Action) {
	if w != nil && w.finding.Level >= checks.Warning && a.ID != "clock/check" {
		w.tried = &trial{label: plain(a.Label), until: l.now() + failureFor}
	}
}

// judge tells whether what was tried helped.
func (l *loop) judge(w *watch) {
	t := w.tried
	if t == nil || !t.ended {
		return
	}
	w.tried = nil
	if w.finding.Level < checks.Warning {
		l.helped = &helped{t.label, l.app.setup.Time.Now(), l.now() + helpedFor}
		return
	}
	l.message = &Message{Title: fmt.Sprintf("“%s” did not help", t.label), Body: "What is wrong is still there. The menu has what else can help."}
	l.messageUntil = l.now() + messageFor
}

// helped is what mended the last trouble.
type helped struct {
	label string
	at    time.Time
	until time.Duration
}

const helpedFor = time.Hour
