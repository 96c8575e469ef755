package spotify

import (
	"context"
	"time"
)

// An App is Spotify's desktop app on this computer, as far as it can be seen.
type App struct {
	Installed, Running bool
	Since              time.Time // when it was started, by this computer's clock; zero: it does not run, or that is not known
	Install            string    // how it was installed: "flatpak", "snap", "package", "store" or "installer"; "": not known
}

// FindApp looks for the desktop app; what is not installed is no error. The error says why it can't be seen.
func FindApp(ctx context.Context) (App, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	return findApp(ctx)
}
