package app

import (
	"context"
	"encoding/json"
	"flag"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"fermata/app/account"
	"fermata/app/config"
	"fermata/app/core"
	"fermata/app/secrets"
	"fermata/app/view"
	"fermata/checks/clock"
	"fermata/checks/session"
	"fermata/checks/spotify"
	"fermata/checks/standin"
	"fermata/checks/standin/standintest"
	"fermata/checks/text"
)

// TestMain has the golden files read the same in every time zone, and lets four tests wait at once: those in a
// browser wait more than they work. -parallel overrides it.
func TestMain(m *testing.M) {
	time.Local = time.UTC
	_ = flag.Set("test.parallel", "4")
	os.Exit(m.Run())
}

// A bench is an App over the stand-in, all in memory and in a bubble's time.
type bench struct {
	t        testing.TB
	app      *App
	out      Outside
	world    *standin.World
	keeper   *secrets.Memory // the keyring's part
	file     *secrets.Memory
	changes  chan clock.Change
	networks chan struct{}
	keyring  chan struct{}
	zones    chan struct{}
	reloads  chan core.Settings
	settings core.Settings
	restart  func(context.Context) error // Spotify; nil: it works at once
	told     map[string]core.Reminder    // as the last run left it
	opened   []string                    // pages that were shown
	report   string                      // that was shown
	step     atomic.Int64                // of the wall clock
	delay    atomic.Int64                // of every answer
	american atomic.Bool                 // the person is in New York, in winter
	quit     context.CancelFunc
	done     chan struct{} // closed when Run has returned

	mu    sync.Mutex
	shown []view.View
	when  []time.Time // of each in shown
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
func (b *bench) Show(v view.View) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.shown, b.when = append(b.shown, v), append(b.when, time.Now())
}

// views are all that were shown once the bubble is at rest.
func (b *bench) views() []view.View {
	synctest.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.shown)
}

func (b *bench) view() view.View {
	v := b.views()
	return v[len(v)-1]
}

// inBubble runs f with a running App whose account "spotify" signed in just now.
func inBubble(t *testing.T, f func(b *bench)) { inBubbleAfter(t, 0, nil, f) }

// inBubbleAfter is inBubble with a sign-in that is age old, and with what an earlier run told. It returns
// what this run told.
func inBubbleAfter(t *testing.T, age time.Duration, told map[string]core.Reminder, f func(b *bench)) map[string]core.Reminder {
	b := &bench{told: told}
	synctest.Test(t, func(t *testing.T) {
		b.t = t
		b.world, b.keeper = standin.NewWorld(4), secrets.NewMemory()
		b.changes, b.networks, b.reloads = make(chan clock.Change), make(chan struct{}), make(chan core.Settings)
		b.keyring, b.zones = make(chan struct{}), make(chan struct{})
		b.out = b.outside()
		b.signIn("spotify")
		b.keeper.Age(age)
		b.start()
		defer func() { b.quit(); <-b.done }()
		time.Sleep(20 * time.Second) // by now a session may be asked for again
		f(b)
	})
	return b.told
}

func (b *bench) outside() Outside {
	start := time.Now()
	o := Outside{
		Build:     func() view.Build { return view.Build{} },
		Reminders: b.told, Changes: b.changes, Networks: b.networks, Keyring: b.keyring, Reloads: b.reloads, Zones: b.zones,
		Locale: func() (*time.Location, text.Style) {
			if b.american.Load() {
				return time.FixedZone("EST", -5*3600), text.Style{Hours12: true, MonthFirst: true}
			}
			return time.Local, text.Style{}
		},
		Save: func(told map[string]core.Reminder) error {
			kept, err := json.Marshal(told)
			if err == nil {
				b.told = map[string]core.Reminder{}
				err = json.Unmarshal(kept, &b.told)
			}
			return err
		},
	}
	o.Demo(b.world, b.keeper)
	b.file = secrets.NewMemory()
	store := secrets.NewStore(b.keeper, b.file, "keyring")
	o.Keeper, o.Use, o.Elsewhere = store, store.Use, store.Elsewhere
	o.Outside.Time = clock.NewTimeFrom(func() clock.Reading {
		now := time.Now()
		boot := time.Hour + now.Sub(start)
		return clock.Reading{Wall: now.Add(time.Duration(b.step.Load())), Boot: boot, Awake: boot}
	})
	o.Transport = slow{o.Transport, &b.delay}
	o.Open = func(_ context.Context, url string) error { b.opened = append(b.opened, url); return nil }
	o.Pages = account.Pages{Apps: "apps page", Support: "support page", Player: "player"}
	o.Restart = func(ctx context.Context) error {
		if b.restart != nil {
			return b.restart(ctx)
		}
		return nil
	}
	o.ShowReport = func(_ context.Context, text string) error { b.report = text; return nil }
	o.Provider = func(config.Account) session.Provider {
		p := spotify.Provider()
		p.AuthorizeURL, p.TokenURL, p.HealthURL = b.world.URL()+"/authorize", b.world.URL()+"/api/token", b.world.URL()+"/v1/me"
		return p
	}
	b.settings.Config = config.Default()
	b.settings.Accounts = []config.Account{spotifyAccount("spotify")}
	b.settings.Clock.Servers = b.world.Times.Names()
	o.Settings = b.settings
	return o
}

func spotifyAccount(name string) config.Account {
	return config.Account{Name: name, Provider: "spotify", ClientID: standin.ClientID, Renew: "auto"}
}

// start runs an App.
func (b *bench) start() {
	ctx, cancel := context.WithCancel(context.Background())
	b.app, b.quit, b.done = New(b.out), cancel, make(chan struct{})
	go func() { defer close(b.done); b.app.Run(ctx, b) }()
}

// signIn signs in as another process would.
func (b *bench) signIn(name string) {
	b.t.Helper()
	standintest.SignIn(b.t, account.New(&b.out.Outside, spotifyAccount(name)).Account, b.world.Spotify)
}

// settle changes the settings, as a saved file does.
func (b *bench) settle(change func(*core.Settings)) {
	b.settings.Accounts = slices.Clone(b.settings.Accounts)
	change(&b.settings)
	b.reloads <- b.settings
}

func (b *bench) do(id core.ActionID) {
	b.t.Helper()
	if _, err := b.app.Do(b.t.Context(), core.Clicked{Action: id}); err != nil {
		b.t.Fatalf("%s: %v", id, err)
	}
}

// begin has an action done by somebody who waits for its end.
func (b *bench) begin(ctx context.Context, id core.ActionID) <-chan error {
	done := make(chan error, 1)
	go func() {
		_, err := b.app.Do(ctx, core.Clicked{Action: id})
		done <- err
	}()
	synctest.Wait()
	return done
}

// soon is the error that comes within a minute.
func (b *bench) soon(done <-chan error) error {
	b.t.Helper()
	select {
	case err := <-done:
		return err
	case <-time.After(time.Minute):
		b.t.Fatal("nobody was told")
		return nil
	}
}

func (b *bench) click(id core.ActionID) { b.app.Click(core.Clicked{Action: id}) }

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

func (b *bench) kept() session.Grant {
	b.t.Helper()
	g, err := b.keeper.Load(b.t.Context(), "spotify")
	if err != nil {
		b.t.Fatal(err)
	}
	return g
}
