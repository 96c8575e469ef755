package token

import (
	"cmp"
	"slices"
	"strings"

	"fermata/checks/text"
)

const (
	maxText = 200 // characters of a text out of a token
	maxList = 50  // texts of one list
)

// lines are the first maxList of list, each made safe to show.
func lines(list []string, secrets []string) []string {
	var all []string
	for _, s := range list[:min(len(list), maxList)] {
		all = append(all, text.Line(s, maxText, secrets...))
	}
	return all
}

// listOf returns the texts of a claim that may be one text or a list of them.
func listOf(claim any) []string {
	switch v := claim.(type) {
	case string:
		return []string{v}
	case []any:
		var all []string
		for _, s := range v {
			if s, ok := s.(string); ok {
				all = append(all, s)
			}
		}
		return all
	}
	return nil
}

// secretsOf are the texts that must not be shown: the tokens and their parts, the longest first. What
// has fewer than eight characters is no secret and would blot out words.
func secretsOf(list []found) []string {
	var out []string
	for _, f := range list {
		raws := []string{f.raw}
		if o := f.object; o != nil {
			raws = []string{string(o.Access), string(o.Refresh), string(o.ID)}
		}
		for _, raw := range raws {
			for _, s := range append(strings.SplitN(raw, ".", 6), raw) {
				if len(s) >= 8 {
					out = append(out, s)
				}
			}
		}
	}
	slices.SortFunc(out, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	return slices.Compact(out)
}

// beginning is as much of a person's name as tells them which account it is.
func beginning(name string) string {
	runes := []rune(text.Line(name, maxText))
	if len(runes) < 6 {
		return "…"
	}
	return string(runes[:2]) + "…"
}
