package view

import (
	"fmt"
	"strings"
	"time"

	"fermata/app/core"
	"fermata/checks"
	"fermata/checks/cause"
	"fermata/checks/text"
)

// DetailsAccount is one account with its two lifetimes.
type DetailsAccount struct {
	Name     string // as the settings have it; its anchor is "account-" and this
	Heading  string
	Level    checks.Level
	Word     string
	Session  DetailsLife
	Grant    DetailsLife
	Calendar bool // the end of the sign-in can be put into a calendar
	Buttons  []DetailsButton
}

// DetailsLife is a lifetime.
type DetailsLife struct {
	Line       string // the same as in the menu; "": not known
	From, Till string // its ends; "": there is no bar
	Bar        string // SVG
	Warnings   string // when Fermata warns: "You are warned on 1, 23 and 29 April 2027."; "": it does not
}

func (w words) detailsAccount(a *core.Account) DetailsAccount {
	f := a.Facts
	d := DetailsAccount{
		Name: a.Name, Heading: heading(a), Level: a.Level, Word: levelWords[a.Level],
		Session: DetailsLife{Line: w.sessionLine(a)}, Grant: DetailsLife{Line: w.grantLine(a)},
		Buttons: w.detailsButtons(core.ID(a.Name, "keep-user"), core.ID(a.Name, "old-user"), core.ID(a.Name, "unlock"), core.ID(a.Name, "memory"), core.ID(a.Name, string(cause.Refresh)), core.ID(a.Name, string(cause.SignIn)),
			core.ID(a.Name, string(cause.Restart)), core.ID(a.Name, string(cause.Permissions)), core.ID(a.Name, string(cause.Device)),
			core.ID(a.Name, "player"), core.ID(a.Name, string(cause.Support)), core.ID(a.Name, "client"), core.ID(a.Name, "logout")),
	}
	if a.Seen && !f.Until.IsZero() && f.RenewedAt.Before(f.Until) {
		s := &d.Session
		s.From, s.Till = w.style.TimeOfDay(f.RenewedAt, w.now), w.style.TimeOfDay(f.Until, w.now)
		warn := f.Until.Add(-w.State.Settings.Notify.Session)
		if warn.After(w.now) {
			s.Warnings = fmt.Sprintf("If it can’t be renewed, Fermata warns you at %s.", w.style.TimeOfDay(warn, w.now))
		}
		s.Bar = bar(period{f.RenewedAt, f.Until}, w.now, []time.Time{warn}, fmt.Sprintf("Session from %s to %s; %s.", s.From, s.Till, left(f.Until.Sub(w.now))))
	}
	for i := range d.Buttons {
		d.Buttons[i].NoHelp = text.Upper(w.noHelp(a, cause.Fix(d.Buttons[i].ID.Verb())))
	}
	d.Calendar = d.Grant.Line != "" && !short(f) && f.GrantUntil.After(w.now)
	if d.Grant.Line != "" && f.AuthorizedAt.Before(f.GrantUntil) && !f.AuthorizedAt.IsZero() {
		g := &d.Grant
		g.From, g.Till = w.style.FullDate(f.AuthorizedAt, w.now), w.grantEnd(f)
		var warnings []time.Time
		var days []string
		for _, lead := range cause.Leads(w.State.Settings.Notify.Grant, w.State.Settings.Notify.Session, f.GrantLife) {
			t := f.GrantUntil.Add(-lead)
			if warnings = append(warnings, t); t.After(w.now) && !short(f) {
				days = append(days, w.style.Date(t, w.now))
			}
		}
		if len(days) > 0 {
			g.Warnings = "Fermata reminds you on " + series(days) + "."
		}
		g.Bar = bar(period{f.AuthorizedAt, f.GrantUntil}, w.now, warnings, fmt.Sprintf("Sign-in from %s to %s; %s.", g.From, g.Till, left(f.GrantUntil.Sub(w.now))))
	}
	return d
}

// left is how much of a lifetime is left, in words.
func left(d time.Duration) string {
	if d <= 0 {
		return "it is over"
	}
	if d >= 24*time.Hour {
		return text.Days(d) + " left"
	}
	return text.Span(d.Round(time.Minute)) + " left"
}

// series joins words as a sentence does: "1 May, 24 May and 30 May".
func series(words []string) string {
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + " and " + words[n-1]
	}
	return strings.Join(words, "")
}
