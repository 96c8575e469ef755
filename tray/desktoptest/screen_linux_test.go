package desktoptest

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// Width and Height of the screen, in pixels.
const (
	Width  = 1280
	Height = 800
)

// starting is an X server that has not told its display yet.
type starting struct {
	server *process
	tells  *os.File
}

func (d *Desktop) beginScreen() (*starting, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer w.Close()
	server, err := d.run("", w, "Xvfb", "-displayfd", "3", "-screen", "0",
		fmt.Sprintf("%dx%dx24", Width, Height), "-fbdir", d.dir+"/screen", "-nolisten", "tcp", "-noreset")
	if err != nil {
		r.Close()
		return nil, err
	}
	return &starting{server, r}, nil
}

func (d *Desktop) finishScreen(ctx context.Context, s *starting, o Options) error {
	defer s.tells.Close()
	stop := context.AfterFunc(ctx, func() { s.tells.Close() })
	defer stop()
	number, err := io.ReadAll(s.tells) // ends with the number, or with the server
	if err != nil || len(number) == 0 {
		return errors.Join(errors.New("no display from Xvfb"), ctx.Err(), err, s.server.alive())
	}
	d.display = ":" + strings.TrimSpace(string(number))
	d.env = append(d.env, "DISPLAY="+d.display)
	// What the bus activates gets the bus's environment, and the bus is older than the display.
	call := d.bus.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.UpdateActivationEnvironment", 0,
		map[string]string{"DISPLAY": d.display})
	if call.Err != nil {
		return call.Err
	}
	ground := "#b9c3cc"
	if o.Dark {
		ground = "#39424a"
	}
	if err := d.tool(ctx, "xsetroot", "-cursor_name", "left_ptr", "-solid", ground); err != nil {
		return err
	}
	_, err = d.run("", nil, "openbox")
	return err
}

// tool runs one of the X tools to its end.
func (d *Desktop) tool(ctx context.Context, name string, args ...string) error {
	out, err := d.Command(ctx, name, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, strings.TrimSpace(string(out)))
	}
	return nil
}

// Screen returns what is painted now, read from the X server's own frame buffer.
func (d *Desktop) Screen() (*image.RGBA, error) {
	xwd, err := os.ReadFile(filepath.Join(d.dir, "screen", "Xvfb_screen0"))
	if err != nil {
		return nil, err
	}
	return decodeXWD(xwd)
}

// decodeXWD reads the one form of the X window dump (XWDFile.h) that Xvfb writes: version 7, ZPixmap,
// 32 bits a pixel, least significant byte (blue) first.
func decodeXWD(xwd []byte) (*image.RGBA, error) {
	if len(xwd) < 100 {
		return nil, errors.New("frame buffer: no header")
	}
	field := func(i int) int { return int(binary.BigEndian.Uint32(xwd[4*i:])) }
	const version, format, bigEndian, bits = 7, 2, 0, 32
	if field(1) != version || field(2) != format || field(7) != bigEndian || field(11) != bits {
		return nil, errors.New("frame buffer: an unknown form of XWD")
	}
	width, height, stride := field(4), field(5), field(12)
	start := field(0) + 12*field(19) // the header, then the colour map
	if start+height*stride > len(xwd) || width*4 > stride {
		return nil, errors.New("frame buffer: cut short")
	}
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		row := xwd[start+y*stride:]
		for x := range width {
			img.SetRGBA(x, y, color.RGBA{row[4*x+2], row[4*x+1], row[4*x], 255})
		}
	}
	return img, nil
}

// Screenshot writes a PNG of the whole screen.
func (d *Desktop) Screenshot(file string) error {
	img, err := d.Screen()
	if err != nil {
		return err
	}
	return WritePNG(file, img)
}

// WritePNG writes img to file.
func WritePNG(file string, img image.Image) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	return errors.Join(png.Encode(f, img), f.Close())
}

// park moves the mouse pointer to where it hovers over nothing: a resting pointer brings up tooltips.
func (d *Desktop) park(ctx context.Context) error {
	return d.tool(ctx, "xdotool", "mousemove", strconv.Itoa(Width/2), strconv.Itoa(Height-1))
}

// click moves the mouse pointer and presses its left button.
func (d *Desktop) click(ctx context.Context, at image.Point) error {
	return d.tool(ctx, "xdotool", "mousemove", strconv.Itoa(at.X), strconv.Itoa(at.Y), "click", "1")
}

// popups returns where the windows of that name stand that no window manager frames, such as menus,
// the oldest first.
func (d *Desktop) popups(ctx context.Context, name string) ([]image.Rectangle, error) {
	out, err := d.Command(ctx, "xdotool", "search", "--maxdepth", "1", "--onlyvisible", "--name", "^"+name+"$",
		"getwindowgeometry", "--shell", "%@").Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.ExitCode() == 1 && len(out) == 0 {
		return nil, nil // no such window
	}
	if err != nil {
		return nil, fmt.Errorf("xdotool search: %w", err)
	}
	var places []image.Rectangle
	var x, y, w, h int
	for line := range strings.Lines(string(out)) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		n, _ := strconv.Atoi(value)
		switch key {
		case "X":
			x = n
		case "Y":
			y = n
		case "WIDTH":
			w = n
		case "HEIGHT":
			h = n
		case "SCREEN": // the last line of each window
			if place := image.Rect(x, y, x+w, y+h); place.In(image.Rect(0, 0, Width, Height)) {
				places = append(places, place)
			}
		}
	}
	return places, nil
}
