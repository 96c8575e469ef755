package tray

import (
	"runtime"

	"fyne.io/systray"
)

// An item is one of systray's menu items. On Windows a hidden one is not in the menu, and every method
// but Hide puts it there again.
type item interface {
	SetTitle(string)
	Enable()
	Disable()
	Check()
	Uncheck()
	Show()
	Hide()
}

// A toolkit is what of systray the panel uses. The tests have another.
type toolkit interface {
	// add adds a visible line to the menu, or to the submenu of parent, one with a box where it can be
	// checked.
	add(parent item, title string, box bool) (added item, clicked <-chan struct{})
	separator()
	setIcon(image []byte)
	setTitle(string)   // what a screen reader and lists of icons call it
	setTooltip(string) // of at most 127 UTF-16 units: systray on Windows copies without looking for the end
}

type native struct{}

func (native) add(parent item, title string, box bool) (item, <-chan struct{}) {
	var added *systray.MenuItem
	switch above, _ := parent.(*systray.MenuItem); {
	case above == nil:
		added = systray.AddMenuItem(title, "")
	case box:
		added = above.AddSubMenuItemCheckbox(title, "", false)
	default:
		added = above.AddSubMenuItem(title, "")
	}
	return added, added.ClickedCh
}

func (native) separator()           { systray.AddSeparator() }
func (native) setIcon(image []byte) { systray.SetIcon(image) }
func (native) setTitle(title string) {
	if runtime.GOOS == "linux" { // on macOS it would stand beside the icon
		systray.SetTitle(title)
	}
}
func (native) setTooltip(tip string) { systray.SetTooltip(tip) }
