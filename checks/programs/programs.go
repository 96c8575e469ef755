// Package programs looks at the token files of other programs that hold a Spotify sign-in, and tells when
// their tokens end. It only reads: another program's token is never refreshed, since that kills the
// program's own copy where tokens rotate (rspotify#396), never copied and never written. What leaves
// the package has no token in it.
package programs

import (
	"context"
	"maps"
	"os"
	"slices"
	"time"

	"fermata/checks/text"
)

// A Clock is true time; *clock.Time is one.
type Clock interface {
	Now() time.Time
	Elapsed() time.Duration // since an arbitrary start, suspend included; no clock step moves it
}

// A Program is one token file at a look. None of its fields holds a secret, but File may name a person.
type Program struct {
	Name       string    `json:"name"`                 // "spotify-player"; for a file of no known program, its library: "spotipy"
	File       string    `json:"file"`                 // "~" stands for the home folder
	State      State     `json:"-"`                    // fermata status has Words in its place
	Reason     string    `json:"-"`                    // why the file is Unreadable, in a few words
	Until      time.Time `json:"until,omitzero"`       // the access token's end in true time; zero: not known
	FileUntil  time.Time `json:"file_until,omitzero"`  // the same as the file has it, by the clock of when it was written
	SignedIn   bool      `json:"signed_in"`            // a sign-in is kept that new access tokens come from
	GrantUntil time.Time `json:"grant_until,omitzero"` // when the sign-in ends at the latest, in true time; zero: not known
	Estimated  bool      `json:"grant_estimated"`      // GrantUntil is an upper bound: no file tells when a person authorized
}

// State is how the access token in a file stands, or why that is not known.
type State int

// The states. Some see the token otherwise by this computer's clock, as the program itself does: the
// clock was set after the program wrote the file.
const (
	NoExpiry        State = iota // no end is in the file
	Valid                        // until Until
	ValidLooksEnded              // until Until, but by this computer's clock it has expired
	Ended                        // at Until
	EndedLooksValid              // at Until, but by this computer's clock it has not
	Writing                      // a program was writing it a moment ago
	Unreadable                   // Reason says why
)

// Line is what a person reads about p: its name and its words.
func (p Program) Line(now time.Time, style text.Style) string {
	return p.Name + ": " + p.Words(now, style)
}

// Words says how p stands; now is true time, in whose zone they tell times.
func (p Program) Words(now time.Time, style text.Style) string {
	until := style.TimeOfDay(p.Until, now)
	switch p.State {
	case Valid:
		return "token until " + until
	case ValidLooksEnded:
		return "token until " + until + ", but by this computer's clock it has expired"
	case EndedLooksValid:
		return "token expired at " + until + ", but by this computer's clock it has not"
	case Ended:
		switch {
		case !p.SignedIn:
			return "token expired at " + until
		case !p.GrantUntil.IsZero() && !p.GrantUntil.After(now):
			return "token expired at " + until + ", and so has the sign-in: sign in again in that program"
		}
		return "token expired at " + until + ", the program renews it when it runs"
	case Writing:
		return "being written"
	case Unreadable:
		return "unreadable: " + p.Reason
	}
	return "expiry not known"
}

// A Check is the look at all of them.
type Check struct {
	home    string        // the person's home folder; "": not known
	life    time.Duration // of a sign-in, from its authorization; 0: no end
	clock   Clock
	pending chan []reading  // a look that did not come back in time
	held    map[string]held // by path
	seen    []Program       // by the last look that came back in time
}

// New returns a Check of the home folder that the system says, which has not looked yet. A sign-in lasts
// grantLifetime from its authorization; 0: no end.
func New(grantLifetime time.Duration, clock Clock) *Check {
	home, _ := os.UserHomeDir()
	return &Check{home: home, life: grantLifetime, clock: clock, held: map[string]held{}}
}

const (
	regular  = time.Hour        // between looks: nothing depends on these files
	soon     = time.Minute      // after a file was seen half written
	deadline = 10 * time.Second // for all files; a network folder may hang for ever
)

// Look returns what the token files hold, and when it wants to look next. Where they cannot be read in
// time, which is ten seconds, those of the look before are Unreadable; before the first one there are
// none (nil).
func (c *Check) Look(ctx context.Context) ([]Program, time.Duration) {
	readings, ok := c.read(ctx)
	if !ok {
		late := slices.Clone(c.seen)
		for i := range late {
			late[i].State, late[i].Reason = Unreadable, "no answer in time"
		}
		return late, regular
	}
	next := regular
	c.seen = make([]Program, len(readings))
	for i, r := range readings {
		p, changes := c.judge(r)
		c.seen[i], next = p, min(next, changes)
	}
	return c.seen, next
}

// read looks at the files in a goroutine of its own, so that a hanging one holds up nobody, and
// starts no second one before the first is back.
func (c *Check) read(ctx context.Context) ([]reading, bool) {
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	if c.pending != nil {
		select {
		case <-c.pending: // too old by now
		default:
			return nil, false
		}
	}
	known := maps.Clone(c.held)
	done := make(chan []reading, 1)
	go func() { done <- scan(ctx, places(c.home), known) }()
	select {
	case r := <-done:
		c.pending = nil
		return r, true
	case <-ctx.Done():
		c.pending = done
		return nil, false
	}
}
