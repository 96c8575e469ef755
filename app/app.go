// Package app says what follows from what the checks see. One goroutine, the loop, owns all state:
// whatever happens (a timer, a finished look, a click, a step of the clock) reaches it as an event,
// and after each it makes a View, a value, which a Face shows.
package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"fermata/app/config"
	"fermata/app/page"
	"fermata/checks"
	"fermata/checks/clock"
	"fermata/checks/session"
)

// Setup is what an App is made from: the settings, and every way to the outside.
type Setup struct {
	Config    config.Config
	Problems  []config.Problem // what is wrong in the settings
	Path      string           // of the settings file; "": there is none, and nothing is written
	Time      *clock.Time
	Keeper    session.Keeper
	Unlock    func(ctx context.Context) error                                   // asks the person to unlock what Keeper keeps things in; nil: it has no lock
	Transport http.RoundTripper                                                 // to providers
	Dial      func(ctx context.Context, network, addr string) (net.Conn, error) // to time servers; nil: the system's
	// Provider says whom an account is with.
	Provider func(config.Account) session.Provider
	// Open shows a page to the person.
	Open func(ctx context.Context, url string) error
	// ClockChanges tells of clock steps and resumes, Networks of another network; nil: nobody does.
	ClockChanges <-chan clock.Change
	Networks     <-chan struct{}
	// Dates are pages whose HTTP Date is asked for where no time server answers.
	Dates   []string
	History string // file for the clock's offsets; "": they are kept in memory
	// Reminders is the file that says what a person was told already; "": it is forgotten at the end.
	Reminders string
	Programs  checks.Check // looks at other programs' tokens; nil: nothing does
	// SetClock is what the demo does in the place of setting the computer's clock; nil: it is set.
	SetClock func(ctx context.Context) error
	// Restart restarts Spotify's desktop app.
	Restart func(ctx context.Context) error
	// ShowReport shows the report to the person before they contact support.
	ShowReport func(ctx context.Context, report string) error
	// Outage asks the provider's status page; "" is no outage, or not known. Nil: there is none.
	Outage  func(ctx context.Context) string
	Version string
	Page    []page.Option // how the sign-in's pages are shown
	Pages   Pages
	// Trim gives back memory when there is nothing to do for a while; nil: nothing does.
	Trim func()
	// Demo are the troubles of the demo. Not nil marks everything DEMO.
	Demo []checks.Action
}

// Pages are where a person is sent to.
type Pages struct{ Apps, Support, Player string }

// A Face shows the view to a person. Show is called from one goroutine, only with a View that
// differs from the one before, and must not wait for the person.
type Face interface{ Show(View) }

// App watches. Make one with New.
type App struct {
	setup  Setup
	events chan event
	ended  chan struct{} // closed when no more events are taken
}

// New returns an App that does nothing before Run.
func New(s Setup) *App {
	return &App{setup: s, events: make(chan event, 16), ended: make(chan struct{})}
}

// Run watches until ctx ends or somebody quits, and shows each change on the faces. When it returns,
// nothing that it began still runs.
func (a *App) Run(ctx context.Context, faces ...Face) {
	ctx, quit := context.WithCancel(ctx)
	defer quit()
	l := newLoop(a, ctx, quit, faces)
	l.run()
}

// Do has the action with this ID done, as a click does, and waits for its end and for the look that
// follows. It fails with the action's error, or when no finding offers the action now.
func (a *App) Do(ctx context.Context, id string) error {
	return a.await(ctx, func(reply chan<- error) event { return clicked{id: id, ctx: ctx, reply: reply} })
}

// Click is Do for who cannot wait: a failure is shown in the view. ctx carries what belongs to the
// click, such as an activation token; its end means nothing.
func (a *App) Click(ctx context.Context, id string) {
	ctx = context.WithoutCancel(ctx)
	go a.send(ctx, clicked{id: id, ctx: ctx})
}

// Looked waits until everything that is watched was looked at once.
func (a *App) Looked(ctx context.Context) error {
	return a.await(ctx, func(reply chan<- error) event { return settling{reply} })
}

// Status returns what is so now.
func (a *App) Status(ctx context.Context) (Status, error) {
	return query(ctx, a, func(l *loop) Status { return view(l.state()).Status })
}

// Clock looks at the clock now, as a click on "Check the clock now" does, and returns what it found.
func (a *App) Clock(ctx context.Context) (checks.Finding, error) {
	if err := a.Looked(ctx); err != nil { // before its first look it has nothing on offer
		return checks.Finding{}, err
	}
	if err := a.Do(ctx, "clock/check"); err != nil {
		return checks.Finding{}, err
	}
	return query(ctx, a, func(l *loop) checks.Finding { return l.state().Clock })
}

// Report returns what support needs to know, as text: versions, the causes with their evidence, both
// lifetimes, the clock, and the last changes. It has no token, code, client ID, e-mail address, user
// name or home path in it.
func (a *App) Report(ctx context.Context) (string, error) {
	return query(ctx, a, func(l *loop) string {
		s := l.state()
		return report(s, diagnose(s), l.app.setup, l.journal.lines)
	})
}

// Token returns a good access token of an account, for a program of the person's own.
func (a *App) Token(ctx context.Context, name string) (string, error) {
	source, err := query(ctx, a, func(l *loop) *account { return l.account(name) })
	if err != nil {
		return "", err
	}
	if source == nil {
		return "", fmt.Errorf("there is no account %q", name)
	}
	return source.AccessToken(ctx)
}

// TrueTime returns true time, and whether it was ever measured.
func (a *App) TrueTime() (now time.Time, known bool) {
	return a.setup.Time.Now(), a.setup.Time.Known()
}

// Reread has every account made anew from its settings and its kept sign-in.
func (a *App) Reread(ctx context.Context) { a.send(ctx, put{(*loop).reread}) }

// Changed says that the settings file did.
func (a *App) Changed(ctx context.Context) { a.send(ctx, put{(*loop).reload}) }

// query returns what f finds in the loop's state.
func query[T any](ctx context.Context, a *App, f func(*loop) T) (found T, err error) {
	answer := make(chan T, 1)
	err = a.await(ctx, func(reply chan<- error) event {
		return put{func(l *loop) {
			answer <- f(l)
			reply <- nil
		}}
	})
	if err == nil {
		found = <-answer
	}
	return found, err
}

// await sends an event and waits for its reply.
func (a *App) await(ctx context.Context, ask func(reply chan<- error) event) error {
	reply := make(chan error, 1)
	if err := a.send(ctx, ask(reply)); err != nil {
		return err
	}
	select {
	case err := <-reply:
		return err
	case <-ctx.Done():
		return ctx.Err()
	case <-a.ended:
		return errEnded
	}
}

var errEnded = errors.New("fermata is ending")

func (a *App) send(ctx context.Context, e event) error {
	select {
	case a.events <- e:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-a.ended:
		return errEnded
	}
}
