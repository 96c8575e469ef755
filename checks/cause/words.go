package cause

import (
	"fmt"
	"math"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"fermata/checks"
)

// ask says that the person has to act.
func ask(title, why string) func(Evidence) (checks.Level, string, string) {
	return func(e Evidence) (checks.Level, string, string) {
		return checks.Critical, named(title, e), why
	}
}

// lapses says what a passing trouble means for the session: while it lasts long enough nothing is
// lost, then it nears its end, then it has ended.
func lapses(title, reason string) func(Evidence) (checks.Level, string, string) {
	return func(e Evidence) (checks.Level, string, string) {
		since := ""
		if t := e.Session.Trouble; t != nil && !t.Since.IsZero() {
			since = " since " + clockTime(t.Since, e.Now)
		}
		until := e.Session.Until
		switch {
		case until.IsZero():
			return e.Level, named(title, e), fmt.Sprintf("The session could not be renewed: %s%s.", reason, since)
		case !e.Now.Before(until):
			return checks.Critical, fmt.Sprintf("%s session ended at %s", e.Provider, clockTime(until, e.Now)), fmt.Sprintf("It could not be renewed: %s%s.", reason, since)
		case e.Level >= checks.Warning:
			return checks.Warning, fmt.Sprintf("%s session ends at %s", e.Provider, clockTime(until, e.Now)), fmt.Sprintf("It could not be renewed: %s%s.", reason, since)
		default:
			return checks.Unknown, named(title, e), fmt.Sprintf("The session lasts until %s: %s%s.", clockTime(until, e.Now), reason, since)
		}
	}
}

func unknown(e Evidence) Cause {
	c := Cause{
		ID: "unknown", Level: max(e.Level, checks.Unknown), Confidence: Enough, Fixes: Fixes,
		Title: named("%s does not work as it should", e),
		Why:   "Why is not known yet.",
		About: "None of the known causes fits what was seen. The report lists it all.",
	}
	if t := e.Session.Trouble; t != nil {
		c.Why = trouble(e)
		c.Evidence = []string{fmt.Sprintf("%s answered %d %s %s", t.Where, t.Status, t.Code, t.Text)}
	}
	return c
}

func named(title string, e Evidence) string {
	return strings.ReplaceAll(title, "%s", e.Provider)
}

// trouble is what the trouble itself says, as a sentence.
func trouble(e Evidence) string {
	t := e.Session.Trouble
	switch {
	case t == nil:
		return ""
	case t.Err != nil:
		return sentence(t)
	default:
		return fmt.Sprintf("%s answered: %d %s.", e.Provider, t.Status, t.Text)
	}
}

// clockTime is the time of day, with the date where it is not today.
func clockTime(t, now time.Time) string {
	t = t.In(now.Location())
	if t.YearDay() == now.YearDay() && t.Year() == now.Year() {
		return t.Format("15:04")
	}
	return t.Format("15:04") + " on " + day(t, now)
}

// day is a date as a person says it, with the year where it is not this one.
func day(t, now time.Time) string {
	t = t.In(now.Location())
	if t.Year() == now.Year() {
		return t.Format("2 January")
	}
	return t.Format("2 January 2006")
}

func daysLeft(d time.Duration) string {
	switch days := int(math.Round(d.Hours() / 24)); {
	case days > 1:
		return fmt.Sprintf("%d days", days)
	case d > 24*time.Hour:
		return "1 day"
	default:
		return "less than a day"
	}
}

// sentence is an error as a person reads it: a capital first, its hint after it.
func sentence(err error) string {
	text := err.Error()
	first, size := utf8.DecodeRuneInString(text)
	text = string(unicode.ToUpper(first)) + text[size:] + "."
	if hint := checks.Hint(err); hint != "" {
		text += " " + hint
	}
	return text
}
