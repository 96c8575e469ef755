package app

import (
	"fmt"
	"strings"

	"fermata/checks"
	"fermata/checks/cause"
	"fermata/checks/session"
)

// A Menu is what stands in the menu, from top to bottom; between the parts are separators.
type Menu struct {
	Lines    []string // what is so; not to be clicked
	Actions  []Item   // the fix first
	Fixes    []Item   // submenu "Fix a problem"
	Programs []string // submenu "Programs": other programs' tokens; not to be clicked
	Demo     []Item   // submenu "Demo"; empty outside of it
	Settings []Item   // submenu "Settings"
	Quit     Item
}

// An Item is a line to click.
type Item struct {
	ID       string // of the action
	Label    string
	Disabled bool // it runs already
	Checked  bool
}

func menu(s State, found []diagnosis) Menu {
	return Menu{
		Lines:    lines(s, found),
		Actions:  actions(s, found),
		Fixes:    fixes(s, found),
		Programs: programLines(s),
		Demo:     items(s, s.Demos),
		Settings: settings(s),
		Quit:     Item{ID: "app/quit", Label: "Quit Fermata"},
	}
}

// lineWidth is how many characters wide a menu may grow.
const lineWidth = 64

// lines says what is so: what is wrong and why, then every account, then the clock.
func lines(s State, found []diagnosis) []string {
	var all []string
	if s.Demo {
		all = append(all, "DEMO · nothing here is real")
	}
	for _, d := range serious(found) {
		all = append(append(all, d.Title), wrap(d.Why, lineWidth)...)
	}
	for _, p := range s.Problems {
		all = append(all, wrap(p.Error(), lineWidth)...)
	}
	for _, id := range sorted(s.Failed) {
		f := s.Failed[id]
		all = append(all, wrap(fmt.Sprintf("“%s” did not work: %s", plain(f.label), said(f.err)), lineWidth)...)
	}
	for _, a := range s.Accounts {
		all = append(all, accountLines(s, a)...)
	}
	if len(s.Accounts) == 0 {
		all = append(all, "No account is connected yet")
	}
	if !clockWrong(s) && s.Clock.Summary != "" {
		all = append(all, s.Clock.Summary)
	}
	if s.Clock.Summary == "" {
		all = append(all, "Measuring the clock…")
	}
	if s.Helped != "" && len(serious(found)) == 0 {
		all = append(all, s.Helped)
	}
	if !s.Quiet.IsZero() {
		all = append(all, "Notifications are paused until "+s.Quiet.Format("15:04"))
	}
	return all
}

// accountLines are the two lifetimes of an account under its name.
func accountLines(s State, a Account) []string {
	f := factsOf(a.Finding)
	all := []string{heading(a)}
	switch {
	case !a.Seen:
		return append(all, "Looking at the session…")
	case !f.SignedIn:
		return append(all, "Not signed in")
	case f.Until.IsZero():
		all = append(all, "No session now")
	case !s.Now.Before(f.Until):
		all = append(all, "Session ended at "+checks.TimeOfDay(f.Until, s.Now))
	case f.Renews && f.Trouble == nil:
		all = append(all, fmt.Sprintf("Session until %s, renews by itself", checks.TimeOfDay(f.Until, s.Now)))
	case f.Renews:
		all = append(all, fmt.Sprintf("Session until %s, renews when it can", checks.TimeOfDay(f.Until, s.Now)))
	default:
		all = append(all, fmt.Sprintf("Session until %s, does not renew by itself", checks.TimeOfDay(f.Until, s.Now)))
	}
	refused := f.Trouble != nil && f.Trouble.Where == session.AtToken && f.Trouble.Ask
	if g := f.GrantUntil; !g.IsZero() {
		switch {
		case !s.Now.Before(g):
			all = append(all, "The sign-in ended on "+date(g))
		case refused: // before its time: the headline says so
		case f.GrantEstimated:
			all = append(all, "Signed in until about "+date(g))
		default:
			all = append(all, "Signed in until "+date(g))
		}
	}
	return all
}

func heading(a Account) string {
	f := factsOf(a.Finding)
	if f.User == "" {
		return a.Provider
	}
	return a.Provider + " · " + f.User
}

// serious leaves out what asks nothing of a person.
func serious(found []diagnosis) []diagnosis {
	for i, d := range found {
		if d.Level < checks.Warning {
			return found[:i]
		}
	}
	return found
}

// actions are those that a person wants most days, after the fix for what is wrong now.
func actions(s State, found []diagnosis) []Item {
	var all []Item
	add := func(id string) {
		if a, ok := s.offer(id); ok && !has(all, id) {
			all = append(all, s.item(a))
		}
	}
	if len(s.Accounts) == 0 {
		add("app/connect")
	}
	for _, d := range serious(found) {
		if ids := s.fixIDs(d); len(ids) > 0 {
			add(ids[0])
		}
	}
	for _, a := range s.Accounts {
		add(a.Name + "/refresh")
		add(a.Name + "/login")
	}
	add("clock/check")
	return all
}

// fixes are the seven, the likely ones first, for the account that needs them most. One that cannot help
// with what is wrong now says so.
func fixes(s State, found []diagnosis) []Item {
	var all []Item
	add := func(id, note string) {
		if a, ok := s.offer(id); ok && !has(all, id) {
			i := s.item(a)
			if note != "" {
				i.Label = plain(i.Label) + " (" + note + ")"
			}
			all = append(all, i)
		}
	}
	bad := serious(found)
	if len(bad) > 0 {
		add("app/about", "")
	}
	for _, d := range found {
		for _, id := range s.fixIDs(d) {
			add(id, "")
		}
	}
	for i := range s.Accounts {
		a := &s.Accounts[i]
		for _, o := range s.Own {
			if strings.HasPrefix(o.ID, a.Name+"/device-") {
				add(o.ID, "")
			}
		}
		for _, fix := range cause.Fixes {
			for _, id := range s.fixIDs(diagnosis{cause.Cause{Fixes: []cause.Fix{fix}}, a}) {
				add(id, useless(bad, a, fix))
			}
			if fix == cause.Refresh {
				add(a.Name+"/player", "")
			}
		}
	}
	return all
}

// useless says why a fix cannot help with what is wrong with an account; "" where it may.
func useless(bad []diagnosis, a *Account, fix cause.Fix) string {
	for _, d := range bad {
		if d.account == nil || d.account.Name != a.Name {
			continue
		}
		return d.NoHelp[fix]
	}
	return ""
}

// programLines are other programs' tokens, a line each.
func programLines(s State) []string {
	var all []string
	for _, p := range s.Programs {
		all = append(all, p.Line(s.Now))
	}
	return all
}

func settings(s State) []Item {
	var all []Item
	for _, id := range []string{"app/start-at-login", "app/pause", "app/settings"} {
		if a, ok := s.offer(id); ok {
			i := s.item(a)
			i.Checked = id == "app/start-at-login" && s.AtLogin || id == "app/pause" && !s.Quiet.IsZero()
			all = append(all, i)
		}
	}
	return all
}

func items(s State, actions []checks.Action) []Item {
	var all []Item
	for _, a := range actions {
		all = append(all, s.item(a))
	}
	return all
}

func has(all []Item, id string) bool {
	for _, i := range all {
		if i.ID == id {
			return true
		}
	}
	return false
}
