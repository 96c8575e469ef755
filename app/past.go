package app

import (
	"errors"
	"time"

	"fermata/app/page"
	"fermata/checks"
	"fermata/checks/cause"
	"fermata/checks/session"
)

// A past is what one finding does not show of an account, and what helps to tell causes apart.
type past struct {
	changed  cause.Changes    // on this computer, since the provider last accepted something
	lastGood time.Time        // when it did
	outage   time.Time        // when the provider last answered with an error of its own
	signIn   *session.Trouble // what the newest sign-in met
	noReturn bool             // the browser did not come back from it
}

// learn takes what an account's look found.
func (p *past) learn(f checks.Finding) {
	facts := factsOf(f)
	for _, t := range []*session.Trouble{facts.Trouble, facts.Health} {
		if t != nil && t.Status >= 500 {
			p.outage = t.At
		}
	}
	if facts.LastGood.After(p.lastGood) {
		p.lastGood, p.changed = facts.LastGood, cause.Changes{}
		p.signIn, p.noReturn = nil, false
	}
}

// attempted takes how a sign-in ended.
func (p *past) attempted(action string, err error) {
	if !isSignIn(action) {
		return
	}
	p.signIn, _ = errors.AsType[*session.Trouble](err)
	p.noReturn = errors.Is(err, page.ErrTimeout)
}
