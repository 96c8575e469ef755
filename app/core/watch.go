package core

import (
	"math"
	"slices"
	"time"

	"fermata/checks/clock"
	"fermata/checks/programs"
)

const never = time.Duration(math.MaxInt64)

const (
	afterResume = 5 * time.Second // what a network needs to come back
	trimAfter   = 3 * time.Second // nothing was done, memory is given back
	trimEvery   = time.Minute     // at the most
)

// A Watch says when something is looked at.
type Watch struct {
	Seen    bool          // a look has ended
	Looking bool          // a look is under way
	Due     time.Duration // when to look next, on At.Elapsed
	stale   bool          // something happened since the look began that it cannot know of
}

// Watched is something that is looked at, with what the last look found.
type Watched[F any] struct {
	Watch
	Facts F
}

// again has it looked at once wait is over; a look under way is thrown away.
func (s *State) again(w *Watch, wait time.Duration) {
	w.Due, w.stale = s.at.Elapsed+wait, w.Looking
}

// recheckAll has everything looked at again: what mends one may mend the others.
func (s *State) recheckAll(wait time.Duration) {
	for _, w := range s.watches() {
		s.again(w, wait)
	}
}

// watches are all, by name.
func (s *State) watches() map[string]*Watch {
	all := map[string]*Watch{"clock": &s.Clock.Watch}
	if s.watching {
		all["programs"] = &s.Programs.Watch
	}
	for i := range s.Accounts {
		all[s.Accounts[i].Name] = &s.Accounts[i].Watch
	}
	return all
}

// AllSeen reports whether everything was looked at once.
func (s *State) AllSeen() bool {
	for _, w := range s.watches() {
		if !w.Seen {
			return false
		}
	}
	return true
}

// names are the watches in a fixed order: the accounts, the clock, the programs.
func (s *State) names() []string {
	var all []string
	for _, a := range s.Accounts {
		all = append(all, a.Name)
	}
	if all = append(all, "clock"); s.watching {
		all = append(all, "programs")
	}
	return all
}

// look starts the looks that are due.
func (s *State) look() {
	watches := s.watches()
	for _, name := range s.names() {
		if w := watches[name]; !w.Looking && w.Due <= s.at.Elapsed {
			w.Looking, w.stale = true, false
			s.do(Look{name})
		}
	}
	s.lookGuide()
}

// looked takes what a look found.
func (s *State) looked(e Looked) {
	if e.Name == guideName {
		s.scheduleTrim()
		s.paid(guideName)
		return
	}
	w := s.watches()[e.Name]
	if w == nil { // the account was removed
		return
	}
	w.Looking = false
	s.scheduleTrim()
	if w.stale {
		return
	}
	w.Seen, w.Due = true, never
	if e.Next > 0 {
		w.Due = s.at.Elapsed + e.Next
	}
	switch facts := e.Facts.(type) {
	case clock.Facts:
		s.Clock.Facts = facts
	case *programs.List:
		s.Programs.Facts = facts
	case AccountFacts:
		s.Account(e.Name).learn(s.at, facts)
	}
	s.paid(e.Name)
}

// paid has no run wait for a look any more, since it ended or will never come.
func (s *State) paid(look string) {
	drop := func(name string) bool { return name == look }
	for _, r := range s.Runs {
		r.owed = slices.DeleteFunc(r.owed, drop)
	}
	if g := &s.Guide; g.Awaits(look) {
		if g.owed = slices.DeleteFunc(g.owed, drop); !g.Looking() {
			g.LookedAt = s.at.True
		}
	}
}

// changed looks again after something that no deadline foresees.
func (s *State) changed(e Changed) {
	if e.Programs {
		s.again(&s.Programs.Watch, 0)
		return
	}
	if e.Keyring {
		for i := range s.Accounts {
			s.again(&s.Accounts[i].Watch, 0)
		}
		return
	}
	wait := time.Duration(0)
	if e.Slept > 0 {
		wait = afterResume
	}
	if e.Slept > 0 {
		s.happened(Happening{Kind: Slept, Span: e.Slept})
	}
	if e.Step != 0 {
		s.Clock.Facts = s.Clock.Facts.Stepped(e.Step, s.at.True, s.Settings.Clock.Tolerance)
		s.happened(Happening{Kind: ClockSet, Span: e.Step})
	}
	if e.Network {
		s.happened(Happening{Kind: NewNetwork})
	}
	for i := range s.Accounts {
		p := &s.Accounts[i].Past
		p.Since = s.at.True
		p.Changed.ClockSet += e.Step
		p.Changed.Slept += e.Slept
		p.Changed.Network = p.Changed.Network || e.Network
	}
	s.recheckAll(wait)
}

// scheduleTrim plans to give back memory, since what was done took some.
func (s *State) scheduleTrim() {
	s.trim = s.at.Elapsed + trimAfter
	if s.trimmed > 0 {
		s.trim = max(s.trim, s.trimmed+trimEvery)
	}
}

func (s *State) giveBack() {
	if s.trim > 0 && s.trim <= s.at.Elapsed {
		s.trim, s.trimmed = 0, s.at.Elapsed
		s.do(Trim{})
	}
}

// Wake is the earliest deadline, on At.Elapsed; math.MaxInt64: there is none.
func (s *State) Wake() time.Duration {
	next := min(s.change, s.reminders())
	for _, w := range s.watches() {
		if !w.Looking {
			next = min(next, w.Due)
		}
	}
	for _, a := range s.Answers {
		next = min(next, a.until)
	}
	for _, a := range s.Accounts {
		if len(a.Devices) > 0 {
			next = min(next, a.devicesUntil)
		}
	}
	for _, n := range s.recent {
		if !n.on {
			next = min(next, n.until)
		}
	}
	if s.Helped != nil {
		next = min(next, s.Helped.until)
	}
	for _, d := range []time.Duration{s.Quiet, s.trim} {
		if d > 0 {
			next = min(next, d)
		}
	}
	return next
}
