package desktoptest

import (
	"context"
	"errors"
	"fmt"
	"image"
)

const watcher = "org.kde.StatusNotifierWatcher"

// PanelHeight is the height of the panel along the top of the screen, in pixels.
const PanelHeight = 30

var panelPlace = image.Rect(0, 0, Width, PanelHeight)

func (d *Desktop) beginPanel() (func(context.Context) error, error) {
	p, err := d.run("", nil, "xfce4-panel", "--disable-wm-check")
	if err != nil {
		return nil, err
	}
	d.panel = p
	return func(ctx context.Context) error {
		return until(ctx, func(ctx context.Context) error {
			if err := errors.Join(p.alive(), d.owned(ctx, watcher)); err != nil {
				return err
			}
			screen, err := d.Screen()
			if err != nil {
				return err
			}
			if screen.RGBAAt(1, 1) == screen.RGBAAt(1, PanelHeight+1) {
				return errors.New("the panel is not painted yet")
			}
			return nil
		})
	}, nil
}

// StartPanel starts the panel and returns when its tray is there.
func (d *Desktop) StartPanel(ctx context.Context) error {
	ready, err := d.beginPanel()
	if err != nil {
		return err
	}
	return ready(ctx)
}

// StopPanel ends the panel and returns when there is no tray any more.
func (d *Desktop) StopPanel(ctx context.Context) error {
	d.panel.stop()
	return until(ctx, func(ctx context.Context) error { return d.free(ctx, watcher) })
}

// RestartPanel ends the panel and starts it again.
func (d *Desktop) RestartPanel(ctx context.Context) error {
	return errors.Join(d.StopPanel(ctx), d.StartPanel(ctx))
}

// Icon waits until the panel has painted a tray icon and returns it as it is on the screen: the
// icon's square of the panel, its Bounds being its place on the screen. It moves the mouse pointer
// away first, which would lie over the icon or light it up.
func (d *Desktop) Icon(ctx context.Context) (*image.RGBA, error) {
	if err := d.park(ctx); err != nil {
		return nil, err
	}
	var icon *image.RGBA
	err := until(ctx, func(context.Context) error {
		screen, err := d.Screen()
		if err != nil {
			return err
		}
		painted := Painted(screen, panelPlace)
		if painted.Empty() {
			return errors.New("no icon is painted on the panel")
		}
		if painted.Dx() > PanelHeight {
			return fmt.Errorf("more than one icon is painted on the panel, at %v", painted)
		}
		left := (painted.Min.X + painted.Max.X - PanelHeight) / 2
		icon = screen.SubImage(image.Rect(left, 0, left+PanelHeight, PanelHeight)).(*image.RGBA)
		return nil
	})
	return icon, err
}

// NoIcon waits until no tray icon is painted.
func (d *Desktop) NoIcon(ctx context.Context) error {
	return until(ctx, func(context.Context) error {
		screen, err := d.Screen()
		if err != nil {
			return err
		}
		if painted := Painted(screen, panelPlace); !painted.Empty() {
			return fmt.Errorf("an icon is painted on the panel at %v", painted)
		}
		return nil
	})
}

// Painted returns the smallest rectangle within place that holds every pixel that differs plainly
// from the first one of place, its background.
func Painted(img *image.RGBA, place image.Rectangle) image.Rectangle {
	const plainly = 24 // of 255, in any of the three colours
	ground := img.RGBAAt(place.Min.X, place.Min.Y)
	differs := func(a, b uint8) bool { return max(a, b)-min(a, b) > plainly }
	var painted image.Rectangle
	for y := place.Min.Y; y < place.Max.Y; y++ {
		for x := place.Min.X; x < place.Max.X; x++ {
			c := img.RGBAAt(x, y)
			if differs(c.R, ground.R) || differs(c.G, ground.G) || differs(c.B, ground.B) {
				painted = painted.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return painted
}
