package app

import (
	"context"
	"errors"
	"math/rand"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fermata/app/account"
	"fermata/app/core"
	"fermata/app/secrets"
	"fermata/app/view"
	"fermata/checks"
	"fermata/checks/clock"
	"fermata/checks/session"
	"fermata/checks/spotify"
	"fermata/checks/standin"
	"fermata/checks/text"
)

const day = 24 * time.Hour

func TestDayInPeace(t *testing.T) {
	inBubble(t, func(b *bench) {
		seen := len(b.views())
		for range 24 * 60 {
			time.Sleep(time.Minute)
			b.want()
		}
		if v := b.view(); v.Status.Level != checks.OK {
			b.t.Errorf("level %v after a day, want ok", v.Status.Level)
		}
		// The end of the session moves once an hour, and the clock's line may; nothing else does.
		if n := len(b.views()) - seen; n > 24*8 {
			b.t.Errorf("%d views in a day: the menu flickers", n)
		}
	})
}

func TestResume(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.do("demo/no-network") // the network is down while the computer wakes up
		time.Sleep(8 * time.Hour)
		b.do("demo/repair")
		b.changes <- clock.Change{Slept: 8 * time.Hour}
		time.Sleep(10 * time.Second)
		b.want()
	})
}

// A clock that is set is told within a second, and the session's end does not move with it.
func TestStep(t *testing.T) {
	inBubble(t, func(b *bench) {
		until := func() time.Time { return *b.view().Status.Accounts[0].SessionUntil }
		before := until()
		b.step.Store(int64(3 * time.Hour))
		b.changes <- clock.Change{Step: 3 * time.Hour}
		time.Sleep(time.Second)
		b.want("Your clock is 3 h ahead")
		if after := until(); after.Sub(before).Abs() > time.Second {
			b.t.Errorf("the session's end moved from %v to %v with the clock", before, after)
		}
		b.step.Store(0)
		b.changes <- clock.Change{Step: -3 * time.Hour}
		time.Sleep(time.Second)
		b.want()
	})
}

// Another time zone, and another way of writing times, are followed at once.
func TestZone(t *testing.T) {
	inBubble(t, func(b *bench) {
		session := func() string { return b.view().Status.Accounts[0].Summary }
		if got, want := session(), "Session until 01:00, renews by itself"; got != want { // a bubble begins at midnight
			b.t.Errorf("in Greenwich: %q, want %q", got, want)
		}
		b.american.Store(true)
		b.zones <- struct{}{}
		if got, want := session(), "Session until 8:00 PM, renews by itself"; got != want {
			b.t.Errorf("in New York: %q, want %q", got, want)
		}
	})
}

// TestFiftySteps sets the clock fifty times, there and back, at any moment, with clocks that are read one after
// the other and so part by nanoseconds. Each is told within a second.
func TestFiftySteps(t *testing.T) {
	inBubble(t, func(b *bench) {
		random := rand.New(rand.NewSource(12))
		noise := func() time.Duration { return time.Duration(random.Intn(200) - 100) }
		last := clock.Reading{Wall: time.Now().Round(0)}
		set := func(step time.Duration) {
			passed := time.Since(last.Wall) + noise()
			now := clock.Reading{Wall: last.Wall.Add(passed + step + noise()), Boot: last.Boot + passed, Awake: last.Awake + passed + noise()}
			b.step.Add(int64(step))
			b.changes <- now.Since(last)
			last.Wall, last.Boot, last.Awake = time.Now().Round(0), now.Boot, now.Awake
			time.Sleep(time.Second)
		}
		told := func(trial int, want string) {
			if got := b.view().Status.Clock.Summary; !strings.HasPrefix(got, want) {
				b.t.Errorf("trial %d: %q, want %q", trial, got, want)
			}
		}
		for trial := range 50 {
			time.Sleep(time.Duration(random.Int63n(int64(70 * time.Minute))))
			if trial%3 == 0 { // a look is under way
				b.click("clock/check")
				time.Sleep(time.Duration(random.Intn(800)) * time.Millisecond)
			}
			step := time.Duration(5+random.Intn(3*3600)) * time.Second
			want := "Your clock is " + text.Span(step) + " ahead"
			if random.Intn(2) == 0 {
				step, want = -step, "Your clock is "+text.Span(step)+" behind"
			}
			set(step)
			told(trial, want)
			if trial%2 == 0 { // it is put back after 2 s
				time.Sleep(time.Second)
			} else {
				time.Sleep(time.Duration(random.Intn(3600)) * time.Second)
			}
			set(-step)
			told(trial, "Clock is right")
		}
	})
}

func TestNetworkComesBack(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.do("demo/no-network")
		time.Sleep(3 * time.Hour)
		if n := b.titles(); len(n) != 1 {
			b.t.Fatalf("notices %q", n)
		}
		b.do("demo/repair")
		b.networks <- struct{}{}
		time.Sleep(5 * time.Second)
		b.want()
	})
}

// A sign-in that could not be saved is saved when the keyring tells that it was unlocked.
func TestKeyringOpens(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.world.Spotify.Rotate(true)
		b.keeper.Lock(true)
		if _, err := b.app.Do(b.t.Context(), core.Clicked{Action: "spotify/refresh"}); err == nil {
			b.t.Fatal("a renewal that was not saved is well")
		}
		b.want("Your sign-in can’t be saved")
		b.keeper.Lock(false)
		time.Sleep(10 * time.Second)
		b.want("Your sign-in can’t be saved")
		b.keyring <- struct{}{}
		time.Sleep(time.Second)
		b.want()
	})
}

// Another store that is chosen while it runs has the sign-in at once, or as soon as that can be.
func TestStoreChanges(t *testing.T) {
	inBubble(t, func(b *bench) {
		is := func(what string, want *secrets.Memory, line string) {
			b.t.Helper()
			time.Sleep(time.Second)
			for _, place := range []*secrets.Memory{b.keeper, b.file} {
				if _, err := place.Load(b.t.Context(), "spotify"); errors.Is(err, session.ErrNoGrant) == (place == want) {
					b.t.Errorf("%s: %v", what, err)
				}
			}
			menu := strings.Join(b.view().Status.Lines, " ")
			if at := strings.Index(menu, "Still kept"); line == "" && at >= 0 || line != "" && !strings.Contains(menu, line) {
				b.t.Errorf("%s: the menu is\n%s", what, menu)
			}
			b.want()
		}
		choose := func(store string) { b.settle(func(s *core.Settings) { s.Secrets.Store = store }) }
		choose("file")
		is("the file is chosen", b.file, "")
		b.file.Lock(true)
		choose("keyring")
		time.Sleep(time.Second)
		b.file.Lock(false)
		is("it can't be read", b.file, "Still kept in the file, not in the keyring: the keyring is locked")
		if !slices.ContainsFunc(b.view().Menu.Actions, func(i view.Item) bool { return i.ID == "spotify/unlock" }) {
			b.t.Error("it can't be unlocked")
		}
		b.keyring <- struct{}{}
		is("it can be read", b.keeper, "")
		time.Sleep(2 * time.Hour)
		is("later", b.keeper, "")
	})
}

func TestClicks(t *testing.T) {
	inBubble(t, func(b *bench) {
		if _, err := b.app.Do(b.t.Context(), core.Clicked{Action: "no/such"}); err == nil || checks.Hint(err) == "" {
			b.t.Errorf("an unknown action: %v, want an error with a hint", err)
		}
		b.do("demo/spotify-down")
		if _, err := b.app.Do(b.t.Context(), core.Clicked{Action: "spotify/refresh"}); err == nil {
			b.t.Fatal("a refresh while Spotify is down worked")
		}
		b.want() // who waited was told
		b.click("spotify/refresh")
		time.Sleep(15 * time.Second) // no provider is asked sooner
		b.want("“Refresh now” did not work")
		b.do("demo/repair")
		b.click("spotify/refresh")
		time.Sleep(15 * time.Second)
		b.want("Spotify · Jane (demo)") // the answer
		time.Sleep(12 * time.Second)
		b.want()
	})
}

// A command that waits for an action is killed: what was begun for its sake ends.
func TestWaiterLeaves(t *testing.T) {
	inBubble(t, func(b *bench) {
		ended := make(chan error, 1)
		b.restart = func(ctx context.Context) error {
			<-ctx.Done()
			ended <- ctx.Err()
			return ctx.Err()
		}
		ctx, kill := context.WithCancel(b.t.Context())
		done := b.begin(ctx, "spotify/restart")
		kill()
		if err := b.soon(done); !errors.Is(err, context.Canceled) {
			b.t.Errorf("the command: %v", err)
		}
		if err := b.soon(ended); !errors.Is(err, context.Canceled) {
			b.t.Errorf("the action: %v", err)
		}
	})
}

// What stands in the settings changes while a renewal is under way at a provider that rotates: the new
// refresh token is kept.
func TestSettingsSavedDuringRefresh(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.world.Spotify.Rotate(true)
		before := b.kept()
		b.delay.Store(int64(2 * time.Second))
		done := b.begin(b.t.Context(), "spotify/refresh")
		time.Sleep(time.Second) // the answer is on its way
		b.settle(func(s *core.Settings) { s.Notify.Session = time.Minute; s.Accounts[0].Renew = "ask" })
		if err := b.soon(done); err != nil {
			b.t.Error(err)
		}
		if b.kept().RefreshToken == before.RefreshToken {
			b.t.Error("the new refresh token is lost")
		}
		b.do("spotify/refresh") // which it is good for
		b.want()
	})
}

// Settings apply: an account comes and goes, a tolerance counts.
func TestReload(t *testing.T) {
	inBubble(t, func(b *bench) {
		began := make(chan struct{})
		b.restart = func(ctx context.Context) error { close(began); <-ctx.Done(); return ctx.Err() }
		b.settle(func(s *core.Settings) {
			s.Accounts = append(s.Accounts, spotifyAccount("later"))
			s.Clock.Tolerance = time.Minute
		})
		synctest.Wait()
		b.do("demo/clock-ahead")
		b.want("Your clock is 1 min 30 s ahead", "Not signed in to Spotify")
		b.settle(func(s *core.Settings) { s.Clock.Tolerance = 10 * time.Minute })
		time.Sleep(5 * time.Second)
		b.want("Not signed in to Spotify")
		done := b.begin(b.t.Context(), "later/restart")
		<-began
		b.settle(func(s *core.Settings) { s.Accounts = s.Accounts[:1] })
		if err := b.soon(done); err == nil || !strings.Contains(err.Error(), "removed") {
			b.t.Errorf("the action of an account that was removed: %v", err)
		}
		b.want()
		if n := len(b.view().Status.Accounts); n != 1 {
			b.t.Errorf("%d accounts", n)
		}
	})
}

// A click during a look: what that look finds says nothing about the click.
func TestClickDuringLook(t *testing.T) {
	inBubble(t, func(b *bench) {
		seen := len(b.views())
		b.world.Times.Shift(500 * time.Millisecond)
		b.click("clock/check")
		time.Sleep(100 * time.Millisecond) // the look is under way
		b.world.Times.Shift(900 * time.Millisecond)
		b.click("clock/check")
		time.Sleep(5 * time.Second)
		var bodies []string
		for _, v := range b.views()[seen:] {
			for _, n := range v.Notices {
				if n.Key == "answer" && !slices.Contains(bodies, n.Body) {
					bodies = append(bodies, n.Body)
				}
			}
		}
		if len(bodies) != 1 || !strings.Contains(bodies[0], "within 90") {
			b.t.Errorf("answers %q, want one, with the newest offset", bodies)
		}
	})
}

func TestQuit(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.click("app/quit")
		synctest.Wait()
		if _, err := b.app.Do(b.t.Context(), core.Clicked{Action: "clock/check"}); !errors.Is(err, errEnded) {
			b.t.Errorf("after quitting: %v, want %v", err, errEnded)
		}
	})
}

// A renewal that is under way at the end comes to its own: the old refresh token is void by then.
func TestQuitKeepsARotatedToken(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.world.Spotify.Rotate(true)
		before := b.kept()
		b.delay.Store(int64(2 * time.Second))
		b.click("spotify/refresh")
		time.Sleep(time.Second) // the answer is on its way
		b.click("app/quit")
		<-b.done
		if b.kept().RefreshToken == before.RefreshToken {
			b.t.Error("the new refresh token is lost")
		}
	})
}

// Quitting waits for no answer that an action waits for.
func TestQuitWhileActing(t *testing.T) {
	inBubble(t, func(b *bench) {
		done := make(chan error, 1)
		b.restart = func(ctx context.Context) error {
			<-ctx.Done()
			_, err := b.app.Do(context.WithoutCancel(ctx), core.Clicked{Action: "clock/check"})
			done <- err
			return err
		}
		b.click("spotify/restart")
		synctest.Wait()
		b.click("app/quit")
		if err := b.soon(done); !errors.Is(err, errEnded) {
			b.t.Error(err)
		}
	})
}

// A person who starts the computer every morning is told of the sign-in's end once a stage.
func TestRestartsDoNotNag(t *testing.T) {
	const almostSix = 175 * day // the sign-in's end is 6 days away
	ends := func(b *bench, in string) {
		b.t.Helper()
		if n := b.titles(); len(n) != 1 || !strings.HasSuffix(n[0], in) {
			b.t.Errorf("notices %q, want one that ends in %q", n, in)
		}
	}
	told := inBubbleAfter(t, almostSix, nil, func(b *bench) { ends(b, "in 6 days") })
	told = inBubbleAfter(t, almostSix, told, func(b *bench) { b.want() })
	inBubbleAfter(t, almostSix+5*day+12*time.Hour, told, func(b *bench) { ends(b, "in less than a day") })
	inBubbleAfter(t, almostSix, nil, func(b *bench) {
		b.do("spotify/later")
		b.want()
		time.Sleep(day - time.Minute)
		b.want()
		time.Sleep(2 * time.Minute) // to the minute
		ends(b, "in 5 days")
	})
}

// A sign-in of another user asks which is to stay, after a restart too.
func TestAnotherUser(t *testing.T) {
	for answer, user := range map[core.ActionID]string{"spotify/keep-user": standin.OtherUser, "spotify/old-user": standin.User} {
		inBubble(t, func(b *bench) {
			b.quit()
			<-b.done
			attempt, err := account.New(&b.out.Outside, spotifyAccount("spotify")).Begin(spotify.RedirectURI, false)
			if err != nil {
				b.t.Fatal(err)
			}
			back, err := b.world.Spotify.AgreeAs(attempt.URL, standin.OtherUser)
			if err == nil {
				err = attempt.Finish(b.t.Context(), back.Query())
			}
			if err != nil {
				b.t.Fatal(err)
			}
			b.start()
			time.Sleep(10 * time.Second)
			b.want("This is another Spotify account")
			b.do(answer)
			b.want()
			if s := b.view().Status.Accounts[0]; s.User != user || s.Level != checks.OK || b.kept().User.Name != user || b.kept().Before != (session.Former{}) {
				b.t.Errorf("%s: %+v, kept %+v", answer, s, b.kept())
			}
		})
	}
}

// Try another device: the list, the move, the verdict.
func TestAnotherDevice(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.do("spotify/device")
		b.want("Where should it play?")
		b.do("spotify/device-2")
		i := slices.Index(b.titles(), "Another device")
		if i < 0 || !strings.HasPrefix(b.view().Notices[i].Body, "It plays on ") {
			b.t.Errorf("no verdict in %+v", b.view().Notices)
		}
		time.Sleep(10 * time.Minute)
		b.want()
	})
}

func TestContactSupport(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.do("demo/revoke")
		b.do("spotify/support")
		if !strings.Contains(b.report, "revoked") || !slices.Equal(b.opened, []string{"support page"}) {
			b.t.Errorf("opened %q, report:\n%s", b.opened, b.report)
		}
		found, err := b.app.Do(b.t.Context(), core.Clicked{Action: "app/report"})
		if report, _ := found.(string); err != nil || report[20:] == "" || !strings.Contains(report, "revoked") {
			b.t.Errorf("%v, report:\n%s", err, report)
		}
	})
}

// Whoever tells of clock steps may end; that is no step. From then on a wake finds them.
func TestNobodyTellsOfSteps(t *testing.T) {
	inBubble(t, func(b *bench) {
		at := b.view().Status.Clock.CheckedAt
		close(b.changes)
		time.Sleep(5 * time.Second)
		if now := b.view().Status.Clock.CheckedAt; !now.Equal(*at) {
			b.t.Errorf("the clock was looked at, at %v", now)
		}
	})
}

func TestToken(t *testing.T) {
	inBubble(t, func(b *bench) {
		if access, err := b.app.Token(b.t.Context(), "spotify", 0); err != nil || access.Token == "" || access.Left <= 0 || access.Left > time.Hour {
			b.t.Errorf("%+v, %v", access, err)
		}
		if _, err := b.app.Token(b.t.Context(), "nobody", 0); err == nil {
			b.t.Error("a token of nobody")
		}
	})
}

// What happened is kept for the next run, up to the last moment, without any secret.
func TestPastIsKept(t *testing.T) {
	var kept []core.Happening
	inBubble(t, func(b *bench) {
		b.quit()
		<-b.done
		b.out.Past, b.out.KeepPast = []core.Happening{{At: time.Now(), Kind: core.NewNetwork}}, func(p []core.Happening) error { kept = p; return nil }
		b.start()
		time.Sleep(20 * time.Second)
		b.do("demo/revoke")
		time.Sleep(time.Second)
		synctest.Wait()
		if n := len(kept); n < 3 || kept[0].Kind != core.NewNetwork || kept[1].Kind != core.Started {
			t.Errorf("kept while it runs: %v", kept)
		}
		b.do("demo/repair")
	})
	last := kept[len(kept)-1]
	if last.Kind != core.CauseOver || last.Cause != "revoked" {
		t.Errorf("the last that was kept: %v", last)
	}
}
