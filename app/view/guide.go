package view

import (
	"fmt"
	"slices"
	"strings"

	"fermata/app/core"
	"fermata/checks"
	"fermata/checks/cause"
	"fermata/checks/doctor"
	"fermata/checks/text"
)

// A Guide is "The music stopped…" in words: what the person sees, what is found, and what to do.
type Guide struct {
	Looking  bool          `json:"looking,omitempty"` // looks are still under way
	ID       string        `json:"verdict"`
	Title    string        `json:"title"` // the verdict
	Why      string        `json:"why"`
	Sureness string        `json:"sureness"` // "certain", "likely", "not found"
	Sure     string        `json:"-"`
	Evidence []string      `json:"evidence"`
	Level    checks.Level  `json:"level"` // of what was found
	Read     []GuideSeen   `json:"seen"`
	Unread   bool          `json:"unread,omitempty"` // what the person told is not known
	Options  []GuideOption `json:"-"`                // the answers to "What do you see?"
	Groups   []GuideGroup  `json:"-"`
	Lines    []GuideLine   `json:"looks"` // all, in the order in which they came
	Page     string        `json:"page,omitempty"`
	Fix      *GuideFix     `json:"fix"` // the one to try now; null: none is needed, or none is left
	Nothing  string        `json:"-"`   // why there is no Fix
	Answers  []Button      `json:"-"`   // to "Did it help?"
	Outcomes []Outcome     `json:"-"`   // of clicks whose buttons are gone
	Others   []GuideFix    `json:"others"`
	Tried    []string      `json:"tried"`
	Over     *GuideEnd     `json:"-"`
	Again    []Button      `json:"-"`
	AsOf     string        `json:"-"`
}

// GuideOption is an answer to "What do you see?".
type GuideOption struct {
	ID, Label string
	Chosen    bool
}

// GuideSeen is what is known of something that the person sees.
type GuideSeen struct {
	ID     string `json:"id"`
	Title  string `json:"-"`
	Behind string `json:"behind"`
	Source string `json:"source"`
}

// GuideGroup are the looks at one thing.
type GuideGroup struct {
	Title string
	Lines []GuideLine
}

// GuideLine is what one look found.
type GuideLine struct {
	ID       string   `json:"id"`
	Outcome  string   `json:"outcome"` // "fine", "wrong", "unknown", "timed out", "looking"
	Mark     string   `json:"-"`       // the outcome, for those who see no colour
	Says     string   `json:"says"`
	Evidence []string `json:"evidence"`
}

// Looking is the outcome of a look that has not ended.
const Looking = "looking"

// Ended is how many looks have ended.
func (g *Guide) Ended() int {
	n := 0
	for _, l := range g.Lines {
		if l.Outcome != Looking {
			n++
		}
	}
	return n
}

// GuideFix is one of the seven, with what exactly to do.
type GuideFix struct {
	ID      string          `json:"id"`
	Title   string          `json:"title"`
	What    string          `json:"what"`
	Steps   []string        `json:"steps"`
	NoHelp  string          `json:"no_help,omitempty"`
	Buttons []DetailsButton `json:"-"`
	Actions []core.ActionID `json:"actions"`
}

// GuideEnd says what it was, and how to be warned before it happens again.
type GuideEnd struct {
	Title   string
	Says    []string
	Buttons []DetailsButton
}

// MakeGuide words the guide; nil: it has not begun.
func MakeGuide(s *core.State, at core.At) *Guide { return wordsOf(s, at).guide() }

func (w words) guide() *Guide {
	g := &w.State.Guide
	if !g.Begun {
		return nil
	}
	v := g.Verdict
	d := &Guide{
		Looking: g.Looking(), ID: v.ID, Title: v.Title + ".", Why: v.Why, Sureness: string(v.Sure), Sure: sureWords[v.Sure],
		Evidence: []string{}, Read: []GuideSeen{}, Unread: g.Unread, Page: v.Page, Others: []GuideFix{}, Tried: []string{},
		Level: w.guideLevel(), Again: []Button{{"guide/look", "Look again"}, {"guide/reset", "Start over"}},
	}
	switch {
	case v.Title != "":
	case d.Looking:
		d.Title = "Fermata is looking…"
	default:
		d.Title = "Nothing could be looked at."
	}
	for _, e := range v.Evidence {
		d.Evidence = append(d.Evidence, begun(e)+".")
	}
	for _, id := range cause.Choices {
		seen, _ := cause.Find(id)
		chosen := slices.ContainsFunc(g.Seen, func(s cause.Seen) bool { return s.ID == id })
		d.Options = append(d.Options, GuideOption{id, seen.Label, chosen})
	}
	for _, s := range g.Seen {
		if s.Behind != "" {
			d.Read = append(d.Read, GuideSeen{s.ID, s.Label, s.Behind, s.Source})
		}
	}
	d.Groups = w.guideGroups()
	for _, group := range d.Groups {
		d.Lines = append(d.Lines, group.Lines...)
	}
	if !g.LookedAt.IsZero() {
		d.AsOf = fmt.Sprintf("Looked at %s.", w.style.TimeOfDay(g.LookedAt, w.now))
	}
	w.guideFixes(d)
	shown := map[core.ActionID]bool{}
	for _, list := range d.buttons() {
		for _, b := range list {
			shown[b.ID] = true
		}
	}
	for _, o := range w.Answers {
		shown[o.Action] = shown[o.Action] || o.Action.Fix() == "" // it has no part in the guide
	}
	d.Outcomes = w.outcomesBut(shown)
	return d
}

// buttons are those of all fixes.
func (g *Guide) buttons() (all [][]DetailsButton) {
	if g.Fix != nil {
		all = append(all, g.Fix.Buttons)
	}
	for _, f := range g.Others {
		all = append(all, f.Buttons)
	}
	return all
}

// begun begins a sentence with a clause. What is written small everywhere stays so: "api.spotify.com".
func begun(clause string) string {
	if first, _, _ := strings.Cut(clause, " "); strings.ContainsAny(first, ".:") {
		return clause
	}
	return text.Upper(clause)
}

// sureWords say how sure a verdict is.
var sureWords = map[cause.Sureness]string{
	cause.Certain: "This is certain.",
	cause.Likely:  "This is likely, not certain.",
}

// guideLevel is how bad it is what was found. Where all was seen and nothing is to blame, all is well but the
// session in the player.
func (w words) guideLevel() checks.Level {
	switch v := w.Guide.Verdict; {
	case v.ID == cause.Offline, v.ID == cause.Outage, v.ID == "":
		return checks.Unknown
	case v.Sure != cause.NotFound:
		return checks.Warning
	case w.Clock.Facts.Known && w.answers() == len(spotifys):
		return checks.OK
	}
	return checks.Unknown
}

// guideFixes are the one to try now and the others, what was tried, and how it ended.
func (w words) guideFixes(d *Guide) {
	g := &w.State.Guide
	now := g.Current()
	for _, fix := range slices.Concat(g.Verdict.Fixes, cause.Fixes) {
		f := w.guideFix(fix)
		switch known := slices.ContainsFunc(d.Others, func(o GuideFix) bool { return o.ID == f.ID }); {
		case known:
		case fix == now:
			d.Fix = &f
		default:
			d.Others = append(d.Others, f)
		}
	}
	if d.Fix != nil {
		d.Others = slices.DeleteFunc(d.Others, func(o GuideFix) bool { return o.ID == d.Fix.ID })
		d.Answers = []Button{{"guide/helped", "Yes, it plays again"}, {"guide/not", "No, try the next"}}
	}
	for _, t := range g.Tried {
		says := "%s: it didn’t help (%s)"
		if t.Helped {
			says = "%s: it helped (%s)"
		}
		d.Tried = append(d.Tried, fmt.Sprintf(says, remedy(t.Fix).Title, w.style.TimeOfDay(t.At, w.now)))
	}
	switch {
	case g.Over:
		d.Over = w.guideEnd()
	case d.Fix == nil && len(g.Tried) > 0:
		d.Nothing = "None of the fixes that fit has helped. Below are the others; support sees in the report what you tried."
	case d.Fix == nil && d.Looking:
		d.Nothing = "Fermata is still looking."
	case d.Fix == nil:
		d.Nothing = "None of the seven fixes helps here. What to do is said above."
	}
}

// remedy is what there is to say of a fix.
func remedy(fix cause.Fix) cause.Remedy {
	i := slices.IndexFunc(cause.Sessions.Remedies, func(r cause.Remedy) bool { return r.Fix == fix })
	if i < 0 {
		return cause.Remedy{Fix: fix}
	}
	return cause.Sessions.Remedies[i]
}

func (w words) guideFix(fix cause.Fix) GuideFix {
	r := remedy(fix)
	f := GuideFix{ID: string(fix), Title: r.Title, What: r.What, Steps: append([]string{}, r.Steps...), NoHelp: text.Upper(w.Guide.Verdict.NoHelp[fix])}
	if r.Else != "" {
		f.Steps = append(f.Steps, r.Else)
	}
	ids := w.GuideIDs(fix)
	if w.Guide.Mends(fix) { // the button says what it does
		f.Title, f.What, f.Steps = w.name(ids[0]), does[ids[0].Verb()], []string{}
	}
	f.Buttons = w.detailsButtons(slices.DeleteFunc(slices.Clone(ids), func(id core.ActionID) bool { return id == "guide/device" })...) // that is its words
	f.Actions = []core.ActionID{}
	for _, id := range ids {
		if w.offers(id) {
			f.Actions = append(f.Actions, id)
		}
	}
	return f
}

// guideEnd says what it was, and how to be warned the next time.
func (w words) guideEnd() *GuideEnd {
	g := &w.State.Guide
	last := g.Tried[len(g.Tried)-1]
	e := &GuideEnd{Title: "It plays again", Says: []string{fmt.Sprintf("What helped: %s.", remedy(last.Fix).Title)}}
	switch g.Verdict.ID {
	case "":
	case cause.InPlayer:
		e.Says = append(e.Says, "It was the session in that player.")
	default:
		e.Says = append(e.Says, fmt.Sprintf("It was this: %s.", g.Verdict.Title))
	}
	switch {
	case last.Fix == cause.Clock:
		e.Says = append(e.Says, "Fermata goes on watching your clock, and tells you before a wrong one stops the music again.")
	case len(w.Accounts) == 0:
		e.Says = append(e.Says, "To be warned before it happens again, connect your account: Fermata then renews its session by itself, tells you before it ends, and why. Creating the client ID for that needs Premium.")
		e.Buttons = w.detailsButtons("app/connect")
	default:
		e.Says = append(e.Says, "Fermata goes on watching your account, and tells you before its session or its sign-in ends.")
	}
	return e
}

// Advice is what a person has left to do after a fix that a program can only begin.
func Advice(id core.ActionID) string { return strings.Join(remedy(id.Fix()).Steps, " ") }

// spotifys are the looks at what everybody needs of Spotify's.
var spotifys = []doctor.Name{doctor.SignIn, doctor.API, doctor.Player}

// answers is how many of them Spotify answered.
func (w words) answers() (n int) {
	for _, f := range w.Guide.Facts {
		if f.Outcome == doctor.Fine && slices.Contains(spotifys, f.Name) {
			n++
		}
	}
	return n
}

// reachLine tells of the clock, and whether Spotify could be reached when that was looked at.
func (w words) reachLine(clock string) string {
	at := w.style.TimeOfDay(w.Guide.LookedAt, w.now)
	switch w.answers() {
	case 0:
		return fmt.Sprintf("%s · Spotify can’t be reached (looked at %s)", clock, at)
	case len(spotifys):
		return fmt.Sprintf("%s · Spotify can be reached (looked at %s)", clock, at)
	}
	return fmt.Sprintf("%s · Spotify can be reached in part (looked at %s)", clock, at)
}
