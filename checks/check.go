// Package checks observes. Each package below it looks at one thing (the clock, an account, other
// programs' tokens) and returns facts; package cause judges them by level and names what is wrong. This
// package holds what they share. What follows is decided in fermata/app/core.
package checks

import (
	"errors"
	"fmt"
	"slices"
)

// Level says how much something asks of a person.
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
