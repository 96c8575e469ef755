package core

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"fermata/app/config"
	"fermata/checks"
	"fermata/checks/cause"
	"fermata/checks/session"
)

// A Run is one run of an action: it acts, then it waits for the looks that show what came of it, then
// it is done.
type Run struct {
	Action ActionID
	Phase  Phase
	Err    error // why the action failed; nil: it did not, or acts still
	Found  any   // what it brought for whoever waits
	// Address is where it sent the browser last, for whoever has none that opened.
	Address string

	screen bool         // it was clicked on the screen, where its outcome is to be shown
	page   bool         // and there on Fermata's page
	level  checks.Level // of what it is about, when it began
	grant  time.Time    // when the account's sign-in was to end then, true time
	owed   []string     // the looks that it waits for
}

// Phase is how far a Run is.
type Phase int

// The phases of a Run.
const (
	Acting Phase = iota
	Looking
	Done
)

var (
	errSuperseded = errors.New("started again by a newer click")
	errRemoved    = errors.New("the account was removed from the settings")
)

// Of returns what the action is about: an account's name, "clock", "app" or "demo".
func (id ActionID) Of() string { of, _, _ := strings.Cut(string(id), "/"); return of }

// Verb returns what is to be done: "login".
func (id ActionID) Verb() string { _, verb, _ := strings.Cut(string(id), "/"); return verb }

// ID makes an ActionID of what it is about and its verb.
func ID(name, verb string) ActionID { return ActionID(name + "/" + verb) }

// IsSignIn reports whether the action has the person sign in, in the browser.
func (id ActionID) IsSignIn() bool {
	return slices.Contains([]string{string(cause.SignIn), string(cause.Permissions), "connect", "old-user", "client"}, id.Verb())
}

// mends reports whether a person hopes that all is well after it. Looking, asking and leaving are not of
// that kind.
func (id ActionID) mends() bool {
	return !slices.Contains([]string{"check", "logout", string(cause.Device), string(cause.Support)}, id.Verb())
}

// remembered reports whether that it was done is a part of the past.
func (id ActionID) remembered() bool { return id == "app/connect" || id.Of() != "app" && !id.opens() }

// looksOnly reports whether the action changes nothing that is watched, so that nothing need be looked at
// after it.
func (id ActionID) looksOnly() bool {
	return id == "app/report" || id.opens() || slices.Contains(Player, id)
}

// opens reports whether the action shows Fermata's page.
func (id ActionID) opens() bool { return id == "app/open" || id == "guide/begin" }

// clicked begins a run, if the action makes sense now.
func (s *State) clicked(c Clicked) {
	r := &Run{Action: c.Action, screen: !c.Waits, page: c.Page, level: s.levelOf(c.Action.Of())}
	s.Runs[c.Run] = r
	if a := s.Account(c.Action.Of()); a != nil && c.Action.IsSignIn() {
		r.grant = a.Facts.GrantUntil
	}
	if !s.possible(c) {
		r.Phase = Done
		r.Err = checks.WithHint(fmt.Errorf("%q isn't possible now", c.Action), "\"fermata status --json\" lists the actions that are.")
		if r.screen {
			s.answer(Answer{Kind: Late, Action: c.Action, Page: r.page}, messageFor)
			delete(s.Runs, c.Run)
		}
		return
	}
	if under, ok := s.Acting[c.Action]; ok && !c.Action.opens() { // another place may be meant
		if !c.Action.IsSignIn() {
			return // it ends with the one under way
		}
		s.do(Cancel{under})
		s.ended(c.Action, errSuperseded, nil, c.Run)
	}
	s.Answers = slices.DeleteFunc(s.Answers, func(a Answer) bool { return a.Kind == Failed && a.Action == c.Action })
	s.Guide.choose(c.Action)
	if s.decided(c) {
		return
	}
	switch c.Action {
	case "guide/begin":
		c.Place = guideName
	case "app/open":
		c.Place = cmp.Or(c.Place, s.placeOf(c.Notice))
	}
	s.Acting[c.Action] = c.Run
	s.do(Act{Run: c.Run, Action: c.Action, Waits: c.Waits, Elsewhere: c.Elsewhere, Switch: r.level == checks.OK || s.grantEnds(c.Action.Of()), Place: c.Place, Activation: c.Activation})
}

// grantEnds reports whether an account's sign-in is about to expire. Only who agrees anew, on the provider's page, has
// a new one that lasts longer; a provider that asks nothing may bring back the old one.
func (s *State) grantEnds(account string) bool {
	return slices.ContainsFunc(s.Causes, func(c Cause) bool { return c.Account == account && c.ID == cause.GrantEnds })
}

// possible reports whether what was clicked can be done. What stands on a notification that was withdrawn
// long since, or on none that ever was, can not. The page shows the current state, so it can always be opened.
func (s *State) possible(c Clicked) bool {
	if n := s.recent[c.Notice]; c.Notice != "" && c.Action != "app/open" && (n == nil || !slices.Contains(n.buttons, c.Action)) {
		return false
	}
	return slices.ContainsFunc(s.Offered(), func(o Offer) bool { return o.Action == c.Action })
}

// decided does what takes nothing but a decision, and reports whether the action is of that kind.
func (s *State) decided(c Clicked) bool {
	switch verb := c.Action.Verb(); {
	case c.Action == "app/quit":
		s.do(Quit{})
	case c.Action == "app/pause" && s.Quiet > 0:
		s.Quiet = 0
	case c.Action == "app/pause":
		s.Quiet = s.at.Elapsed + pauseFor
	case c.Action == "app/about":
		s.answer(Answer{Kind: Explained, Action: c.Action, About: s.explained(), Page: c.Page}, failedFor)
	case c.Action == "clock/check": // the look that follows is all
		s.actionEnded(s.Runs[c.Run], nil, nil)
		s.recheckAll(0)
		return true
	case c.Action == "guide/look":
		s.sees(c.Seen)
		s.examine()
		s.actionEnded(s.Runs[c.Run], nil, nil)
		return true
	case c.Action.Of() == guideName:
		if !s.guided(c) {
			return false
		}
	case verb == "later":
		s.putOff(c.Action.Of())
	default:
		return false
	}
	s.Runs[c.Run].Phase = Done
	s.drop(c.Run)
	return true
}

// acted takes how an action ended.
func (s *State) acted(e Acted) {
	s.scheduleTrim()
	for action, under := range s.Acting {
		if under == e.Run {
			s.found(e.Run, action, e.Found)
			if a := s.Account(action.Of()); a != nil && action.IsSignIn() {
				a.Past.SignIn, _ = errors.AsType[*session.Trouble](e.Err)
				a.Past.NoReturn = errors.Is(e.Err, session.ErrNoReturn)
				if e.Err != nil {
					a.Past.Since = s.at.True
				}
			}
			s.ended(action, e.Err, e.Found, 0)
			if !action.looksOnly() {
				s.recheckAll(0)
			}
			return
		}
	}
	if r := s.Runs[e.Run]; r != nil && r.Action.looksOnly() {
		return // a newer run of it is under way, and both end with that
	}
	if e.Err == nil { // nobody waits for it any more, but it came to its end all the same
		if c, ok := e.Found.(Connected); ok {
			s.connected(config.Account(c))
		}
		s.recheckAll(0)
	}
}

// found takes what an action brought.
func (s *State) found(run RunID, action ActionID, found any) {
	switch f := found.(type) {
	case Devices:
		for i := range s.Accounts { // of other accounts' devices the person was asked before
			s.Accounts[i].Devices = nil
		}
		if a := s.Account(action.Of()); a != nil {
			a.Devices, a.devicesUntil = f, s.at.Elapsed+failedFor
		}
	case Verdict:
		r := s.Runs[run]
		s.answer(Answer{Kind: FoundOut, Action: action, Text: string(f), Page: r != nil && r.page}, messageFor)
	case SignedOut:
		r := s.Runs[run]
		s.answer(Answer{Kind: Gone, Action: action, SignedOut: f, Page: r != nil && r.page}, failedFor)
	case AtLogin:
		s.Settings.AtLogin = bool(f)
	case Connected:
		s.connected(config.Account(f))
	}
}

// connected takes an account that was signed in, whether or not the file that names it was read again by now.
func (s *State) connected(c config.Account) {
	set := s.Settings
	set.Accounts = slices.Clone(set.Accounts)
	if i := slices.IndexFunc(set.Accounts, func(o config.Account) bool { return o.Name == c.Name }); i >= 0 {
		set.Accounts[i] = c
	} else {
		set.Accounts = append([]config.Account{c}, set.Accounts...)
	}
	s.reloaded(set)
}

// ended ends an action, and has every run of it but one, 0 for none, go on to its looks.
func (s *State) ended(action ActionID, err error, found any, but RunID) {
	delete(s.Acting, action)
	if kind := Did; action.remembered() && err != errSuperseded && err != errRemoved {
		if err != nil {
			kind = DidNot
		}
		s.happened(Happening{Kind: kind, Action: action})
	}
	for _, id := range slices.Sorted(maps.Keys(s.Runs)) {
		if r := s.Runs[id]; id != but && r.Action == action && r.Phase == Acting {
			s.actionEnded(r, err, found)
		}
	}
}

// actionEnded has a run wait for the looks that show what came of it.
func (s *State) actionEnded(r *Run, err error, found any) {
	r.Phase, r.Err, r.Found = Looking, err, found
	switch name := r.Action.Of(); {
	case r.Action.looksOnly(), err == errSuperseded, err == errRemoved:
	case s.Account(name) != nil:
		r.owed = []string{name}
	case name == "clock":
		r.owed = []string{"clock"}
	case name == guideName:
		r.owed = slices.Clone(s.Guide.owed)
	default:
		r.owed = s.names()
	}
	if err != nil && err != errSuperseded && r.screen {
		s.answer(Answer{Kind: Failed, Action: r.Action, Err: err, Page: r.page}, failedFor)
	}
}

// finish ends the runs whose looks have all come.
func (s *State) finish() {
	for _, id := range slices.Sorted(maps.Keys(s.Runs)) {
		r := s.Runs[id]
		if r.Phase != Looking || len(r.owed) > 0 {
			continue
		}
		r.Phase = Done
		if r.Err == nil {
			s.tellOutcome(r)
		}
		s.drop(id)
	}
}

// drop forgets a run that is done and that nobody waits for.
func (s *State) drop(id RunID) {
	if s.Runs[id].screen {
		delete(s.Runs, id)
	}
}

// left has nobody wait for a run any more. What was begun for its sake alone is cancelled.
func (s *State) left(id RunID) {
	r := s.Runs[id]
	if r == nil || r.screen {
		return
	}
	delete(s.Runs, id)
	under, acting := s.Acting[r.Action]
	for _, o := range s.Runs {
		acting = acting && (o.Action != r.Action || o.Phase != Acting)
	}
	if acting {
		delete(s.Acting, r.Action)
		s.do(Cancel{under})
	}
}

// forget ends what is done about an account that is no longer there.
func (s *State) forget(account string) {
	for _, action := range slices.Sorted(maps.Keys(s.Acting)) {
		if action.Of() == account {
			s.do(Cancel{s.Acting[action]})
			s.ended(action, errRemoved, nil, 0)
		}
	}
	s.paid(account)
}

// levelOf is the level of an account, or of the clock.
func (s *State) levelOf(name string) checks.Level {
	if a := s.Account(name); a != nil {
		return a.Level
	}
	if name == "clock" {
		return s.ClockLevel
	}
	return checks.OK
}
