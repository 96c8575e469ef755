package tray

import "fermata/app/view"

// How many lines the parts of the menu have room for that others follow: systray can neither insert nor
// safely remove an item, so these are built at once, and shown and hidden. What is in a submenu is added
// when it is first needed. An entry that can be clicked takes about 3 kB.
const (
	roomLines   = 20
	roomActions = 9
)

// maxPrograms is how many lines the submenu of other programs has at most.
const maxPrograms = 12

// build adds the menu's entries, hidden. There is no demo later where there is none at first.
func (p *panel) build(v view.View) {
	for range roomLines {
		p.lines = append(p.lines, p.entry(nil, false))
	}
	p.kit.separator()
	p.part(nil, 2, roomActions, false, func(m view.Menu) []view.Item { return m.Actions })
	p.kit.separator()
	p.part(p.parent("Fix a problem"), 2, 0, false, func(m view.Menu) []view.Item { return m.Fixes })
	p.program = p.parent("Programs")
	if len(v.Menu.Demo) > 0 {
		p.part(p.parent("Demo"), 1, 0, false, func(m view.Menu) []view.Item { return m.Demo })
	}
	p.part(p.parent("Settings"), 1, 0, true, func(m view.Menu) []view.Item { return m.Settings })
	p.kit.separator()
	p.part(nil, 1, 1, false, func(m view.Menu) []view.Item { return []view.Item{m.Quit} })
}

// parent adds an entry that is to open a submenu, hidden. It has to be on the screen when its first entry
// is added: Windows makes no submenu of a hidden one.
func (p *panel) parent(title string) *slot {
	item, _ := p.kit.add(nil, title, false)
	item.Hide()
	return &slot{item: item, have: content{view.Item{Label: title}, false}}
}

// part makes a list below under, which is nil for the menu itself, of banks of room entries each. There are
// two banks where the items' order changes, and boxes where they can be checked.
func (p *panel) part(under *slot, banks, room int, boxes bool, of func(view.Menu) []view.Item) {
	l := &list{parent: under, of: of, banks: make([][]*slot, banks)}
	if under != nil {
		l.add = func() *slot { return p.entry(under.item, boxes) }
	}
	for b := range l.banks {
		for range room {
			l.banks[b] = append(l.banks[b], p.entry(nil, false))
		}
	}
	p.parts = append(p.parts, l)
}

// entry adds a line that can be clicked, hidden. systray drops a click that nobody waits for, so a
// goroutine does nothing else.
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
