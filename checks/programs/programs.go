// Package programs looks at the token files of other programs that hold a Spotify sign-in, and tells when
// their tokens end. It only reads: another program's token is never refreshed, since that kills the
// program's own copy where tokens rotate (rspotify#396), never copied and never written. What leaves
// the package has no token in it.
package programs

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"

	"fermata/checks/text"
)

// A Clock is true time; *clock.Time is one.
type Clock interface {
	Now() time.Time
	Elapsed() time.Duration // since an arbitrary start, suspend included; no clock step moves it
	Known() bool            // it was measured; before, Now is this computer's clock's
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
	Login      string    `json:"login,omitempty"`      // the command to sign in again that the settings name
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
		case p.probablyEnded(now) && p.Login != "":
			return fmt.Sprintf("token expired at %s; its sign-in has probably ended: sign in again with “%s”", until, p.Login)
		case p.probablyEnded(now):
			return fmt.Sprintf("token expired at %s; its sign-in has probably ended: sign in again in that program", until)
		}
		return "token expired at " + until + ", the program renews it when it runs"
	case Writing:
		return "being written"
	case Unreadable:
		return "unreadable: " + p.Reason
	}
	switch {
	case p.probablyEnded(now) && p.Login != "":
		return fmt.Sprintf("its sign-in has probably ended: sign in again with “%s”", p.Login)
	case p.probablyEnded(now):
		return "its sign-in has probably ended: sign in again in that program"
	}
	return "expiry not known"
}

// probablyEnded reports whether the sign-in's bound has passed.
func (p Program) probablyEnded(now time.Time) bool {
	return p.SignedIn && !p.GrantUntil.IsZero() && !p.GrantUntil.After(now)
}

// A Setting is what a person says of a program's files.
type Setting struct {
	Name  string   // as it is shown; "": the file's form tells. With Off it may be a known program's
	Path  string   // a file, or a folder that a program works in; "~" stands for the home folder
	Glob  string   // files, by path.Match's patterns in any part of it
	Login []string // a command to sign in again, which is shown
	Off   bool     // these are not looked at
}

// A Check is the look at all of them.
type Check struct {
	home    string        // the person's home folder; "": not known
	life    time.Duration // of a sign-in at Spotify, from its authorization; 0: no end
	clock   Clock
	pending chan scanned // a look that did not come back in time
	list    *List        // of the last look that came back in time; nil: there is none
	sights  *sights
	watch   *watch
	settle  time.Duration // see Watch

	mu       sync.Mutex // guards what follows
	settings []Setting
}

// New returns a Check of the home folder that the system says, which has not looked yet. A sign-in at Spotify lasts
// grantLifetime from its authorization; 0: no end. When each was first seen is kept in the file state; "": in memory.
func New(grantLifetime time.Duration, clock Clock, state string) *Check {
	home, _ := os.UserHomeDir()
	return &Check{home: home, life: grantLifetime, clock: clock, sights: newSights(state), settle: settle}
}

// Configure has the next look follow a person's settings.
func (c *Check) Configure(settings []Setting) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.settings = settings
}

const (
	regular  = time.Hour        // between looks where nobody tells of changes
	soon     = time.Minute      // after a file was seen half written
	deadline = 10 * time.Second // for all files; a network folder may hang for ever
)

// Look returns what the token files hold, and when it wants to look next; 0: only when told. Where they cannot be
// read in time, which is ten seconds, those of the look before are Unreadable; before the first one there are none.
func (c *Check) Look(ctx context.Context) (*List, time.Duration) {
	got, ok := c.read(ctx)
	switch {
	case ok:
		next := c.judge(got)
		return c.list, next
	case c.list == nil:
		return &List{}, regular
	}
	late := *c.list
	late.late = true
	return &late, regular
}

// read looks at the files in a goroutine of its own, so that a hanging one holds up nobody, and
// starts no second one before the first is back.
func (c *Check) read(ctx context.Context) (scanned, bool) {
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	if c.pending != nil {
		select {
		case <-c.pending: // too old by now
		default:
			return scanned{}, false
		}
	}
	c.mu.Lock()
	settings := c.settings
	c.mu.Unlock()
	known := c.list.files()
	done := make(chan scanned, 1)
	go func() { done <- scan(ctx, places(c.home, settings), known, c.watch) }()
	select {
	case r := <-done:
		c.pending = nil
		return r, true
	case <-ctx.Done():
		c.pending = done
		return scanned{}, false
	}
}
