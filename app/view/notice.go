package view

import (
	"fmt"
	"strings"

	"fermata/app/core"
	"fermata/checks/text"
)

// A Notice is a notification that should be on the screen now.
type Notice struct {
	Key     string   `json:"key"` // names the episode: what has the same key replaces it in place
	Title   string   `json:"title"`
	Body    string   `json:"body"`
	Level   int      `json:"-"` // 0 to 3; one that the person dismissed comes back only when it rises
	Buttons []Button `json:"actions"`
	Open    Button   `json:"-"` // a click on the notification itself
	Again   int      `json:"-"` // rises when it is to be shown once more
	Instead string   `json:"-"` // what to do where a notification can be neither clicked nor have buttons
}

// A Button does an action.
type Button struct {
	ID    core.ActionID `json:"id"`
	Label string        `json:"label"`
}

// notices word those that core wants on the screen.
func (w words) notices() []Notice {
	all := []Notice{}
	for _, n := range w.State.Notices {
		v := Notice{Key: n.Key, Level: n.Level, Again: n.Again, Buttons: w.buttons(n.Buttons), Open: w.button("app/open"), Instead: w.instead()}
		switch {
		case n.Cause != nil:
			v.Title, v.Body = n.Cause.Title, n.Cause.Why
		case n.Answer != nil:
			v.Title, v.Body = w.answer(n.Answer)
		case n.Key == core.ConnectKey:
			v.Title = "Fermata now watches your clock"
			v.Body = "If the music stops, “The music stopped…” in the menu finds out why and what helps; that works for everybody. " +
				"Connect Spotify, and Fermata also renews your session by itself, warns you before it ends and tells you why. Creating the client ID for that needs Premium."
		case n.Key == core.SettingsKey:
			v.Title = "Your settings can’t be used"
			v.Body = w.State.Settings.Problems[0].Error() + ". Until that is corrected, Fermata goes on with the last good settings."
		case n.Key == core.DevicesKey:
			v.Title = "Where should it play?"
			v.Body = "If it plays on another device, the problem is on this computer. The menu “Fix a problem” lists every device."
		}
		if w.Troubles != nil {
			v.Title = "DEMO: " + v.Title
		}
		all = append(all, v)
	}
	return all
}

// instead is how to act where notifications have no buttons.
func (w words) instead() string {
	if w.Troubles != nil {
		return "To act, click Fermata’s icon, or type “fermata demo open” in a terminal."
	}
	return "To act, click Fermata’s icon, or type “fermata open” in a terminal."
}

// SignedOut says what of a sign-out the provider knows, and what is left to do.
func SignedOut(s core.SignedOut) string {
	provider := text.Line(s.Provider, 40)
	switch {
	case s.Revoked:
		return "The sign-in is gone from this computer, and " + provider + " has ended Fermata’s access."
	case s.Page != "":
		return "The sign-in is gone from this computer. " + provider + " still lists Fermata among your apps: remove it at " + s.Page + " if you like."
	}
	return "The sign-in is gone from this computer. " + provider + " may still list it: look for connected apps on your account’s page there."
}

// answer words what came of a click.
func (w words) answer(a *core.Answer) (title, body string) {
	switch a.Kind {
	case core.Failed:
		return "“" + w.name(a.Action) + "” did not work", failure(a.Err)
	case core.NoHelp:
		return "“" + w.name(a.Action) + "” did not help", "The problem is still there. The menu “Fix a problem” has what else can help."
	case core.FoundOut:
		return "Another device", a.Text
	case core.Explained:
		return a.About.Title, a.About.About
	case core.Advised:
		return w.name(a.Action), Advice(a.Action)
	case core.Gone:
		return "Signed out of " + text.Line(a.SignedOut.Provider, 40), SignedOut(a.SignedOut)
	case core.Late:
		title = "That can’t be done now"
		if name := w.name(a.Action); name != "" {
			title = "“" + name + "” can’t be done now"
		}
		return title, "Things have changed since. The menu shows the current state."
	}
	if acc := w.Account(a.Action.Of()); acc != nil {
		body = strings.Join(w.accountLines(acc)[1:], ". ")
		if !a.Was.IsZero() {
			body += fmt.Sprintf(" (was %s)", w.style.FullDate(a.Was, w.now))
		}
		return heading(acc), body + "."
	}
	title, body, _ = strings.Cut(w.clockLine(), " (")
	return title, strings.TrimSuffix(body, ")")
}
