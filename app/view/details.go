package view

import (
	"fmt"
	"slices"
	"time"

	"fermata/app/core"
	"fermata/checks"
	"fermata/checks/cause"
	"fermata/checks/text"
)

// Details are what Fermata's page tells: all that is known, in sentences and figures. Charts are SVG images
// as text, made of figures and escaped words alone.
type Details struct {
	Demo      bool
	Level     checks.Level
	Word      string    // the level, for those who see no colour: "Needs attention"
	Sentence  string    // the whole in one sentence
	AsOf      string    // "15:04 on 20 November 2026"
	Outcomes  []Outcome // of clicks whose buttons are not on the page any more
	Causes    []DetailsCause
	Problems  []string // what is wrong in the settings file
	Accounts  []DetailsAccount
	Connect   []DetailsButton // where there is no account
	Devices   []DetailsButton // to play on, once somebody asked
	Clock     DetailsClock
	Past      []DetailsDay
	PastLost  bool // what earlier runs kept could not be read
	Programs  []DetailsProgram
	Questions map[string]cause.Question // by ID
	Why       []DetailsReason           // why sessions end
	Remedies  []cause.Remedy            // the seven fixes
	Guide     *Guide                    // nil: it has not begun
	Settings  DetailsSettings
	Demos     []DetailsButton // the troubles of the demo
}

// DetailsProgram is another program's token file.
type DetailsProgram struct{ Name, File, Token, Grant string }

// MakeDetails words a state for Fermata's page.
func MakeDetails(s *core.State, at core.At) *Details {
	w := wordsOf(s, at)
	d := &Details{
		Demo: s.Troubles != nil, Level: w.level(), Sentence: w.sentence(),
		AsOf: w.style.Clock(w.now) + " on " + w.style.FullDate(w.now, w.now), Clock: w.detailsClock(),
		Past: w.past(), PastLost: s.PastLost, Questions: map[string]cause.Question{}, Settings: w.detailsSettings(),
	}
	d.Word = levelWords[d.Level]
	d.Why, d.Remedies, d.Guide = w.reasons(), cause.Sessions.Remedies, w.guide()
	for _, c := range w.Causes {
		if c.Level > checks.OK {
			d.Causes = append(d.Causes, w.detailsCause(c))
		}
	}
	for _, p := range w.State.Settings.Problems {
		d.Problems = append(d.Problems, text.Sentence(p.Error()))
	}
	for i := range w.Accounts {
		a := &w.Accounts[i]
		d.Accounts = append(d.Accounts, w.detailsAccount(a))
		d.Devices = append(d.Devices, w.detailsButtons(a.DeviceIDs()...)...)
	}
	d.Connect = w.detailsButtons("app/connect")
	for p := range w.Programs.Facts.All(w.now) {
		d.Programs = append(d.Programs, DetailsProgram{p.Name, p.File, text.Upper(p.Words(w.now, w.style)), w.programGrant(p.GrantUntil, p.Estimated)})
	}
	spotify := len(w.Accounts) == 0 || slices.ContainsFunc(w.Accounts, func(a core.Account) bool { return a.IsSpotify() })
	for _, q := range cause.Questions {
		if spotify || !q.OfSpotify {
			d.Questions[q.ID] = q
		}
	}
	for _, t := range w.Troubles {
		d.Demos = append(d.Demos, w.detailsButtons(core.ID("demo", t.Name))...)
	}
	d.Outcomes = w.unplaced(d)
	return d
}

var levelWords = [...]string{checks.OK: "All is well", checks.Unknown: "Not known", checks.Warning: "Needs attention", checks.Critical: "Broken"}

// level is the worst of the accounts and the clock. What is not known of the clock is no trouble of the
// session's.
func (w words) level() checks.Level {
	l := w.ClockLevel
	for _, a := range w.Accounts {
		l = max(l, a.Level)
	}
	for _, c := range w.Causes {
		l = max(l, c.Level)
	}
	if len(w.State.Settings.Problems) > 0 {
		l = max(l, checks.Warning)
	}
	return l
}

// sentence is the whole in one sentence.
func (w words) sentence() string {
	serious := w.Serious()
	switch {
	case len(serious) == 1:
		return serious[0].Title + "."
	case len(serious) > 1:
		return fmt.Sprintf("%d things need your attention; begin with the first.", len(serious))
	case len(w.State.Settings.Problems) > 0:
		return "Your settings file can’t be used as it is."
	case len(w.Accounts) == 0 && w.ClockLevel == checks.OK:
		return "Your clock is right. No account is connected yet."
	case len(w.Accounts) == 0:
		return "No account is connected yet."
	case !w.AllSeen():
		return "Fermata is still looking."
	case len(w.Causes) > 0 && w.Causes[0].Level > checks.OK: // it heals by itself, for all that is known
		return w.Causes[0].Title + "."
	case w.level() == checks.OK:
		return "All is well: your session lasts, and your clock is right."
	case w.ClockLevel == checks.OK:
		return "Nothing is known to be wrong, but the session couldn’t be checked."
	case w.accountLevel() == checks.OK:
		return "Your session lasts. The clock couldn’t be checked."
	}
	return "Nothing is known to be wrong, but neither the session nor the clock could be checked."
}

// accountLevel is the worst of the accounts.
func (w words) accountLevel() checks.Level {
	l := checks.OK
	for _, a := range w.Accounts {
		l = max(l, a.Level)
	}
	return l
}

func (w words) programGrant(until time.Time, estimated bool) string {
	switch day := w.style.FullDate(until, w.now); {
	case until.IsZero():
		return "not known"
	case estimated:
		return day + " at the latest"
	default:
		return day
	}
}
