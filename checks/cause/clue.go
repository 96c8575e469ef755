package cause

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"fermata/checks/session"
)

const invalidGrant = "invalid_grant" // RFC 6749 section 5.2

// only returns the words where is holds.
func only(is bool, words string) string {
	if !is {
		return ""
	}
	return words
}

// when returns a clue that fires where is holds.
func when(words string, is func(Evidence) bool) func(Evidence) string {
	return func(e Evidence) string { return only(is(e), words) }
}

// with returns a clue that fires as the second does, where the first fires too.
func with(first, second func(Evidence) string) func(Evidence) string {
	return func(e Evidence) string {
		if first(e) == "" {
			return ""
		}
		return second(e)
	}
}

// code returns a clue that fires on one of OAuth's error codes.
func code(words string, codes ...string) func(Evidence) string {
	return func(e Evidence) string {
		t := e.answered()
		if t == nil {
			return ""
		}
		for _, c := range codes {
			if strings.EqualFold(t.Code, c) {
				return words + " (" + c + ")"
			}
		}
		return ""
	}
}

// network returns a clue that fires on one of the codes of trouble on the way, or on any.
func network(words string, codes ...string) func(Evidence) string {
	return when(words, func(e Evidence) bool {
		t := e.at(session.AtNetwork)
		return t != nil && (len(codes) == 0 || slices.Contains(codes, t.Code))
	})
}

// status returns a clue that fires on the HTTP status codes from first to last of the provider's own replies.
func status(first, last int, words string) func(Evidence) string {
	return func(e Evidence) string {
		t := e.answered()
		if t == nil || t.Status < first || t.Status > last {
			return ""
		}
		return fmt.Sprintf("%s (%d)", words, t.Status)
	}
}

// gives returns a clue that fires on a reply with that reason, and quotes it.
func gives(reason session.Reason) func(Evidence) string {
	return func(e Evidence) string {
		return quote(e.answered(), func(t *session.Trouble) bool { return t.Reason == reason })
	}
}

// refused fires where the provider no longer accepts the sign-in.
var refused = when("it no longer accepts the sign-in ("+invalidGrant+")", func(e Evidence) bool { return e.refused() != nil })

// Clues that speak for more than one cause.
var (
	joined     = when("the computer has joined another network", func(e Evidence) bool { return e.Changed.Network })
	clientID   = when("the client ID in the settings has changed", func(e Evidence) bool { return e.Changed.ClientID })
	othersWork = when("another account works at the same time", func(e Evidence) bool { return e.OthersWell })
)

// quote returns what was said with t, where is holds of it.
func quote(t *session.Trouble, is func(*session.Trouble) bool) string {
	if t == nil || !is(t) {
		return ""
	}
	return "it says “" + cmp.Or(t.Text, t.Code) + "”"
}

// recent reports whether t is not longer ago than an outage lasts that is still going on.
func recent(t, now time.Time) bool { return !t.IsZero() && now.Sub(t) < persists }
