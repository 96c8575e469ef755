package inspect

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxText = 200 // runes of a text out of a token
	maxList = 50  // texts of one list
)

// clean makes a line that can be shown of a text out of a token: no control or bidirectional
// characters, at most 200 runes, and none of the secrets.
func clean(text string, secrets []string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == utf8.RuneError, !unicode.IsGraphic(r):
			return -1
		}
		return r
	}, text)
	for _, secret := range secrets {
		text = strings.ReplaceAll(text, secret, "…")
	}
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > maxText {
		text = string(runes[:maxText-1]) + "…"
	}
	return text
}

func cleanAll(list []string, secrets []string) []string {
	var out []string
	for _, text := range list[:min(len(list), maxList)] {
		out = append(out, clean(text, secrets))
	}
	return out
}

// secretsOf are the texts that must not be shown: the tokens and their parts, the longest first. What
// has fewer than eight characters is no secret and would blot out words.
func secretsOf(list []found) []string {
	var out []string
	for _, f := range list {
		for _, s := range append(strings.SplitN(f.raw, ".", 6), f.raw) {
			if len(s) >= 8 {
				out = append(out, s)
			}
		}
	}
	slices.SortFunc(out, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	return slices.Compact(out)
}

// beginning is as much of a person's name as tells them which account it is.
func beginning(name string) string {
	runes := []rune(clean(name, nil))
	if len(runes) < 6 {
		return "…"
	}
	return string(runes[:2]) + "…"
}
