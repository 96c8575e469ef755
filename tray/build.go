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

// A part is a list with its place in the view.
type part struct {
	list
	parent *slot // the entry that opens it, nil for the menu itself
	of     func(view.Menu) []view.Item
}

// A shape is what has to be known of a part to build it.
type shape struct {
	under *slot // the entry that opens it, nil for the menu itself
	banks int   // 2 where the order of its items changes
	room  int   // of a bank
	boxes bool  // the items can be checked
}

// build adds all that the menu has room for, hidden. There is no demo later where there is none at first.
func (p *panel) build(v view.View) {
	p.lines = p.says(nil, roomLines)
	p.kit.separator()
	p.part(shape{banks: 2, room: roomActions}, func(m view.Menu) []view.Item { return m.Actions })
	p.kit.separator()
	p.part(shape{under: p.parent("Fix a problem"), banks: 2, room: roomFixes}, func(m view.Menu) []view.Item { return m.Fixes })
	p.program = p.parent("Programs")
	p.programs = p.says(p.program.item, roomPrograms)
	p.program.set(content{})
	if len(v.Menu.Demo) > 0 {
		p.part(shape{under: p.parent("Demo"), banks: 1, room: roomDemo}, func(m view.Menu) []view.Item { return m.Demo })
	}
	p.part(shape{under: p.parent("Settings"), banks: 1, room: roomSettings, boxes: true}, func(m view.Menu) []view.Item { return m.Settings })
	p.kit.separator()
	p.part(shape{banks: 1, room: 1}, func(m view.Menu) []view.Item { return []view.Item{m.Quit} })
}

// parent adds an entry that is to open a submenu. It is visible: Windows makes no submenu of a hidden one.
func (p *panel) parent(title string) *slot {
	item, _ := p.kit.add(nil, title, false)
	return &slot{item: item, have: content{label: title, visible: true}}
}

// says adds lines that are not to be clicked.
func (p *panel) says(parent item, room int) (slots []*slot) {
	for range room {
		item, _ := p.kit.add(parent, "", false)
		item.Disable()
		item.Hide()
		slots = append(slots, &slot{item: item, have: content{disabled: true}})
	}
	return slots
}

// part adds the entries of a list, hidden.
func (p *panel) part(sh shape, of func(view.Menu) []view.Item) {
	l := &part{parent: sh.under, of: of}
	for range sh.banks {
		var bank []*slot
		for range sh.room {
			bank = append(bank, p.entry(sh))
		}
		l.banks = append(l.banks, bank)
	}
	if l.parent != nil {
		l.parent.set(content{})
	}
	p.parts = append(p.parts, l)
}

// entry adds a line that can be clicked. systray drops a click that nobody waits for, so a goroutine
// does nothing else.
func (p *panel) entry(sh shape) *slot {
	var above item
	if sh.under != nil {
		above = sh.under.item
	}
	item, clicked := p.kit.add(above, "", sh.boxes)
	item.Hide()
	s := &slot{item: item}
	go func() {
		for range clicked {
			p.clicks <- s
		}
	}()
	return s
}
