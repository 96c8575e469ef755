package tray

import (
	"slices"
	"sync"
	"testing"
	"time"
)

// A fakeKit is a toolkit with the rules of systray on Windows (systray_windows.go): Hide takes an item
// out of the menu, any other method puts it in again, and only a visible item can become a submenu.
type fakeKit struct {
	t     *testing.T
	mu    sync.Mutex  // guards what the panel changes, for the race detector: in a bubble nothing is at once
	items []*fakeItem // in the order of the menu
	tip   string
	title string
}

type fakeItem struct {
	kit               *fakeKit
	parent            *fakeItem
	title             string
	disabled, checked bool
	visible           bool
	unasked           bool // it came into the menu without Show
	opens             bool // it is a submenu
	clicked           chan struct{}
	meant             string    // the action that was painted last
	until             time.Time // when it was seen with it last
}

func newFakeKit(t *testing.T) *fakeKit {
	k := &fakeKit{t: t}
	t.Cleanup(func() {
		for _, i := range k.items {
			close(i.clicked)
		}
	})
	return k
}

func (k *fakeKit) add(parent item, title string, box bool) (item, <-chan struct{}) {
	i := &fakeItem{kit: k, title: title, visible: true, clicked: make(chan struct{})}
	if parent != nil {
		i.parent = parent.(*fakeItem)
		if !i.parent.opens && !i.parent.visible {
			k.t.Errorf("%q is hidden and cannot become a submenu", i.parent.title)
		}
		i.parent.opens = true
	}
	k.items = append(k.items, i)
	return i, i.clicked
}

func (k *fakeKit) separator()          {}
func (k *fakeKit) setIcon([]byte)      {}
func (k *fakeKit) setTooltip(s string) { k.tip = s }
func (k *fakeKit) setTitle(s string)   { k.title = s }

// menu returns the rows that can be seen, those of submenus below their parents after a "> ".
func (k *fakeKit) menu() (rows []string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, i := range k.items {
		if i.unasked {
			k.t.Errorf("%q came into the menu without Show", i.title)
		}
		if i.visible && i.parent != nil && !i.parent.visible {
			k.t.Errorf("%q is in a submenu that is hidden", i.row())
		}
		if !i.visible || i.parent != nil {
			continue
		}
		rows = append(rows, i.row())
		for _, below := range k.items {
			if below.visible && below.parent == i {
				rows = append(rows, "> "+below.row())
			}
		}
	}
	return rows
}

// row is what a visible item looks like.
func (i *fakeItem) row() string {
	row := i.title
	if i.disabled {
		row = "(" + row + ")"
	}
	if i.checked {
		row += " ✓"
	}
	return row
}

// find returns the item that is painted with this title.
func (k *fakeKit) find(title string) *fakeItem {
	k.mu.Lock()
	defer k.mu.Unlock()
	n := slices.IndexFunc(k.items, func(i *fakeItem) bool { return i.visible && i.title == title })
	if n < 0 {
		k.t.Fatalf("no entry %q", title)
	}
	return k.items[n]
}

// set does what all methods but Hide do.
func (i *fakeItem) set(change func()) {
	i.kit.mu.Lock()
	defer i.kit.mu.Unlock()
	change()
	if !i.visible {
		i.visible, i.unasked = true, true
	}
}

func (i *fakeItem) SetTitle(s string) { i.set(func() { i.title = s }) }
func (i *fakeItem) Enable()           { i.set(func() { i.disabled = false }) }
func (i *fakeItem) Disable()          { i.set(func() { i.disabled = true }) }
func (i *fakeItem) Check()            { i.set(func() { i.checked = true }) }
func (i *fakeItem) Uncheck()          { i.set(func() { i.checked = false }) }
func (i *fakeItem) Show()             { i.set(func() { i.visible, i.unasked = true, false }) }

// Hide implements item.
func (i *fakeItem) Hide() {
	i.kit.mu.Lock()
	defer i.kit.mu.Unlock()
	if !i.visible {
		i.kit.t.Errorf("%q is hidden twice", i.title)
	}
	i.visible, i.unasked = false, false
}
