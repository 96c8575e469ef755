package tray

import (
	"context"
	"fmt"
	"strings"
	"time"

	"fermata/app/view"
	"fermata/assets"
)

// A panel is the face in the tray. The goroutine of own alone touches systray's items, which are not
// safe for more.
type panel struct {
	kit    toolkit
	views  chan view.View // the latest; older ones are of no use
	clicks chan *slot
	click  func(view.Item)
	// survive is deferred where systray is called: what it does there must not end the program before its
	// requests have come to their end.
	survive func()

	icon    view.Icon
	tooltip string

	lines, programs []*slot
	program         *slot // the entry that opens the programs
	parts           []*list
}

func newPanel(kit toolkit, click func(view.Item)) *panel {
	return &panel{kit: kit, views: make(chan view.View, 1), clicks: make(chan *slot), click: click, survive: func() {}}
}

// Show implements app.Face.
func (p *panel) Show(v view.View) {
	select {
	case <-p.views: // nobody saw it yet
	default:
	}
	p.views <- v
}

// ready builds the menu from the first view, so that it is whole when a panel first asks for it.
func (p *panel) ready(bus context.Context, v view.View) {
	defer p.survive()
	p.build(v)
	p.apply(v)
	go p.own(bus, v)
}

// own shows views and passes on clicks until bus ends; then nothing of systray may be touched any more.
func (p *panel) own(bus context.Context, v view.View) {
	defer p.survive()
	once := time.After(again)
	var later <-chan time.Time // when a part of the view that had to wait is tried again
	for {
		select {
		case v = <-p.views:
		case <-later:
		case s := <-p.clicks:
			if s.have.ID != "" {
				p.click(s.have.Item)
			}
			continue
		case <-once:
			p.tooltip = ""
			p.dress(v)
			continue
		case <-bus.Done():
			return
		}
		later = nil
		if wait := p.apply(v); wait > 0 {
			later = time.After(wait)
		}
	}
}

// dress sets icon, tooltip and title where they differ. Before the first time there is neither.
func (p *panel) dress(v view.View) {
	if p.tooltip == "" || p.icon != v.Icon {
		p.icon = v.Icon
		p.kit.setIcon(assets.Icon(v.Icon.Arc, v.Icon.Dot))
	}
	if p.tooltip != v.Tooltip {
		p.tooltip = v.Tooltip
		p.kit.setTooltip(v.Tooltip)
		title, _, _ := strings.Cut(strings.Replace(v.Tooltip, "\n", ": ", 1), "\n")
		p.kit.setTitle(title)
	}
}

// apply changes what differs and nothing else: every setter makes three signals, on each of which
// GNOME closes an open menu. It returns 0 when all is shown, and else after what time to apply the latest
// view again.
func (p *panel) apply(v view.View) (wait time.Duration) {
	p.dress(v)
	say(p.lines, v.Menu.Lines)
	p.program.open(len(v.Menu.Programs) > 0)
	for len(p.programs) < min(len(v.Menu.Programs), maxPrograms) {
		p.programs = append(p.programs, p.entry(p.program.item, false))
	}
	say(p.programs, v.Menu.Programs)
	for _, l := range p.parts {
		items := l.of(v.Menu)
		if l.parent != nil {
			l.parent.open(len(items) > 0)
		}
		wait = max(wait, l.show(items, time.Now()))
	}
	return wait
}

// say shows lines. Where there is no room for all, the last says so.
func say(slots []*slot, lines []view.Item) {
	if room := len(slots); len(lines) > room {
		last := lines[room-1]
		last.Label = fmt.Sprintf("…and %d more, see: fermata status", len(lines)-room+1)
		lines = append(lines[:room-1:room-1], last)
	}
	for i, s := range slots {
		var w content
		if i < len(lines) {
			w = content{lines[i], true}
		}
		s.set(w)
	}
}
