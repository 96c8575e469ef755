// Package cause names why a session fails. It is a pure function: what the checks saw goes in, the
// causes come out, each with the evidence that decided and the fixes in the order that fits.
package cause

import (
	"cmp"
	"slices"
	"time"

	"fermata/checks"
	"fermata/checks/clock"
	"fermata/checks/session"
)

// Evidence is all that is known about one account at one moment.
type Evidence struct {
	Now         time.Time // true time
	Provider    string    // as a person calls it: "Spotify"
	Level       checks.Level
	Session     session.Facts
	Clock       clock.Facts
	ClockLevel  checks.Level // from Warning on the clock is wrong, beyond its error bound
	ClockSays   string       // the clock's sentence: "Your clock is 1 min 33 s ahead"
	OthersWell  bool         // another account of the same provider works right now
	OthersFail  bool         // another account of the same provider fails in the same way
	StatusPage  string       // what the provider's status page says of an outage; "" says none, or not known
	NetworkSeen bool         // something else on the network answers: time servers, another account
}

// A Fix is one of the seven things that a person can do, as the last part of an action ID.
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

// Fixes are the seven in the order in which they are tried where nothing is known.
var Fixes = []Fix{Refresh, SignIn, Restart, Clock, Permissions, Device, Support}

// A Cause is one reason for a failure.
type Cause struct {
	ID         string // stable, for programs: "revoked"
	Level      checks.Level
	Title      string   // what is wrong, without a full stop: "Sign in to Spotify again"
	Why        string   // one or two sentences
	About      string   // the short answer to "What is this?"
	Confidence int      // percent, at least 50
	Evidence   []string // what decided, the heaviest first
	Fixes      []Fix    // what can help, the likeliest first; fixes left out cannot help
}

// IDs that others tell apart.
const (
	ClockWrong = "clock-wrong"
	GrantEnds  = "grant-ends"
	Keyring    = "keyring"
)

// Enough is the confidence in percent from which a cause is named at all.
const Enough = 50

// Of names the causes for what e shows, that which must be mended first on top. A session that is
// well has none; one that fails has at least the cause "unknown". More evidence for a cause never
// lowers its confidence: rows only add.
func Of(e Evidence) []Cause {
	var found []Cause
	best := map[string]int{} // group → index in found of its strongest row
	for _, r := range rows {
		c, ok := r.weigh(e)
		if !ok {
			continue
		}
		if i, rival := best[r.group]; rival && r.group != "" {
			if c.Confidence > found[i].Confidence {
				found[i] = c
			}
			continue
		}
		best[r.group] = len(found)
		found = append(found, c)
	}
	if len(found) == 0 && failing(e) {
		found = append(found, unknown(e))
	}
	slices.SortStableFunc(found, func(a, b Cause) int { return cmp.Compare(rank(a.ID), rank(b.ID)) })
	return found
}

// failing reports whether the session itself is in trouble, whatever the clock does.
func failing(e Evidence) bool {
	return e.Session.Trouble != nil || e.Level >= checks.Warning
}

// A row is one cause: the clues that speak for it, and what is said of it. Rows of one group explain
// the same reply, so only the strongest of them is told; a row without a group stands by itself.
type row struct {
	id    string
	group string
	clues []clue
	say   func(e Evidence) (level checks.Level, title, why string)
	about string
	fixes []Fix
}

// A clue adds weight percent where seen returns the words for what it saw.
type clue struct {
	weight int
	seen   func(e Evidence) string
}

func (r row) weigh(e Evidence) (Cause, bool) {
	c := Cause{ID: r.id, About: r.about, Fixes: r.fixes}
	weights := map[string]int{}
	for _, q := range r.clues {
		if words := q.seen(e); words != "" {
			c.Confidence += q.weight
			c.Evidence = append(c.Evidence, words)
			weights[words] = q.weight
		}
	}
	if c.Confidence < Enough {
		return Cause{}, false
	}
	c.Confidence = min(c.Confidence, 100)
	slices.SortStableFunc(c.Evidence, func(a, b string) int { return weights[b] - weights[a] })
	c.Level, c.Title, c.Why = r.say(e)
	return c, true
}

func rank(id string) int {
	return slices.IndexFunc(rows, func(r row) bool { return r.id == id })
}
