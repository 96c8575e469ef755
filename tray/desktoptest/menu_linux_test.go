package desktoptest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"image"
	"strings"
	"time"
)

// menus is the name of the windows that hold the tray's menus: xfce4-panel runs its tray in a process
// of that name.
const menus = "wrapper-2.0"

// OpenMenu clicks the tray icon, unless its menu is open already, and returns when the menu is on the
// screen. Where the menu stays away for two seconds it clicks again, as a person does: a panel that has
// just started may not have fetched the menu yet.
func (d *Desktop) OpenMenu(ctx context.Context) error {
	if open, err := d.popups(ctx, menus); err != nil || len(open) > 0 {
		return err
	}
	icon, err := d.Icon(ctx)
	if err != nil {
		return err
	}
	at := center(icon.Bounds())
	var clicked time.Time
	return until(ctx, func(ctx context.Context) error {
		open, err := d.popups(ctx, menus)
		if err != nil || len(open) > 0 {
			return err
		}
		if time.Since(clicked) > 2*time.Second {
			clicked = time.Now()
			if err := d.click(ctx, at); err != nil {
				return err
			}
		}
		return errors.New("the menu does not open")
	})
}

// ClickMenu clicks the entry with that label in the tray icon's menu, which it opens where it is not
// open: ClickMenu(ctx, "Quit"), or with the labels of the submenus before it,
// ClickMenu(ctx, "Settings", "Start at login"). It returns when the menu has closed over the click.
func (d *Desktop) ClickMenu(ctx context.Context, labels ...string) error {
	if err := d.clickMenu(ctx, labels); err != nil {
		return fmt.Errorf("clicking %q: %w", strings.Join(labels, " ▸ "), err)
	}
	return errors.Join(d.waitDepth(ctx, 0), d.park(ctx))
}

// OpenSubmenu opens a submenu of the tray icon's menu and leaves it open.
func (d *Desktop) OpenSubmenu(ctx context.Context, labels ...string) error {
	if err := d.clickMenu(ctx, labels); err != nil {
		return fmt.Errorf("opening %q: %w", strings.Join(labels, " ▸ "), err)
	}
	return d.waitDepth(ctx, len(labels)+1)
}

func (d *Desktop) clickMenu(ctx context.Context, labels []string) error {
	if err := d.closeMenus(ctx, 1); err != nil {
		return err
	}
	if err := d.OpenMenu(ctx); err != nil {
		return err
	}
	for depth := range labels {
		if err := d.waitDepth(ctx, depth+1); err != nil {
			return err
		}
		var at image.Point
		err := until(ctx, func(ctx context.Context) (err error) {
			at, err = d.entry(ctx, labels[:depth+1])
			return err
		})
		if err != nil {
			return err
		}
		if err := d.click(ctx, at); err != nil {
			return err
		}
	}
	return nil
}

// CloseMenu closes the menu with the Escape key, submenus first.
func (d *Desktop) CloseMenu(ctx context.Context) error {
	return errors.Join(d.closeMenus(ctx, 0), d.park(ctx))
}

// closeMenus leaves at most n menus open.
func (d *Desktop) closeMenus(ctx context.Context, n int) error {
	return until(ctx, func(ctx context.Context) error {
		open, err := d.popups(ctx, menus)
		if err != nil || len(open) <= n {
			return err
		}
		if err := d.tool(ctx, "xdotool", "key", "Escape"); err != nil {
			return err
		}
		return errors.New("the menu is still open")
	})
}

// waitDepth waits until that many menus are open, one out of the other.
func (d *Desktop) waitDepth(ctx context.Context, n int) error {
	return until(ctx, func(ctx context.Context) error {
		open, err := d.popups(ctx, menus)
		if err == nil && len(open) != n {
			err = fmt.Errorf("%d menus are open, not %d", len(open), n)
		}
		return err
	})
}

// entry returns the middle of the entry that labels lead to, in the menu that was opened last.
func (d *Desktop) entry(ctx context.Context, labels []string) (image.Point, error) {
	level, err := d.Menu(ctx)
	if err != nil {
		return image.Point{}, err
	}
	for _, label := range labels[:len(labels)-1] {
		i, err := index(level, label)
		if err != nil {
			return image.Point{}, err
		}
		level = level[i].Children
	}
	i, err := index(level, labels[len(labels)-1])
	if err != nil {
		return image.Point{}, err
	}
	if !level[i].Enabled {
		return image.Point{}, fmt.Errorf("%q is disabled", level[i].Label)
	}
	open, err := d.popups(ctx, menus)
	if err != nil || len(open) != len(labels) {
		return image.Point{}, cmp.Or(err, fmt.Errorf("%d menus are open, not %d", len(open), len(labels)))
	}
	rows, err := rows(level, open[len(open)-1])
	if err != nil {
		return image.Point{}, err
	}
	return center(rows[i]), nil
}

// index finds the visible entry with that label.
func index(level []MenuItem, label string) (int, error) {
	var there []string
	for i, item := range level {
		if !item.Visible || item.Separator {
			continue
		}
		if item.Label == label {
			return i, nil
		}
		there = append(there, item.Label)
	}
	return 0, fmt.Errorf("no entry %q; there are %q", label, there)
}

// rows returns where in the menu's window each entry is painted. A screen reader is not told: the panel
// hangs the menu under no widget of its own. GTK's own theme gives a menu four pixels above and below and
// a separator one; the entries share the rest evenly. Where that does not come out even, the window shows
// another menu than the one that was read.
func rows(level []MenuItem, window image.Rectangle) ([]image.Rectangle, error) {
	const edge, separator = 4, 1
	entries, rest := 0, window.Dy()-2*edge
	for _, item := range level {
		switch {
		case !item.Visible:
		case item.Separator:
			rest -= separator
		default:
			entries++
		}
	}
	if entries == 0 || rest <= 0 || rest%entries != 0 {
		return nil, fmt.Errorf("%d entries do not fit a menu %d pixels high", entries, window.Dy())
	}
	places := make([]image.Rectangle, len(level))
	y := window.Min.Y + edge
	for i, item := range level {
		from := y
		switch {
		case !item.Visible:
		case item.Separator:
			y += separator
		default:
			y += rest / entries
		}
		places[i] = image.Rect(window.Min.X, from, window.Max.X, y)
	}
	return places, nil
}

func center(r image.Rectangle) image.Point { return r.Min.Add(r.Max).Div(2) }
