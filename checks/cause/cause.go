// Package cause names why a session fails, and how bad it is. It is a pure function: what the checks saw
// goes in, the level and the causes come out, each with the evidence that decided and the fixes in the
// order that fits. Nothing else decides on levels.
package cause

import (
	"cmp"
	"slices"
	"strings"

	"fermata/checks"
	"fermata/checks/session"
)

// A Cause is one reason for a failure.
type Cause struct {
	ID         string // stable, for programs: "revoked"
	Level      checks.Level
	Title      string         // what is wrong, without a full stop: "Sign in to Spotify again"
	Why        string         // one or two sentences
	About      string         // the short answer to "What is this?"
	Confidence int            // percent, 50 to 100
	Evidence   []string       // what decided, the heaviest first
	Fixes      []Fix          // what can help, the likeliest first
	NoHelp     map[Fix]string // of each of the other fixes, why it can't help, to stand behind its name: "sign in first"
}

// A Fix is something that a person can do, as the last part of an action ID.
type Fix string

// The seven fixes.
const (
	Refresh     Fix = "refresh"
	SignIn      Fix = "login"
	Restart     Fix = "restart"
	Clock       Fix = "clock"
	Permissions Fix = "permissions"
	Device      Fix = "device"
	Support     Fix = "support"
)

// Settings is the fix for what only the settings can mend. It is none of the seven, which help with what is not
// known, too.
const Settings Fix = "settings"

// Fixes are the seven in the order in which they are tried where nothing is known.
var Fixes = []Fix{Refresh, SignIn, Restart, Clock, Permissions, Device, Support}

// IDs that others tell apart.
const (
	ClockWrong  = "clock-wrong"
	GrantEnds   = "grant-ends"
	OtherUser   = "other-user"   // the person has to choose between two sign-ins
	Keyring     = "keyring"      // it is there and can be unlocked, or made
	KeyringLost = "keyring-lost" // it is not there, or does not do its work
	WrongClient = "wrong-client" // the provider doesn’t know the client ID
	Unknown     = "unknown"
)

// Enough is the confidence in percent from which a cause is named at all.
const Enough = 50

// Judge returns how the account stands, and the causes that e supports, the one to fix first at the front.
// An account that is well has none; trouble has at least the cause Unknown. More evidence for a
// cause never lowers its confidence: a row only adds.
func Judge(e Evidence) (checks.Level, []Cause) {
	e = e.tidy()
	found := weigh(e, func(row) bool { return true })
	t := e.Session.Trouble
	// What the health look or the newest sign-in met beside the trouble that comes first is a cause of its own, if it lasts.
	for _, o := range []*session.Trouble{e.Session.Health, e.SignIn} {
		if o == nil || !o.Ask || o == e.Session.Health && o.Where == t.Where || o == e.SignIn && (stale(o) || ofSignIn(o)) {
			continue
		}
		beside := e
		beside.Session.Trouble = o
		more := weigh(beside, func(r row) bool { return r.group == reply })
		if o == e.SignIn && len(more) == 0 && (t == nil || explained(t, found)) {
			more = append(more, unknown(beside))
		}
		for _, c := range more {
			if !slices.ContainsFunc(found, func(o Cause) bool { return o.ID == c.ID }) {
				found = append(found, c)
			}
		}
	}
	if t != nil && !explained(t, found) && !slices.ContainsFunc(found, func(c Cause) bool { return c.ID == Unknown }) {
		found = append(found, unknown(e))
	}
	slices.SortStableFunc(found, func(a, b Cause) int { return cmp.Compare(rank(a.ID), rank(b.ID)) })
	return e.level, found
}

// explained reports whether one of the causes is that of t.
func explained(t *session.Trouble, found []Cause) bool {
	return slices.ContainsFunc(found, func(c Cause) bool {
		if c.ID == Unknown { // what the sign-in met
			return false
		}
		switch rows[rank(c.ID)].group {
		case alone:
			return false
		case signIn:
			return ofSignIn(t)
		}
		return true
	})
}

// weigh returns the causes that e speaks for among the rows that are asked for, of each group the
// strongest.
func weigh(e Evidence, asked func(row) bool) []Cause {
	var found []Cause
	best := map[group]int{} // the index in found of a group's strongest
	for _, r := range rows {
		if !asked(r) {
			continue
		}
		c := r.weigh(e)
		if c.Confidence < Enough {
			continue
		}
		if t := e.answered(); t != nil && r.group == reply && t.Text != "" && !slices.ContainsFunc(c.Evidence, func(s string) bool { return strings.Contains(s, t.Text) }) {
			c.Evidence = append(c.Evidence, ownWords(t))
		}
		r.describe(e, &c)
		i, rivals := best[r.group]
		switch {
		case r.group == alone || !rivals:
			best[r.group] = len(found)
			found = append(found, c)
		case c.Confidence > found[i].Confidence:
			found[i] = c
		}
	}
	return found
}
