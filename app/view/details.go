package view

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"fermata/app/core"
	"fermata/checks"
	"fermata/checks/cause"
	"fermata/checks/clock"
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
	Settings  DetailsSettings
	Demos     []DetailsButton // the troubles of the demo
}

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
}

// Outcome is what came of a click.
type Outcome struct {
	Title, Body string
	Failed      bool
}

// DetailsAccount is one account with its two lifetimes.
type DetailsAccount struct {
	Name     string // as the settings have it; its anchor is "account-" and this
	Heading  string
	Level    checks.Level
	Word     string
	Session  DetailsLife
	Grant    DetailsLife
	Calendar bool // the end of the sign-in can be put into a calendar
	Buttons  []DetailsButton
}

// DetailsLife is a lifetime.
type DetailsLife struct {
	Line       string // the same as in the menu; "": not known
	From, Till string // its ends; "": there is no bar
	Bar        string // SVG
	Warnings   string // when Fermata warns: "You are warned on 1, 23 and 29 April 2027."; "": it does not
}

// DetailsClock is the clock.
type DetailsClock struct {
	Line      string // the same as in the menu
	Level     checks.Level
	Word      string
	Evidence  string
	Tolerance string // "Beyond 2 s the clock counts as wrong."
	Drift     string // "" where it is not known
	CheckedAt string // "" where it never was
	System    []string
	Day, Week DetailsChart
	Steps     []string // when and by how much the clock was set, as the measurements show
	Servers   []DetailsServer
	Buttons   []DetailsButton
}

// DetailsChart is a chart with what it shows in words.
type DetailsChart struct{ SVG, Says string }

// DetailsServer is the last answer of one time server.
type DetailsServer struct{ Name, Offset, RoundTrip, Age, Verdict string }

// DetailsDay is what happened on one day, the newest first.
type DetailsDay struct {
	Day   string
	Items []DetailsItem
}

// DetailsItem is one thing that happened.
type DetailsItem struct{ Time, Text string }

// DetailsProgram is another program's token file.
type DetailsProgram struct{ Name, File, Token, Grant string }

// DetailsSettings are the settings that a person changes often, as the settings file has them.
type DetailsSettings struct {
	File      bool // there is a file that can be changed
	Tolerance string
	Servers   []string
	Session   string
	Grant     []string
	Accounts  []DetailsSetting
	Buttons   []DetailsButton
}

// DetailsSetting are an account's settings.
type DetailsSetting struct{ Name, Provider, ClientID, Renew string }

// MakeDetails words a state for Fermata's page.
func MakeDetails(s *core.State, at core.At) *Details {
	w := wordsOf(s, at)
	d := &Details{
		Demo: s.Troubles != nil, Level: w.level(), Sentence: w.sentence(),
		AsOf: at.True.Format("15:04 on 2 January 2006"), Clock: w.detailsClock(),
		Past: w.past(), PastLost: s.PastLost, Questions: map[string]cause.Question{}, Settings: w.detailsSettings(),
	}
	d.Word = levelWords[d.Level]
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
	for _, p := range w.Programs.Facts {
		d.Programs = append(d.Programs, DetailsProgram{p.Name, p.File, text.Upper(p.Words(w.now)), w.programGrant(p.GrantUntil, p.Estimated)})
	}
	for _, q := range cause.Questions {
		d.Questions[q.ID] = q
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
	if len(w.Accounts) == 0 || len(w.State.Settings.Problems) > 0 {
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
	case len(w.Accounts) == 0:
		return "No account is connected yet."
	case !w.AllSeen():
		return "Fermata is still looking."
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
		b := DetailsButton{Button: Button{id, i.Label}, Does: does[id.Verb()], Running: i.Disabled, Checked: w.checked(id)}
		for j := range w.Answers {
			if a := &w.Answers[j]; a.Page && a.Action == id && b.Outcome == nil {
				b.Outcome = w.outcome(a)
			}
		}
		all = append(all, b)
	}
	return all
}

// does is what the actions do, by their verbs.
var does = map[string]string{
	"unlock":                  "Asks for the password of the keyring that your sign-in is kept in.",
	string(cause.Refresh):     "Asks for a new session now, without the browser.",
	string(cause.SignIn):      "Opens the sign-in in your browser and starts a new six months.",
	"memory":                  "Keeps you signed in until Fermata closes, without saving anything.",
	"logout":                  "Removes the sign-in from this computer. You can sign in again at any time.",
	string(cause.Permissions): "Opens the page where you remove Fermata’s access, then signs in again.",
	string(cause.Device):      "Lists your devices: if it plays on another one, the problem is on this computer.",
	string(cause.Restart):     "Quits the Spotify app and starts it again.",
	"player":                  "Opens the web player anew in your browser.",
	string(cause.Support):     "Opens Spotify’s contact page, and a report without secrets that you can copy.",
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
	case core.Worked:
		return &Outcome{Title: "Done"}
	}
	title, body := w.answer(a)
	return &Outcome{title, body, false}
}

// unplaced are the outcomes of clicks whose buttons are not on the page.
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

func (w words) detailsAccount(a *core.Account) DetailsAccount {
	f := a.Facts
	d := DetailsAccount{
		Name: a.Name, Heading: heading(a), Level: a.Level, Word: levelWords[a.Level],
		Session: DetailsLife{Line: w.sessionLine(a)}, Grant: DetailsLife{Line: w.grantLine(a)},
		Buttons: w.detailsButtons(core.ID(a.Name, "unlock"), core.ID(a.Name, "memory"), core.ID(a.Name, string(cause.Refresh)), core.ID(a.Name, string(cause.SignIn)),
			core.ID(a.Name, string(cause.Restart)), core.ID(a.Name, string(cause.Permissions)), core.ID(a.Name, string(cause.Device)),
			core.ID(a.Name, "player"), core.ID(a.Name, string(cause.Support)), core.ID(a.Name, "logout")),
	}
	if a.Seen && !f.Until.IsZero() && f.RenewedAt.Before(f.Until) {
		s := &d.Session
		s.From, s.Till = text.TimeOfDay(f.RenewedAt, w.now), text.TimeOfDay(f.Until, w.now)
		warn := f.Until.Add(-w.State.Settings.Notify.Session)
		if warn.After(w.now) {
			s.Warnings = fmt.Sprintf("If it can’t be renewed, Fermata warns you at %s.", text.TimeOfDay(warn, w.now))
		}
		s.Bar = bar(period{f.RenewedAt, f.Until}, w.now, []time.Time{warn}, fmt.Sprintf("Session from %s to %s; %s.", s.From, s.Till, left(f.Until.Sub(w.now))))
	}
	for i := range d.Buttons {
		d.Buttons[i].NoHelp = text.Upper(w.noHelp(a, cause.Fix(d.Buttons[i].ID.Verb())))
	}
	d.Calendar = d.Grant.Line != "" && f.GrantUntil.After(w.now)
	if d.Grant.Line != "" && f.AuthorizedAt.Before(f.GrantUntil) && !f.AuthorizedAt.IsZero() {
		g := &d.Grant
		g.From, g.Till = text.FullDate(f.AuthorizedAt, w.now), text.FullDate(f.GrantUntil, w.now)
		var warnings []time.Time
		var days []string
		for _, lead := range w.State.Settings.Notify.Grant {
			t := f.GrantUntil.Add(-lead)
			if warnings = append(warnings, t); t.After(w.now) {
				days = append(days, text.Date(t, w.now))
			}
		}
		if len(days) > 0 {
			g.Warnings = "Fermata reminds you on " + series(days) + "."
		}
		g.Bar = bar(period{f.AuthorizedAt, f.GrantUntil}, w.now, warnings, fmt.Sprintf("Sign-in from %s to %s; %s.", g.From, g.Till, left(f.GrantUntil.Sub(w.now))))
	}
	return d
}

// left is how much of a lifetime is left, in words.
func left(d time.Duration) string {
	if d <= 0 {
		return "it is over"
	}
	if d >= 24*time.Hour {
		return text.Days(d) + " left"
	}
	return text.Span(d.Round(time.Minute)) + " left"
}

// series joins words as a sentence does: "1 May, 24 May and 30 May".
func series(words []string) string {
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + " and " + words[n-1]
	}
	return strings.Join(words, "")
}

func (w words) programGrant(until time.Time, estimated bool) string {
	switch day := text.FullDate(until, w.now); {
	case until.IsZero():
		return "not known"
	case estimated:
		return day + " at the latest"
	default:
		return day
	}
}

func (w words) detailsClock() DetailsClock {
	f, tolerance := w.Clock.Facts, w.State.Settings.Clock.Tolerance
	d := DetailsClock{
		Line: w.clockLine(), Level: w.ClockLevel, Word: levelWords[w.ClockLevel], Evidence: f.Evidence(), System: f.System,
		Tolerance: fmt.Sprintf("Beyond %s the clock counts as wrong.", text.Span(tolerance)),
		Buttons:   w.detailsButtons("clock/set", "clock/check"),
	}
	if !f.CheckedAt.IsZero() {
		d.CheckedAt = text.TimeOfDay(f.CheckedAt, w.now)
	}
	if drift := f.Drift.String(); drift != "" {
		d.Drift = drift + " over the last " + text.Span(f.Drift.Over) + "."
		if !f.Drift.Crosses.IsZero() {
			d.Drift += " At this rate it will be wrong at " + text.TimeOfDay(f.Drift.Crosses, w.now) + "."
		}
	}
	const day = 24 * time.Hour
	draw := func(span string, long, every time.Duration, layout string) DetailsChart {
		p := period{w.now.Add(-long), w.now}
		says := describe(span, p, f.History)
		return DetailsChart{clockChart(p, f.History, tolerance, every, layout, says), says}
	}
	if len(f.History) > 0 {
		d.Day, d.Week = draw("day", day, 6*time.Hour, "15:04"), draw("week", 7*day, 2*day, "2 Jan")
	}
	for _, s := range steps(f.History) {
		way := "forward"
		if s.by < 0 {
			way = "back"
		}
		d.Steps = append(d.Steps, fmt.Sprintf("Before %s the clock was set %s by about %s.", text.TimeOfDay(s.at, w.now), way, text.Span(s.by)))
	}
	for _, s := range f.Servers {
		row := DetailsServer{Name: s.Name, Offset: "–", RoundTrip: "–", Age: "–", Verdict: serverWords(s)}
		if s.Answered() {
			row.Offset = fmt.Sprintf("%s (± %s)", clock.Ahead(s.Offset), text.Span(s.Error))
			row.RoundTrip, row.Age = text.Span(s.RTT), text.Span(s.Age.Round(time.Second))
		}
		d.Servers = append(d.Servers, row)
	}
	return d
}

// serverWords is the verdict on a time server as a person reads it.
func serverWords(s clock.Server) string {
	v := text.Upper(string(s.Verdict))
	switch s.Verdict {
	case clock.OK:
		v = "Agrees"
	case clock.Falseticker:
		v = "Differs from the others"
	}
	if s.Certificate != "" {
		return fmt.Sprintf("%s; by this clock its certificate is %s", v, s.Certificate)
	}
	return v
}

func (w words) detailsSettings() DetailsSettings {
	set := w.State.Settings
	d := DetailsSettings{
		File: set.File && len(set.Problems) == 0, Tolerance: plain(set.Clock.Tolerance), Servers: set.Clock.Servers, Session: plain(set.Notify.Session),
		Buttons: w.detailsButtons("app/start-at-login", "app/pause", "app/settings"),
	}
	for _, g := range set.Notify.Grant {
		d.Grant = append(d.Grant, plain(g))
	}
	for _, a := range set.Accounts {
		d.Accounts = append(d.Accounts, DetailsSetting{a.Name, a.Provider, a.ClientID, a.Renew})
	}
	return d
}

// plain writes a duration as the settings file has it: "2s", "30m", "7d".
func plain(d time.Duration) string {
	const day = 24 * time.Hour
	if d >= day && d%day == 0 {
		return fmt.Sprintf("%dd", d/day)
	}
	s := d.String()
	for _, nought := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(s, nought) {
			s = strings.TrimSuffix(s, nought[1:])
		}
	}
	return s
}
