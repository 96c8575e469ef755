// Package programs looks at the token files of other programs that hold a Spotify sign-in, and tells when
// their tokens end. It only reads: another program's token is never refreshed, since that kills the
// program's own copy where tokens rotate (rspotify#396), never copied and never written. What leaves
// the package has no token in it.
package programs

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"fermata/checks"
)

// A Clock is true time; *clock.Time is one.
type Clock interface {
	Now() time.Time
	Elapsed() time.Duration // since an arbitrary start, suspend included; no clock step moves it
}

// Config says where to look.
type Config struct {
	// Home is the person's home folder; "" is what the system says.
	Home string
	// Paths are further files, or folders in which spotipy's and rspotify's files are looked for.
	// "~/" stands for Home; what is relative then is ignored.
	Paths []string
	// GrantLifetime is how long a sign-in lasts from its authorization; 0: no end.
	GrantLifetime time.Duration
}

// A Program is one token file. None of its fields holds a secret, but File may name a person.
type Program struct {
	Name       string    `json:"name"`                 // "spotify-player"; for a file of no known program, its library: "spotipy"
	File       string    `json:"file"`                 // "~" stands for the home folder
	State      string    `json:"state"`                // in a person's words: "token until 15:04"
	Until      time.Time `json:"until,omitzero"`       // the access token's end in true time; zero: not known
	FileUntil  time.Time `json:"file_until,omitzero"`  // the same as the file has it, by the clock of when it was written
	SignedIn   bool      `json:"signed_in"`            // a sign-in is kept that new access tokens come from
	GrantUntil time.Time `json:"grant_until,omitzero"` // when the sign-in ends at the latest, in true time; zero: not known
	Estimated  bool      `json:"grant_estimated"`      // GrantUntil is an upper bound: no file tells when a person authorized
}

// A Check is the look at all of them. It implements checks.Check; its Facts are a []Program.
type Check struct {
	cfg     Config
	clock   Clock
	pending chan []reading  // a look that did not come back in time
	held    map[string]held // by path
}

// New returns a Check that has not looked yet.
func New(cfg Config, clock Clock) *Check {
	if cfg.Home == "" {
		cfg.Home, _ = os.UserHomeDir()
	}
	return &Check{cfg: cfg, clock: clock, held: map[string]held{}}
}

// Name implements checks.Check.
func (c *Check) Name() string { return "programs" }

const (
	regular  = time.Hour        // between looks: nothing depends on these files
	soon     = time.Minute      // after a file was seen half written
	deadline = 10 * time.Second // for all files; a network folder may hang for ever
)

// Run implements checks.Check. The level is at most Unknown: nobody is blamed for another program's
// token, which that program renews by itself.
func (c *Check) Run(ctx context.Context) checks.Finding {
	readings, ok := c.read(ctx)
	if !ok {
		return checks.Finding{Level: checks.Unknown, Next: regular,
			Summary: "Other programs' token files could not be read in time"}
	}
	f := checks.Finding{Next: regular}
	programs := []Program{}
	for _, r := range readings {
		p, next, level := c.judge(r)
		f.Level = max(f.Level, level)
		f.Next = min(f.Next, max(next, time.Second))
		programs = append(programs, p)
	}
	f.Facts, f.Summary = programs, summary(programs, c.clock.Now())
	return f
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
	known := make(map[string]bool, len(c.held))
	for path := range c.held {
		known[path] = true
	}
	done := make(chan []reading, 1)
	go func() { done <- scan(ctx, places(c.cfg), known) }()
	select {
	case r := <-done:
		c.pending = nil
		return r, true
	case <-ctx.Done():
		c.pending = done
		return nil, false
	}
}

// summary says it in a line.
func summary(programs []Program, now time.Time) string {
	names := map[string]bool{}
	var until time.Time
	failed := 0
	for _, p := range programs {
		switch {
		case strings.HasPrefix(p.State, unreadable):
			failed++
		case p.State != missing:
			names[p.Name] = true
		}
		if p.Until.After(now) && (until.IsZero() || p.Until.Before(until)) {
			until = p.Until
		}
	}
	text := "No other program's tokens found"
	if n := len(names); n > 0 {
		text = fmt.Sprintf("%d other %s tokens", n, plural(n, "program keeps", "programs keep"))
	}
	if !until.IsZero() {
		text += ", the next ends at " + checks.TimeOfDay(until, now)
	}
	if failed > 0 {
		text += fmt.Sprintf("; %d %s not be read", failed, plural(failed, "file could", "files could"))
	}
	return text
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
