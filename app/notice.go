package app

import (
	"slices"
	"strings"
	"time"

	"fermata/checks"
	"fermata/checks/cause"
	"fermata/checks/session"
)

// A Notice is a notification that should be on the screen now. One that is no longer wanted is
// withdrawn.
type Notice struct {
	Key     string   `json:"key"` // names the episode: what has the same key replaces it in place
	Title   string   `json:"title"`
	Body    string   `json:"body"`
	Level   int      `json:"-"` // 0 to 3; one that the person dismissed comes back only when it rises
	Buttons []Button `json:"actions"`
}

// A Button does an action.
type Button struct {
	ID    string `json:"id"`
	Label string `json:"label"`
}

// notices are what a person has to be told without asking: each cause once, what went wrong with a
// click, and what came of one.
func notices(s State, found []diagnosis) []Notice {
	var all []Notice
	if s.Quiet.IsZero() {
		for _, d := range serious(found) {
			if n := s.notice(d); !s.silent(d, n) && !shown(all, n.Key) {
				all = append(all, n)
			}
		}
		if len(s.Accounts) == 0 {
			all = append(all, Notice{
				Key: "app/connect", Level: 1, Title: "Connect Spotify",
				Body:    "Fermata holds your Spotify session once it is connected.",
				Buttons: s.buttons("app/connect"),
			})
		}
	}
	for _, id := range sorted(s.Failed) {
		f := s.Failed[id]
		all = append(all, Notice{
			Key: "failed/" + id, Level: 1, Title: "“" + plain(f.label) + "” did not work",
			Body: said(f.err), Buttons: s.buttons(id),
		})
	}
	if m := s.Message; m != nil {
		all = append(all, Notice{Key: "message", Title: m.Title, Body: m.Body, Buttons: []Button{}})
	} else if n, ok := s.answered(); ok {
		all = append(all, n)
	}
	if n, ok := s.choose(); ok {
		all = append(all, n)
	}
	if s.Demo {
		for i := range all {
			all[i].Title = "DEMO: " + all[i].Title
		}
	}
	return all
}

// silent reports whether a person knows it from before a restart, or has put it off.
func (s State) silent(d diagnosis, n Notice) bool {
	return d.ID == cause.GrantEnds && s.Told[n.Key].silences(n, factsOf(d.account.Finding).GrantUntil, s.Now)
}

// notice tells of a cause. Its key is the same for all causes of one kind, so that a session that
// cannot be renewed and then ends is one notification that grows worse.
func (s State) notice(d diagnosis) Notice {
	n := Notice{Title: d.Title, Body: d.Why, Level: 2}
	if d.Level == checks.Critical {
		n.Level = 3
	}
	if d.account == nil {
		n.Key = "clock/wrong"
		n.Buttons = s.buttons("clock/set", "clock/check")
		return n
	}
	kind := "session"
	ids := s.fixIDs(d)
	switch d.ID {
	case cause.GrantEnds:
		kind = "grant"
		f := factsOf(d.account.Finding)
		n.Level = grantLevel(f.GrantUntil.Sub(s.Now))
		ids = append(ids[:min(1, len(ids))], d.account.Name+"/later")
	case cause.Keyring, cause.KeyringLost:
		kind = "keyring"
	default:
		ids = append(ids, d.account.Name+"/"+string(cause.SignIn))
		if t := factsOf(d.account.Finding).Trouble; t != nil && t.Where == session.AtNetwork {
			ids = []string{d.account.Name + "/" + string(cause.Refresh), d.account.Name + "/" + string(cause.SignIn)}
		}
	}
	n.Key = d.account.Name + "/" + kind
	n.Buttons = s.buttons(ids...)
	n.Buttons = n.Buttons[:min(2, len(n.Buttons))]
	return n
}

// grantLevel rises as the sign-in's end draws near.
func grantLevel(left time.Duration) int {
	switch day := 24 * time.Hour; {
	case left <= day:
		return 3
	case left <= 7*day:
		return 2
	}
	return 1
}

// answered tells what came of the last click.
func (s State) answered() (Notice, bool) {
	a := s.Answer
	if a == nil {
		return Notice{}, false
	}
	n := Notice{Key: "answer", Buttons: []Button{}}
	if a.Clock {
		if clockWrong(s) {
			return Notice{}, false // the clock's own notice says it
		}
		n.Title, n.Body = inTwo(s.Clock.Summary)
		return n, true
	}
	for _, acc := range s.Accounts {
		if acc.Name == a.Name && acc.Finding.Level == checks.OK && factsOf(acc.Finding).SignedIn {
			n.Title = heading(acc)
			n.Body = strings.Join(accountLines(s, acc)[1:], ". ") + "."
			return n, true
		}
	}
	return Notice{}, false
}

// choose asks where to play, when the devices are known. Three buttons are what a notification has room
// for; the menu has all.
func (s State) choose() (Notice, bool) {
	n := Notice{Key: "devices", Level: 1, Title: "Where should it play?", Body: "If it plays elsewhere, only this computer is at fault. The menu “Fix a problem” lists every device."}
	for _, o := range s.Own {
		if strings.Contains(o.ID, "/device-") && len(n.Buttons) < 3 {
			n.Buttons = append(n.Buttons, Button{o.ID, o.Label})
		}
	}
	return n, len(n.Buttons) > 0
}

// buttons are the actions with these IDs that are on offer.
func (s State) buttons(ids ...string) []Button {
	all := []Button{}
	for _, id := range ids {
		has := slices.ContainsFunc(all, func(b Button) bool { return b.ID == id })
		if a, ok := s.offer(id); ok && !has {
			all = append(all, Button{a.ID, buttonLabel(a)})
		}
	}
	return all
}

// buttonLabel is shorter than a menu's, and has no dots.
func buttonLabel(a checks.Action) string {
	switch {
	case a.ID == "clock/check":
		return "Check again"
	case strings.HasSuffix(a.ID, "/"+string(cause.Permissions)):
		return "Manage apps"
	}
	return plain(a.Label)
}

func shown(all []Notice, key string) bool {
	for _, n := range all {
		if n.Key == key {
			return true
		}
	}
	return false
}
