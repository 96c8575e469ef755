package desktoptest

import (
	"context"
	"flag"
	"fmt"
	"image"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

var (
	try   = flag.Bool("try", false, "show Fermata to a person: see TestTry")
	dark  = flag.Bool("dark", false, "with -try: a dark panel, dark menus and notices")
	stay  = flag.Duration("for", 0, "with -try: how long the desktop stays (default: until Ctrl-C)")
	shots = flag.String("shots", "", "the `folder` for pictures of what the tests see, an absolute path")
)

// TestTry brings up a desktop with Fermata's demo in it for a person to look at, and is skipped unless a
// person asks for it:
//
//	go test ./tray/desktoptest -run TestTry -try [-dark] [-shots DIR] [-for 5m] -v
//
// It takes pictures of the icon, the menu and its submenus, in good order and in some troubles, says how to
// reach into the desktop from another terminal, and keeps it running. Add -timeout 0 for more than the ten
// minutes that go test allows.
func TestTry(t *testing.T) {
	if !*try {
		t.Skip("for a person to look at: -try")
	}
	ctx, stop := signal.NotifyContext(t.Context(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if *shots == "" {
		*shots = filepath.Join(os.TempDir(), "fermata-shots")
	}
	everything.Dark = *dark
	f := For(t, everything).fermata(t, "demo")
	f.await("signed in, and the clock was checked", func(s status) bool { return s.signedIn() && s.Clock.OffsetS != 0 })
	f.portrait(ctx, "well")
	for _, submenu := range []string{"Fix a problem", "Demo", "Settings"} {
		f.must(f.OpenSubmenu(ctx, submenu))
		shoot(t, f.Desktop, "well-"+strings.ToLower(strings.ReplaceAll(submenu, " ", "-")))
		f.must(f.CloseMenu(ctx))
	}
	for _, trouble := range []string{"revoke", "clock-ahead", "no-network"} {
		f.do("demo/" + trouble)
		for _, n := range f.await("is in trouble", func(s status) bool { return s.Level != "ok" }).Notices {
			_, err := f.WaitNotice(ctx, n.Title)
			f.must(err)
		}
		f.portrait(ctx, trouble)
		f.do("demo/repair")
		f.await("repaired", func(s status) bool { return s.Level == "ok" })
	}
	for _, v := range f.Env() {
		name, value, _ := strings.Cut(v, "=")
		switch name {
		case "DISPLAY", "HOME", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_STATE_HOME":
			fmt.Printf("export %s=%q\n", name, value)
		}
	}
	fmt.Println("# Set these in another terminal to run xdotool or", f.command(ctx).Path, "in the desktop.")
	var over <-chan time.Time
	if *stay > 0 {
		over = time.After(*stay)
	}
	select {
	case <-ctx.Done():
	case <-over:
	case <-f.end:
		t.Error("fermata has ended")
	}
}

// portrait takes pictures of the icon, of the screen with its notices and of the menu.
func (f fermata) portrait(ctx context.Context, name string) {
	f.t.Helper()
	shoot(f.t, f.Desktop, name)
	icon, err := f.Icon(ctx)
	f.must(err)
	f.must(WritePNG(filepath.Join(*shots, name+"-icon.png"), enlarge(icon, 8)))
	f.must(f.OpenMenu(ctx))
	shoot(f.t, f.Desktop, name+"-menu")
	f.must(f.CloseMenu(ctx))
}

// enlarge shows each pixel as a square of n × n.
func enlarge(img image.Image, n int) image.Image {
	b := img.Bounds()
	big := image.NewRGBA(image.Rect(0, 0, n*b.Dx(), n*b.Dy()))
	for y := range n * b.Dy() {
		for x := range n * b.Dx() {
			big.Set(x, y, img.At(b.Min.X+x/n, b.Min.Y+y/n))
		}
	}
	return big
}
