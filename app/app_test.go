package app

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"fermata/app/config"
	"fermata/app/secrets"
	"fermata/checks"
	"fermata/checks/clock"
	"fermata/checks/session"
	"fermata/checks/spotify"
	"fermata/checks/standin"
)

// A bench is an App over the stand-in, all in memory and in a bubble's time.
type bench struct {
	t        *testing.T
	app      *App
	world    *standin.World
	keeper   *secrets.Memory
	changes  chan clock.Change
	account  config.Account
	restart  func(context.Context) error // Spotify; nil: it works at once
	noHealth atomic.Bool                 // accounts that are made from now on have no health URL
	opened   []string                    // pages that were shown
	report   string                      // that was shown
	step     atomic.Int64                // of the wall clock
	delay    atomic.Int64                // of every request
	done     chan struct{}               // closed when Run has returned

	mu    sync.Mutex
	shown []View
}

// slow takes its time.
type slow struct {
	http.RoundTripper
	delay *atomic.Int64
}

func (s slow) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := s.RoundTripper.RoundTrip(r)
	time.Sleep(time.Duration(s.delay.Load()))
	return resp, err
}

// Show implements Face.
func (b *bench) Show(v View) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.shown = append(b.shown, v)
}

// views are all that were shown once the bubble is at rest.
func (b *bench) views() []View {
	synctest.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.shown)
}

func (b *bench) view() View {
	v := b.views()
	return v[len(v)-1]
}

// inBubble runs f with a running App whose account "spotify" signed in just now.
func inBubble(t *testing.T, f func(b *bench)) { inBubbleAfter(t, 0, f) }

// inBubbleAfter is inBubble with a sign-in that is age old.
func inBubbleAfter(t *testing.T, age time.Duration, f func(b *bench)) {
	inBubbleWith(t, age, "", f)
}

// inBubbleWith is inBubbleAfter with a file of reminders.
func inBubbleWith(t *testing.T, age time.Duration, reminders string, f func(b *bench)) {
	synctest.Test(t, func(t *testing.T) {
		b := &bench{t: t, world: standin.NewWorld(4), keeper: secrets.NewMemory(), changes: make(chan clock.Change)}
		start := time.Now()
		tm := clock.NewTimeFrom(func() clock.Reading {
			now := time.Now()
			return clock.Reading{Wall: now.Add(time.Duration(b.step.Load())), Boot: now.Sub(start), Awake: now.Sub(start)}
		})
		c := config.Account{Name: "spotify", Provider: "spotify", ClientID: standin.ClientID, Renew: "auto"}
		set := Setup{
			Config: config.Default(), Time: tm, Reminders: reminders, Keeper: b.keeper, Unlock: b.keeper.Unlock, ClockChanges: b.changes,
			Transport: slow{b.world.Transport(), &b.delay}, Dial: b.world.Dial,
			Open:  func(_ context.Context, url string) error { b.opened = append(b.opened, url); return nil },
			Pages: Pages{Apps: "apps page", Support: "support page", Player: "player"},
			Restart: func(ctx context.Context) error {
				if b.restart != nil {
					return b.restart(ctx)
				}
				return nil
			},
			SetClock:   func(context.Context) error { b.world.SetClock(); return nil },
			ShowReport: func(_ context.Context, text string) error { b.report = text; return nil },
			Provider: func(config.Account) session.Provider {
				p := spotify.Provider()
				p.AuthorizeURL, p.TokenURL, p.HealthURL = b.world.URL()+"/authorize", b.world.URL()+"/api/token", b.world.URL()+"/v1/me"
				if b.noHealth.Load() {
					p.HealthURL = ""
				}
				return p
			},
		}
		set.Config.Accounts, b.account = []config.Account{c}, c
		set.Config.Clock.Servers = b.world.Times.Names()
		b.signIn(set, c)
		g, err := b.keeper.Load(t.Context(), c.Name)
		if err != nil {
			t.Fatal(err)
		}
		g.AuthorizedAt = g.AuthorizedAt.Add(-age)
		b.keeper.Save(t.Context(), c.Name, g)
		ctx, cancel := context.WithCancel(t.Context())
		b.app = NewDemo(ctx, set, b.world, b.keeper)
		b.done = make(chan struct{})
		go func() { defer close(b.done); b.app.Run(ctx, b) }()
		defer func() { cancel(); <-b.done }()
		time.Sleep(10 * time.Second)
		f(b)
	})
}

func (b *bench) signIn(set Setup, c config.Account) {
	b.t.Helper()
	s := session.New(session.Config{Name: c.Name, ClientID: c.ClientID, Provider: set.Provider(c)}, set.Transport, set.Time, set.Keeper)
	attempt, err := s.Begin(spotify.RedirectURI, false)
	if err != nil {
		b.t.Fatal(err)
	}
	var back *url.URL
	if back, err = b.world.Spotify.Agree(attempt.URL); err == nil {
		err = attempt.Finish(b.t.Context(), back.Query())
	}
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) do(id string) {
	b.t.Helper()
	if err := b.app.Do(b.t.Context(), id); err != nil {
		b.t.Fatalf("%s: %v", id, err)
	}
}

// titles are those of the notices, without the demo's mark.
func (b *bench) titles() []string {
	var all []string
	for _, n := range b.view().Notices {
		all = append(all, strings.TrimPrefix(n.Title, "DEMO: "))
	}
	return all
}

func (b *bench) want(titles ...string) {
	b.t.Helper()
	if got := b.titles(); !slices.Equal(got, titles) {
		b.t.Errorf("notices %q, want %q", got, titles)
	}
}

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

func TestTroubles(t *testing.T) {
	tests := []struct {
		trouble string
		after   time.Duration
		want    string // the notice; "": there is none
		menu    string // in a line of the menu
	}{
		{"end-session", 0, "", "renews by itself"},
		{"revoke", 0, "Sign in to Spotify again", "Spotify no longer accepts this sign-in, usually"},
		{"clock-ahead", 0, "Your clock is 1 min 30 s ahead", "4 time servers agree."},
		{"lying-server", 0, "", "3 of 4 servers"},
		{"no-network", time.Minute, "", "renews when it can"},
		{"no-network", 58 * time.Minute, "Your Spotify session ends at ", "No connection since "},
		{"no-network", 2 * time.Hour, "Your Spotify session ended at ", "No connection since "},
		{"spotify-down", time.Minute, "", "renews when it can"},
		{"spotify-down", 2 * time.Hour, "Your Spotify session ended at ", "Spotify itself has had problems"},
	}
	for _, tt := range tests {
		t.Run(tt.trouble+" after "+tt.after.String(), func(t *testing.T) {
			inBubble(t, func(b *bench) {
				b.do("demo/" + tt.trouble)
				time.Sleep(tt.after + 10*time.Second)
				titles := b.titles()
				if tt.want == "" && len(titles) > 0 || tt.want != "" && (len(titles) != 1 || !strings.HasPrefix(titles[0], tt.want)) {
					b.t.Errorf("notices %q, want %q", titles, tt.want)
				}
				if lines := strings.Join(b.view().Menu.Lines, "\n"); !strings.Contains(lines, tt.menu) {
					b.t.Errorf("menu:\n%s\nwants %q", lines, tt.menu)
				}
				b.do("demo/repair")
				time.Sleep(20 * time.Minute) // the longest pause between tries
				b.want()
				if l := b.view().Status.Level; l != checks.OK {
					b.t.Errorf("level %v after the repair, want ok", l)
				}
			})
		})
	}
}

func TestOneNoticeAnEpisode(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.do("demo/no-network")
		keys, levels := map[string]bool{}, []int{}
		for range 3 * 60 {
			time.Sleep(time.Minute)
			for _, n := range b.view().Notices {
				keys[n.Key] = true
				if len(levels) == 0 || levels[len(levels)-1] != n.Level {
					levels = append(levels, n.Level)
				}
			}
		}
		if len(keys) != 1 || !slices.Equal(levels, []int{2, 3}) {
			b.t.Errorf("keys %v, levels %v: want one notice that gets worse once", keys, levels)
		}
	})
}

func TestGrantWarnings(t *testing.T) {
	inBubbleAfter(t, 150*24*time.Hour, func(b *bench) {
		var titles []string
		for range 31 * 4 {
			time.Sleep(6 * time.Hour)
			for _, title := range b.titles() {
				if !slices.Contains(titles, title) {
					titles = append(titles, title)
				}
			}
		}
		for _, want := range []string{"Your Spotify sign-in expires in 30 days", "Your Spotify sign-in expires in 7 days", "Your Spotify sign-in expires in 1 day"} {
			if !slices.Contains(titles, want) {
				b.t.Errorf("nobody said %q; said: %q", want, titles)
			}
		}
	})
}

func TestResume(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.do("demo/no-network") // the network is down while the computer wakes up
		time.Sleep(8 * time.Hour)
		b.do("demo/repair")
		b.changes <- clock.Change{Slept: 8 * time.Hour}
		time.Sleep(afterResume + 5*time.Second)
		b.want()
	})
}

func TestStep(t *testing.T) {
	inBubble(t, func(b *bench) {
		until := func() *time.Time { b.view(); s, _ := b.app.Status(b.t.Context()); return s.Accounts[0].SessionUntil }
		before := *until()
		b.step.Store(int64(3 * time.Hour)) // somebody sets the clock
		b.changes <- clock.Change{Step: 3 * time.Hour}
		time.Sleep(time.Second)
		b.want("Your clock is 3 h ahead")
		if after := *until(); after.Sub(before).Abs() > time.Second {
			b.t.Errorf("the session's end moved from %v to %v with the clock", before, after)
		}
		b.step.Store(0)
		b.changes <- clock.Change{Step: -3 * time.Hour}
		time.Sleep(time.Second)
		b.want()
	})
}

func TestClicks(t *testing.T) {
	inBubble(t, func(b *bench) {
		if err := b.app.Do(b.t.Context(), "no/such"); err == nil || checks.Hint(err) == "" {
			b.t.Errorf("an unknown action: %v, want an error with a hint", err)
		}
		b.do("spotify/refresh")
		b.do("demo/spotify-down")
		err := b.app.Do(b.t.Context(), "spotify/refresh")
		if err == nil {
			b.t.Fatal("a refresh while Spotify is down worked")
		}
		b.want() // who waited was told
		b.app.Click(b.t.Context(), "spotify/refresh")
		time.Sleep(time.Second)
		b.want("“Refresh now” did not work")
		b.do("demo/repair")
		b.app.Click(b.t.Context(), "spotify/refresh")
		time.Sleep(time.Second)
		b.want("Spotify · Jane (demo)") // the answer
		time.Sleep(answerFor)
		b.want()
	})
}

func TestPauseAndLater(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.do("demo/revoke")
		b.want("Sign in to Spotify again")
		b.do("app/pause")
		b.want()
		time.Sleep(time.Hour + time.Second)
		b.want("Sign in to Spotify again")
	})
}

func TestQuit(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.app.Click(b.t.Context(), "app/quit")
		synctest.Wait()
		if _, err := b.app.Status(b.t.Context()); !errors.Is(err, errEnded) {
			b.t.Errorf("after quitting: %v, want %v", err, errEnded)
		}
	})
}

// A renewal that is under way at the end comes to its own: the old refresh token is void by then.
func TestQuitKeepsARotatedToken(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.world.Spotify.Rotate(true)
		before, err := b.keeper.Load(b.t.Context(), "spotify")
		if err != nil {
			b.t.Fatal(err)
		}
		b.delay.Store(int64(2 * time.Second))
		b.app.Click(b.t.Context(), "spotify/refresh")
		time.Sleep(time.Second) // the answer is on its way
		b.app.Click(b.t.Context(), "app/quit")
		<-b.done
		if after, err := b.keeper.Load(b.t.Context(), "spotify"); err != nil || after.RefreshToken == before.RefreshToken {
			b.t.Errorf("the new refresh token is lost: %v", err)
		}
	})
}
