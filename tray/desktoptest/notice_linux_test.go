package desktoptest

import (
	"context"
	"errors"
	"fmt"
	"image"
	"slices"
)

// A Notice is a notification on the screen, as xfce4-notifyd tells it to a screen reader.
type Notice struct {
	Title   string
	Body    string
	Buttons []string
	buttons []image.Rectangle
}

func (d *Desktop) beginNotifications() (func(context.Context) error, error) {
	p, err := d.run("", nil, find(notifyd))
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) error {
		return until(ctx, func(ctx context.Context) error {
			return errors.Join(p.alive(), d.owned(ctx, "org.freedesktop.Notifications"))
		})
	}, nil
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

// NoNotice waits until no notification with that title is on the screen.
func (d *Desktop) NoNotice(ctx context.Context, title string) error {
	return until(ctx, func(ctx context.Context) error {
		notices, err := d.Notices(ctx)
		if err != nil {
			return err
		}
		for _, n := range notices {
			if n.Title == title {
				return fmt.Errorf("the notice %q is still there", n.Title)
			}
		}
		return nil
	})
}

// ClickNotice waits for a notification with that title and clicks its button of that label.
func (d *Desktop) ClickNotice(ctx context.Context, title, button string) error {
	var at image.Point
	err := until(ctx, func(ctx context.Context) error {
		n, err := d.WaitNotice(ctx, title)
		if err != nil {
			return err
		}
		was := at
		i := slices.Index(n.Buttons, button)
		if i < 0 {
			return fmt.Errorf("the notice %q has no button %q; there are %q", title, button, n.Buttons)
		}
		at = center(n.buttons[i])
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
	r, err := d.listen(ctx)
	if err != nil {
		return nil, err
	}
	defer r.bus.Close()
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
				notices = append(notices, n)
			}
		}
	}
	return notices, nil
}
