package desktop

import (
	"context"
	"errors"
	"fmt"
	"image"

	"github.com/godbus/dbus/v5"
)

// A Notice is a notification on the screen, as xfce4-notifyd tells it to a screen reader.
type Notice struct {
	Title   string
	Body    string
	Buttons []string
	place   image.Rectangle
	buttons []image.Rectangle
}

func (d *Desktop) beginNotifications() (func(context.Context) error, error) {
	p, err := d.run("", nil, find(notifyd))
	if err != nil {
		return nil, err
	}
	d.notifyd = p
	return func(ctx context.Context) error {
		return until(ctx, func(ctx context.Context) error {
			return errors.Join(p.alive(), d.owned(ctx, "org.freedesktop.Notifications"))
		})
	}, nil
}

// StartNotifications starts the notification daemon.
func (d *Desktop) StartNotifications(ctx context.Context) error {
	ready, err := d.beginNotifications()
	if err != nil {
		return err
	}
	return ready(ctx)
}

// StopNotifications ends the notification daemon, and with it all that it shows.
func (d *Desktop) StopNotifications(ctx context.Context) error {
	d.notifyd.stop()
	return until(ctx, func(ctx context.Context) error { return d.free(ctx, "org.freedesktop.Notifications") })
}

// WaitNotice waits until a notification with that title is on the screen.
func (d *Desktop) WaitNotice(ctx context.Context, title string) (Notice, error) {
	var found Notice
	err := until(ctx, func(ctx context.Context) error {
		notices, err := d.Notices(ctx)
		if err != nil {
			return err
		}
		var there []string
		for _, n := range notices {
			if n.Title == title {
				found = n
				return nil
			}
			there = append(there, n.Title)
		}
		return fmt.Errorf("no notice %q; there are %q", title, there)
	})
	return found, err
}

// NoNotice waits until no notification with that title is on the screen; none at all where title
// is "".
func (d *Desktop) NoNotice(ctx context.Context, title string) error {
	return until(ctx, func(ctx context.Context) error {
		notices, err := d.Notices(ctx)
		if err != nil {
			return err
		}
		for _, n := range notices {
			if title == "" || n.Title == title {
				return fmt.Errorf("the notice %q is still there", n.Title)
			}
		}
		return nil
	})
}

// ClickNotice waits for a notification with that title and clicks its button of that label, or its
// body where button is "".
func (d *Desktop) ClickNotice(ctx context.Context, title, button string) error {
	var at image.Point
	err := until(ctx, func(ctx context.Context) error {
		n, err := d.WaitNotice(ctx, title)
		if err != nil {
			return err
		}
		was := at
		at = center(image.Rectangle{n.place.Min, n.place.Min.Add(image.Pt(60, 30))})
		if button != "" {
			i := 0
			for ; i < len(n.Buttons) && n.Buttons[i] != button; i++ {
			}
			if i == len(n.Buttons) {
				return fmt.Errorf("the notice %q has no button %q; there are %q", title, button, n.Buttons)
			}
			at = center(n.buttons[i])
		}
		if at != was { // notices move up when one above them goes
			return errors.New("the notice is moving")
		}
		return nil
	})
	if err != nil {
		return err
	}
	return d.click(ctx, at)
}

// Notices returns the notifications on the screen.
func (d *Desktop) Notices(ctx context.Context) ([]Notice, error) {
	var address string
	o := d.bus.Object("org.a11y.Bus", "/org/a11y/bus")
	if err := o.CallWithContext(ctx, "org.a11y.Bus.GetAddress", 0).Store(&address); err != nil {
		return nil, fmt.Errorf("the accessibility bus: %w", err)
	}
	bus, err := dbus.Connect(address)
	if err != nil {
		return nil, fmt.Errorf("the accessibility bus: %w", err)
	}
	defer bus.Close()
	r := reader{ctx, bus}
	programs, err := r.children(widget{"org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root"})
	if err != nil {
		return nil, err
	}
	var notices []Notice
	for _, program := range programs {
		name, err := r.name(program)
		if err != nil || name != "xfce4-notifyd" {
			continue // other programs may come and go while we look
		}
		windows, err := r.children(program)
		if err != nil {
			return nil, err
		}
		for _, w := range windows {
			var n Notice
			if err := r.notice(w, &n); err != nil {
				return nil, err
			}
			if n.Title != "" {
				n.place, err = r.place(w)
				if err != nil {
					return nil, err
				}
				notices = append(notices, n)
			}
		}
	}
	return notices, nil
}
