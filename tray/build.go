package tray

import "fermata/app/view"

// How many lines each part of the menu has room for. systray can neither insert nor safely remove an
// item, so the menu is built once and its lines are shown and hidden. One that can be clicked takes
// about 3 kB.
const (
	roomLines    = 20
	roomActions  = 8
	roomFixes    = 24
	roomPrograms = 12
	roomDemo     = 32
	roomSettings = 4
)

// build adds all that the menu has room for, hidden. There is no demo later where there is none at first.
func (p *panel) build(v view.View) {
	p.lines = p.says(nil, roomLines)
	p.kit.separator()
	p.part(nil, 2, roomActions, false, func(m view.Menu) []view.Item { return m.Actions })
	p.kit.separator()
	p.part(p.parent("Fix a problem"), 2, roomFixes, false, func(m view.Menu) []view.Item { return m.Fixes })
	p.program = p.parent("Programs")
	p.programs = p.says(p.program.item, roomPrograms)
	p.program.open(false)
	if len(v.Menu.Demo) > 0 {
		p.part(p.parent("Demo"), 1, roomDemo, false, func(m view.Menu) []view.Item { return m.Demo })
	}
	p.part(p.parent("Settings"), 1, roomSettings, true, func(m view.Menu) []view.Item { return m.Settings })
	p.kit.separator()
	p.part(nil, 1, 1, false, func(m view.Menu) []view.Item { return []view.Item{m.Quit} })
}

// parent adds an entry that is to open a submenu. It is visible: Windows makes no submenu of a hidden one.
func (p *panel) parent(title string) *slot {
	item, _ := p.kit.add(nil, title, false)
	return &slot{item: item, have: content{view.Item{Label: title}, true}}
}

// says adds lines that are not to be clicked.
func (p *panel) says(parent item, room int) (slots []*slot) {
	for range room {
		item, _ := p.kit.add(parent, "", false)
		item.Disable()
		item.Hide()
		slots = append(slots, &slot{item: item, have: content{Item: view.Item{Disabled: true}}})
	}
	return slots
}

// part adds the entries of a list, hidden, below under, which is nil for the menu itself: room entries to
// a bank, of which there are two where the items' order changes, with boxes where they can be checked.
func (p *panel) part(under *slot, banks, room int, boxes bool, of func(view.Menu) []view.Item) {
	l := &list{parent: under, of: of}
	var above item
	if under != nil {
		above = under.item
		defer under.open(false) // not before it has entries: see parent
	}
	for range banks {
		var bank []*slot
		for range room {
			bank = append(bank, p.entry(above, boxes))
		}
		l.banks = append(l.banks, bank)
	}
	p.parts = append(p.parts, l)
}

// entry adds a line that can be clicked. systray drops a click that nobody waits for, so a goroutine
// does nothing else.
func (p *panel) entry(above item, box bool) *slot {
	item, clicked := p.kit.add(above, "", box)
	item.Hide()
	s := &slot{item: item}
	go func() {
		for range clicked {
			p.clicks <- s
		}
	}()
	return s
}
