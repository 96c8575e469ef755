// Package checks says what is so. A Check looks at one thing (the clock, an account) and returns a
// Finding: how bad it is, in a sentence, and what a person may do about it. What follows from the
// findings is decided in fermata/app; how it looks, in fermata/tray.
package checks

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// A Check watches one thing.
type Check interface {
	// Name is what the check watches, as it stands in action IDs: "clock", or an account's name.
	Name() string
	// Run looks once. It ends soon after ctx does, and it never fails: failing to look is a Finding
	// of level Unknown. No two Runs of one Check overlap, but an Action may run beside one.
	Run(ctx context.Context) Finding
}

// A Finding is what a Check saw.
type Finding struct {
	Level   Level
	Summary string        // one line without a full stop: "Clock is right (within 15 ms; 4 of 4 servers agree)"
	Next    time.Duration // when the check wants its next look, counted from now; 0: only when told
	Actions []Action      // what is on offer now
	Facts   any           // clock.Facts or session.Facts: the figures behind the summary
}

// Level orders findings by how much they ask of a person.
type Level int

// The levels, the mildest first.
const (
	OK       Level = iota // nothing to do
	Unknown               // it could not be seen; nobody is blamed
	Warning               // it will break, or it is wrong and does no harm yet
	Critical              // it is broken
)

var levels = []string{"ok", "unknown", "warning", "critical"}

// String returns the level as status --json spells it.
func (l Level) String() string { return levels[l] }

// MarshalText implements encoding.TextMarshaler.
func (l Level) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (l *Level) UnmarshalText(text []byte) error {
	i := slices.Index(levels, string(text))
	if i < 0 {
		return fmt.Errorf("%q is no level", text)
	}
	*l = Level(i)
	return nil
}

// An Action is what a person can have done with one click, in the menu, on a notification, on a
// page or by "fermata do ID".
type Action struct {
	ID    string // the check's name, a slash, a verb: "spotify/login"
	Label string // as a menu shows it: "Sign in again…"
	// Again says that a second click while the action runs ends the first run and begins anew;
	// otherwise it is ignored.
	Again bool
	// Do does it. Its error is shown where the click was, with its hint (see WithHint).
	Do func(ctx context.Context) error
}

type hinted struct {
	error
	hint string
}

func (h hinted) Unwrap() error { return h.error }

// WithHint returns err with one sentence that says what a person can do about it.
func WithHint(err error, hint string) error { return hinted{err, hint} }

// Hint returns the outermost hint that WithHint put on err, or "".
func Hint(err error) string {
	if h, ok := errors.AsType[hinted](err); ok {
		return h.hint
	}
	return ""
}
