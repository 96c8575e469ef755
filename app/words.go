package app

import (
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"fermata/checks"
	"fermata/checks/cause"
)

// offer finds an action that is on offer.
func (s State) offer(id string) (checks.Action, bool) {
	lists := [][]checks.Action{s.Clock.Actions, s.Own, s.Demos}
	for _, a := range s.Accounts {
		lists = append(lists, a.Finding.Actions)
	}
	for _, list := range lists {
		for _, a := range list {
			if a.ID == id {
				return a, true
			}
		}
	}
	return checks.Action{}, false
}

// item is an action as a line of the menu; with several accounts it names its own.
func (s State) item(a checks.Action) Item {
	i := Item{ID: a.ID, Label: a.Label, Disabled: s.Running[a.ID] && !a.Again}
	if of, _, ok := strings.Cut(a.ID, "/"); ok && len(s.Accounts) > 1 {
		for _, acc := range s.Accounts {
			if acc.Name == of {
				plain, dots := strings.CutSuffix(a.Label, "…")
				i.Label = plain + " (" + of + ")"
				if dots {
					i.Label += "…"
				}
			}
		}
	}
	return i
}

// fixIDs are the actions for a cause's fixes, the likeliest first.
func (s State) fixIDs(d diagnosis) []string {
	var ids []string
	if d.ID == cause.Keyring && d.account != nil {
		ids = append(ids, d.account.Name+"/unlock")
	}
	for _, fix := range d.Fixes {
		switch {
		case fix == cause.Clock:
			if _, ok := s.offer("clock/set"); ok {
				ids = append(ids, "clock/set")
			}
			ids = append(ids, "clock/check")
		case d.account != nil:
			ids = append(ids, d.account.Name+"/"+string(fix))
		}
	}
	return ids
}

// tooltip is the program, and in a few words what is so.
func tooltip(s State, found []diagnosis) string {
	name := "Fermata"
	if s.Demo {
		name = "Fermata (DEMO)"
	}
	var parts []string
	for _, d := range serious(found) {
		parts = append(parts, d.Title)
	}
	if len(parts) == 0 {
		for _, a := range s.Accounts {
			parts = append(parts, accountLines(s, a)[1])
		}
		clock, _ := inTwo(s.Clock.Summary)
		parts = append(parts, clock)
	}
	return name + "\n" + strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), "\n")
}

// inTwo parts the clock's summary from its reason or figures.
func inTwo(summary string) (title, more string) {
	if title, more, ok := strings.Cut(summary, ": "); ok {
		return title, more
	}
	title, more, _ = strings.Cut(summary, " (")
	return title, strings.TrimSuffix(more, ")")
}

// line is the whole in one line.
func line(s State, found []diagnosis) string {
	var parts []string
	for _, d := range serious(found) {
		parts = append(parts, d.Title+". "+d.Why)
	}
	if len(parts) > 0 {
		return strings.Join(parts, " ")
	}
	for _, a := range s.Accounts {
		lines := accountLines(s, a)
		parts = append(parts, lines[0]+": "+lower(strings.Join(lines[1:], ", ")))
	}
	if len(s.Accounts) == 0 {
		parts = append(parts, "No account is connected yet")
	}
	if s.Clock.Summary != "" {
		parts = append(parts, lower(s.Clock.Summary))
	}
	return strings.Join(parts, "; ")
}

// wrap breaks a text into lines of at most width characters, where a menu would grow too wide.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	return append(lines, line)
}

func date(t time.Time) string { return t.Local().Format("2 January 2006") }

// plain is a menu's label without the dots that promise a window.
func plain(label string) string { return strings.TrimSuffix(label, "…") }

// said is an error as a sentence, with what to do about it.
func said(err error) string {
	text := upper(err.Error())
	if !strings.HasSuffix(text, ".") {
		text += "."
	}
	if hint := checks.Hint(err); hint != "" {
		text += " " + hint
	}
	return text
}

func sorted(m map[string]failure) []string { return slices.Sorted(maps.Keys(m)) }

func upper(s string) string { return firstRune(s, unicode.ToUpper) }
func lower(s string) string { return firstRune(s, unicode.ToLower) }

func firstRune(s string, change func(rune) rune) string {
	first, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	return string(change(first)) + s[size:]
}
