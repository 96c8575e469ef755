package spotify

import (
	"strings"
	"unicode"
)

const (
	maxLabel = 60 // runes
	maxMarks = 3  // accents in a row; more tower over the lines above and below
)

// label makes a name from outside fit to stand in a menu or a sentence: one line without control,
// format or bidirectional characters, at most 60 runes; "" where nothing can be seen of it.
func label(name string) string {
	marks := 0
	name = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.M, r) {
			marks++
		} else {
			marks = 0
		}
		switch {
		case unicode.IsSpace(r), blank(r):
			return ' '
		case r == unicode.ReplacementChar, !unicode.IsGraphic(r), marks > maxMarks:
			return -1
		}
		return r
	}, name)
	name = strings.Join(strings.Fields(name), " ")
	if runes := []rune(name); len(runes) > maxLabel {
		name = string(runes[:maxLabel-1]) + "…"
	}
	return name
}

// blank reports the letters and symbols that show as nothing: Hangul fillers and the empty Braille cell.
func blank(r rune) bool {
	switch r {
	case '\u115f', '\u1160', '\u2800', '\u3164', '\uffa0':
		return true
	}
	return false
}
