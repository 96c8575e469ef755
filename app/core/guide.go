package core

import (
	"slices"
	"time"

	"fermata/checks/cause"
	"fermata/checks/doctor"
)

// A Guide is "The music stopped…": what the person sees, what the looks find, and which fixes were tried.
type Guide struct {
	Begun    bool
	Facts    []doctor.Facts // of the newest looks, in the order in which they came
	LookedAt time.Time      // true time, when the newest looks had all ended; zero: they have not yet
	Seen     []cause.Seen   // what the person sees, the surest first
	Unread   bool           // they told something that nobody knows
	Verdict  cause.Verdict
	Account  string // whose cause the verdict is; "": no account's
	Tried    []Tried
	Over     bool     // the last of Tried helped
	owed     []string // the looks that were asked for and have not ended, by name
	chosen   cause.Fix
	due      bool // the guide's own looks are to begin
}

// Tried is a fix with what the person said of it.
type Tried struct {
	Fix    cause.Fix
	At     time.Time // true time
	Helped bool
}

// guideName names the guide's looks, and its actions.
const guideName = "guide"

// Player are the actions for the player that the person listens with, which need no account.
var Player = []ActionID{
	"guide/refresh", "guide/login", "guide/signin", "guide/everywhere", "guide/restart", "guide/permissions", "guide/device", "guide/support",
}

// Fix is the one of the seven that an action does; "": none.
func (id ActionID) Fix() cause.Fix {
	switch verb := id.Verb(); {
	case id.Of() == "clock":
		return cause.Clock
	case verb == "player":
		return cause.Refresh
	case verb == "signin", verb == "everywhere":
		return cause.SignIn
	case slices.Contains(cause.Fixes, cause.Fix(verb)):
		return cause.Fix(verb)
	}
	return ""
}

// offer adds what can be done in the guide.
func (g *Guide) offer(add func(ActionID)) {
	add("guide/begin")
	add("guide/look")
	add("guide/see")
	for _, id := range Player {
		add(id)
	}
	if g.Begun {
		add("guide/reset")
	}
	if g.Current() != "" {
		add("guide/helped")
		add("guide/not")
	}
}

// Current is the fix to try now: what the person chose, or else the next in the order of the verdict. It is
// "" where there is none left, or none is needed.
func (g *Guide) Current() cause.Fix {
	switch {
	case !g.Begun, g.Over:
		return ""
	case g.chosen != "":
		return g.chosen
	}
	for _, fix := range g.Verdict.Fixes {
		if !g.tried(fix) {
			return fix
		}
	}
	return ""
}

func (g *Guide) tried(fix cause.Fix) bool {
	return slices.ContainsFunc(g.Tried, func(t Tried) bool { return t.Fix == fix })
}

// choose has the person try the fix that an action does.
func (g *Guide) choose(id ActionID) {
	if fix := id.Fix(); fix != "" && g.Begun && !g.Over {
		g.chosen = fix
	}
}

// guided does what a click in the guide decides, and reports whether that is all.
func (s *State) guided(c Clicked) bool {
	g := &s.Guide
	switch c.Action {
	case "guide/begin":
		switch {
		case c.Page: // which is in the browser already
			if !g.Begun {
				s.examine()
			}
			return true
		case g.Over:
			g.reset()
		}
		s.examine()
		return false
	case "guide/reset":
		g.reset()
		s.examine()
	case "guide/see":
		s.sees(c.Seen)
		g.Unread = len(c.Seen) == 0
		if !g.Begun {
			s.examine()
		}
	case "guide/helped", "guide/not":
		g.Tried = append(g.Tried, Tried{g.Current(), s.at.True, c.Action == "guide/helped"})
		g.Over, g.chosen = c.Action == "guide/helped", ""
	case "guide/device":
		s.tellOutcome(s.Runs[c.Run]) // a program can't do it
	default:
		return false
	}
	return true
}

// reset forgets what the person told. Looks under way go on.
func (g *Guide) reset() { *g = Guide{owed: g.owed, Facts: g.Facts} }

// sees takes what the person sees, if they told anything that is known.
func (s *State) sees(seen []cause.Seen) {
	if len(seen) > 0 {
		s.Guide.Seen, s.Guide.Unread, s.Guide.chosen = seen, false, ""
	}
}

// examine has everything be looked at that can be without an account, and all that is watched. While that is
// so, nothing begins again.
func (s *State) examine() {
	g := &s.Guide
	g.Begun = true
	if g.Looking() {
		return
	}
	g.chosen, g.due, g.owed, g.LookedAt = "", true, append(s.names(), guideName), time.Time{}
	s.recheckAll(0)
}

// lookGuide starts the guide's looks, of which none run twice at once.
func (s *State) lookGuide() {
	if g := &s.Guide; g.due {
		g.due, g.Facts = false, nil
		s.do(Look{guideName})
	}
}

// found takes what one of them found: of a name, the last counts.
func (g *Guide) found(f doctor.Facts) {
	g.Facts = append(slices.DeleteFunc(slices.Clone(g.Facts), func(o doctor.Facts) bool { return o.Name == f.Name }), f)
}

// Looking reports whether looks that were asked for have not ended.
func (g *Guide) Looking() bool { return len(g.owed) > 0 }

// Awaits reports whether that look was asked for and has not ended.
func (g *Guide) Awaits(look string) bool { return slices.Contains(g.owed, look) }

// judgeGuide says why the music stopped, as far as that is known by now. It stays at that while a fix is tried:
// that it mends what was found does not mean that it was not so.
func (s *State) judgeGuide() {
	g := &s.Guide
	if g.Verdict.ID != "" && (g.Over || g.chosen != "") {
		return
	}
	e := cause.GuideEvidence{Now: s.at.True, Style: s.at.Style, See: g.Seen, Looks: g.Facts, Looking: g.Looking(), Clock: s.Clock.Facts}
	for _, c := range s.Causes {
		e.Causes = append(e.Causes, c.Cause)
	}
	g.Verdict, g.Account = cause.Guide(e), ""
	if i := slices.IndexFunc(s.Causes, func(c Cause) bool { return c.ID == g.Verdict.ID }); i >= 0 {
		g.Account = s.Causes[i].Account
	}
}

// Mends reports whether a fix is for an account, and not for the player that the person listens with.
func (g *Guide) Mends(fix cause.Fix) bool {
	return g.Account != "" && slices.Contains(g.Verdict.Fixes, fix)
}

// Listens returns the account with which devices can be listed; nil: there is none.
func (s *State) Listens() *Account {
	for i := range s.Accounts {
		if a := &s.Accounts[i]; a.IsSpotify() && a.Facts.SignedIn {
			return a
		}
	}
	return nil
}

// GuideIDs are the actions for a fix in the guide.
func (s *State) GuideIDs(fix cause.Fix) []ActionID {
	switch a := s.Listens(); {
	case fix == cause.Clock, s.Guide.Mends(fix):
		return s.fixIDs(s.Guide.Account, fix)
	case fix == cause.SignIn:
		return []ActionID{"guide/login", "guide/signin", "guide/everywhere"}
	case fix == cause.Device && a != nil:
		return append([]ActionID{ID(a.Name, string(fix))}, a.DeviceIDs()...)
	}
	return []ActionID{ID(guideName, string(fix))}
}
