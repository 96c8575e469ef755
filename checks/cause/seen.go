package cause

import (
	"slices"
	"strings"
	"unicode"
)

// Seen is one thing that a person may see when the music stops: a row of a table, read from what they type
// or paste. The zero value is nothing that is known.
type Seen struct {
	ID     string // stable, for programs: "jwt-expired"
	Label  string // as an answer to "What do you see?": "“JWT expired”"
	Behind string // what is behind it, and what to do, in a sentence or two
	Source string // who says so

	kind  kind
	codes []string // how it is read; see reading
	texts []string // the same, for sentences: several codes share one, so they count where no code is read
	title string   // the verdict's, where nothing else is to blame
	sure  Sureness // of that verdict
	fixes []Fix    // what belongs first
	page  string   // that helps
}

// kind is what a thing that is seen is about.
type kind int

const (
	player    kind = iota // the session or sign-in of a player
	elsewhere             // no session at all
	service               // Spotify itself
	blocked               // something on this computer, or its network, is in the way
	program               // a program that holds a token of its own
)

// Choices are the IDs of the answers to "What do you see?", in order.
var Choices = []string{"jwt-expired", "token-expired", "invalid-grant", "after-an-hour", "signed-out", Other}

// Other is the ID of the answer "something else", of which nothing follows.
const Other = "other"

// Find returns what has that ID; ok is false where nothing has.
func Find(id string) (s Seen, ok bool) {
	i := slices.IndexFunc(seen, func(s Seen) bool { return s.ID == id })
	if i < 0 {
		return Seen{}, false
	}
	return seen[i], true
}

// maxRead is how much of a text is read, in bytes.
const maxRead = 1 << 20

// Read finds what is known in a text that a person types or pastes: a code, a sentence, a page, a log, of
// which the first MB is read. Codes count first, since sentences are shared by several and mislead. Empty is
// a text in which nothing is known.
func Read(text string) []Seen {
	words := normal(text[:min(len(text), maxRead)])
	if found := reading(words, func(s Seen) []string { return s.codes }); len(found) > 0 {
		return found
	}
	return reading(words, func(s Seen) []string { return s.texts })
}

// reading returns the rows of which one of the phrases stands in the words.
func reading(words string, phrases func(Seen) []string) (found []Seen) {
	for _, s := range seen {
		if slices.ContainsFunc(phrases(s), func(p string) bool { return stands(words, p) }) {
			found = append(found, s)
		}
	}
	return found
}

// stands reports whether a phrase stands in the words. One that ends in * is the beginning of a word; one that
// begins with = is all that was typed. A code may be typed without its colon where it is clear that it is one.
func stands(words, phrase string) bool {
	if whole, is := strings.CutPrefix(phrase, "="); is {
		return words == " "+whole+" "
	}
	if begin, is := strings.CutSuffix(phrase, "*"); is {
		return strings.Contains(words, " "+begin)
	}
	typed := " " + strings.Replace(phrase, ":", " ", 1) + " "
	return strings.Contains(words, " "+phrase+" ") || words == typed || strings.Contains(words, " code"+typed)
}

// normal writes a text as its words in lower case, with a space before each and at the end. A word is made of
// letters, digits, marks and underscores; apostrophes are dropped. A colon before a digit belongs to a word,
// whatever white space is around it: "Auth : 3" is the code "auth:3".
func normal(text string) string {
	var b strings.Builder
	b.Grow(len(text) + 2)
	b.WriteByte(' ')
	space, colon := false, false // have come since the last word
	for _, r := range text {
		switch {
		case r == '\'' || r == '’' || r == '‘' || r == '`' || r == 0xad: // a soft hyphen
		case r == ':' || r == '：':
			colon = b.Len() > 1
		case r != unicode.ReplacementChar && (r == '_' || unicode.In(r, unicode.L, unicode.N, unicode.M)):
			if colon && unicode.IsDigit(r) {
				b.WriteByte(':')
			} else if colon || space {
				b.WriteByte(' ')
			}
			b.WriteRune(unicode.ToLower(r))
			space, colon = false, false
		case unicode.IsSpace(r) || r == unicode.ReplacementChar:
			space = b.Len() > 1
		default:
			space, colon = b.Len() > 1, false
		}
	}
	if b.Len() > 1 {
		b.WriteByte(' ')
	}
	return b.String()
}
