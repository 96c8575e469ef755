// Package tray shows the app's view: as an icon with a menu, and as notifications. It decides nothing;
// it only sees to it that what is on the screen is the view, and hands clicks to the app.
package tray

import (
	"context"
	"fmt"
	"os"
	"time"

	"fermata/app"
	"fermata/app/browser"
	"fermata/app/notify"
	"fermata/assets"

	"fyne.io/systray"
)

// Title is what the tray item is called; panels use it as its ID.
const Title = "Fermata"

// again is when icon and tooltip are set once more: systray loses what comes between its connection and
// its export (systray_unix.go, nativeStart), and only what is set before is sure to be there at once.
const again = 500 * time.Millisecond

// Run runs the app with an icon, a menu and notifications until it ends. Where there is no desktop
// it says so and shows the view on plain instead; where only the tray is missing, on both. It has to
// be called from the main goroutine, once a process.
func Run(ctx context.Context, a *app.App, plain app.Face) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	// host sees to it until ctx ends that the icon is shown, and reports whether anything shows it now.
	// Its error says that there is no desktop. systray must not start then: it panics when it ends.
	shows, err := host(ctx)
	if err != nil {
		fmt.Fprintf(os.Stderr, "fermata: no desktop here (%v); watching all the same, changes follow\n", err)
		a.Run(ctx, plain)
		return nil
	}
	center := notify.New(notify.Options{
		App: Title, DesktopEntry: "io.github.fermata", AppID: "io.github.fermata", Icon: assets.AppIcon,
		Where: "Click Fermata's icon in the tray to act.",
		Clicked: func(c notify.Click) {
			a.Click(browser.WithActivation(ctx, c.ActivationToken), c.Button)
		},
		Failed: func(err error) { fmt.Fprintln(os.Stderr, "fermata: no notifications:", err) },
	})
	p := &panel{views: make(chan app.View, 1), clicks: make(chan *slot), click: func(id string) { a.Click(ctx, id) }}
	faces := []app.Face{p, notices{center}}
	if !shows {
		fmt.Fprintln(os.Stderr, "fermata: nothing here shows tray icons yet; notifications and the commands work, changes follow")
		faces = append(faces, plain)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer systray.Quit()
		a.Run(ctx, faces...)
		center.Close()
	}()
	first := <-p.views
	p.dress(first)
	systray.SetTitle(Title)
	systray.Run(func() { p.ready(ctx, first) }, nil)
	cancel()
	<-ended
	return nil
}

// notices is the face that notifies.
type notices struct{ center *notify.Center }

// Show implements app.Face.
func (n notices) Show(v app.View) {
	want := make([]notify.Notice, 0, len(v.Notices))
	for _, m := range v.Notices {
		w := notify.Notice{Key: m.Key, Title: m.Title, Body: m.Body, Level: m.Level}
		for _, b := range m.Buttons {
			w.Buttons = append(w.Buttons, notify.Button(b))
		}
		want = append(want, w)
	}
	n.center.Show(want)
}
