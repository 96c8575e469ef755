package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"fermata/app/core"
	"fermata/app/view"
	"fermata/checks"
	"fermata/checks/clock"
	"fermata/checks/programs"
	"fermata/checks/session"
	"fermata/checks/text"
)

// A Snapshot is all that others may know, as it was after one event. It is never changed.
type Snapshot struct {
	Version uint64 // rises with each
	View    view.View
	Runs    map[core.RunID]core.Run // under way, and ended ones whose outcome somebody waits for
	Clicked core.RunID              // the newest that was begun
	Seen    bool                    // everything was looked at once
	Clock   clock.Facts
	Files   *programs.List // other programs'
	Details *view.Details  // of Fermata's page; nil while nobody looks at it
	Edition uint64         // rises with each Details that differ
	Guide   *view.Guide    // nil: it has not begun
}

// Click has an action run and returns at once; its outcome is shown on the screen, or, where somebody
// Waits, found in a Snapshot. This is the one door for clicks, whoever makes them.
func (a *App) Click(c core.Clicked) core.RunID {
	c.Run = core.RunID(a.runs.Add(1))
	select {
	case a.events <- c:
	default:
		go a.send(c)
	}
	return c.Run
}

// Do has an action run as Click does and waits for its end and for the looks that show what came of it.
// It returns what the action found, and its error, or one that says that it isn't possible now.
func (a *App) Do(ctx context.Context, c core.Clicked) (found any, err error) {
	c.Run, c.Waits = core.RunID(a.runs.Add(1)), true
	a.send(c)
	defer a.send(core.Left{Run: c.Run})
	s, err := a.Await(ctx, func(s Snapshot) bool { return s.Runs[c.Run].Phase == core.Done })
	if err != nil {
		return nil, err
	}
	return s.Runs[c.Run].Found, s.Runs[c.Run].Err
}

var errEnded = errors.New("Fermata is ending")

// Await returns the first Snapshot, from the present one on, for which is says so.
func (a *App) Await(ctx context.Context, is func(Snapshot) bool) (Snapshot, error) {
	for {
		a.mu.Lock()
		s, newer := a.snapshot, a.newer
		a.mu.Unlock()
		if s.Version > 0 && is(s) {
			return s, nil
		}
		select {
		case <-newer:
		case <-ctx.Done():
			return s, ctx.Err()
		case <-a.ended:
			return s, errEnded
		}
	}
}

// Token returns a valid access token of an account, for a program of the person's own, unless the settings
// forbid it; one with at least that much of its life left, where that can be had.
func (a *App) Token(ctx context.Context, name string, least time.Duration) (session.Access, error) {
	a.mu.Lock()
	acc, refused := a.accounts[name], a.refuseToken
	a.mu.Unlock()
	switch {
	case refused:
		return session.Access{}, checks.WithHint(errors.New("the settings forbid handing out access tokens"), `Set token = "allow" under [secrets] to change that.`)
	case acc == nil:
		return session.Access{}, fmt.Errorf("there is no account %q", name)
	}
	return acc.AccessToken(ctx, least)
}

// Held returns the access token that an account has now, and whether it has a valid one. It asks nobody.
func (a *App) Held(name string) (session.Access, bool) {
	if acc := a.account(name); acc != nil {
		return acc.Held()
	}
	return session.Access{}, false
}

// Status is what "fermata status" tells, as of now.
func (a *App) Status(ctx context.Context) (view.Status, error) {
	s, err := a.Await(ctx, func(Snapshot) bool { return true })
	at := a.at()
	status := s.View.Status
	status.Programs = view.ProgramStatuses(s.Files, at.True, at.Style)
	return status, err
}

// TrueTime returns true time, and whether it was ever measured.
func (a *App) TrueTime() (now time.Time, known bool) { return a.out.Time.Now(), a.out.Time.Known() }

func (a *App) now() time.Duration { return a.out.Time.Elapsed() }

func (a *App) at() core.At {
	zone, style := time.Local, text.Style{}
	if a.out.Locale != nil {
		zone, style = a.out.Locale()
	}
	return core.At{Elapsed: a.now(), True: a.out.Time.Now().In(zone), Style: style}
}

// send hands an event to the goroutine of Run, unless that has ended.
func (a *App) send(e core.Event) {
	select {
	case a.events <- e:
	case <-a.ended:
	}
}
