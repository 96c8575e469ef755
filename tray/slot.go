package tray

import (
	"time"

	"fermata/app/core"
)

// rest is how long an entry keeps meaning the action that it last showed after it was hidden: a panel
// may have the old layout on the screen for a moment, and a click on it still counts.
const rest = time.Second

// A slot is a line of the menu that can show anything.
type slot struct {
	item   item
	have   content
	hidden time.Time // when it was hidden last
}

// content is what a line shows. A hidden line keeps its last.
type content struct {
	id       core.ActionID // of the action that a click does; "": none
	label    string
	visible  bool
	disabled bool
	checked  bool
}

// free returns how long it is until the slot may show the action.
func (s *slot) free(id core.ActionID, now time.Time) time.Duration {
	switch {
	case s.have.id == "" || s.have.id == id:
		return 0
	case s.have.visible:
		return rest
	}
	return max(0, rest-now.Sub(s.hidden))
}

// set shows w. What stays the same is not touched, nor is what stays hidden: the setters that bring a
// hidden line up to date are followed by Show at once.
func (s *slot) set(w content) {
	if !w.visible {
		if s.have.visible {
			s.item.Hide()
			s.have.visible, s.hidden = false, time.Now()
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
