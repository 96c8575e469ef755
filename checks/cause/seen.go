package cause

import (
	"slices"
	"strings"
)

// Seen is one thing that a person may see when the music stops.
type Seen struct {
	ID     string // stable, for programs: "jwt-expired"
	Label  string // as a choice: "“JWT expired”"; "": it is only read from a text
	Codes  []string
	Texts  []string // in lower case, with single spaces
	Behind string   // what is behind it, a sentence
	Source string   // where this is known from
	kind   kind
	fixes  []Fix // what belongs first
}

// kind is what is behind something that a person sees.
type kind int

const (
	lapsed kind = iota // a session or a sign-in that is over
)

// Choices are the answers to "What do you see?", in order; the last is "something else".
var Choices = []string{"jwt-expired", "token-expired", "invalid-grant", "after-an-hour", "signed-out", "other"}

// Find returns what has that ID.
func Find(id string) (Seen, bool) {
	i := slices.IndexFunc(table, func(s Seen) bool { return s.ID == id })
	if i < 0 {
		return Seen{}, false
	}
	return table[i], true
}

// Read finds what is known in a text that a person types or pastes: a code, a sentence, whole logs, up to
// the first MB. Empty is a text that nothing is known of.
func Read(text string) []Seen {
	var found []Seen
	text = strings.ToLower(text[:min(len(text), 1<<20)])
	for _, s := range table {
		if slices.ContainsFunc(s.Texts, func(t string) bool { return strings.Contains(text, t) }) {
			found = append(found, s)
		}
	}
	return found
}

var table = []Seen{
	{ID: "jwt-expired", Label: "“JWT expired”", Texts: []string{"jwt is expired", "jwt expired"}},
	{ID: "token-expired", Label: "“The access token expired”", Texts: []string{"access token expired"}},
	{ID: "invalid-grant", Label: "“invalid_grant”, in a program", Texts: []string{"invalid_grant"}},
	{ID: "after-an-hour", Label: "It stops after about an hour"},
	{ID: "signed-out", Label: "I was signed out"},
	{ID: "other", Label: "Something else"},
}
