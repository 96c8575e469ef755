package programs

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fermata/checks/text"
)

var style text.Style

// unsure is a clock that is not known to be right, and as far behind as it says.
type unsure struct {
	wrong
	known  bool
	behind time.Duration
}

func (u *unsure) Now() time.Time { return u.wrong.Now().Add(-u.behind) }
func (u *unsure) Known() bool    { return u.known }

// grant is when the only sign-in ends.
func grant(t *testing.T, c *Check) time.Time {
	t.Helper()
	list, _ := c.Look(t.Context())
	for p := range list.All(c.clock.Now()) {
		return p.GrantUntil
	}
	t.Fatal("nothing was found")
	return time.Time{}
}

// A program that renews hourly with one refresh token has no six months more at each start of Fermata.
func TestTheEstimateDoesNotStartAnew(t *testing.T) {
	const life = 181 * 24 * time.Hour
	dir := home(t)
	state := filepath.Join(dir, "state", "programs.json")
	synctest.Test(t, func(t *testing.T) {
		path := write(t, filepath.Join(dir, ".cache-t"), spotipy(time.Now().Add(time.Hour)))
		want := time.Now().Add(life)
		for range 5 {
			if got := grant(t, New(life, &wrong{start: time.Now()}, state)); !got.Equal(want) {
				t.Errorf("%v, want %v", got, want)
			}
			time.Sleep(40 * 24 * time.Hour)
			write(t, path, strings.ReplaceAll(spotipy(time.Now().Add(time.Hour)), access, "BQanother"))
		}
		if got := grant(t, New(life, &wrong{start: time.Now()}, state)); got.After(time.Now()) {
			t.Errorf("%v is to come", got)
		}
		data, err := os.ReadFile(state)
		if err != nil || strings.Contains(string(data), refresh[:8]) {
			t.Errorf("%s %v", data, err)
		}
		if info, _ := os.Stat(state); info.Mode().Perm()&0o077 != 0 && filepath.Separator == '/' {
			t.Error(info.Mode())
		}
		write(t, path, strings.ReplaceAll(spotipy(time.Now().Add(time.Hour)), refresh, "AQanother"))
		if got := grant(t, New(life, &wrong{start: time.Now()}, state)); !got.Equal(time.Now().Add(life)) {
			t.Errorf("a new sign-in until %v", got)
		}
	})
}

// A computer that starts in 1999 finds nothing ended once it knows the time.
func TestASightByAWrongClock(t *testing.T) {
	const life = 181 * 24 * time.Hour
	dir := home(t)
	state := filepath.Join(dir, "programs.json")
	synctest.Test(t, func(t *testing.T) {
		clock := &unsure{wrong: wrong{start: time.Now()}, behind: 300 * 24 * time.Hour}
		write(t, filepath.Join(dir, ".cache-t"), spotipy(time.Now().Add(time.Hour)))
		c := New(life, clock, state)
		if _, next := c.Look(t.Context()); next != regular {
			t.Errorf("next in %v", next)
		}
		if _, err := os.Stat(state); err == nil {
			t.Error("it was kept")
		}
		clock.known, clock.behind = true, 0
		want := time.Now().Add(life)
		if got := grant(t, c); got.Sub(want).Abs() > time.Minute {
			t.Errorf("%v, want %v", got, want)
		}
		time.Sleep(time.Hour)
		if got := grant(t, New(life, clock, state)); got.Sub(want).Abs() > time.Minute {
			t.Errorf("kept: %v, want %v", got, want)
		}
	})
}

// What can't be read is not written over; what is garbage is.
func TestSightsThatCannotBeRead(t *testing.T) {
	dir := home(t)
	write(t, filepath.Join(dir, ".cache-t"), spotipy(time.Now().Add(time.Hour)))
	folder := filepath.Join(dir, "folder")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	garbage := write(t, filepath.Join(dir, "garbage"), "{")
	for _, state := range []string{folder, garbage} {
		grant(t, New(time.Hour, &wrong{start: time.Now()}, state))
	}
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		t.Error(err)
	}
	if data, _ := os.ReadFile(garbage); len(data) < 10 {
		t.Errorf("%s", data)
	}
}
