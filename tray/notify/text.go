package notify

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// How many characters are shown; more would push the buttons off the screen on some desktops.
const (
	titleRunes = 100
	bodyRunes  = 500
	labelRunes = 40
)

// clean returns s as one line of at most max characters that is safe to lay out: white space of any
// kind becomes single spaces, and control characters, bidirectional controls and what is no text
// (invalid UTF-8, unassigned and private characters) are dropped. It reads no more of s than it needs.
func clean(s string, max int) string {
	var b strings.Builder
	n, space := 0, false
	for _, r := range s {
		if unicode.IsSpace(r) {
			space = n > 0
			continue
		}
		if !shown(r) {
			continue
		}
		if space {
			b.WriteByte(' ')
			n++
			space = false
		}
		b.WriteRune(r)
		if n++; n > max {
			return cut(b.String(), max)
		}
	}
	return b.String()
}

// shown reports whether r may stand in a text. The joiners are format characters too, but some
// scripts cannot be written without them.
func shown(r rune) bool {
	const nonJoiner, joiner = '\u200c', '\u200d'
	return r != utf8.RuneError && (unicode.IsGraphic(r) || r == nonJoiner || r == joiner)
}

func cut(s string, max int) string {
	runes := []rune(s)
	return strings.TrimRight(string(runes[:max-1]), " ") + "…"
}
