// Package app is the shell around package core: one goroutine feeds it events and carries out the
// effects that it returns, and after each event a View is made, a value, which faces show.
//
// Read core.go first, then view.go, then this.
package app

import (
	"context"
	"maps"
	"reflect"
	"sync"
	"sync/atomic"
	"time"

	"fermata/app/account"
	"fermata/app/config"
	"fermata/app/core"
	"fermata/app/details"
	"fermata/app/page"
	"fermata/app/view"
	"fermata/checks/clock"
)

// A Face shows the view to a person. Show is called from one goroutine, only with a View that differs
// from the one before, and must not wait for the person.
type Face interface{ Show(view.View) }

// App watches. Make one with New.
type App struct {
	out    Outside
	events chan core.Event
	ended  chan struct{} // closed when no more events are taken
	runs   atomic.Uint64 // the newest RunID
	page   *details.Page

	mu          sync.Mutex // guards what follows
	snapshot    Snapshot
	newer       chan struct{}               // closed when there is a newer snapshot
	accounts    map[string]*account.Account // by name, through every change of the settings
	removed     map[string]*account.Account // those that the settings no longer name
	refuseToken bool                        // so the settings say

	// Of the goroutine of Run alone.
	state    *core.State
	clock    *clock.Check
	measured config.Clock                      // what clock was made from
	delay    time.Duration                     // of looks that start
	until    time.Duration                     // when the words change by time alone
	cancels  map[core.RunID]context.CancelFunc // of the actions under way
	saves    chan map[string]core.Reminder     // the newest that is to be kept
	pasts    chan []core.Happening             // the same
	reading  clock.Reading                     // at the last wake, where nobody tells of clock steps
	quit     context.CancelFunc
	work     sync.WaitGroup // looks and actions under way
}

// headStart is how long the first looks leave the processor to the icon.
const headStart = 30 * time.Millisecond

// New returns an App that does nothing before Run.
func New(o Outside) *App {
	a := &App{
		out: o, events: make(chan core.Event, 16), ended: make(chan struct{}), newer: make(chan struct{}),
		accounts: map[string]*account.Account{}, removed: map[string]*account.Account{}, cancels: map[core.RunID]context.CancelFunc{},
		saves: make(chan map[string]core.Reminder, 1), pasts: make(chan []core.Happening, 1),
	}
	a.out.Open = a.opening(o.Open)
	a.out.Page = append(a.out.Page[:len(o.Page):len(o.Page)], page.Overdue(a.overdue))
	a.page = details.New(a.source())
	return a
}

// Run watches until ctx ends or somebody quits, and shows each change on the faces. When it returns,
// nothing that it began still runs, and requests under way have come to their end.
func (a *App) Run(ctx context.Context, faces ...Face) {
	ctx, a.quit = context.WithCancel(ctx)
	defer a.quit()
	a.configure(a.out.Settings)
	a.state = core.New(a.at(), a.out.Settings, a.out.Reminders, a.out.Troubles, a.out.Programs != nil)
	a.state.Recall(a.out.Past, a.out.PastLost)
	a.work.Go(func() { a.keep(ctx) })
	timer := time.NewTimer(0)
	defer timer.Stop()
	a.delay = headStart
	a.step(ctx, faces, core.Woke{})
	a.delay = 0
	for {
		timer.Reset(max(0, min(a.state.Wake(), a.until, a.now()+24*time.Hour)-a.now()))
		select {
		case e := <-a.events:
			a.step(ctx, faces, e)
		case c, ok := <-a.out.Changes:
			if goesOn(&a.out.Changes, ok) {
				a.step(ctx, faces, core.Changed{Step: c.Step, Slept: c.Slept})
			}
		case _, ok := <-a.out.Networks:
			if goesOn(&a.out.Networks, ok) {
				a.step(ctx, faces, core.Changed{Network: true})
			}
		case _, ok := <-a.out.Zones:
			if goesOn(&a.out.Zones, ok) {
				a.step(ctx, faces, core.Woke{}) // every time of day reads otherwise
			}
		case away, ok := <-a.out.Away:
			if goesOn(&a.out.Away, ok) {
				a.step(ctx, faces, core.Attention{Away: away})
			}
		case _, ok := <-a.out.ProgramFiles:
			if goesOn(&a.out.ProgramFiles, ok) {
				a.step(ctx, faces, core.Changed{Programs: true})
			}
		case _, ok := <-a.out.Keyring:
			if goesOn(&a.out.Keyring, ok) {
				a.keeperChanged()
				a.step(ctx, faces, core.Changed{Keyring: true})
			}
		case s, ok := <-a.out.Reloads:
			if goesOn(&a.out.Reloads, ok) {
				s.AtLogin = a.state.Settings.AtLogin
				a.step(ctx, faces, core.Reloaded{Settings: s})
			}
		case <-timer.C:
			a.step(ctx, faces, a.woke())
		case <-ctx.Done():
			close(a.ended)
			a.work.Wait()
			a.close(ctx)
			return
		}
	}
}

// goesOn reports whether whoever tells something on c may tell more; else c is waited for no longer.
func goesOn[T any](c *<-chan T, ok bool) bool {
	if !ok {
		*c = nil
	}
	return ok
}

// step feeds one event to core, carries out what follows, and shows what changed.
func (a *App) step(ctx context.Context, faces []Face, e core.Event) {
	clicked := a.snapshot.Clicked
	switch e := e.(type) {
	case core.Acted:
		delete(a.cancels, e.Run)
	case core.Clicked:
		clicked = max(clicked, e.Run)
	}
	at := a.at()
	effects := a.state.Step(at, e)
	var v view.View
	v, a.until = view.Make(a.state, at)
	same := a.snapshot.Version > 0 && reflect.DeepEqual(a.snapshot.View, v)
	page, edition := a.details(at)
	guide := view.MakeGuide(a.state, at)
	runs := map[core.RunID]core.Run{}
	for id, r := range a.state.Runs {
		runs[id] = *r
	}
	a.mu.Lock()
	a.snapshot = Snapshot{a.snapshot.Version + 1, v, runs, clicked, a.state.AllSeen(), a.state.Clock.Facts, a.state.Programs.Facts, page, edition, guide}
	close(a.newer)
	a.newer = make(chan struct{})
	a.mu.Unlock()
	if !same {
		for _, f := range faces {
			f.Show(v)
		}
	}
	for _, effect := range effects {
		a.carryOut(ctx, effect)
	}
}

// redraw is how often Fermata's page is made again by time alone: its bars shorten.
const redraw = time.Minute

// details are those of Fermata's page, where somebody looks at it, and their edition.
func (a *App) details(at core.At) (d *view.Details, edition uint64) {
	edition = a.snapshot.Edition
	if a.state.Watchers == 0 {
		return nil, edition
	}
	a.until = min(a.until, at.Elapsed+redraw)
	if d = view.MakeDetails(a.state, at); !reflect.DeepEqual(d, a.snapshot.Details) {
		edition++
	}
	return d, edition
}

// woke is what a deadline brings: where nobody tells of clock steps, it finds them.
func (a *App) woke() core.Event {
	last := a.reading
	if a.out.Changes != nil {
		return core.Woke{}
	}
	a.reading = clock.Read()
	if c := a.reading.Since(last); !last.Wall.IsZero() && (c.Step.Abs() >= time.Second || c.Slept > 0) {
		return core.Changed{Step: c.Step, Slept: c.Slept}
	}
	return core.Woke{}
}

// close lets requests for tokens come to their end: a refresh token that nobody keeps is lost.
func (a *App) close(ctx context.Context) {
	a.page.Close()
	select {
	case told := <-a.saves:
		a.save(told)
	default:
	}
	select {
	case past := <-a.pasts:
		a.savePast(past)
	default:
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), farewell)
	defer cancel()
	maps.Copy(a.accounts, a.removed)
	for _, acc := range a.accounts {
		a.work.Go(func() { _ = acc.Close(ctx) }) // there is nobody left to tell
	}
	a.work.Wait()
}
