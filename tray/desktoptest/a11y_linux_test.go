package desktoptest

import (
	"context"
	"fmt"
	"image"

	"github.com/godbus/dbus/v5"
)

// A widget is an accessible object of the AT-SPI bus: what a program shows to a screen reader.
type widget struct {
	Bus  string
	Path dbus.ObjectPath
}

// reader reads widgets, as a screen reader does.
type reader struct {
	ctx context.Context
	bus *dbus.Conn
}

const accessible = "org.a11y.atspi.Accessible"

func (r reader) call(w widget, method string, args []any, results ...any) error {
	return r.bus.Object(w.Bus, w.Path).CallWithContext(r.ctx, "org.a11y.atspi."+method, 0, args...).Store(results...)
}

func (r reader) children(w widget) (c []widget, err error) {
	return c, r.call(w, "Accessible.GetChildren", nil, &c)
}

func (r reader) role(w widget) (role string, err error) {
	return role, r.call(w, "Accessible.GetRoleName", nil, &role)
}

func (r reader) name(w widget) (name string, err error) {
	return name, get(r.ctx, r.bus.Object(w.Bus, w.Path), accessible, "Name", &name)
}

// showing tells whether the widget and all that it is in are on the screen.
func (r reader) showing(w widget) (bool, error) {
	const showing = 25 // ATSPI_STATE_SHOWING
	var states []uint32
	if err := r.call(w, "Accessible.GetState", nil, &states); err != nil || len(states) == 0 {
		return false, err
	}
	return states[0]&(1<<showing) != 0, nil
}

// place returns the widget's rectangle on the screen.
func (r reader) place(w widget) (image.Rectangle, error) {
	const ofScreen = uint32(0) // ATSPI_COORD_TYPE_SCREEN
	var e struct{ X, Y, Width, Height int32 }
	err := r.call(w, "Component.GetExtents", []any{ofScreen}, &e)
	return image.Rect(int(e.X), int(e.Y), int(e.X+e.Width), int(e.Y+e.Height)), err
}

// listen connects to the bus of what is accessible.
func (d *Desktop) listen(ctx context.Context) (reader, error) {
	var address string
	o := d.bus.Object("org.a11y.Bus", "/org/a11y/bus")
	if err := o.CallWithContext(ctx, "org.a11y.Bus.GetAddress", 0).Store(&address); err != nil {
		return reader{}, fmt.Errorf("the accessibility bus: %w", err)
	}
	bus, err := dbus.Connect(address)
	if err != nil {
		return reader{}, fmt.Errorf("the accessibility bus: %w", err)
	}
	return reader{ctx, bus}, nil
}

// SpokenMenu opens the tray icon's menu, goes through it with the Down key, and returns what a screen reader is told to
// read at each entry: its role and its name.
func (d *Desktop) SpokenMenu(ctx context.Context) ([]string, error) {
	r, err := d.listen(ctx)
	if err != nil {
		return nil, err
	}
	defer r.bus.Close()
	registry := r.bus.Object("org.a11y.atspi.Registry", "/org/a11y/atspi/registry")
	if err := registry.CallWithContext(ctx, "org.a11y.atspi.Registry.RegisterEvent", 0, "object:state-changed:selected", []string{}, "").Err; err != nil {
		return nil, err
	}
	if err := r.bus.AddMatchSignal(dbus.WithMatchInterface("org.a11y.atspi.Event.Object"), dbus.WithMatchMember("StateChanged")); err != nil {
		return nil, err
	}
	signals := make(chan *dbus.Signal, 1000)
	r.bus.Signal(signals)
	if err := d.OpenMenu(ctx); err != nil {
		return nil, err
	}
	var spoken []string
	var first widget
	for {
		if err := d.tool(ctx, "xdotool", "key", "Down"); err != nil {
			return nil, err
		}
		w, err := selected(ctx, signals)
		if err != nil {
			return nil, fmt.Errorf("after %q: %w", spoken, err)
		}
		role, err := r.role(w)
		if err != nil {
			return nil, err
		}
		name, err := r.name(w)
		if err != nil {
			return nil, err
		}
		switch {
		case w == first: // round once
			return spoken, d.CloseMenu(ctx)
		case name == "": // the menu itself
			continue
		case len(spoken) == 0:
			first = w
		}
		spoken = append(spoken, role+": "+name)
	}
}

// selected waits for the next widget that is selected.
func selected(ctx context.Context, signals <-chan *dbus.Signal) (widget, error) {
	for {
		select {
		case s := <-signals:
			var what string
			var on int32
			if dbus.Store(s.Body[:2], &what, &on) == nil && what == "selected" && on == 1 {
				return widget{s.Sender, s.Path}, nil
			}
		case <-ctx.Done():
			return widget{}, ctx.Err()
		}
	}
}

// notice reads what w and the widgets in it show: the first label is the title, the second the body.
func (r reader) notice(w widget, n *Notice) error {
	if showing, err := r.showing(w); err != nil || !showing {
		return err
	}
	role, err := r.role(w)
	if err != nil {
		return err
	}
	switch role {
	case "label":
		text, err := r.name(w)
		if err != nil {
			return err
		}
		if n.Title == "" {
			n.Title = text
		} else {
			n.Body = text
		}
		return nil
	case "push button":
		text, err := r.name(w)
		if err != nil {
			return err
		}
		place, err := r.place(w)
		n.Buttons = append(n.Buttons, text)
		n.buttons = append(n.buttons, place)
		return err
	}
	inside, err := r.children(w)
	if err != nil {
		return err
	}
	for _, c := range inside {
		if err := r.notice(c, n); err != nil {
			return err
		}
	}
	return nil
}
