package app

import (
	"context"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fermata/app/config"
	"fermata/assets"
	"fermata/checks"
	"fermata/checks/standin"
)

// settle changes the settings, as a saved file does.
func (b *bench) settle(change func(*config.Config)) {
	b.t.Helper()
	err := b.app.send(b.t.Context(), put{func(l *loop) {
		c := &l.app.setup.Config
		c.Accounts = slices.Clone(c.Accounts)
		change(c)
		l.furnish()
	}})
	if err != nil {
		b.t.Fatal(err)
	}
}

// soon fails the test when nothing came of what was waited for.
func (b *bench) soon(what string, done <-chan error) error {
	b.t.Helper()
	select {
	case err := <-done:
		return err
	case <-time.After(time.Minute):
		b.t.Fatalf("%s: no answer", what)
		return nil
	}
}

// Settings that change while an action runs leave nobody waiting, and what it did counts.
func TestSettingsChangeWhileSigningIn(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.do("demo/revoke")
		began, signedIn, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
		b.restart = func(context.Context) error {
			close(began)
			<-signedIn
			return nil
		}
		go func() { done <- b.app.Do(b.t.Context(), "spotify/restart") }()
		<-began
		b.settle(func(c *config.Config) { c.Notify.Session = time.Minute })
		synctest.Wait()
		b.signIn(b.app.setup, b.account) // behind the back of the account that was made anew
		close(signedIn)
		if err := b.soon("restart", done); err != nil {
			b.t.Error(err)
		}
		b.want()
	})
}

// Two accounts that are made anew at once leave nobody waiting.
func TestSettingsChangeWhileWaiting(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.settle(func(c *config.Config) {
			for _, name := range []string{"one", "two", "three"} {
				c.Accounts = append(c.Accounts, config.Account{Name: name, Provider: "spotify", ClientID: standin.ClientID, Renew: "auto"})
			}
		})
		done := make(chan error, 1)
		b.app.send(b.t.Context(), put{func(l *loop) {
			for _, w := range l.watches {
				w.seen = false
			}
			settling{done}.happen(l)
			l.app.setup.Config.Accounts = l.app.setup.Config.Accounts[:1]
			l.app.setup.Config.Notify.Session = time.Minute
			l.furnish()
			if !slices.Equal(names(l.waiting[0].left), names(l.watches)) {
				b.t.Errorf("waits for %q, want %q", names(l.waiting[0].left), names(l.watches))
			}
			for _, w := range l.watches {
				l.again(w)
			}
		}})
		if err := b.soon("looked", done); err != nil {
			b.t.Error(err)
		}
	})
}

func names(watches []*watch) []string {
	var all []string
	for _, w := range watches {
		all = append(all, w.check.Name())
	}
	slices.Sort(all)
	return all
}

// An account that is made anew while the one before is being looked at waits for that look's end: two
// renewals of one sign-in at once would spoil it.
func TestSettingsChangeWhileLooking(t *testing.T) {
	inBubble(t, func(b *bench) {
		err := b.app.send(b.t.Context(), put{func(l *loop) {
			old := l.named("spotify")
			old.looking = true
			for range 2 {
				l.reread()
			}
			heir := l.named("spotify")
			if l.look(); heir == old || heir.looking {
				b.t.Errorf("looking: %v", heir.looking)
			}
			if wait := l.wait(); wait <= 0 {
				b.t.Errorf("waits %v", wait)
			}
			looked{watch: old}.happen(l)
			if l.look(); !heir.looking {
				b.t.Error("the look is due")
			}
		}})
		if err != nil {
			b.t.Fatal(err)
		}
		synctest.Wait()
	})
}

// The file that connecting writes may be read before the loop hears of the connection.
func TestConnectedAfterReload(t *testing.T) {
	file := filepath.Join(t.TempDir(), "config.toml")
	inBubble(t, func(b *bench) {
		if err := config.AddAccount(file, b.account); err != nil {
			b.t.Fatal(err)
		}
		read, _ := config.Load(file)
		if !reflect.DeepEqual(read.Accounts, []config.Account{b.account}) {
			b.t.Errorf("read %+v, want %+v", read.Accounts, b.account)
		}
		made := newAccount(b.app, b.app.setup, b.account)
		if err := b.app.send(b.t.Context(), connected{made, b.account}); err != nil {
			b.t.Fatal(err)
		}
		time.Sleep(time.Second)
		if n := len(b.view().Status.Accounts); n != 1 {
			b.t.Errorf("%d accounts, want 1", n)
		}
	})
}

// What came of a click is told after the look that follows, not before.
func TestAnswerIsNew(t *testing.T) {
	inBubble(t, func(b *bench) {
		seen := len(b.views())
		b.world.Times.ChangeAll(func(m *standin.Manner) { m.Shift = 500 * time.Millisecond })
		b.app.Click(b.t.Context(), "clock/check")
		time.Sleep(5 * time.Second)
		var bodies []string
		for _, v := range b.views()[seen:] {
			for _, n := range v.Notices {
				if n.Key == "answer" && !slices.Contains(bodies, n.Body) {
					bodies = append(bodies, n.Body)
				}
			}
		}
		if len(bodies) != 1 || !strings.Contains(bodies[0], "within 507 ms") {
			b.t.Errorf("answers %q, want one with the new offset", bodies)
		}
	})
}

// A click joins what a command began, and is told of its failure.
func TestClickJoinsCommand(t *testing.T) {
	inBubble(t, func(b *bench) {
		began, fail := make(chan struct{}), make(chan error)
		b.restart = func(context.Context) error {
			close(began)
			return <-fail
		}
		go b.app.Do(b.t.Context(), "spotify/restart")
		<-began
		b.app.Click(b.t.Context(), "spotify/restart")
		synctest.Wait()
		fail <- context.DeadlineExceeded
		time.Sleep(time.Second)
		b.want("“Restart Spotify” did not work")
	})
}

// Whether a fix helped is told when that fix has ended, whatever else was clicked.
func TestJudgedInTurn(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.do("demo/revoke")
		began, end := make(chan struct{}), make(chan error)
		b.restart = func(context.Context) error {
			close(began)
			return <-end
		}
		b.app.Click(b.t.Context(), "spotify/player")
		synctest.Wait()
		time.Sleep(messageFor + time.Second)
		b.want("Sign in to Spotify again")
		b.app.Click(b.t.Context(), "spotify/restart")
		<-began
		b.do("spotify/logout")
		for _, title := range b.titles() {
			if strings.HasSuffix(title, "did not help") {
				b.t.Errorf("%q, while it runs", title)
			}
		}
		end <- nil
		synctest.Wait()
	})
}

// The arc of a session that waits for a click grows shorter without any request.
func TestArcOfAskedSession(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.settle(func(c *config.Config) { c.Accounts[0].Renew = "ask" })
		b.noHealth.Store(true)
		b.settle(func(c *config.Config) { c.Notify.Session = 6 * time.Minute })
		time.Sleep(time.Second)
		b.do("spotify/refresh")
		var arcs []assets.Arc
		for range 65 {
			if a := b.view().Icon.Arc; len(arcs) == 0 || arcs[len(arcs)-1] != a {
				arcs = append(arcs, a)
			}
			time.Sleep(time.Minute)
		}
		want := []assets.Arc{assets.ArcFull, assets.ArcThreeQuarters, assets.ArcHalf, assets.ArcQuarter, assets.ArcBroken}
		if !slices.Equal(arcs, want) {
			b.t.Errorf("arcs %v, want %v", arcs, want)
		}
	})
}

// Whoever tells of clock steps may end; that is no step.
func TestClockChangesEnd(t *testing.T) {
	inBubble(t, func(b *bench) {
		at := b.view().Status.Clock.CheckedAt
		close(b.changes)
		time.Sleep(5 * time.Second)
		if now := b.view().Status.Clock.CheckedAt; !now.Equal(*at) {
			b.t.Errorf("the clock was looked at, at %v", now)
		}
	})
}

// The devices of several accounts stand in the same order each time.
func TestDevicesStayInPlace(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.settle(func(c *config.Config) {
			for _, name := range []string{"one", "two", "three"} {
				c.Accounts = append(c.Accounts, config.Account{Name: name, Provider: "spotify", ClientID: standin.ClientID, Renew: "auto"})
			}
		})
		b.app.send(b.t.Context(), put{func(l *loop) {
			for _, c := range l.app.setup.Config.Accounts {
				offered{c.Name, []checks.Action{{ID: c.Name + "/device-1"}}}.happen(l)
			}
			first := view(l.state())
			for range 50 {
				if !reflect.DeepEqual(view(l.state()).Notices, first.Notices) {
					b.t.Fatal("the buttons change places")
				}
			}
		}})
		synctest.Wait()
	})
}

// The demo's account may be connected after it began.
func TestDemoAgesWhatWasConnectedLater(t *testing.T) {
	inBubble(t, func(b *bench) {
		later := b.account
		later.Name = "later"
		b.settle(func(c *config.Config) { c.Accounts = append(c.Accounts, later) })
		synctest.Wait()
		b.signIn(b.app.setup, later)
		before, _ := b.keeper.Load(b.t.Context(), "later")
		b.do("demo/six-months")
		after, _ := b.keeper.Load(b.t.Context(), "later")
		if d := before.AuthorizedAt.Sub(after.AuthorizedAt); d < 150*day {
			b.t.Errorf("older by %v", d)
		}
	})
}

// Quitting waits for no answer that an action waits for.
func TestQuitWhileActing(t *testing.T) {
	inBubble(t, func(b *bench) {
		quitting, done := make(chan struct{}), make(chan error, 1)
		b.restart = func(ctx context.Context) error {
			<-ctx.Done()
			close(quitting)
			_, err := b.app.Status(context.WithoutCancel(ctx))
			done <- err
			return err
		}
		b.app.Click(b.t.Context(), "spotify/restart")
		synctest.Wait()
		b.app.Click(b.t.Context(), "app/quit")
		<-quitting
		if err := b.soon("status", done); err != nil && err != errEnded {
			b.t.Error(err)
		}
	})
}
