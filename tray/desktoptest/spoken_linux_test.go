package desktoptest

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"testing"
	"time"
)

// What Orca reads, as AT-SPI tells it: of the icon its title, of the menu each line that the keys come to, of a
// notification its title, body and buttons. The lines that tell the state are entries like others, so they are read
// too. (GTK keeps the first text that it told of an entry of xfce4-panel's menu, "Measuring the clock…" among them,
// and libdbusmenu does not tell it of another: later texts a screen reader gets from the icon's title and the page.)
func TestSpoken(t *testing.T) {
	d := For(t, Options{Panel: true, Notifications: true})
	f := d.fermata(t, "demo")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	moment := regexp.MustCompile(`\d\d:\d\d|\d+ [A-Z][a-z]+ 20\d\d`)
	title := func(want string) {
		t.Helper()
		f.must(until(ctx, func(ctx context.Context) error {
			item, err := d.WaitItem(ctx, "Fermata")
			if got := moment.ReplaceAllString(item.Title, "…"); err == nil && got != want {
				err = fmt.Errorf("the icon says %q, not %q", got, want)
			}
			return err
		}))
	}
	title("Fermata (DEMO): Session until …, renews by itself")
	lines, err := d.SpokenMenu(ctx)
	f.must(err)
	for i := range lines {
		lines[i] = moment.ReplaceAllString(lines[i], "…")
	}
	want := []string{
		"menu item: DEMO · nothing here is real", "menu item: Spotify · Jane (demo)", "menu item: Session until …, renews by itself",
		"menu item: Signed in until …", "", "menu item: Refresh now", "menu item: Sign in again…", "menu item: Check the clock now",
		"menu item: The music stopped…", "menu item: Details…", "menu: Fix a problem", "menu: Demo", "menu: Settings", "menu item: Quit Fermata",
	}
	clock := regexp.MustCompile(`^menu item: (Measuring the clock…|Clock is right \(within \d+ ms; 4 of 4 servers agree\))$`)
	if i := slices.Index(want, ""); len(lines) > i && clock.MatchString(lines[i]) {
		want[i] = lines[i]
	}
	if !slices.Equal(lines, want) {
		t.Errorf("the menu says\n%q, not\n%q", lines, want)
	}
	f.do("demo/revoke")
	n, err := d.WaitNotice(ctx, "DEMO: Sign in to Spotify again")
	f.must(err)
	if n.Body != "Spotify no longer accepts this sign-in, usually because access was removed or the password was changed." ||
		!slices.Equal(n.Buttons, []string{"Sign in again", "Manage apps", "Details"}) {
		t.Errorf("the notification says %q, with buttons %q", n.Body, n.Buttons)
	}
	title("Fermata (DEMO): Sign in to Spotify again")
}
