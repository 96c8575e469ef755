package tray

import (
	"time"

	"fermata/app/core"
	"fermata/app/view"
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
	view.Item // ID "": a click does nothing
	visible   bool
}

// free returns how long it is until the slot may show the action.
func (s *slot) free(id core.ActionID, now time.Time) time.Duration {
	switch {
	case s.have.ID == "" || s.have.ID == id:
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
	if w.Label != s.have.Label {
		s.item.SetTitle(escape(w.Label))
	}
	turn(s.have.Disabled, w.Disabled, s.item.Disable, s.item.Enable)
	turn(s.have.Checked, w.Checked, s.item.Check, s.item.Uncheck)
	if !s.have.visible {
		s.item.Show()
	}
	s.have = w
}

// turn calls what makes is of was, nothing where they are the same.
func turn(was, is bool, on, off func()) {
	switch {
	case is && !was:
		on()
	case was && !is:
		off()
	}
}

// open shows or hides an entry that opens a submenu.
func (s *slot) open(visible bool) { s.set(content{s.have.Item, visible}) }
