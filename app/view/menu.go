package view

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"fermata/app/core"
	"fermata/checks/cause"
	"fermata/checks/text"
)

// A Menu is what stands in the menu, from top to bottom; between the parts are separators.
type Menu struct {
	Lines    []Item // the state; a click shows more of it on Fermata's page
	Actions  []Item // the fix first
	Fixes    []Item // submenu "Fix a problem"
	Programs []Item // submenu "Programs": other programs' tokens; a click shows more on Fermata's page
	Demo     []Item // submenu "Demo"; empty outside of it
	Settings []Item // submenu "Settings"
	Quit     Item
}

// An Item is a line to click.
type Item struct {
	ID       core.ActionID
	Place    string // of "app/open": where on Fermata's page to begin
	Label    string
	Disabled bool // it runs already
	Checked  bool
}

func (w words) menu() Menu {
	return Menu{
		Lines:    w.lines(),
		Actions:  w.actions(),
		Fixes:    w.fixes(),
		Programs: w.programs(),
		Demo:     w.demo(),
		Settings: w.settings(),
		Quit:     w.item("app/quit"),
	}
}

// mostPrograms is how many lines there are about other programs; the page has them all.
const mostPrograms = 12

// programs are other programs' tokens, a line each, and how many more there are.
func (w words) programs() []Item {
	var all []Item
	for p := range w.Programs.Facts.All(w.now) {
		if more := w.Programs.Facts.Len() - len(all); more > 1 && len(all) == mostPrograms-1 {
			return append(all, programItem(fmt.Sprintf("…and %d more: see Details", more)))
		}
		all = append(all, programItem(p.Line(w.now, w.style)))
	}
	return all
}

func programItem(label string) Item {
	return Item{ID: "app/open", Place: "programs", Label: label}
}

// a list of items, each once and each on offer.
type list struct {
	words
	items []Item
}

func (l *list) add(id core.ActionID, note string) {
	known := slices.ContainsFunc(l.items, func(i Item) bool { return i.ID == id })
	if known || !l.offers(id) {
		return
	}
	i := l.item(id)
	if note != "" {
		i.Label = strings.TrimSuffix(i.Label, "…") + " (" + note + ")"
	}
	l.items = append(l.items, i)
}

// actions are those that a person wants most days, after the fix for what is wrong now.
func (w words) actions() []Item {
	l := list{words: w}
	if len(w.State.Settings.Problems) > 0 {
		l.add("app/settings", "")
	}
	l.add("app/connect", "")
	for _, c := range w.Serious() {
		for _, id := range w.FixIDs(c) {
			if w.offers(id) {
				l.add(id, "")
				break
			}
		}
	}
	for _, a := range w.Accounts {
		l.add(core.ID(a.Name, "keep-user"), "")
		l.add(core.ID(a.Name, "old-user"), "")
		l.add(core.ID(a.Name, "unlock"), "")
		l.add(core.ID(a.Name, "memory"), "")
		l.add(core.ID(a.Name, string(cause.Refresh)), "")
		l.add(core.ID(a.Name, string(cause.SignIn)), "")
	}
	l.add("clock/check", "")
	l.add("guide/begin", "")
	l.add("app/open", "")
	return l.items
}

// fixes are the seven, the likely ones first, for the account that needs them most. One that cannot help
// with what is wrong now is labelled with the reason.
func (w words) fixes() []Item {
	l := list{words: w}
	l.add("app/about", "")
	for _, c := range w.Causes {
		for _, id := range w.FixIDs(c) {
			l.add(id, "")
		}
	}
	for i := range w.Accounts {
		a := &w.Accounts[i]
		for _, id := range a.DeviceIDs() {
			l.add(id, "")
		}
		for _, fix := range cause.Fixes {
			for _, id := range w.FixIDs(core.Cause{Cause: cause.Cause{Fixes: []cause.Fix{fix}}, Account: a.Name}) {
				l.add(id, w.noHelp(a, fix))
			}
			if fix == cause.Refresh {
				l.add(core.ID(a.Name, "player"), "")
			}
		}
	}
	if !slices.ContainsFunc(w.Accounts, func(a core.Account) bool { return a.IsSpotify() }) {
		for _, fix := range slices.Concat(w.Guide.Verdict.Fixes, cause.Fixes) {
			for _, id := range w.GuideIDs(fix) {
				l.add(id, "")
			}
		}
	}
	return l.items
}

// noHelp is why a fix cannot help with what is wrong with an account; "" where it may.
func (w words) noHelp(a *core.Account, fix cause.Fix) string {
	for _, c := range w.Serious() {
		if c.Account == a.Name {
			return c.NoHelp[fix]
		}
	}
	return ""
}

// mostTroubles is how many of the demo's troubles fit its menu on a small screen. The page and the command line have
// all; the last one mends everything.
const mostTroubles = 26

func (w words) demo() []Item {
	var all []Item
	for i, t := range w.Troubles {
		if i < mostTroubles-1 || i == len(w.Troubles)-1 {
			all = append(all, w.item(core.ID("demo", t.Name)))
		}
	}
	return all
}

func (w words) settings() []Item {
	l := list{words: w}
	for _, id := range []core.ActionID{"app/start-at-login", "app/pause", "app/settings"} {
		l.add(id, "")
	}
	for _, a := range w.Accounts {
		l.add(core.ID(a.Name, "logout"), "")
	}
	for i := range l.items {
		l.items[i].Checked = w.checked(l.items[i].ID)
	}
	return l.items
}

// checked reports whether an action switches something that is on.
func (w words) checked(id core.ActionID) bool {
	return id == "app/start-at-login" && w.State.Settings.AtLogin || id == "app/pause" && w.Quiet > 0
}

// offers reports whether an action is on offer.
func (w words) offers(id core.ActionID) bool {
	return slices.ContainsFunc(w.offered, func(o core.Offer) bool { return o.Action == id })
}

// item is an action as a line of the menu; with several accounts it names its own.
func (w words) item(id core.ActionID) Item {
	i := Item{ID: id, Label: w.label(id)}
	for _, o := range w.offered {
		i.Disabled = i.Disabled || o.Action == id && o.Running
	}
	if len(w.Accounts) > 1 && w.Account(id.Of()) != nil {
		bare, dots := strings.CutSuffix(i.Label, "…")
		i.Label = bare + " (" + id.Of() + ")"
		if dots {
			i.Label += "…"
		}
	}
	return i
}

// labels are the actions as a menu shows them, by their verbs, and where one verb has several by ID.
var labels = map[string]string{
	"unlock":                  "Unlock the keyring…",
	"memory":                  "Go on without saving",
	string(cause.Refresh):     "Refresh now",
	string(cause.SignIn):      "Sign in again…",
	"keep-user":               "Keep this account",
	"old-user":                "Use the old account…",
	"client":                  "Use another client ID…",
	"logout":                  "Sign out",
	string(cause.Permissions): "Remove and re-allow permissions…",
	string(cause.Device):      "Try another device…",
	string(cause.Restart):     "Restart Spotify",
	"player":                  "Reload the web player",
	string(cause.Support):     "Contact support…",
	"later":                   "Remind me tomorrow",
	"guide/begin":             "The music stopped…",
	"guide/refresh":           "Open the web player again",
	"guide/signin":            "Go to the sign-in page",
	"guide/everywhere":        "Sign out everywhere…",
	"check":                   "Check the clock now",
	"set":                     "Set the clock automatically",
	"connect":                 "Connect Spotify…",
	"start-at-login":          "Start at login",
	"pause":                   "Pause notifications for an hour",
	"open":                    "Details…",
	"settings":                "Open the settings file",
	"about":                   "What is this?",
	"report":                  "Print the report",
	"quit":                    "Quit Fermata",
}

// label is an action as a menu shows it.
func (w words) label(id core.ActionID) string {
	if d, ok := w.Device(id); ok {
		kind := strings.ToLower(d.Type)
		switch {
		case d.Active:
			kind += ", playing now"
		case d.Restricted:
			kind += ", can't be controlled"
		}
		return "Play on " + d.Name + " (" + kind + ")"
	}
	if id.Of() == "demo" {
		for _, t := range w.Troubles {
			if t.Name == id.Verb() {
				return t.Label
			}
		}
	}
	if verb := w.Clock.Facts.Keeper.Verb; id == "clock/set" && verb != "" {
		return verb
	}
	if a := w.Account(id.Of()); a != nil {
		verb, before := id.Verb(), text.Line(a.Facts.Before.Called(), 30)
		differs := before != "" && before != a.Facts.User
		switch {
		case verb == string(cause.SignIn) && a.Seen && !a.Facts.SignedIn:
			return "Sign in…"
		case verb == "keep-user" && differs:
			return fmt.Sprintf("Keep the account of %s", text.Line(a.Facts.User, 30))
		case verb == "old-user" && differs:
			return fmt.Sprintf("Go back to the account of %s…", before)
		}
	}
	return cmp.Or(labels[string(id)], labels[id.Verb()])
}

// name is an action within a sentence or on a button: without the dots that promise a window.
func (w words) name(id core.ActionID) string { return strings.TrimSuffix(w.label(id), "…") }

// button is shorter than a menu's label: 15 characters are sure to be shown.
func (w words) button(id core.ActionID) Button {
	switch verb := id.Verb(); verb {
	case "check":
		return Button{id, "Check again"}
	case "set":
		return Button{id, "Set the clock"}
	case "keep-user":
		return Button{id, "Keep this one"}
	case "old-user":
		return Button{id, "Use the old one"}
	case "client":
		return Button{id, "Other client ID"}
	case "unlock":
		return Button{id, "Unlock"}
	case "memory":
		return Button{id, "Go on unsaved"}
	case "settings":
		return Button{id, "Open settings"}
	case string(cause.Permissions):
		return Button{id, "Manage apps"}
	}
	return Button{id, w.name(id)}
}

// buttons are actions as buttons.
func (w words) buttons(ids []core.ActionID) []Button {
	all := []Button{}
	for _, id := range ids {
		all = append(all, w.button(id))
	}
	return all
}
