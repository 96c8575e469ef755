package spotify

import "testing"

func TestStarter(t *testing.T) {
	const alias = `C:\Users\Jane\AppData\Local\Microsoft\WindowsApps\Spotify.exe`
	for exe, want := range map[string]string{
		`C:\Users\Jane\AppData\Roaming\Spotify\Spotify.exe`:                                          `C:\Users\Jane\AppData\Roaming\Spotify\Spotify.exe`,
		`C:\Program Files\WindowsApps\SpotifyAB.SpotifyMusic_1.2.3.0_x64__zpdnekdrzrea0\Spotify.exe`: alias,
	} {
		if got := starter(exe, alias); got != want {
			t.Errorf("%s: %s, want %s", exe, got, want)
		}
	}
}
