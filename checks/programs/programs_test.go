package programs

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fermata/checks/text"
)

// Secrets that are planted in files and must be found nowhere else.
const (
	access  = "BQaccessACCESSaccessACCESSaccess"
	refresh = "AQrefreshREFRESHrefreshREFRESHre"
)

// wrong is true time beside a wall clock that is ahead of it by Ahead.
type wrong struct {
	start time.Time
	ahead time.Duration
}

func (w *wrong) Now() time.Time         { return time.Now().Add(-w.ahead) }
func (w *wrong) Known() bool            { return true }
func (w *wrong) Elapsed() time.Duration { return time.Since(w.start) - w.ahead }

// step sets the wall clock forward: in a bubble the time passes, and true time does not.
func (w *wrong) step(d time.Duration) {
	time.Sleep(d)
	w.ahead += d
}

// home makes a home folder with nothing around it that could be found.
func home(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("HOME", dir)
	t.Setenv("USERPROFILE", dir)
	t.Setenv("XDG_CACHE_HOME", "")
	t.Setenv("LOCALAPPDATA", filepath.Join(dir, "AppData", "Local"))
	old := time.Local
	time.Local = time.UTC
	t.Cleanup(func() { time.Local = old })
	return dir
}

// write writes a file as of the time that the test's clock shows.
func write(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, time.Now(), time.Now()); err != nil {
		t.Fatal(err)
	}
	return path
}

// keeps makes the files of these names in the home folder the program bot's own, and the only ones of any.
func keeps(t *testing.T, names ...string) {
	old := known
	t.Cleanup(func() { known = old })
	known = nil
	for _, name := range names {
		known = append(known, row{"bot", inHome(""), name, place{}})
	}
}

func spotipy(end time.Time) string {
	return fmt.Sprintf(`{"access_token":%q,"token_type":"Bearer","expires_in":3600,"scope":"a b","expires_at":%d,"refresh_token":%q}`, access, end.Unix(), refresh)
}

func rspotify(end time.Time) string {
	return fmt.Sprintf(`{"access_token":%q,"expires_in":3600,"expires_at":%q,"refresh_token":%q,"scope":"a b"}`, access, end.UTC().Format(time.RFC3339Nano), refresh)
}

func golang(end time.Time) string {
	return fmt.Sprintf(`{"access_token":%q,"token_type":"Bearer","expiry":%q}`, access, end.Format(time.RFC3339Nano))
}

const librespot = `{"username":"jane","auth_type":1,"auth_data":"` + access + `"}`

// A seen is what one look returned.
type seen struct {
	programs []Program
	next     time.Duration
}

// look looks, and returns what was seen and that as lines, after searching all of it for secrets.
func look(t *testing.T, c *Check) (seen, string) {
	t.Helper()
	list, next := c.Look(t.Context())
	programs := slices.Collect(list.All(c.clock.Now()))
	f := seen{programs, next}
	all, err := json.Marshal(programs)
	if err != nil {
		t.Fatal(err)
	}
	if text := string(all) + fmt.Sprintf("%v %+v %#v %+v", f, f, f, list); strings.Contains(text, access[:8]) || strings.Contains(text, refresh[:8]) {
		t.Errorf("a secret in %s", text)
	}
	var lines []string
	for _, p := range programs {
		s := p.Name + " " + filepath.ToSlash(p.File) + ": " + p.Words(c.clock.Now(), text.Style{})
		if p.SignedIn {
			s += " +"
		}
		lines = append(lines, s)
	}
	return f, strings.Join(lines, "\n")
}

func TestProgramsPlaces(t *testing.T) {
	dir := home(t)
	synctest.Test(t, func(t *testing.T) { // midnight, 1 January 2000
		clock := &wrong{start: time.Now()}
		end := time.Now().Add(time.Hour)
		write(t, filepath.Join(dir, ".cache/spotify-player/user_client_token.json"), rspotify(end))
		write(t, filepath.Join(dir, ".cache/spotify-player/credentials.json"), librespot)
		write(t, filepath.Join(xdgCache(dir), "ncspot/rspotify_token.json"), rspotify(end.Add(-2*time.Hour)))
		write(t, filepath.Join(nativeCache(dir), "spotifyd"+projectCache+"/oauth/credentials.json"), librespot)
		write(t, filepath.Join(dir, ".config/spotify-tui/.spotify_token_cache.json"), spotipy(end))
		write(t, filepath.Join(dir, ".cache-jane"), spotipy(end.Add(time.Minute)))
		write(t, filepath.Join(dir, ".cache-of-something-else"), "\x00\x01")
		write(t, filepath.Join(dir, ".spotify_token_cache.json"), `{"access_token":"`+access+`","expires_in":3600,"expires_at":null,"refresh_token":null,"scope":""}`)
		write(t, filepath.Join(dir, ".cache-bot"), golang(time.Time{}))

		f, got := look(t, New(0, clock, ""))
		want := `spotify-player ~/.cache/spotify-player/user_client_token.json: token until 01:00 +
spotify-player ~/.cache/spotify-player/credentials.json: expiry not known +
ncspot XDG/ncspot/rspotify_token.json: token expired at 23:00, the program renews it when it runs +
spotifyd NATIVE/oauth/credentials.json: expiry not known +
spotify-tui ~/.config/spotify-tui/.spotify_token_cache.json: token until 01:00 +
rspotify ~/.spotify_token_cache.json: expiry not known
a Go program ~/.cache-bot: expiry not known
spotipy ~/.cache-jane: token until 01:00 +`
		slash := func(path string) string { return filepath.ToSlash(show(path, dir)) }
		want = strings.NewReplacer("XDG", slash(xdgCache(dir)), "NATIVE", slash(nativeCache(dir)+"/spotifyd"+projectCache)).Replace(want)
		if got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
		if f.next != time.Hour {
			t.Errorf("next in %v", f.next)
		}
	})
}

func TestNothingThere(t *testing.T) {
	home(t)
	f, got := look(t, New(0, &wrong{start: time.Now()}, ""))
	if got != "" || f.next != time.Hour {
		t.Errorf("%q %+v", got, f)
	}
}

func TestAStepNeitherEndsNorProlongs(t *testing.T) {
	dir := home(t)
	synctest.Test(t, func(t *testing.T) {
		clock := &wrong{start: time.Now()}
		clock.step(30 * time.Minute) // wrong from the start, as much for the program as for us
		write(t, filepath.Join(dir, ".cache-t"), spotipy(time.Now().Add(time.Hour)))
		c := New(181*24*time.Hour, clock, "")
		until, before := clock.Now().Add(time.Hour), ""
		for _, step := range []struct {
			ahead, pass time.Duration
			state       string
		}{
			{0, 0, "token until 01:00"},
			{2 * time.Hour, 10 * time.Minute, "token until 01:00, but by this computer's clock it has expired"},
			{0, 51 * time.Minute, "token expired at 01:00, the program renews it when it runs"},
		} {
			clock.step(step.ahead)
			time.Sleep(step.pass)
			f, _ := look(t, c)
			p := f.programs[0]
			if words := p.Words(clock.Now(), text.Style{}); words != step.state || !p.Until.Equal(until) {
				t.Errorf("after %v: %q until %v, want %q until %v", step, words, p.Until, step.state, until)
			}
			if grant := p.GrantUntil.String(); before != "" && grant != before {
				t.Errorf("the sign-in's end moved from %s to %s", before, grant)
			} else {
				before = grant
			}
		}
	})
}

// No token's end wakes anybody: what is seen is told as of the moment.
func TestTheEndNeedsNoLook(t *testing.T) {
	dir := home(t)
	synctest.Test(t, func(t *testing.T) {
		clock := &wrong{start: time.Now()}
		path := write(t, filepath.Join(dir, ".cache-t"), golang(time.Now().Add(10*time.Minute)))
		c := New(0, clock, "")
		if f, got := look(t, c); got != "a Go program ~/.cache-t: token until 00:10" || f.next != time.Hour {
			t.Fatalf("%q, next in %v", got, f.next)
		}
		list := c.list
		for _, want := range []string{"token until 00:10", "token expired at 00:10"} {
			for p := range list.All(clock.Now()) {
				if got := p.Words(clock.Now(), text.Style{}); got != want {
					t.Errorf("%q, want %q", got, want)
				}
			}
			time.Sleep(10 * time.Minute)
		}
		write(t, path, strings.ReplaceAll(golang(time.Now().Add(20*time.Minute)), access, "BQanother"))
		if _, got := look(t, c); got != "a Go program ~/.cache-t: token until 00:40" {
			t.Error(got)
		}
	})
}

func TestSixMonths(t *testing.T) {
	const life = 181 * 24 * time.Hour
	dir := home(t)
	synctest.Test(t, func(t *testing.T) {
		clock := &wrong{start: time.Now()}
		path := write(t, filepath.Join(dir, ".cache-t"), spotipy(time.Now()))
		began := time.Now()
		time.Sleep(5 * 24 * time.Hour)
		c := New(life, clock, "")
		see := func(want time.Time) {
			t.Helper()
			f, _ := look(t, c)
			if p := f.programs[0]; !p.GrantUntil.Equal(want) || !p.Estimated {
				t.Errorf("%+v, want the end at %v", p, want)
			}
		}
		see(began.Add(life)) // the file's age counts
		write(t, path, spotipy(time.Now().Add(time.Hour)))
		see(began.Add(life)) // renewed, with the same refresh token
		write(t, path, strings.ReplaceAll(spotipy(time.Now().Add(time.Hour)), refresh, "AQanother"))
		see(time.Now().Add(life))
		write(t, path, strings.ReplaceAll(spotipy(time.Now()), refresh, "AQlater"))
		if err := os.Chtimes(path, time.Now(), time.Now().Add(time.Hour)); err != nil { // by a clock that was ahead
			t.Fatal(err)
		}
		see(time.Now().Add(life))
		write(t, path, strings.ReplaceAll(spotipy(time.Now().Add(time.Hour)), refresh, ""))
		if f, _ := look(t, c); !f.programs[0].GrantUntil.IsZero() {
			t.Error("an end of no sign-in")
		}
	})
}

func TestHalfWritten(t *testing.T) {
	dir := home(t)
	synctest.Test(t, func(t *testing.T) {
		whole := spotipy(time.Now().Add(time.Hour))
		path := write(t, filepath.Join(dir, ".cache-jane"), whole)
		c := New(0, &wrong{start: time.Now()}, "")
		look(t, c)

		write(t, path, whole[:len(whole)/2])
		go func() { // while the check waits
			time.Sleep(pause / 2)
			write(t, path, whole)
		}()
		if _, got := look(t, c); got != "spotipy ~/.cache-jane: token until 01:00 +" {
			t.Errorf("written in time: %s", got)
		}

		write(t, path, "")
		f, got := look(t, c)
		if got != "spotipy ~/.cache-jane: being written" || f.next != time.Minute {
			t.Errorf("%s, next in %v", got, f.next)
		}
		time.Sleep(time.Hour)
		if _, got = look(t, c); got != "spotipy ~/.cache-jane: unreadable: the JSON ends in the middle" {
			t.Error(got)
		}
	})
}

func TestHangingFolder(t *testing.T) {
	dir := home(t)
	synctest.Test(t, func(t *testing.T) {
		c := New(0, &wrong{start: time.Now()}, "")
		c.pending = make(chan scanned, 1) // a look that never came back
		if f, next := c.Look(t.Context()); f.Len() != 0 || next != time.Hour {
			t.Errorf("%+v, next in %v", f, next)
		}
		c.pending = nil
		write(t, filepath.Join(dir, ".cache-t"), golang(time.Now().Add(time.Hour)))
		look(t, c)
		c.pending = make(chan scanned, 1)
		if f, got := look(t, c); got != "a Go program ~/.cache-t: unreadable: no answer in time" || c.list.late {
			t.Errorf("%q %+v", got, f)
		}
		c.pending <- scanned{} // now it did; the next look is a new one
		if _, got := look(t, c); got != "a Go program ~/.cache-t: token until 01:00" {
			t.Error(got)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		c.Look(ctx)
	})
}

func TestStateOf(t *testing.T) {
	const slack = time.Minute
	for _, tt := range []struct {
		left, byFile time.Duration
		want         State
	}{
		{time.Hour, time.Hour, Valid},
		{1, 1 - time.Hour, Valid},
		{slack, 0, Valid},
		{slack + 1, 1, Valid},
		{slack + 1, 0, ValidLooksEnded},
		{0, 0, Ended},
		{-time.Hour, slack, Ended},
		{0, slack + 1, EndedLooksValid},
	} {
		if got := stateOf(tt.left, tt.byFile); got != tt.want {
			t.Errorf("%v, by the file %v: %v, want %v", tt.left, tt.byFile, got, tt.want)
		}
	}
}

func TestLine(t *testing.T) {
	now := time.Date(2026, 5, 1, 14, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		p    Program
		want string
	}{
		{Program{}, "expiry not known"},
		{Program{State: EndedLooksValid, Until: now, SignedIn: true}, "token expired at 14:00, but by this computer's clock it has not"},
		{Program{State: Ended, Until: now, SignedIn: true, GrantUntil: now.Add(1)}, "token expired at 14:00, the program renews it when it runs"},
		{Program{State: Ended, Until: now, SignedIn: true, GrantUntil: now}, "token expired at 14:00; its sign-in has probably ended: sign in again in that program"},
		{Program{State: Ended, Until: now, SignedIn: true, GrantUntil: now, Login: "bot login"}, "token expired at 14:00; its sign-in has probably ended: sign in again with “bot login”"},
		{Program{SignedIn: true, GrantUntil: now}, "its sign-in has probably ended: sign in again in that program"},
		{Program{State: Ended, Until: now, GrantUntil: now}, "token expired at 14:00"},
		{Program{State: Unreadable, Reason: "no permission"}, "unreadable: no permission"},
	} {
		tt.p.Name = "ncspot"
		if got := tt.p.Line(now, text.Style{}); got != "ncspot: "+tt.want {
			t.Errorf("%+v: %q", tt.p, got)
		}
	}
}

// A file that ends in the middle is being written for the minute after it was touched.
func TestBeingWrittenForAMinute(t *testing.T) {
	dir := home(t)
	keeps(t, "t")
	synctest.Test(t, func(t *testing.T) {
		for age, want := range map[time.Duration]string{
			time.Minute - time.Millisecond: "bot ~/t: being written",
			time.Minute:                    "bot ~/t: unreadable: the JSON ends in the middle",
		} {
			write(t, filepath.Join(dir, "t"), "{")
			c := New(0, &wrong{start: time.Now()}, "")
			time.Sleep(age - pause)
			if _, got := look(t, c); got != want {
				t.Errorf("after %v: %s", age, got)
			}
		}
	})
}
