package spotify

import (
	"context"
	"os"
	"strings"
	"time"
)

func findApp(context.Context) (App, error) {
	p, err := mainProcess()
	if p != (winProcess{}) {
		a := App{Installed: true, Running: true, Since: time.Unix(0, p.started.Nanoseconds()), Install: "installer"}
		if strings.Contains(strings.ToLower(p.exe), `\windowsapps\`) {
			a.Install = "store"
		}
		return a, err
	}
	for _, place := range []struct{ path, install string }{{installer(), "installer"}, {alias(), "store"}} {
		if _, err := os.Lstat(place.path); err == nil { // an alias is a reparse point, which os.Stat does not follow
			return App{Installed: true, Install: place.install}, err
		}
	}
	return App{}, err
}
