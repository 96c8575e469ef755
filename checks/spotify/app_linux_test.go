package spotify

import (
	"testing"
	"time"
)

func TestFindApp(t *testing.T) {
	d := newDesktop(t)
	if a, err := FindApp(t.Context()); err != nil || a != (App{}) {
		t.Errorf("none is installed: %+v, %v", a, err)
	}
	d.entry(t, "spotify")
	if a, err := FindApp(t.Context()); err != nil || !a.Installed || a.Running || !a.Since.IsZero() {
		t.Errorf("it doesn't run: %+v, %v", a, err)
	}
	t.Setenv(manner, "quits")
	before := time.Now()
	d.run(t)
	a, err := FindApp(t.Context())
	if err != nil || !a.Running || a.Since.Sub(before).Abs() > 5*time.Second {
		t.Errorf("started at %v: %+v, %v", before, a, err)
	}
}

func TestInstallation(t *testing.T) {
	for file, want := range map[string]string{
		"/var/lib/flatpak/exports/share/applications/com.spotify.Client.desktop": "flatpak",
		"/var/lib/snapd/desktop/applications/spotify_spotify.desktop":            "snap",
		"/usr/share/applications/spotify.desktop":                                "package",
		"/home/jane/.local/share/applications/spotify.desktop":                   "",
		"": "",
	} {
		if got := installation(file); got != want {
			t.Errorf("%s: %q", file, got)
		}
	}
}
