package cause

import (
	"fermata/checks"
	"fmt"
	"strings"
	"time"

	"fermata/checks/session"
)

const invalidGrant = "invalid_grant" // RFC 6749 section 5.2

// code sees one of the error codes.
func code(words string, codes ...string) func(Evidence) string {
	return func(e Evidence) string {
		t := e.Session.Trouble
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

// network sees one of the codes of trouble on the way, which mean nothing to a person.
func network(words string, codes ...string) func(Evidence) string {
	return func(e Evidence) string {
		if e.at(session.AtNetwork) == nil {
			return ""
		}
		if seen := code(words, codes...)(e); seen == "" {
			return ""
		}
		return words
	}
}

// status sees the HTTP status codes from first to last of the provider's own replies.
func status(first, last int, words string) func(Evidence) string {
	return func(e Evidence) string {
		t := e.Session.Trouble
		if t == nil || t.Where == session.AtNetwork || t.Status < first || t.Status > last {
			return ""
		}
		return fmt.Sprintf("%s (%d)", words, t.Status)
	}
}

// saying sees a reply's text, in lower case, at one place, with one status or any (0).
func saying(place string, status int, texts ...string) func(Evidence) string {
	return func(e Evidence) string {
		t := e.at(place)
		if t == nil || status != 0 && t.Status != status || !contains(t.Text+" "+t.Code, texts...) {
			return ""
		}
		return quote(t)
	}
}

// refusal sees that the sign-in is no longer accepted, with one of the texts, or any.
func refusal(words string, texts ...string) func(Evidence) string {
	return func(e Evidence) string {
		t := e.refused()
		switch {
		case t == nil, len(texts) > 0 && !contains(t.Text, texts...):
			return ""
		case words == "":
			return quote(t)
		}
		return words + " (" + invalidGrant + ")"
	}
}

// when sees a fact that the condition tells of.
func when(words string, is func(Evidence) bool) func(Evidence) string {
	return func(e Evidence) string {
		if !is(e) {
			return ""
		}
		return words
	}
}

// joined sees that the network is a new one, where trouble has one of the codes, or any.
func joined(codes ...string) func(Evidence) string {
	return func(e Evidence) string {
		if !e.Changed.Network || e.at(session.AtNetwork) == nil || len(codes) > 0 && network("it", codes...)(e) == "" {
			return ""
		}
		return "the computer has joined another network"
	}
}

// worked sees that all was well before a sign-in was refused.
func worked(e Evidence) string {
	if e.refused() == nil || e.Session.LastGood.IsZero() {
		return ""
	}
	return "it still worked at " + checks.TimeOfDay(e.Session.LastGood, e.Now)
}

// repeated sees that tries go on to fail.
func repeated(is func(Evidence) string) func(Evidence) string {
	return func(e Evidence) string {
		if t := e.Session.Trouble; t == nil || t.Tries < 3 || is(e) == "" {
			return ""
		}
		return fmt.Sprintf("%d tries in a row failed", e.Session.Trouble.Tries)
	}
}

func quote(t *session.Trouble) string {
	text := t.Text
	if text == "" {
		text = t.Code
	}
	return "it says “" + text + "”"
}

// recent reports whether t is not longer ago than an outage lasts that is still going on.
func recent(t, now time.Time) bool { return !t.IsZero() && now.Sub(t) < persists }

// contains reports whether text has one of the phrases, which are in lower case.
func contains(text string, phrases ...string) bool {
	text = strings.ToLower(text)
	for _, p := range phrases {
		if strings.Contains(text, p) {
			return true
		}
	}
	return false
}
