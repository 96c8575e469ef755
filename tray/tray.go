// Package tray shows the app's view: as an icon with a menu, and as notifications. It decides nothing;
// it only sees to it that what is on the screen is the view, and hands clicks to the app.
package tray

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"time"

	"fermata/app"
	"fermata/app/core"
	"fermata/app/notify"
	"fermata/app/view"

	"fyne.io/systray"
)

// again is when icon and tooltip are set once more: systray loses what comes between its connection and
// its export (systray_unix.go, nativeStart), and only what is set before is sure to be there at once.
const again = 500 * time.Millisecond

// Run runs the app with an icon, a menu and notifications until it ends. Where there is no desktop
// it says so and shows the view on plain instead; where only the tray is missing, on both. The end of the
// session bus ends the app and is an error. Run has to be called from the main goroutine, once a process.
func Run(ctx context.Context, a *app.App, plain app.Face) error {
	return run(ctx, a.Run, func(c core.Clicked) { a.Click(c) }, plain)
}

func run(ctx context.Context, watch func(context.Context, ...app.Face), click func(core.Clicked), plain app.Face) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	// host sees to it until ctx ends that the icon is shown, and reports whether anything shows it now.
	// Its error says that there is no desktop. systray must not start then: it panics when it ends.
	bus, shows, err := host(ctx)
	if err != nil {
		fmt.Fprintf(os.Stderr, "fermata: no desktop here (%v); watching all the same, changes follow\n", err)
		watch(ctx, plain)
		return nil
	}
	center := notify.New(
		func(n notify.Click) { click(onNotice(n)) },
		func(err error) { fmt.Fprintln(os.Stderr, "fermata: no notifications:", err) },
	)
	crash := make(chan error, 1)
	p := newPanel(native{}, func(i view.Item) { click(core.Clicked{Action: i.ID, Place: i.Place}) })
	p.survive = func() {
		if fault := recover(); fault != nil && !expected(bus) {
			select {
			case crash <- fmt.Errorf("the tray has crashed: %v\n%s", fault, debug.Stack()):
			default: // one is enough
			}
			cancel()
		}
	}
	faces := []app.Face{p, notices{center}}
	if !shows {
		fmt.Fprintln(os.Stderr, "fermata: nothing here shows tray icons yet; notifications and the commands work, changes follow")
		faces = append(faces, plain)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer systray.Quit()
		watch(bus, faces...)
		if bus.Err() != nil && ctx.Err() == nil {
			err = errors.New("the desktop has ended: its session bus is gone")
		}
		select {
		case err = <-crash:
		default:
		}
		center.Close()
	}()
	select {
	case first := <-p.views:
		p.dressEarly(first)
		func() {
			defer p.survive()
			// At the end of the session Windows (WM_ENDSESSION) and macOS (applicationWillTerminate) end the
			// process when the second function returns.
			systray.Run(func() { p.ready(bus, first) }, func() { cancel(); <-ended })
		}()
		cancel()
	case <-ended:
	}
	<-ended
	return err
}

// expected reports whether a panic in systray is no fault: once the session bus is gone, systray v1.12.2
// panics in SetIcon (godbus's prop.SetMust), and at its end where it never connected. It may meet that a
// moment before bus ends.
func expected(bus context.Context) bool {
	select {
	case <-bus.Done():
		return true
	case <-time.After(time.Second):
		return false
	}
}

// onNotice is a click on a notification, as the app takes it.
func onNotice(n notify.Click) core.Clicked {
	return core.Clicked{Action: core.ActionID(n.Button), Notice: n.Key, Activation: n.ActivationToken}
}

// notices is the face that notifies.
type notices struct{ center *notify.Center }

// Show implements app.Face.
func (n notices) Show(v view.View) {
	want := make([]notify.Notice, 0, len(v.Notices))
	for _, m := range v.Notices {
		w := notify.Notice{Key: m.Key, Title: m.Title, Body: m.Body, Level: m.Level, Again: m.Again, Instead: m.Instead, Open: notify.Button{ID: string(m.Open.ID), Label: m.Open.Label}}
		for _, b := range m.Buttons {
			w.Buttons = append(w.Buttons, notify.Button{ID: string(b.ID), Label: b.Label})
		}
		want = append(want, w)
	}
	n.center.Show(want)
}
