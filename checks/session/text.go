package session

import (
	"net/url"
	"strings"
	"unicode"
)

const maxText = 200 // runes of a text that came from outside

// clean makes a line that can be shown of a text from outside: no control, format or bidirectional
// characters, no line breaks, at most 200 runes, and none of the secrets, nor anything as long and
// even as a token is.
func clean(text string, secrets ...string) string {
	if len(text) > 64<<10 {
		text = text[:64<<10]
	}
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == unicode.ReplacementChar, !unicode.IsGraphic(r):
			return -1
		}
		return r
	}, text)
	for _, secret := range secrets {
		if secret != "" {
			text = strings.ReplaceAll(text, secret, "…")
			text = strings.ReplaceAll(text, url.QueryEscape(secret), "…")
		}
	}
	words := strings.Fields(text)
	for i, word := range words {
		words[i] = hideTokens(word)
	}
	text = strings.Join(words, " ")
	if runes := []rune(text); len(runes) > maxText {
		text = string(runes[:maxText-1]) + "…"
	}
	return text
}

// hideTokens replaces each run of 32 or more of the characters that tokens are made of, unless it is
// plain_lower_case: a reply may echo a secret that nobody here knows by heart, or half of one.
func hideTokens(word string) string {
	var out strings.Builder
	for word != "" {
		n := strings.IndexFunc(word, func(r rune) bool { return !inToken(r) })
		if n < 0 {
			n = len(word)
		}
		run, rest := word[:n], word[n:]
		if len(run) >= 32 && (run != strings.ToLower(run) || strings.ContainsAny(run, "0123456789")) {
			run = "…"
		}
		out.WriteString(run)
		n = strings.IndexFunc(rest, inToken)
		if n < 0 {
			n = len(rest)
		}
		out.WriteString(rest[:n])
		word = rest[n:]
	}
	return out.String()
}

func inToken(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '_' || r == '-'
}
