// Package text writes what every part of the program writes in the same way: texts from outside, the
// first letters of sentences, spans of time, and dates.
package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxMarks is how many accents in a row a line keeps: more tower over the lines above and below.
const maxMarks = 3

// Line makes one line of a text from outside that is safe to show: white space of any kind becomes
// single spaces, and control characters, bidirectional controls and what is no text (invalid UTF-8,
// unassigned and private characters) are dropped, as is every secret. The line has at most limit
// characters, the last an ellipsis where more would follow; no more of s is read than it needs.
func Line(s string, limit int, secrets ...string) string {
	if len(secrets) > 0 { // before they are looked for, what would be dropped from their middle is
		s = Line(s[:min(len(s), 64<<10)], 64<<10) // a line shows far less
	}
	for _, secret := range secrets {
		if secret != "" {
			s = strings.ReplaceAll(s, secret, "…")
		}
	}
	var b strings.Builder
	n, marks, space := 0, 0, false
	for _, r := range s {
		if unicode.IsSpace(r) || blank(r) {
			space = n > 0
			continue
		}
		if unicode.Is(unicode.M, r) {
			marks++
		} else {
			marks = 0
		}
		if !visible(r) || marks > maxMarks {
			continue
		}
		if space {
			b.WriteByte(' ')
			n, space = n+1, false
		}
		b.WriteRune(r)
		if n++; n > limit {
			return cut(b.String(), limit)
		}
	}
	return b.String()
}

// visible reports whether r may stand in a line. The joiners are format characters too, but some
// scripts cannot be written without them.
func visible(r rune) bool {
	const nonJoiner, joiner = '\u200c', '\u200d'
	return r != utf8.RuneError && (unicode.IsGraphic(r) || r == nonJoiner || r == joiner)
}

// blank reports the letters and symbols that show as nothing: Hangul fillers and the empty Braille cell.
func blank(r rune) bool { return strings.ContainsRune("\u115f\u1160\u2800\u3164\uffa0", r) }

func cut(s string, limit int) string {
	runes := []rune(s)
	return strings.TrimRight(string(runes[:limit-1]), " ") + "…"
}

// Upper returns s with a capital, Lower with a small first letter.
func Upper(s string) string { return first(s, unicode.ToUpper) }

// Lower returns s with a small first letter.
func Lower(s string) string { return first(s, unicode.ToLower) }

func first(s string, change func(rune) rune) string {
	r, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	return string(change(r)) + s[size:]
}

// Sentence gives s a capital and a full stop, where it has no other end.
func Sentence(s string) string {
	if s == "" || strings.HasSuffix(s, ".") || strings.HasSuffix(s, "!") || strings.HasSuffix(s, "?") || strings.HasSuffix(s, "…") {
		return Upper(s)
	}
	return Upper(s) + "."
}

// Has reports whether s has one of the phrases in it, which are in lower case; s may be in any.
func Has(s string, phrases ...string) bool {
	s = strings.ToLower(s)
	for _, p := range phrases {
		if strings.Contains(s, p) {
			return true
		}
	}
	return false
}
