package desktoptest

import (
	"context"
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
