//go:build linux

// Try brings up a headless desktop with Fermata in it, takes pictures of what a person would see,
// and keeps it running:
//
//	go run ./tray/desktoptest/try [--dark] [--shots DIR] [--for DURATION] [-- FERMATA-ARGUMENTS]
//
// Fermata runs as "fermata demo" unless other arguments are given. Enter takes one more picture;
// Ctrl-C ends everything.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"image"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"fermata/tray/desktoptest"
)

func main() {
	dark := flag.Bool("dark", false, "a dark panel, dark menus and notices")
	shots := flag.String("shots", filepath.Join(os.TempDir(), "fermata-shots"), "the `folder` for the pictures")
	limit := flag.Duration("for", 0, "end after this `duration` (default: on Ctrl-C)")
	flag.Parse()
	args := flag.Args()
	if len(args) == 0 {
		args = []string{"demo"}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if *limit > 0 {
		ctx, stop = context.WithTimeout(ctx, *limit)
		defer stop()
	}
	if err := try(ctx, *dark, *shots, args); err != nil {
		fmt.Fprintln(os.Stderr, "try:", err)
		os.Exit(1)
	}
}

func try(ctx context.Context, dark bool, shots string, args []string) (err error) {
	o := desktoptest.Options{Panel: true, Notifications: true, Keyring: true, Browser: true, Dark: dark}
	if missing := o.Missing(); len(missing) > 0 {
		return fmt.Errorf("first: apt-get install %s", strings.Join(missing, " "))
	}
	if err := os.MkdirAll(shots, 0o755); err != nil {
		return err
	}
	d, err := desktoptest.Start(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	s := stage{d, shots, filepath.Join(d.Dir(), "bin", "fermata")}
	build := exec.CommandContext(ctx, "go", "build", "-o", s.program, "fermata")
	build.Stdout, build.Stderr = os.Stdout, os.Stderr
	if err := build.Run(); err != nil {
		return fmt.Errorf("building fermata: %w", err)
	}
	fermata := d.Command(ctx, s.program, args...)
	fermata.Stdout, fermata.Stderr = os.Stdout, os.Stderr
	if err := fermata.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- fermata.Wait() }()
	if err := s.show(ctx, args[0] == "demo"); err != nil {
		return err
	}
	s.tell()
	go s.shootOnEnter()
	select {
	case err := <-ended:
		if ctx.Err() == nil {
			return fmt.Errorf("fermata has ended: %v", err)
		}
	case <-ctx.Done():
		<-ended
	}
	return nil
}

// A stage is the desktop with Fermata on it and a camera before it.
type stage struct {
	*desktoptest.Desktop
	shots   string
	program string
}

// show goes through what a person meets, taking a picture of each: the icon, the menu and, where it
// is the demo, the notice of a revoked sign-in.
func (s stage) show(ctx context.Context, demo bool) error {
	if err := s.WaitEntry(ctx, "Check the clock now"); err != nil { // it is on offer once it was checked
		return err
	}
	icon, err := s.Icon(ctx)
	if err != nil {
		return err
	}
	if err := s.keep("icon", enlarge(icon, 8)); err != nil {
		return err
	}
	if err := s.OpenMenu(ctx); err != nil {
		return err
	}
	if err := s.shoot("menu"); err != nil {
		return err
	}
	if err := s.CloseMenu(ctx); err != nil || !demo {
		return err
	}
	if err := s.do(ctx, "demo/revoke"); err != nil {
		return err
	}
	if _, err := s.WaitNotice(ctx, "DEMO: Sign in to Spotify again"); err != nil {
		return err
	}
	if err := s.shoot("notice"); err != nil {
		return err
	}
	return s.do(ctx, "demo/repair")
}

// do has the running demo do an action.
func (s stage) do(ctx context.Context, action string) error {
	out, err := s.Command(ctx, s.program, "demo", "do", action).CombinedOutput()
	if err != nil {
		return fmt.Errorf("fermata demo do %s: %w\n%s", action, err, out)
	}
	return nil
}

// tell says how to reach into the desktop from another terminal.
func (s stage) tell() {
	for _, v := range s.Env() {
		name, value, _ := strings.Cut(v, "=")
		switch name {
		case "DISPLAY", "HOME", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_STATE_HOME":
			fmt.Printf("export %s=%q\n", name, value)
		}
	}
	fmt.Println("# Set these in another terminal to run xdotool or", s.program, "in the desktop.")
	fmt.Println("# Enter takes a picture, Ctrl-C ends.")
}

func (s stage) shootOnEnter() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		if err := s.shoot(time.Now().Format("150405")); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
}

// shoot keeps a picture of the whole screen.
func (s stage) shoot(name string) error {
	screen, err := s.Screen()
	if err != nil {
		return err
	}
	return s.keep(name, screen)
}

func (s stage) keep(name string, img image.Image) error {
	file := filepath.Join(s.shots, name+".png")
	fmt.Println("#", file)
	return desktoptest.WritePNG(file, img)
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
