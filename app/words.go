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
				i.Label += " (" + of + ")"
			}
		}
	}
	return i
}

// fixIDs are the actions for a cause's fixes, the likeliest first.
func (s State) fixIDs(d diagnosis) []string {
	var ids []string
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

// tooltip is one line: the program, and the worst that is so.
func tooltip(s State, found []diagnosis) string {
	name := "Fermata"
	if s.Demo {
		name = "Fermata (DEMO)"
	}
	return name + ": " + line(s, found)
}

// line is the whole in one line.
func line(s State, found []diagnosis) string {
	if bad := serious(found); len(bad) > 0 {
		var titles []string
		for _, d := range bad {
			titles = append(titles, d.Title+". "+d.Why)
		}
		return strings.Join(titles, " ")
	}
	var parts []string
	for _, a := range s.Accounts {
		parts = append(parts, strings.Join(accountLines(s, a), ", "))
	}
	if len(s.Accounts) == 0 {
		parts = append(parts, "no account is connected yet")
	}
	if s.Clock.Summary != "" {
		parts = append(parts, s.Clock.Summary)
	}
	return strings.Join(parts, "; ")
}

// timeOfDay is a time as a person reads it, with the date where it is not today.
func timeOfDay(t, now time.Time) string {
	t = t.In(now.Location())
	if t.YearDay() == now.YearDay() && t.Year() == now.Year() {
		return t.Format("15:04")
	}
	return t.Format("15:04 on 2 January")
}

func date(t time.Time) string { return t.Local().Format("2 January 2006") }

// plain is a menu's label without the dots that promise a window.
func plain(label string) string { return strings.TrimSuffix(label, "…") }

// said is an error as a sentence, with what to do about it.
func said(err error) string {
	text := err.Error()
	first, size := utf8.DecodeRuneInString(text)
	text = string(unicode.ToUpper(first)) + text[size:]
	if !strings.HasSuffix(text, ".") {
		text += "."
	}
	if hint := checks.Hint(err); hint != "" {
		text += " " + hint
	}
	return text
}

func sorted(m map[string]failure) []string { return slices.Sorted(maps.Keys(m)) }
