package app

import (
	"fmt"
	"time"

	"fermata/app/config"
	"fermata/checks"
	"fermata/checks/clock"
	"fermata/checks/programs"
)

// State is everything that the view is made from.
type State struct {
	Now      time.Time // true time, in the person's time zone
	Demo     bool
	Clock    checks.Finding
	Accounts []Account
	Running  map[string]bool     // the actions under way, by ID
	Failed   map[string]failure  // what went wrong with the last run of an action, by ID
	Answer   *Answer             // to the last click
	Message  *Message            // what a click brought to light
	Helped   string              // what mended the last trouble, as a sentence
	Programs []programs.Program  // other programs' tokens
	Quiet    time.Time           // no notices before this
	Told     map[string]reminder // by the key of their notice: what need not be told again
	Problems []config.Problem    // in the settings
	AtLogin  bool                // Fermata starts at login
	Settings bool                // there is a settings file to open
	Own      []checks.Action     // the app's own actions
	Demos    []checks.Action
}

// An Account is one as the view needs it.
type Account struct {
	Name     string
	Provider string // as a person calls it
	Spotify  bool
	Warn     config.Notify
	Seen     bool // there was a look
	Finding  checks.Finding
	past
}

// An Answer tells what came of a click.
type Answer struct {
	Action string // its ID
	Label  string
	Clock  bool   // it was the clock's; otherwise the account's
	Name   string // of the account
}

// state copies out what the view is made from.
func (l *loop) state() State {
	set := l.app.setup
	s := State{
		Now:      set.Time.Now().Local(),
		Demo:     set.Demo != nil,
		Running:  map[string]bool{},
		Failed:   l.failed,
		Message:  l.message,
		Told:     l.told,
		Problems: set.Problems,
		AtLogin:  l.atLogin,
		Settings: set.Path != "",
		Own:      l.own(),
		Demos:    set.Demo,
	}
	at := func(t time.Duration) time.Time { return s.Now.Add(t - l.now()) }
	for id := range l.running {
		s.Running[id] = true
	}
	if l.quiet > l.now() {
		s.Quiet = at(l.quiet)
	}
	for _, w := range l.watches {
		switch c := w.check.(type) {
		case *account:
			s.Accounts = append(s.Accounts, Account{c.Name(), c.provider.Name, c.spotify, set.Config.Notify, w.seen, w.finding, w.past})
		case *clock.Check:
			s.Clock = w.finding
		default:
			s.Programs, _ = w.finding.Facts.([]programs.Program)
		}
	}
	if h := l.helped; h != nil {
		s.Helped = fmt.Sprintf("“%s” helped at %s", h.label, checks.TimeOfDay(h.at, s.Now))
	}
	if a := l.answer; a != nil && a.looked {
		s.Answer = &Answer{Action: a.action.ID, Label: a.action.Label, Name: a.watch.check.Name()}
		_, account := a.watch.check.(*account)
		s.Answer.Clock = !account
	}
	s.Own = append(s.Own, l.about(diagnose(s))...)
	return s
}
