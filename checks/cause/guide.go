package cause

import (
	"slices"
	"time"

	"fermata/checks"
	"fermata/checks/clock"
	"fermata/checks/doctor"
	"fermata/checks/text"
)

// GuideEvidence is what is known when somebody asks why the music stopped.
type GuideEvidence struct {
	Now     time.Time      // true time
	Style   text.Style     // how times are written
	See     []Seen         // what they see; empty: they did not say
	Looks   []doctor.Facts // so far; of two of one name the last counts
	Looking bool           // looks are still under way
	Clock   clock.Facts    // by the time servers
	Causes  []Cause        // of the accounts that are connected, the first to fix first; those of the clock may be among them
}

// Sureness is how sure a verdict is.
type Sureness string

// How sure a verdict is.
const (
	Certain  Sureness = "certain"
	Likely   Sureness = "likely"
	NotFound Sureness = "not found" // nothing that was seen is to blame
)

// A Verdict is the answer to "why did the music stop?".
type Verdict struct {
	ID       string // stable, for programs; of an account's cause it is the cause's, of what is seen alone the row's
	Title    string // without a full stop: "Your clock is 1 min 33 s ahead"
	Why      string // one or two sentences
	Sure     Sureness
	Evidence []string       // what decided, the heaviest first, each without a full stop
	Fixes    []Fix          // what can help, the likeliest first; empty: none of the seven can, and Why says what to do
	NoHelp   map[Fix]string // of each of the other fixes, why it can't help, as in Cause
	Page     string         // the address of a page that helps; "": none
	Session  bool           // a session or a sign-in is at fault, or may be
	Reason   string         // the ID of one of Sessions.Reasons; "": none of them
}

// IDs of verdicts that others tell apart.
const (
	InPlayer = "in-player" // nothing else is wrong: it is the session in that player
	Outage   = "provider-down"
	Offline  = "no-network"
)

// Guide says why the music stopped, by what was seen; nothing is blamed that was not. While looks are under
// way it tells only what they can't change any more; until then, and where there was no look, it returns the
// zero Verdict.
func Guide(e GuideEvidence) Verdict {
	g := guide{e, map[doctor.Name]doctor.Facts{}}
	for _, f := range e.Looks {
		g.looks[f.Name] = f
	}
	for _, judge := range []func(guide) (Verdict, bool){
		guide.noSession, guide.offline, guide.harmfulClock, guide.portal, guide.proxy, guide.intercepted, guide.certificate, guide.hosts, guide.names,
		guide.outage, guide.unreachable, guide.access, guide.ipv6, guide.wrongClock, guide.account, guide.row, guide.inPlayer,
	} {
		if v, found := judge(g); found {
			if e.Looking && v.Sure != Certain {
				return Verdict{}
			}
			return v
		}
	}
	return Verdict{}
}

// guide is the evidence, with the looks by their names.
type guide struct {
	GuideEvidence
	looks map[doctor.Name]doctor.Facts
}

// servers are the looks at Spotify's servers.
var servers = []doctor.Name{doctor.SignIn, doctor.API, doctor.Player, doctor.Access}

// with returns those of the looks that ended with one of these faults.
func (g guide) with(names []doctor.Name, faults ...doctor.Fault) (found []doctor.Facts) {
	for _, name := range names {
		if f, ok := g.looks[name]; ok && f.Outcome != doctor.Fine && slices.Contains(faults, f.Fault) {
			found = append(found, f)
		}
	}
	return found
}

// fine reports whether all of the looks found what they should.
func (g guide) fine(names ...doctor.Name) bool {
	return !slices.ContainsFunc(names, func(n doctor.Name) bool { return g.looks[n].Outcome != doctor.Fine })
}

// tells is what looks saw.
func (g guide) tells(looks ...doctor.Facts) (evidence []string) {
	for _, f := range looks {
		if words := Tells(f, g.Style, g.Now); words != "" && !slices.Contains(evidence, words) {
			evidence = append(evidence, words)
		}
	}
	return evidence
}

func (g guide) clockRight() bool { return g.Clock.Verdict == clock.Right }

// sees reports whether the person sees something of that kind, and returns the first.
func (g guide) sees(kinds ...kind) (Seen, bool) {
	i := slices.IndexFunc(g.See, func(s Seen) bool { return slices.Contains(kinds, s.kind) && s.title != "" })
	if i < 0 {
		return Seen{}, false
	}
	return g.See[i], true
}

// help fills in the fixes of v: first, and after them, where because is "", the others too; otherwise that is
// why they can't help.
func (g guide) help(v Verdict, because string, first ...Fix) Verdict {
	v.Fixes, v.NoHelp = nil, map[Fix]string{}
	for _, f := range append(slices.Clone(first), Fixes...) {
		switch {
		case slices.Contains(v.Fixes, f):
		case f == Clock && g.clockRight():
			v.NoHelp[f] = "won’t help: your clock is right"
		case because != "" && !slices.Contains(first, f):
			v.NoHelp[f] = because
		default:
			v.Fixes = append(v.Fixes, f)
		}
	}
	return v
}

// account tells the first cause of an account that says something about the session.
func (g guide) account() (Verdict, bool) {
	for _, c := range g.Causes {
		if c.Level < checks.Warning || c.ID == ClockWrong || c.ID == Keyring || c.ID == KeyringLost || c.ID == GrantEnds || c.ID == Unknown {
			continue
		}
		v := Verdict{ID: c.ID, Title: c.Title, Why: c.Why, Sure: Likely, Evidence: c.Evidence, Fixes: c.Fixes, NoHelp: c.NoHelp, Session: true, Reason: reasonOf[c.ID]}
		if c.Confidence >= 90 {
			v.Sure = Certain
		}
		return v, true
	}
	return Verdict{}, false
}

// noSession tells at once what is no trouble of a session.
func (g guide) noSession() (Verdict, bool) {
	s, ok := g.sees(elsewhere)
	if !ok {
		return Verdict{}, false
	}
	return g.help(Verdict{ID: s.ID, Title: s.title, Why: s.Behind, Sure: s.sure, Evidence: g.saw(s), Page: s.page}, "won’t help: this isn’t about your session"), true
}

// saw is what the person said they see.
func (g guide) saw(s Seen) []string { return []string{"you see: " + s.Label} }

// row tells what is behind what they see, where nothing else is to blame.
func (g guide) row() (Verdict, bool) {
	s, ok := g.sees(player, service, blocked, program)
	if !ok {
		return Verdict{}, false
	}
	v := Verdict{ID: s.ID, Title: s.title, Why: s.Behind, Sure: s.sure, Evidence: g.saw(s), Page: s.page, Session: s.kind == player || s.kind == program, Reason: reasonOf[s.ID]}
	if s.kind == service && g.fine(doctor.SignIn, doctor.API, doctor.Player) {
		v.Why += " It answers now, so try again."
	}
	if links, seen := g.looks[doctor.Links]; s.ID == "no-way-back" && seen && links.Outcome == doctor.Fine {
		v.Evidence = append(v.Evidence, g.tells(links)...)
	}
	v.Evidence = append(v.Evidence, g.well()...)
	return g.help(v, "", s.fixes...), true
}

// well is what was found to be as it should, of what a session needs.
func (g guide) well() (evidence []string) {
	if g.clockRight() {
		evidence = append(evidence, "this computer’s clock is right")
	}
	for _, name := range []doctor.Name{doctor.SignIn, doctor.API, doctor.Player} {
		if f := g.looks[name]; f.Outcome == doctor.Fine && f.Name == name {
			evidence = append(evidence, g.tells(f)...)
		}
	}
	return evidence
}

// inPlayer is what is left where nothing was found.
func (g guide) inPlayer() (Verdict, bool) {
	if len(g.Looks) == 0 {
		return Verdict{}, false
	}
	v := Verdict{
		ID: InPlayer, Title: "None of these: it is the session in that player", Sure: NotFound, Evidence: g.well(), Session: true, Reason: "expired",
		Why: "The clock, the network and Spotify are as they should be. So the session in that player has ended or is stuck. Try the fixes one after the other.",
	}
	if !g.clockRight() || !g.fine(doctor.SignIn, doctor.API, doctor.Player) {
		v.Title = "Nothing that was seen is to blame"
		v.Why = "Not everything could be looked at. Most likely the session in that player has ended or is stuck. Try the fixes one after the other."
	}
	return g.help(v, ""), true
}
