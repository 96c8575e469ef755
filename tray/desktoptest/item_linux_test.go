package desktoptest

import (
	"context"
	"fmt"
	"strings"

	"github.com/godbus/dbus/v5"
)

const itemInterface = "org.kde.StatusNotifierItem"

// An Item is a program's icon in the tray, as the tray was told of it.
type Item struct {
	ID      string
	Title   string
	Tooltip string
	Status  string // "Active", "Passive" or "NeedsAttention"
	bus     string
	menu    dbus.ObjectPath
}

// WaitItem waits until a program is registered with the tray under this Id, and returns its item.
// Any Id will do where id is "".
func (d *Desktop) WaitItem(ctx context.Context, id string) (Item, error) {
	var found Item
	err := until(ctx, func(ctx context.Context) error {
		items, err := d.Items(ctx)
		if err != nil {
			return err
		}
		for _, item := range items {
			if id == "" || item.ID == id {
				found = item
				return nil
			}
		}
		return fmt.Errorf("the tray has no item %q among %d", id, len(items))
	})
	return found, err
}

// Items returns what is registered with the tray now.
func (d *Desktop) Items(ctx context.Context) ([]Item, error) {
	var registered []string
	o := d.bus.Object(watcher, "/StatusNotifierWatcher")
	if err := get(ctx, o, watcher, "RegisteredStatusNotifierItems", &registered); err != nil {
		return nil, err
	}
	var items []Item
	for _, r := range registered { // ":1.11/StatusNotifierItem"
		slash := strings.Index(r, "/")
		if slash < 0 {
			return nil, fmt.Errorf("the watcher has an item %q without a path", r)
		}
		item := Item{bus: r[:slash]}
		o := d.bus.Object(item.bus, dbus.ObjectPath(r[slash:]))
		var all map[string]dbus.Variant
		if err := o.CallWithContext(ctx, properties+"GetAll", 0, itemInterface).Store(&all); err != nil {
			return nil, fmt.Errorf("the tray item %s: %w", r, err)
		}
		read(all, "Id", &item.ID)
		read(all, "Title", &item.Title)
		read(all, "Status", &item.Status)
		read(all, "Menu", &item.menu)
		if tip, ok := all["ToolTip"].Value().([]any); ok && len(tip) == 4 {
			title, _ := tip[2].(string)
			text, _ := tip[3].(string)
			item.Tooltip = strings.TrimSpace(title + "\n" + text)
		}
		items = append(items, item)
	}
	return items, nil
}

// A MenuItem is an entry of a tray item's menu.
type MenuItem struct {
	Label     string // as painted, without mnemonics; "" for a separator
	Separator bool
	Enabled   bool
	Visible   bool
	Children  []MenuItem // of a submenu
}

// Menu returns the entries of the menu of the tray's one item, hidden ones too.
func (d *Desktop) Menu(ctx context.Context) ([]MenuItem, error) {
	item, err := d.WaitItem(ctx, "")
	if err != nil {
		return nil, err
	}
	var revision uint32
	var root layout
	o := d.bus.Object(item.bus, item.menu)
	err = o.CallWithContext(ctx, "com.canonical.dbusmenu.GetLayout", 0, int32(0), int32(-1), []string{}).Store(&revision, &root)
	if err != nil {
		return nil, fmt.Errorf("reading the menu: %w", err)
	}
	return root.children()
}

// layout is dbusmenu's (ia{sv}av).
type layout struct {
	ID         int32
	Properties map[string]dbus.Variant
	Children   []dbus.Variant
}

func (l layout) children() ([]MenuItem, error) {
	var items []MenuItem
	for _, v := range l.Children {
		var child layout
		if err := v.Store(&child); err != nil {
			return nil, fmt.Errorf("reading the menu: %w", err)
		}
		item := MenuItem{Enabled: true, Visible: true} // dbusmenu's defaults
		var kind, label string
		read(child.Properties, "type", &kind)
		read(child.Properties, "label", &label)
		read(child.Properties, "enabled", &item.Enabled)
		read(child.Properties, "visible", &item.Visible)
		item.Separator = kind == "separator"
		item.Label = unmnemonic.Replace(label)
		var err error
		if item.Children, err = child.children(); err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	return items, nil
}

// read puts a property's value into value, which stays as it is where there is no such property or it
// has another type.
func read(all map[string]dbus.Variant, name string, value any) {
	if v, ok := all[name]; ok {
		v.Store(value)
	}
}

// A single underscore marks a mnemonic, a double one is painted as one.
var unmnemonic = strings.NewReplacer("__", "_", "_", "")
