// Package view words a state: what the icon, the menu, the notices, the command line and the report show
// of it. Like core it is pure.
package view

import (
	"slices"
	"strings"
	"time"
	"unicode/utf16"

	"fermata/app/core"
	"fermata/assets"
	"fermata/checks"
	"fermata/checks/text"
)

// A View is what a person meets: everything that is shown anywhere is in it.
type View struct {
	Icon    Icon
	Tooltip string // at most 127 UTF-16 units, Windows' limit
	Menu    Menu
	Notices []Notice
	Line    string // the whole in one line, for where there is no desktop
	Status  Status // the same for programs
}

// Icon: the arc is the session, the dot is the clock.
type Icon struct {
	Arc assets.Arc
	Dot assets.Dot
}

// words is a state at a moment, which everything here is made of.
type words struct {
	*core.State
	now     time.Time
	at      core.At
	style   text.Style
	offered []core.Offer
}

func wordsOf(s *core.State, at core.At) words { return words{s, at.True, at, at.Style, s.Offered()} }

// Make words the state at a moment. until is when the words change by time alone, on At.Elapsed.
func Make(s *core.State, at core.At) (v View, until time.Duration) {
	w := wordsOf(s, at)
	v = View{Icon: w.icon(), Tooltip: w.tooltip(), Menu: w.menu(), Notices: w.notices(), Line: w.line()}
	v.Status = w.status(v)
	return v, at.Elapsed + w.unchanged()
}

// icon draws the worst of the accounts.
func (w words) icon() Icon {
	i := Icon{Arc: assets.ArcFull, Dot: assets.DotHollow}
	switch {
	case w.ClockLevel >= checks.Warning:
		i.Dot = assets.DotBeside
	case w.ClockLevel == checks.OK:
		i.Dot = assets.DotSolid
	}
	for n := range w.Accounts {
		i.Arc = max(i.Arc, w.arc(&w.Accounts[n]))
	}
	if len(w.Accounts) == 0 {
		i.Arc = assets.ArcFaint
	}
	return i
}

// sessionLength is what a whole arc stands for: the life of the usual access token.
const sessionLength = time.Hour

// arc is one account's: as long as what is left of a session that will not be renewed.
func (w words) arc(a *core.Account) assets.Arc {
	if !a.Seen {
		return assets.ArcFull
	}
	left := a.Facts.Until.Sub(w.now)
	switch {
	case a.Level == checks.Critical || !a.Facts.SignedIn || a.Facts.SaveError != nil:
		return assets.ArcBroken
	case renews(a) || a.Facts.Until.IsZero():
		return assets.ArcFull
	case left <= 0:
		return assets.ArcBroken
	case left <= sessionLength/4:
		return assets.ArcQuarter
	case left <= sessionLength/2:
		return assets.ArcHalf
	case left <= sessionLength*3/4:
		return assets.ArcThreeQuarters
	}
	return assets.ArcFull
}

// renews reports whether the session goes on by itself, as far as anybody can tell.
func renews(a *core.Account) bool { return a.Facts.Renews && a.Facts.Trouble == nil }

// unchanged is how long the words stay as they are: until the arc of a session that is not renewed
// shortens, or until tomorrow, which dates are told by.
func (w words) unchanged() time.Duration {
	y, m, d := w.now.Date()
	next := time.Date(y, m, d+1, 0, 0, 0, 0, w.now.Location()).Sub(w.now)
	for i := range w.Accounts {
		a := &w.Accounts[i]
		if renews(a) || a.Facts.Until.IsZero() {
			continue
		}
		for quarters := time.Duration(0); quarters < 4; quarters++ {
			if left := a.Facts.Until.Sub(w.now) - quarters*sessionLength/4; left > 0 {
				next = min(next, left)
			}
		}
	}
	return next
}

// tooltip is the program, and in a few words the state.
func (w words) tooltip() string {
	name := "Fermata"
	if w.Troubles != nil {
		name = "Fermata (DEMO)"
	}
	var parts []string
	for _, c := range w.Serious() {
		parts = append(parts, c.Title)
	}
	if len(parts) == 0 {
		for i := range w.Accounts {
			parts = append(parts, w.sessionLine(&w.Accounts[i]))
		}
		clock, _, _ := strings.Cut(w.clockLine(), ":")
		parts = append(parts, clock)
	}
	return fit(name + "\n" + strings.Join(parts, "\n"))
}

// maxTooltip is how many UTF-16 units Windows shows (NOTIFYICONDATAW.szTip).
const maxTooltip = 127

// fit cuts a tooltip at what Windows shows.
func fit(s string) string {
	units, cut := 0, 0
	for i, r := range s {
		if units < maxTooltip {
			cut = i // here there is room for an ellipsis
		}
		if units += utf16.RuneLen(r); units > maxTooltip {
			return s[:cut] + "…"
		}
	}
	return s
}

// line is the whole in one line.
func (w words) line() string {
	var parts []string
	for _, c := range w.Serious() {
		parts = append(parts, c.Title+". "+c.Why)
	}
	if len(parts) > 0 {
		return strings.Join(parts, " ")
	}
	for i := range w.Accounts {
		lines := append(w.accountLines(&w.Accounts[i]), w.storeLine(&w.Accounts[i]))
		lines = slices.DeleteFunc(lines, func(line string) bool { return line == "" })
		for j := range lines[1:] {
			lines[1+j] = text.Lower(lines[1+j])
		}
		parts = append(parts, lines[0]+": "+strings.Join(lines[1:], ", "))
	}
	if len(w.Accounts) == 0 {
		parts = append(parts, "No account is connected yet")
	}
	parts = append(parts, text.Lower(w.clockLine()))
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), "; ")
}
