// Bare is a program with nothing but an icon in the tray, for the budget to compare with.
package main

import (
	"os"
	"os/signal"

	"fermata/assets"

	"fyne.io/systray"
)

func main() {
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, os.Interrupt)
	go func() {
		<-interrupted
		systray.Quit()
	}()
	systray.SetIcon(assets.Icon(assets.ArcFull, assets.DotSolid))
	systray.Run(func() {}, nil)
}
