package view

import (
	"cmp"
	"fmt"
	"slices"

	"fermata/app/core"
	"fermata/checks"
	"fermata/checks/cause"
	"fermata/checks/text"
)

// DetailsCause is one thing that is wrong.
type DetailsCause struct {
	Place    string // its anchor
	Level    checks.Level
	Word     string // the level
	Title    string
	Why      string
	About    string // the short answer to "What is this?"
	Evidence []string
	Fixes    []DetailsButton // in the order in which to try them
}

// DetailsButton is an action with what there is to say of it.
type DetailsButton struct {
	Button
	Does    string // what it does, in a sentence
	NoHelp  string // why it can't help now; "": it may
	Running bool
	Checked bool
	Outcome *Outcome // of the last click on the page
	// Elsewhere says that a browser which Fermata does not open can do it too, and Address is where, while it is under way.
	Elsewhere bool
	Address   string
}

// Outcome is what came of a click.
type Outcome struct {
	Title, Body string
	Failed      bool
}

// detailsCause tells of a cause, with the fixes that may help first.
func (w words) detailsCause(c core.Cause) DetailsCause {
	d := DetailsCause{Place: c.Place(), Level: c.Level, Word: levelWords[c.Level], Title: c.Title, Why: c.Why, About: c.About}
	for _, e := range c.Evidence {
		d.Evidence = append(d.Evidence, text.Sentence(e))
	}
	d.Fixes = w.detailsButtons(w.FixIDs(c)...)
	for _, fix := range cause.Fixes {
		why := c.NoHelp[fix]
		for _, b := range w.detailsButtons(w.FixIDs(core.Cause{Cause: cause.Cause{Fixes: []cause.Fix{fix}}, Account: c.Account})...) {
			if why == "" || slices.ContainsFunc(d.Fixes, func(o DetailsButton) bool { return o.ID == b.ID }) {
				continue
			}
			b.NoHelp = text.Upper(why)
			d.Fixes = append(d.Fixes, b)
		}
	}
	return d
}

// detailsButtons are those of the actions that are on offer.
func (w words) detailsButtons(ids ...core.ActionID) []DetailsButton {
	var all []DetailsButton
	for _, id := range ids {
		known := slices.ContainsFunc(all, func(b DetailsButton) bool { return b.ID == id })
		if known || !w.offers(id) {
			continue
		}
		i := w.item(id)
		b := DetailsButton{Button: Button{id, i.Label}, Does: w.does(id), Running: i.Disabled, Checked: w.checked(id)}
		b.Elsewhere = id.IsSignIn() && id.Verb() != string(cause.Permissions) && id.Verb() != "old-user"
		if r := w.Runs[w.Acting[id]]; r != nil && b.Elsewhere {
			b.Address = r.Address
		}
		for j := range w.Answers {
			if a := &w.Answers[j]; a.Page && a.Action == id && b.Outcome == nil {
				b.Outcome = w.outcome(a)
			}
		}
		all = append(all, b)
	}
	return all
}

// does is what an action does.
func (w words) does(id core.ActionID) string {
	if a := w.Account(id.Of()); a != nil && !a.IsSpotify() && id.Verb() == string(cause.SignIn) {
		return "Opens the sign-in in your browser."
	}
	return cmp.Or(does[string(id)], does[id.Verb()])
}

// does is what the actions do, by their verbs.
var does = map[string]string{
	"unlock":                  "Asks for the password of the keyring that your sign-in is kept in.",
	string(cause.Refresh):     "Asks for a new session now, without the browser.",
	string(cause.SignIn):      "Opens the sign-in in your browser and starts a new six months.",
	"memory":                  "Keeps you signed in until Fermata closes, without saving anything.",
	"keep-user":               "Lets go of the sign-in of before.",
	"old-user":                "Goes back to the sign-in of before; if that no longer works, opens the sign-in in your browser.",
	"client":                  "Shows step by step how to make one, signs in with it, and then changes the settings.",
	"logout":                  "Removes the sign-in from this computer. You can sign in again at any time.",
	string(cause.Permissions): "Opens the page where you remove Fermata’s access, then signs in again.",
	string(cause.Device):      "Lists your devices: if it plays on another one, the problem is on this computer.",
	string(cause.Restart):     "Quits the Spotify app and starts it again.",
	"player":                  "Reloads the web player in your browser.",
	string(cause.Support):     "Opens Spotify’s contact page, and a report without secrets that you can copy.",
	"guide/refresh":           "Opens the web player in a new tab.",
	"guide/login":             "Opens Spotify’s sign-out page in your browser.",
	"guide/signin":            "Opens Spotify’s sign-in page in your browser.",
	"guide/everywhere":        "Opens the page that ends every session of your account, on all devices.",
	"guide/permissions":       "Opens the page with the apps that may use your account.",
	"check":                   "Asks the time servers again.",
	"set":                     "Has the system set the clock from the network from now on.",
	"connect":                 "Shows step by step how to connect your account.",
	"start-at-login":          "Starts Fermata when you log in to this computer.",
	"pause":                   "Shows no notifications for an hour.",
	"settings":                "Opens the settings file in your editor.",
}

// outcome words what came of a click on the page. It stands beside the button, so it need not name it.
func (w words) outcome(a *core.Answer) *Outcome {
	switch a.Kind {
	case core.Failed:
		return &Outcome{"That didn’t work", failure(a.Err), true}
	case core.NoHelp:
		return &Outcome{"Done, but that didn’t help", "The problem is still there. Try the next button.", true}
	case core.Late:
		return &Outcome{"That can’t be done now", "Things have changed since. This page shows the current state.", true}
	case core.Worked, core.Advised:
		return &Outcome{Title: "Done"}
	}
	title, body := w.answer(a)
	return &Outcome{title, body, false}
}

// unplaced are the outcomes of clicks whose buttons are neither on the page nor in the guide.
func (w words) unplaced(d *Details) []Outcome {
	shown := map[core.ActionID]bool{}
	note := func(lists ...[]DetailsButton) {
		for _, l := range lists {
			for _, b := range l {
				shown[b.ID] = true
			}
		}
	}
	note(d.Connect, d.Devices, d.Clock.Buttons, d.Settings.Buttons, d.Demos)
	for _, c := range d.Causes {
		note(c.Fixes)
	}
	for _, a := range d.Accounts {
		note(a.Buttons)
	}
	if d.Guide != nil {
		note(d.Guide.buttons()...)
	}
	return w.outcomesBut(shown)
}

// outcomesBut are the outcomes of clicks on the page but for those that stand beside their buttons.
func (w words) outcomesBut(shown map[core.ActionID]bool) []Outcome {
	var all []Outcome
	for i := range w.Answers {
		if a := &w.Answers[i]; a.Page && !shown[a.Action] {
			o := *w.outcome(a)
			if name := w.name(a.Action); name != "" {
				o.Title = fmt.Sprintf("%s: %s", name, o.Title)
			}
			all = append(all, o)
		}
	}
	return all
}
