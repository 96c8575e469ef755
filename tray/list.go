package tray

import (
	"time"

	"fermata/app/view"
)

// A list is a part of the menu whose entries can be clicked. systray can neither move nor insert an
// entry, and a panel may paint an old layout for a while, so an entry never goes straight from one action
// to another: where the actions come in another order, another bank of entries shows them.
type list struct {
	parent *slot                       // the entry that opens it, nil for the menu itself
	of     func(view.Menu) []view.Item // its place in the view
	banks  [][]*slot                   // only one is on the screen
	shown  int                         // which
	add    func() *slot                // adds an entry at the end of a submenu, nil for the menu itself
}

// show shows the items, in the menu itself as many as there is room for. It returns 0 when they are on the screen, and else
// after what time to try again: no bank is free for them yet. A list of one bank is empty until then,
// one of several shows what it did.
func (l *list) show(items []view.Item, now time.Time) time.Duration {
	if l.add == nil {
		items = items[:min(len(items), len(l.banks[0]))]
	}
	var wait time.Duration
	for n := range l.banks {
		i := (l.shown + n) % len(l.banks)
		for k := len(l.banks[i]); k < len(items); k++ {
			l.banks[i] = append(l.banks[i], l.add())
		}
		if wait = busy(l.banks[i], items, now); wait == 0 {
			if i != l.shown {
				fill(l.banks[l.shown], nil)
			}
			l.shown = i
			fill(l.banks[i], items)
			return 0
		}
	}
	if len(l.banks) == 1 {
		fill(l.banks[0], nil)
	}
	return wait // the last bank's, which was hidden first
}

// busy returns how long it is until the bank may show the items.
func busy(bank []*slot, items []view.Item, now time.Time) (wait time.Duration) {
	for i, item := range items {
		wait = max(wait, bank[i].free(item.ID, now))
	}
	return wait
}

// fill shows the items in a bank and hides the rest of it.
func fill(bank []*slot, items []view.Item) {
	for i, s := range bank {
		var w content
		if i < len(items) {
			w = content{items[i], true}
		}
		s.set(w)
	}
}
