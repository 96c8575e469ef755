// Package core decides what follows from what happened. It never waits, locks, reads a clock or calls
// out: Step takes an event and returns effects, both values, and the shell (package app) carries them
// out. What a person then sees is worded by package view.
package core

import (
	"time"

	"fermata/app/config"
	"fermata/checks"
	"fermata/checks/cause"
	"fermata/checks/clock"
	"fermata/checks/doctor"
	"fermata/checks/programs"
	"fermata/checks/text"
)

// At is the moment of an event. Every deadline in State is on Elapsed, which no clock step moves; True,
// in the person's time zone, is for words, which Style writes, and for the ends of sign-ins.
type At struct {
	Elapsed time.Duration // clock.Time.Elapsed
	True    time.Time     // clock.Time.Now
	Style   text.Style    // how the desktop writes times now
}

type (
	// An ActionID names an action: what is acted on, a slash, a verb: "spotify/login".
	ActionID string
	// A RunID numbers one run of an action, so that it can be waited for and cancelled.
	RunID uint64
)

// State is all that is known. Others see only the view that is made of it.
type State struct {
	Settings Settings
	Troubles []Trouble // the demo's, as actions; not nil: this is the demo
	Clock    Watched[clock.Facts]
	Accounts []Account // in the order of the settings, kept by name through every change of them
	Programs Watched[*programs.List]
	Guide    Guide

	ClockLevel checks.Level
	Causes     []Cause  // what is wrong, the worst first; menu, notices, page and report read it
	Notices    []Notice // those that ought to be on the screen
	Answers    []Answer // what came of clicks
	Helped     *Helped
	Journal    []Entry             // the last changes, the oldest first
	Runs       map[RunID]*Run      // under way, and ended ones that somebody waits for
	Acting     map[ActionID]RunID  // the run under whose number an action is carried out
	Reminders  map[string]Reminder // by Notice.Key: which ends a person was told of; saved
	Past       []Happening         // what happened in the last month, the oldest first; saved, never changed in place
	PastLost   bool                // what earlier runs kept of it could not be read
	Watchers   int                 // how many look at Fermata's page
	open       []open              // the causes that there are, as Past has them
	newPast    bool                // Past grew
	Quiet      time.Duration       // no notices of causes before this; 0: they are not paused
	before     map[string]Reminder // Reminders as earlier runs of the program left them
	recent     map[string]*shown   // by Notice.Key, the notices of the last hour
	trim       time.Duration       // when to give back memory; 0: nothing was done since
	trimmed    time.Duration       // when that was last done; 0: never
	change     time.Duration       // when the causes change by time alone
	away       bool                // nobody can read notices
	watching   bool                // other programs' tokens are looked at
	at         At                  // of the event that Step takes
	effects    []Effect            // so far, of that event
}

// Settings are the settings file's, and what the desktop has for Fermata.
type Settings struct {
	config.Config
	Problems []config.Problem // what is wrong in the file; the rest is the last that was good
	File     bool             // there is a file to open
	AtLogin  bool             // Fermata starts at login
}

// A Trouble is one that the demo can cause.
type Trouble struct{ Name, Label string }

// An Event is something that happened.
type Event interface{ event() }

// The events.
type (
	// Woke: a deadline has come.
	Woke struct{}
	// Clicked: somebody wants an action done. Menu, notification, page, command line and a second process
	// are all alike, but that Waits says that somebody waits for the run's end and is to be told there.
	Clicked struct {
		Run        RunID
		Action     ActionID
		Notice     string // the key of the notice that the button stands on; "": it was no notice
		Waits      bool
		Page       bool         // it was clicked on Fermata's page, which shows the outcome
		Place      string       // of "app/open": where on the page to begin; "": where the notice's cause is told, or the top
		Elsewhere  bool         // the person's browser is on another computer, so none is opened
		Activation string       // an XDG activation token, with which a window may come to the front
		Seen       []cause.Seen // of "guide/see": what the person sees; none: nobody knows it
	}
	// Left: whoever waited for a run does not any more.
	Left struct{ Run RunID }
	// Opened: a run of an action sends the browser to an address, in which nothing is secret.
	Opened struct {
		Run     RunID
		Address string
	}
	// Acted: a run of an action ended. Found is what it brought: see Found's types.
	Acted struct {
		Run   RunID
		Err   error
		Found any
	}
	// Looked: a look ended. Facts are clock.Facts, AccountFacts or *programs.List; Next is when the
	// check wants the next look, 0: only when told.
	Looked struct {
		Name  string
		Facts any
		Next  time.Duration
	}
	// Found: one of the guide's looks ended; Looked follows when they all have.
	Found struct{ Facts doctor.Facts }
	// Changed: the clock was set, the computer slept, it is on another network, its keyring may answer now
	// that did not, or another program's token file is another.
	Changed struct {
		Step, Slept                time.Duration // Step is positive when the clock was put forward
		Network, Keyring, Programs bool
	}
	// Reloaded: the settings are others, or cannot be read.
	Reloaded struct{ Settings Settings }
	// Attention: nobody can read notifications now, or somebody can again.
	Attention struct{ Away bool }
	// Watching: so many more look at Fermata's page, or, where negative, fewer.
	Watching struct{ More int }
)

// An Effect is something to do. No secret is ever in one.
type Effect interface{ effect() }

// The effects.
type (
	Look struct{ Name string } // "clock", "programs", "guide" or an account; its end is Looked
	Act  struct {              // its end is Acted
		Run        RunID
		Action     ActionID
		Waits      bool   // somebody waits, who is told the address where no browser opens
		Elsewhere  bool   // see Clicked
		Switch     bool   // the provider is to show its page and ask, even where everything is allowed already
		Place      string // of "app/open"; see Clicked
		Activation string
	}
	Cancel    struct{ Run RunID }                     // an Act under way
	Configure struct{ Settings Settings }             // accounts are told what changed; none is made twice
	Save      struct{ Reminders map[string]Reminder } // a copy
	KeepPast  struct{ Past []Happening }              // for the next run; nobody changes it
	Trim      struct{}                                // give back memory
	Quit      struct{}
)

// New returns the state at the start, before anything was looked at. told is what earlier runs of the
// program have told; troubles, where not nil, make it the demo's; watching says that other programs'
// tokens are looked at.
func New(at At, s Settings, told map[string]Reminder, troubles []Trouble, watching bool) *State {
	st := &State{
		Troubles: troubles, watching: watching,
		Runs: map[RunID]*Run{}, Acting: map[ActionID]RunID{}, recent: map[string]*shown{},
		Reminders: map[string]Reminder{}, before: map[string]Reminder{}, change: never, at: at,
	}
	for key, t := range told {
		st.Reminders[key], st.before[key] = t, t
	}
	st.settle(s)
	return st
}

// Step takes one event and returns what is to be done, in order.
func (s *State) Step(at At, e Event) []Effect {
	s.at, s.effects = at, nil
	s.retime()
	switch e := e.(type) {
	case Woke:
		if s.Watchers > 0 && s.trim == 0 { // the page was made again, and loaded
			s.scheduleTrim()
		}
	case Clicked:
		s.clicked(e)
	case Left:
		s.left(e.Run)
	case Opened:
		if r := s.Runs[e.Run]; r != nil {
			r.Address = e.Address
		}
	case Acted:
		s.acted(e)
	case Looked:
		s.looked(e)
	case Found:
		s.Guide.found(e.Facts)
	case Changed:
		s.changed(e)
	case Reloaded:
		s.reloaded(e.Settings)
	case Attention:
		s.away = e.Away
	case Watching:
		s.Watchers += e.More
		s.scheduleTrim()
	}
	s.judge()
	s.compare()
	s.expire()
	s.finish()
	s.notify()
	s.note()
	s.keepPast()
	s.look()
	s.giveBack()
	return s.effects
}

func (s *State) do(e Effect) { s.effects = append(s.effects, e) }

func (Woke) event()       {}
func (Clicked) event()    {}
func (Left) event()       {}
func (Opened) event()     {}
func (Acted) event()      {}
func (Looked) event()     {}
func (Found) event()      {}
func (Changed) event()    {}
func (Reloaded) event()   {}
func (Attention) event()  {}
func (Watching) event()   {}
func (Look) effect()      {}
func (Act) effect()       {}
func (Cancel) effect()    {}
func (Configure) effect() {}
func (Save) effect()      {}
func (KeepPast) effect()  {}
func (Trim) effect()      {}
func (Quit) effect()      {}
