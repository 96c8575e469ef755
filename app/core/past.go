package core

import (
	"slices"
	"time"

	"fermata/checks"
)

// A Happening is something that a person may want to look up later. It is kept on disk, so it has no
// secret in it, and no text of a provider.
type Happening struct {
	At      time.Time     `json:"at"` // true time
	Kind    HappeningKind `json:"kind"`
	Account string        `json:"account,omitempty"` // whose cause; "": the clock's
	Cause   string        `json:"cause,omitempty"`   // its ID
	Title   string        `json:"title,omitempty"`   // and its title, as it was
	Action  ActionID      `json:"action,omitempty"`
	Span    time.Duration `json:"span,omitempty"` // how long it lasted, or by how much the clock was set
}

// HappeningKind says what a Happening tells.
type HappeningKind string

// The kinds of Happening.
const (
	Started    HappeningKind = "started" // Fermata
	CauseBegan HappeningKind = "began"
	CauseOver  HappeningKind = "over" // Span: after how long
	Did        HappeningKind = "did"  // Action
	DidNot     HappeningKind = "did-not"
	ClockSet   HappeningKind = "clock-set" // Span is positive when it was put forward
	Slept      HappeningKind = "slept"     // Span: for how long
	NewNetwork HappeningKind = "network"
)

// How much of the past is kept.
const (
	pastFor = 31 * 24 * time.Hour
	pastMax = 500 // happenings
)

// Recall gives the state the past of earlier runs, in order; lost says that it could not be read.
func (s *State) Recall(past []Happening, lost bool) {
	s.Past, s.PastLost = past, lost
	s.happened(Happening{Kind: Started})
}

// happened adds to the past.
func (s *State) happened(h Happening) {
	h.At = s.at.True
	from := slices.IndexFunc(s.Past, func(o Happening) bool { return h.At.Sub(o.At) < pastFor })
	if from < 0 {
		from = len(s.Past)
	}
	from = max(from, len(s.Past)+1-pastMax)
	s.Past, s.newPast = append(slices.Clone(s.Past[from:]), h), true
}

// An open cause is one that has begun and is not over.
type open struct {
	Cause
	since time.Time
}

// compare notes which causes began, and which are over. One whose level is still OK may heal before
// anybody misses anything.
func (s *State) compare() {
	same := func(c Cause) func(open) bool {
		return func(o open) bool { return o.ID == c.ID && o.Account == c.Account }
	}
	var now []open
	for _, c := range s.Causes {
		if c.Level < checks.Unknown {
			continue
		}
		since := s.at.True
		if i := slices.IndexFunc(s.open, same(c)); i >= 0 {
			since = s.open[i].since
		} else {
			s.happened(Happening{Kind: CauseBegan, Account: c.Account, Cause: c.ID, Title: c.Title})
		}
		now = append(now, open{c, since})
	}
	for _, o := range s.open {
		if !slices.ContainsFunc(now, same(o.Cause)) {
			s.happened(Happening{Kind: CauseOver, Account: o.Account, Cause: o.ID, Title: o.Title, Span: s.at.True.Sub(o.since)})
		}
	}
	s.open = now
}

// signedOut is when the person signed out of an account here; zero: they did not, or signed in since, or that is not
// remembered.
func (s *State) signedOut(a *Account) time.Time {
	looked := !a.Looking && a.Due > s.at.Elapsed // since the last action
	for _, h := range slices.Backward(s.Past) {
		switch {
		case h.Kind != Did || h.Action.Of() != a.Name:
		case h.Action.Verb() == "logout":
			return h.At
		case h.Action.IsSignIn() && looked:
			return time.Time{}
		}
	}
	return time.Time{}
}

// keepPast has the past written down where it grew.
func (s *State) keepPast() {
	if s.newPast {
		s.newPast = false
		s.do(KeepPast{s.Past})
	}
}
