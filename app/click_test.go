package app

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	day          = 24 * time.Hour
	almostSix    = 175 * day // the sign-in's end is 6 days away
	endsInSeven  = "Your Spotify sign-in expires in 6 days"
	whereToPlay  = "Where should it play?"
	anotherPlace = "Another device"
)

// A person who starts the computer every morning is told of the sign-in's end once a stage.
func TestRestartsDoNotNag(t *testing.T) {
	file := filepath.Join(t.TempDir(), "reminders.json")
	inBubbleWith(t, almostSix, file, func(b *bench) { b.want(endsInSeven) })
	inBubbleWith(t, almostSix, file, func(b *bench) { b.want() })
	inBubbleWith(t, almostSix+5*day+12*time.Hour, file, func(b *bench) { // another end: the bubble's clock begins anew
		b.want("Your Spotify sign-in expires in less than a day")
	})
}

func TestRemindMeTomorrow(t *testing.T) {
	file := filepath.Join(t.TempDir(), "reminders.json")
	inBubbleWith(t, almostSix, file, func(b *bench) {
		b.want(endsInSeven)
		b.do("spotify/later")
		b.want()
		time.Sleep(23 * time.Hour)
		b.want()
		time.Sleep(2 * time.Hour)
		b.want("Your Spotify sign-in expires in 5 days")
	})
}

func TestRemindersOfGarbage(t *testing.T) {
	for _, text := range []string{"", "null", "[]", `{"spotify/grant":7}`, strings.Repeat("x", maxReminders+1)} {
		file := filepath.Join(t.TempDir(), "reminders.json")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		inBubbleWith(t, almostSix, file, func(b *bench) { b.want(endsInSeven) })
	}
}

// Try another device: the list, the move, the verdict.
func TestAnotherDevice(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.do("spotify/device")
		b.want(whereToPlay)
		var labels []string
		for _, i := range b.view().Menu.Fixes {
			if strings.Contains(i.ID, "/device-") {
				labels = append(labels, i.Label)
			}
		}
		if len(labels) < 2 {
			t.Fatalf("devices on offer: %q", labels)
		}
		b.do("spotify/device-2")
		i := slices.IndexFunc(b.view().Notices, func(n Notice) bool { return strings.HasSuffix(n.Title, anotherPlace) })
		if i < 0 || !strings.HasPrefix(b.view().Notices[i].Body, "It plays on ") {
			t.Errorf("no verdict in %+v", b.view().Notices)
		}
		time.Sleep(failureFor)
		b.want()
	})
}

func TestWhatHelped(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.do("demo/clock-ahead")
		b.want("Your clock is 1 min 30 s ahead")
		b.do("clock/set")
		b.want()
		if lines := strings.Join(b.view().Menu.Lines, "\n"); !strings.Contains(lines, "“Set it automatically” helped at ") {
			t.Errorf("the menu does not say what helped:\n%s", lines)
		}
	})
}

func TestWhatDidNotHelp(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.do("demo/signed-out")
		time.Sleep(5 * time.Second)
		b.do("spotify/player")
		if !slices.Contains(b.titles(), "“Open the web player afresh” did not help") {
			t.Errorf("notices %q", b.titles())
		}
	})
}

func TestWhatIsThis(t *testing.T) {
	inBubble(t, func(b *bench) {
		if err := b.app.Do(b.t.Context(), "app/about"); err == nil {
			t.Error("it is on offer while all is well")
		}
		b.do("demo/revoke")
		b.do("app/about")
		titles := b.titles()
		if len(titles) != 2 || titles[0] != titles[1] {
			t.Fatalf("notices %q", titles)
		}
		if body := b.view().Notices[1].Body; !strings.Contains(body, "permission") {
			t.Errorf("it says %q", body)
		}
	})
}

func TestContactSupport(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.do("demo/revoke")
		b.do("spotify/support")
		if !strings.Contains(b.report, "revoked") || !slices.Equal(b.opened, []string{"support page"}) {
			t.Errorf("opened %q, report:\n%s", b.opened, b.report)
		}
	})
}

func TestLockedKeyring(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.do("demo/keyring")
		b.want("Your saved sign-in can’t be read")
		b.do("spotify/unlock")
		b.want()
	})
}
