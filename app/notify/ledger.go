package notify

import (
	"slices"

	"fermata/checks/text"
)

// How many characters are shown; more would push the buttons off the screen on some desktops.
const (
	titleRunes = 100
	bodyRunes  = 500
	labelRunes = 40
)

// An entry is what became of a notice in its present episode.
type entry struct {
	shown Notice // as it was handed to the system last
	over  bool   // a person has dealt with it, or it expired
}

// A ledger compares what is wanted with what was shown.
type ledger struct {
	want    []Notice
	entries map[string]*entry // by Notice.Key
}

// set takes a new desired set, with its texts made safe.
func (l *ledger) set(want []Notice) {
	l.want = nil
	for _, n := range want {
		if l.wants(n.Key) {
			continue
		}
		n.Title = text.Line(n.Title, titleRunes)
		n.Body = text.Line(n.Body, bodyRunes)
		n.Instead = text.Line(n.Instead, bodyRunes)
		buttons := make([]Button, len(n.Buttons))
		for i, b := range n.Buttons {
			buttons[i] = Button{b.ID, text.Line(b.Label, labelRunes)}
		}
		n.Buttons = buttons
		n.Open.Label = text.Line(n.Open.Label, labelRunes)
		l.want = append(l.want, n)
	}
}

func (l *ledger) wants(key string) bool {
	return slices.ContainsFunc(l.want, func(n Notice) bool { return n.Key == key })
}

// gone removes from the ledger an entry whose episode has ended and returns it, nil if there is none.
// The entry of the key busy stays: its showing is under way.
func (l *ledger) gone(busy string) *entry {
	for key, e := range l.entries {
		if key != busy && !l.wants(key) {
			delete(l.entries, key)
			return e
		}
	}
	return nil
}

// due returns a notice to hand to the system now, and whether there is one.
func (l *ledger) due() (Notice, bool) {
	for _, n := range l.want {
		e := l.entries[n.Key]
		if e == nil || !same(e.shown, n) && (!e.over || n.Level > e.shown.Level || n.Again > e.shown.Again) {
			return n, true
		}
	}
	return Notice{}, false
}

// handed notes that n was handed to the system and returns its entry.
func (l *ledger) handed(n Notice) *entry {
	e := l.entries[n.Key]
	if e == nil {
		e = new(entry)
		if l.entries == nil {
			l.entries = map[string]*entry{}
		}
		l.entries[n.Key] = e
	}
	e.shown, e.over = n, false
	return e
}

func same(a, b Notice) bool {
	return a.Key == b.Key && a.Title == b.Title && a.Body == b.Body && a.Level == b.Level && a.Again == b.Again &&
		slices.Equal(a.Buttons, b.Buttons)
}
