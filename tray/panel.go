package tray

import (
	"context"
	"fmt"
	"time"

	"fermata/app"
	"fermata/assets"

	"fyne.io/systray"
)

// How many lines each part of the menu has room for. systray can neither insert nor safely remove an
// item, so the menu is built once and its lines are shown and hidden. Each is a few hundred bytes.
const (
	roomLines    = 20
	roomActions  = 8
	roomFixes    = 24
	roomPrograms = 12
	roomDemo     = 32
	roomSettings = 4
)

// A panel is the face in the tray. The goroutine of own alone touches systray's items, which are not
// safe for more.
type panel struct {
	views  chan app.View // the latest; older ones are of no use
	clicks chan *slot
	click  func(id string)

	icon    app.Icon
	tooltip string

	lines, actions  []*slot
	fixes, programs submenu
	demo, settings  submenu
	quit            *slot
}

// A submenu is an entry that opens a list of its own.
type submenu struct {
	parent  *slot
	entries []*slot
}

// Show implements app.Face.
func (p *panel) Show(v app.View) {
	select {
	case <-p.views: // nobody saw it yet
	default:
	}
	p.views <- v
}

// ready builds the menu from the first view, so that it is whole when a panel first asks for it.
func (p *panel) ready(ctx context.Context, v app.View) {
	p.build()
	p.apply(v)
	go p.own(ctx, v)
}

func (p *panel) build() {
	for range roomLines {
		p.lines = append(p.lines, p.line(systray.AddMenuItem("", "")))
	}
	systray.AddSeparator()
	for range roomActions {
		p.actions = append(p.actions, p.entry(systray.AddMenuItem("", "")))
	}
	systray.AddSeparator()
	p.fixes = submenu{parent: p.parent("Fix a problem")}
	for range roomFixes {
		p.fixes.entries = append(p.fixes.entries, p.entry(p.fixes.parent.item.AddSubMenuItem("", "")))
	}
	p.programs = submenu{parent: p.parent("Programs")}
	for range roomPrograms {
		p.programs.entries = append(p.programs.entries, p.line(p.programs.parent.item.AddSubMenuItem("", "")))
	}
	p.demo = submenu{parent: p.parent("Demo")}
	for range roomDemo {
		p.demo.entries = append(p.demo.entries, p.entry(p.demo.parent.item.AddSubMenuItem("", "")))
	}
	p.settings = submenu{parent: p.parent("Settings")}
	for range roomSettings {
		p.settings.entries = append(p.settings.entries, p.entry(p.settings.parent.item.AddSubMenuItemCheckbox("", "", false)))
	}
	systray.AddSeparator()
	p.quit = p.entry(systray.AddMenuItem("", ""))
}

// parent makes the entry that opens a submenu.
func (p *panel) parent(title string) *slot {
	s := newSlot(systray.AddMenuItem(title, ""))
	s.have.label = title
	return s
}

// line makes a slot that only says something.
func (p *panel) line(item *systray.MenuItem) *slot {
	s := newSlot(item)
	s.item.Disable()
	s.have.disabled = true
	return s
}

// entry makes a slot that can be clicked. systray drops a click that nobody waits for, so a goroutine
// does nothing else.
func (p *panel) entry(item *systray.MenuItem) *slot {
	s := newSlot(item)
	go func() {
		for range item.ClickedCh {
			p.clicks <- s
		}
	}()
	return s
}

// own shows views and passes on clicks until ctx ends.
func (p *panel) own(ctx context.Context, first app.View) {
	once := time.NewTimer(again)
	defer once.Stop()
	v := first
	for {
		select {
		case v = <-p.views:
			p.apply(v)
		case s := <-p.clicks:
			if s.id != "" {
				p.click(s.id)
			}
		case <-once.C:
			systray.SetIcon(assets.Icon(v.Icon.Arc, v.Icon.Dot))
			systray.SetTooltip(v.Tooltip)
		case <-ctx.Done():
			return
		}
	}
}

// dress sets icon and tooltip where they differ. Before the first time there is neither.
func (p *panel) dress(v app.View) {
	if p.tooltip == "" || p.icon != v.Icon {
		p.icon = v.Icon
		systray.SetIcon(assets.Icon(v.Icon.Arc, v.Icon.Dot))
	}
	if p.tooltip != v.Tooltip {
		p.tooltip = v.Tooltip
		systray.SetTooltip(v.Tooltip)
	}
}

// apply changes what differs and nothing else: every setter makes three signals, on each of which
// GNOME closes an open menu.
func (p *panel) apply(v app.View) {
	p.dress(v)
	m := v.Menu
	say(p.lines, m.Lines)
	fill(p.actions, m.Actions)
	p.fixes.fill(m.Fixes)
	say(p.programs.entries, m.Programs)
	p.programs.show(len(m.Programs) > 0)
	p.demo.fill(m.Demo)
	p.settings.fill(m.Settings)
	fill([]*slot{p.quit}, []app.Item{m.Quit})
}

// say shows lines that are not to be clicked.
func say(slots []*slot, lines []string) {
	if room := len(slots); len(lines) > room {
		lines = append(lines[:room-1:room-1], fmt.Sprintf("…and %d more, see: fermata status", len(lines)-room+1))
	}
	for i, s := range slots {
		w := content{disabled: true}
		if i < len(lines) {
			w.label, w.visible = lines[i], true
		}
		s.set(w)
	}
}

func (m submenu) fill(items []app.Item) {
	fill(m.entries, items)
	m.show(len(items) > 0)
}

func (m submenu) show(visible bool) {
	m.parent.set(content{label: m.parent.have.label, visible: visible})
}

func fill(slots []*slot, items []app.Item) {
	for i, s := range slots {
		var w content
		s.id = ""
		if i < len(items) {
			w = content{label: items[i].Label, visible: true, disabled: items[i].Disabled, checked: items[i].Checked}
			s.id = items[i].ID
		}
		s.set(w)
	}
}
