package core

import (
	"slices"
	"time"

	"fermata/app/config"
	"fermata/checks"
	"fermata/checks/session"
	"fermata/checks/spotify"
)

// An Answer is what came of a click, as it is to be shown for a while.
type Answer struct {
	Kind      AnswerKind
	Action    ActionID
	Err       error     // of Failed
	Text      string    // of FoundOut
	About     *Cause    // of Explained
	SignedOut SignedOut // of Gone
	Was       time.Time // of Worked, where a new sign-in lasts longer: when the one before would have ended, true time
	Page      bool      // it is told on Fermata's page alone, where the click was
	until     time.Duration
}

// AnswerKind says what an Answer tells.
type AnswerKind int

// The kinds of Answer.
const (
	Failed    AnswerKind = iota // the action failed
	Worked                      // it did its work, and all is well
	NoHelp                      // it did its work, and what was wrong still is
	FoundOut                    // it brought something to light
	Explained                   // "What is this?"
	Gone                        // it signed out
	Late                        // it was clicked where it can no longer be done
	Advised                     // it did its part, and the rest is the person's
)

// How long answers stand.
const (
	workedFor  = 12 * time.Second
	messageFor = 30 * time.Second
	failedFor  = 10 * time.Minute
	helpedFor  = time.Hour
	pauseFor   = time.Hour
	putOffFor  = 24 * time.Hour
)

// Helped is the fix that mended the last trouble.
type Helped struct {
	Action ActionID
	At     time.Time // true time
	until  time.Duration
}

// tellOutcome says whether a fix helped, and answers a click.
func (s *State) tellOutcome(r *Run) {
	of := r.Action.Of()
	if a := s.Account(of); a != nil && a.Facts.Before != (session.User{}) && r.Action.IsSignIn() {
		return // the question whose account it is to be says it all
	}
	tried := (s.Account(of) != nil || of == "clock") && r.level >= checks.Warning && r.Action.mends()
	switch {
	case tried && s.levelOf(of) >= checks.Warning:
		s.answer(Answer{Kind: NoHelp, Action: r.Action, Page: r.page}, messageFor)
		return
	case tried:
		s.Helped = &Helped{r.Action, s.at.True, s.at.Elapsed + helpedFor}
	}
	if r.screen && slices.Contains(Player, r.Action) {
		s.answer(Answer{Kind: Advised, Action: r.Action, Page: r.page}, failedFor)
	}
	a := s.Account(of)
	well := a != nil && a.Level == checks.OK && a.Facts.SignedIn || of == "clock" && s.ClockLevel < checks.Warning
	if r.screen && well && !slices.ContainsFunc(s.Answers, func(a Answer) bool { return a.Kind == FoundOut }) {
		answer := Answer{Kind: Worked, Action: r.Action, Page: r.page}
		if !r.grant.IsZero() && a.Facts.GrantUntil.Sub(r.grant) >= 24*time.Hour {
			answer.Was = r.grant
		}
		s.answer(answer, workedFor)
	}
}

// answer shows a person what came of a click. Of failures there may be several, each for its action.
func (s *State) answer(a Answer, long time.Duration) {
	if a.Page { // a person may be in another window meanwhile: signing in, say
		long = failedFor
	}
	a.until = s.at.Elapsed + long
	s.Answers = slices.DeleteFunc(s.Answers, func(o Answer) bool {
		return a.Kind != Failed && o.Kind != Failed || a.Kind == Failed && o.Kind == Failed && o.Action == a.Action
	})
	s.Answers = append(s.Answers, a)
}

// expire drops what was shown long enough.
func (s *State) expire() {
	now := s.at.Elapsed
	s.Answers = slices.DeleteFunc(s.Answers, func(a Answer) bool {
		gone := a.Kind == Failed && !slices.ContainsFunc(s.Offered(), func(o Offer) bool { return o.Action == a.Action })
		return gone || a.until <= now
	})
	if s.Helped != nil && s.Helped.until <= now {
		s.Helped = nil
	}
	if s.Quiet <= now {
		s.Quiet = 0
	}
	for i := range s.Accounts {
		if a := &s.Accounts[i]; a.devicesUntil <= now {
			a.Devices = nil
		}
	}
	for key, n := range s.recent {
		if !n.on && n.until <= now {
			delete(s.recent, key)
		}
	}
}

// What Acted.Found may be, besides nil and a text for whoever waits.
type (
	Devices   []spotify.Device // of the account
	Verdict   string           // what a try on another device proves, in a sentence
	Connected config.Account   // a new account, or one with another client ID, signed in
	SignedOut struct {         // of an account
		Provider string // as a person calls it
		Revoked  bool   // it took Fermata's access away, too
		Page     string // where a person does that; "": not known
	}
	AtLogin bool // Fermata starts at login from now on, or no longer
)
