package cause

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"fermata/checks/session"
)

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
func refused(e Evidence) string {
	return withCode("it no longer accepts the sign-in", e.refused())
}

// withCode says what was met, with the code that came with it.
func withCode(words string, t *session.Trouble) string {
	switch {
	case t == nil:
		return ""
	case t.Code == "":
		return words
	}
	return words + " (" + t.Code + ")"
}

// refusedFor returns a clue that fires where the sign-in is refused for one of these reasons.
func refusedFor(reasons ...session.Reason) func(Evidence) string {
	return func(e Evidence) string {
		if t := e.refused(); t != nil && slices.Contains(reasons, t.Reason) {
			return refused(e)
		}
		return ""
	}
}

// lastWorked fires where the sign-in is refused that has worked before.
var lastWorked = with(refused, func(e Evidence) string {
	return only(!e.Session.LastGood.IsZero(), "it still worked at "+e.Style.TimeOfDay(e.Session.LastGood, e.Now))
})

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
	return ownWords(t)
}

// ownWords is what was said with t, in the reply's own words.
func ownWords(t *session.Trouble) string { return "it says “" + cmp.Or(t.Text, t.Code) + "”" }

// recent reports whether t is not longer ago than an outage lasts that is still going on.
func recent(t, now time.Time) bool { return !t.IsZero() && now.Sub(t) < persists }
