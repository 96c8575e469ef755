package tray

import "fyne.io/systray"

// A slot is a line of the menu that can show anything.
type slot struct {
	item *systray.MenuItem
	id   string // of the action that a click does; "": none
	have content
}

// content is what a line shows.
type content struct {
	label    string
	visible  bool
	disabled bool
	checked  bool
}

// newSlot hides the item until something is to be shown in it.
func newSlot(item *systray.MenuItem) *slot {
	item.Hide()
	return &slot{item: item}
}

// set shows w. What stays the same is not touched; what is hidden keeps its last words.
func (s *slot) set(w content) {
	if !w.visible {
		if s.have.visible {
			s.item.Hide()
			s.have.visible = false
		}
		return
	}
	if w.label != s.have.label {
		s.item.SetTitle(escape(w.label))
	}
	if w.disabled != s.have.disabled {
		if w.disabled {
			s.item.Disable()
		} else {
			s.item.Enable()
		}
	}
	if w.checked != s.have.checked {
		if w.checked {
			s.item.Check()
		} else {
			s.item.Uncheck()
		}
	}
	if !s.have.visible {
		s.item.Show()
	}
	s.have = w
}
