package app

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"fermata/checks"
	"fermata/checks/cause"
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
	id    string // of the action
	label string
	ended bool // the action did, so the next look tells
}

// try notes that a person tries something about a watch in which something is wrong.
func (l *loop) try(w *watch, a checks.Action) {
	if w != nil && w.finding.Level >= checks.Warning && mends(a.ID) {
		w.tried = &trial{id: a.ID, label: plain(a.Label)}
	}
}

// ended notes that an action ended. One that failed said so itself.
func (w *watch) ended(action string, err error) {
	switch t := w.tried; {
	case t == nil || t.id != action:
	case err != nil:
		w.tried = nil
	default:
		t.ended = true
	}
}

// mends reports whether an action is one of which a person hopes that all is well after it. Looking,
// asking and leaving are not.
func mends(action string) bool {
	_, verb, _ := strings.Cut(action, "/")
	return !slices.Contains([]string{"check", "logout", string(cause.Device), string(cause.Support)}, verb)
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
