package tray

import (
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"fermata/app/core"
	"fermata/app/notify"
	"fermata/app/view"
)

// An action is labelled as in the menu and has an ID of its own.
func action(label string) view.Item { return view.Item{ID: core.ID("id", label), Label: label} }

func actions(labels ...string) (items []view.Item) {
	for _, l := range labels {
		items = append(items, action(l))
	}
	return items
}

func viewOf(labels ...string) view.View {
	return view.View{Menu: view.Menu{Actions: actions(labels...), Quit: action("Quit")}}
}

func TestMenu(t *testing.T) {
	kit := newFakeKit(t)
	p := newPanel(kit, nil)
	v := viewOf("Refresh", "Sign in")
	v.Menu.Lines = actions("Spotify", "Session until 15:00")
	v.Menu.Fixes = actions("Restart")
	v.Menu.Programs = actions("a program")
	v.Menu.Demo = actions("Revoke")
	v.Menu.Settings = []view.Item{{ID: "a", Label: "Start at login", Checked: true}, {ID: "b", Label: "Pause", Disabled: true}}
	p.build(v)
	if rows := kit.menu(); len(rows) != 0 {
		t.Errorf("built, and in the menu stands %q", rows)
	}
	check := func(want ...string) {
		t.Helper()
		if p.apply(v) != 0 {
			t.Error("a part has to wait")
		}
		if rows := kit.menu(); !slices.Equal(rows, want) {
			t.Errorf("the menu is\n%q, want\n%q", rows, want)
		}
	}
	check("Spotify", "Session until 15:00", "Refresh", "Sign in", "Fix a problem", "> Restart", "Programs", "> a program",
		"Demo", "> Revoke", "Settings", "> Start at login ✓", "> (Pause)", "Quit")
	v.Menu.Settings[0].Checked, v.Menu.Settings[1].Disabled, v.Menu.Actions[0].Label = false, false, "Refresh now"
	v.Menu.Lines, v.Menu.Fixes, v.Menu.Programs, v.Menu.Demo = nil, nil, nil, nil
	for i := range roomLines + 2 {
		v.Menu.Lines = append(v.Menu.Lines, action(fmt.Sprint(i)))
	}
	lines := make([]string, roomLines-1, 30)
	for i := range lines {
		lines[i] = fmt.Sprint(i)
	}
	check(append(lines, "…and 3 more, see: fermata status", "Refresh now", "Sign in", "Settings", "> Start at login", "> Pause", "Quit")...)
}

// bubble runs a panel on a fake toolkit in fake time. settle waits until what was sent to it is done.
func bubble(t *testing.T, first view.View, f func(p *panel, kit *fakeKit, clicked *[]string)) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		kit := newFakeKit(t)
		var clicked []string
		p := newPanel(kit, func(i view.Item) { clicked = append(clicked, string(i.ID)+i.Place) })
		p.ready(ctx, first)
		synctest.Wait()
		f(p, kit, &clicked)
		cancel()
		synctest.Wait()
	})
}

// A click does what was painted, although a view that moves the actions came just before, and shows at once.
func TestClickMeansWhatWasPainted(t *testing.T) {
	bubble(t, viewOf("Refresh", "Sign in"), func(p *panel, kit *fakeKit, clicked *[]string) {
		check := func(i *fakeItem, want ...string) {
			t.Helper()
			*clicked = nil
			i.clicked <- struct{}{}
			synctest.Wait()
			if !slices.Equal(*clicked, want) {
				t.Errorf("a click on an entry that was %q did %q, want %q", i.title, *clicked, want)
			}
		}
		show := func(labels ...string) {
			t.Helper()
			p.Show(viewOf(labels...))
			synctest.Wait()
		}
		shows := func(want ...string) {
			t.Helper()
			if rows := kit.menu(); !slices.Equal(rows, append(want, "Quit")) {
				t.Errorf("the menu is %q, want %q", rows, want)
			}
		}
		refresh, signIn := kit.find("Refresh"), kit.find("Sign in")
		show("Sign in", "Refresh")
		shows("Sign in", "Refresh")
		check(refresh, "id/Refresh")
		check(kit.find("Refresh"), "id/Refresh")
		show("Restart", "Sign in", "Refresh") // the first bank still has to rest
		shows("Sign in", "Refresh")
		time.Sleep(rest / 2)
		show("Restart", "Refresh")
		time.Sleep(rest/2 - time.Millisecond)
		synctest.Wait()
		shows("Sign in", "Refresh")
		check(signIn, "id/Sign in")
		time.Sleep(time.Millisecond)
		synctest.Wait()
		shows("Restart", "Refresh")
		check(kit.find("Restart"), "id/Restart")
		// One less, and one more that stands where nothing stood, are shown in place.
		for _, first := range []string{"Restart", "Refresh"} { // in either bank
			show(first)
			time.Sleep(2 * rest)
			entry := kit.find(first)
			show(first, "Manage")
			shows(first, "Manage")
			if kit.find(first) != entry {
				t.Error("the other bank was taken without need")
			}
		}
		for _, i := range kit.items {
			if i.title == "" && !i.disabled {
				check(i) // it never meant anything
			}
		}
	})
}

// The order of a list with one bank does not change; if it does, the list is empty for a moment.
func TestOneBank(t *testing.T) {
	settings := func(labels ...string) view.View {
		v := viewOf()
		v.Menu.Settings = actions(labels...)
		return v
	}
	bubble(t, settings("a", "b"), func(p *panel, kit *fakeKit, _ *[]string) {
		p.Show(settings("b", "a"))
		synctest.Wait()
		if rows := kit.menu(); !slices.Equal(rows, []string{"Settings", "Quit"}) {
			t.Errorf("the menu is %q", rows)
		}
		time.Sleep(rest)
		synctest.Wait()
		if rows := kit.menu(); !slices.Equal(rows, []string{"Settings", "> b", "> a", "Quit"}) {
			t.Errorf("the menu is %q", rows)
		}
	})
}

// Whatever views come, and however fast: no entry means another action within a second of having meant
// one, nothing is in the menu unasked, and a second after the last view it is on the screen.
func TestNoEntryChangesItsMeaning(t *testing.T) {
	const seed = 7
	random := rand.New(rand.NewPCG(seed, seed))
	names := []string{"a", "b", "c", "d", "e"}
	some := func() []view.Item {
		random.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
		items := actions(names[:random.IntN(len(names)+1)]...)
		for i := range items {
			items[i].Disabled, items[i].Checked = random.IntN(3) == 0, random.IntN(3) == 0
		}
		return items
	}
	bubble(t, viewOf(), func(p *panel, kit *fakeKit, _ *[]string) {
		for range 2000 {
			v := viewOf()
			v.Menu.Actions, v.Menu.Fixes = some(), some()
			p.Show(v)
			synctest.Wait()
			watch(t, kit)
			time.Sleep(time.Duration(random.Int64N(int64(rest))))
			synctest.Wait()
			watch(t, kit)
			if random.IntN(4) > 0 {
				continue
			}
			time.Sleep(rest)
			synctest.Wait()
			watch(t, kit)
			if got, want := fmt.Sprint(kit.menu()), fmt.Sprint(rows(v)); got != want {
				t.Fatalf("the menu is %s, want %s", got, want)
			}
		}
	})
}

// watch notes what each entry means now, and that none has changed too soon.
func watch(t *testing.T, kit *fakeKit) {
	t.Helper()
	kit.mu.Lock()
	defer kit.mu.Unlock()
	now := time.Now()
	for _, i := range kit.items {
		if !i.visible {
			continue
		}
		if i.meant != i.title && i.meant != "" && now.Sub(i.until) < rest {
			t.Fatalf("%q became %q after %v", i.meant, i.title, now.Sub(i.until))
		}
		i.meant, i.until = i.title, now
	}
}

// rows returns what the menu is to show of actions and fixes.
func rows(v view.View) []string {
	kit := &fakeKit{}
	for _, i := range v.Menu.Actions {
		kit.items = append(kit.items, &fakeItem{title: i.Label, disabled: i.Disabled, checked: i.Checked, visible: true})
	}
	if len(v.Menu.Fixes) > 0 {
		parent := &fakeItem{title: "Fix a problem", visible: true}
		kit.items = append(kit.items, parent)
		for _, i := range v.Menu.Fixes {
			kit.items = append(kit.items, &fakeItem{title: i.Label, disabled: i.Disabled, checked: i.Checked, visible: true, parent: parent})
		}
	}
	return append(kit.menu(), "Quit")
}

// A click on a notification says on which, and carries its activation token.
func TestClickOnNotice(t *testing.T) {
	got := onNotice(notify.Click{Key: "spotify/grant", Button: "spotify/login", ActivationToken: "t"})
	if want := (core.Clicked{Action: "spotify/login", Notice: "spotify/grant", Activation: "t"}); !reflect.DeepEqual(got, want) {
		t.Errorf("clicked %+v, want %+v", got, want)
	}
}
