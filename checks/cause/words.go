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
func ask(title, why string) func(Evidence) said {
	return func(Evidence) said { return said{checks.Critical, title, why} }
}

// lapses says what a passing trouble means for the session: while it lasts long enough nothing is
// lost, then it nears its end, then it has ended. In the reason %since is since when, and the advice,
// if there is one, is a sentence.
func lapses(title, reason, advice string) func(Evidence) said {
	return func(e Evidence) said {
		since := ""
		if t := e.Session.Trouble; t != nil && !t.Since.IsZero() {
			since = " since " + checks.TimeOfDay(t.Since, e.Now)
		}
		because := strings.TrimSpace(strings.ReplaceAll(reason, "%since", since) + ". " + advice)
		until := e.Session.Until
		switch at := checks.TimeOfDay(until, e.Now); {
		case until.IsZero():
			return said{e.Level, title, "The session could not be renewed: " + because}
		case !e.Now.Before(until):
			return said{checks.Critical, "%s session ended at " + at, "It could not be renewed: " + because}
		case nearsEnd(e):
			return said{checks.Warning, "%s session ends at " + at, "It could not be renewed: " + because}
		default:
			return said{checks.Unknown, title, upper(because) + " The session lasts until " + at + "."}
		}
	}
}

// nearsEnd reports whether the level is for the session's end, and not for that of the sign-in.
func nearsEnd(e Evidence) bool {
	return e.Level >= checks.Warning && (!grantSoon(e) || e.Session.Until.Sub(e.Now) <= 15*time.Minute)
}

// wellKnown is the provider of which more is known than its replies tell: what Premium is for, that a
// session lasts an hour, and a sign-in six months.
const wellKnown = "Spotify"

// named puts what differs between providers into a text.
func named(text string, e Evidence) string {
	premium, dashboard := "", "where the app is registered"
	if e.Provider == wellKnown {
		premium, dashboard = " Premium changes nothing about it.", "in the developer dashboard"
	}
	return strings.NewReplacer("%s", e.Provider, "%life", lifetime(e), "%premium", premium, "%dashboard", dashboard).Replace(text)
}

// lifetime is how long the provider's sign-ins last, in words.
func lifetime(e Evidence) string {
	life := e.Session.GrantUntil.Sub(e.Session.AuthorizedAt)
	days := int(math.Round(life.Hours() / 24))
	switch {
	case e.Provider == wellKnown, days >= 180 && days <= 185:
		return "six months"
	case e.Session.GrantUntil.IsZero(), e.Session.AuthorizedAt.IsZero(), days < 1:
		return "some time"
	case days == 1:
		return "a day"
	}
	return fmt.Sprintf("%d days", days)
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

func upper(text string) string { return first(text, unicode.ToUpper) }
func lower(text string) string { return first(text, unicode.ToLower) }

func first(text string, change func(rune) rune) string {
	r, size := utf8.DecodeRuneInString(text)
	if size == 0 {
		return text
	}
	return string(change(r)) + text[size:]
}

// plain makes one line that can be shown: no control, format or bidirectional characters, and no
// more than 200 runes.
func plain(text string) string {
	text = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == utf8.RuneError, !unicode.IsGraphic(r):
			return -1
		}
		return r
	}, text[:min(len(text), 16<<10)])), " ")
	if runes := []rune(text); len(runes) > 200 {
		text = string(runes[:199]) + "…"
	}
	return text
}
