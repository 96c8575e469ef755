package programs

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// copyHome copies a home folder, with each file as old as it says it is: an hour before its token ends.
func copyHome(t *testing.T, at time.Time) string {
	t.Helper()
	dir := home(t)
	t.Setenv("XDG_CONFIG_HOME", "")
	err := filepath.WalkDir("testdata/home", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, _ := filepath.Rel("testdata/home", path)
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		to := filepath.Join(dir, rel)
		write(t, to, string(data))
		return os.Chtimes(to, at, at)
	})
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// fixed is a moment.
type fixed time.Time

func (f fixed) Now() time.Time       { return time.Time(f) }
func (fixed) Elapsed() time.Duration { return 0 }
func (fixed) Known() bool            { return true }

// What is in a home folder where each of these programs was used; the tokens are invented.
func TestHome(t *testing.T) {
	if xdgCache("/x") != "/x/.cache" {
		t.Skip("the folders are Linux'")
	}
	at := time.Unix(1795601651, 0) // 10:14:11 on 25 November 2026
	copyHome(t, at)
	c := New(181*24*time.Hour, fixed(at), "")
	c.Configure([]Setting{{Path: "~/projects/bot"}})
	list, _ := c.Look(t.Context())
	var lines []string
	for p := range list.All(at) {
		if strings.Contains(p.File, "invented") {
			t.Error(p.File)
		}
		line := p.Name + " " + p.File
		if p.SignedIn {
			line += " +"
		}
		if !p.FileUntil.IsZero() {
			line += p.FileUntil.UTC().Format(" 2 January 15:04:05")
		}
		lines = append(lines, line)
	}
	got, want := strings.Join(lines, "\n"), `spotipy ~/projects/bot/.cache + 25 November 10:25:51
spotify-player ~/.cache/spotify-player/user_client_token.json + 25 November 10:37:31
spotifyd ~/.cache/spotifyd/credentials.json +
librespot ~/.cache/librespot/credentials.json +
go-librespot ~/.config/go-librespot/state.json +
zotify ~/.local/share/zotify/credentials.json +
spotdl ~/.spotdl/.spotipy + 25 November 10:29:11
spotdl ~/.config/spotdl/.spotipy + 25 November 10:29:11
beets ~/.config/beets/spotify_token.json
spotify-go ~/.config/spotify-go/token.json + 25 November 10:40:51
Home Assistant (spotify) ~/.homeassistant/.storage/core.config_entries + 25 November 10:42:31
a program ~/credentials.json + 25 November 11:04:11
spotipy ~/.cache-dead + 9 May 10:14:11
rspotify ~/.cache-isonozone + 25 November 10:44:11
spotipy ~/.cache-jane + 25 November 10:44:12
an OAuth reply ~/.cache-noend +
spotipy ~/.cache-utf16 + 25 November 10:44:11`
	if got != strings.Replace(want, "an OAuth reply", "a program", 1) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// A sign-in whose access token ended half a year ago is no older than that.
func TestDeadSignIn(t *testing.T) {
	if xdgCache("/x") != "/x/.cache" {
		t.Skip("the folders are Linux'")
	}
	now := time.Unix(1795601651, 0)
	copyHome(t, now)
	list, _ := New(181*24*time.Hour, fixed(now), "").Look(t.Context())
	for p := range list.All(now) {
		ended := strings.HasSuffix(p.Line(now, style), "; its sign-in has probably ended: sign in again in that program")
		if ended != strings.HasSuffix(p.File, "-dead") {
			t.Error(p.File, p.Line(now, style))
		}
	}
}

func TestSettings(t *testing.T) {
	dir := home(t)
	t.Setenv("XDG_CONFIG_HOME", "")
	now := time.Now()
	for _, name := range []string{"a/one/.cache", "a/two/.cache", "a/file", "b [x]/token.json", "b [x]/y/t", ".cache-off", ".spotdl/.spotipy"} {
		write(t, filepath.Join(dir, name), spotipy(now.Add(time.Hour)))
	}
	write(t, filepath.Join(dir, "a/one/.other"), "hello")
	for _, tt := range []struct {
		settings []Setting
		want     string
	}{
		{nil, "spotdl ~/.spotdl/.spotipy|spotipy ~/.cache-off"},
		{[]Setting{{Name: "SpotDL", Off: true}, {Path: "~/.cache-off", Off: true}}, ""},
		{[]Setting{{Name: "spotipy", Off: true}}, "spotdl ~/.spotdl/.spotipy"},
		{[]Setting{{Name: "bot", Glob: "~/a/*/.cache"}}, "bot ~/a/one/.cache|bot ~/a/two/.cache|spotdl ~/.spotdl/.spotipy|spotipy ~/.cache-off"},
		{[]Setting{{Glob: filepath.ToSlash(dir) + "/a/*/.*"}}, "spotipy ~/a/one/.cache|spotipy ~/a/two/.cache|spotdl ~/.spotdl/.spotipy|spotipy ~/.cache-off"},
		{[]Setting{{Name: "bot", Path: "~/b [x]"}}, "bot ~/b [x]/token.json|spotdl ~/.spotdl/.spotipy|spotipy ~/.cache-off"},
		{[]Setting{{Name: "bot", Path: "~/b [x]/y/t"}, {Name: "mine", Path: "~/.cache-off"}}, "bot ~/b [x]/y/t|mine ~/.cache-off|spotdl ~/.spotdl/.spotipy"},
		{[]Setting{{Name: "bot", Path: "~/missing"}}, "spotdl ~/.spotdl/.spotipy|spotipy ~/.cache-off"},
		{[]Setting{{Name: "spotdl", Login: []string{"spotdl", "--user-auth"}}}, "spotdl ~/.spotdl/.spotipy spotdl --user-auth|spotipy ~/.cache-off"},
	} {
		c := New(0, &wrong{start: now}, "")
		c.Configure(tt.settings)
		list, _ := c.Look(t.Context())
		var lines []string
		for p := range list.All(now) {
			lines = append(lines, strings.TrimSpace(p.Name+" "+filepath.ToSlash(p.File)+" "+p.Login))
		}
		if got := strings.Join(lines, "|"); got != tt.want {
			t.Errorf("%+v:\n got %s\nwant %s", tt.settings, got, tt.want)
		}
	}
}
