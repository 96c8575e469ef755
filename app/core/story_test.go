package core_test

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"fermata/app/config"
	"fermata/app/core"
	"fermata/app/view"
	"fermata/checks"
	"fermata/checks/cause"
	"fermata/checks/clock"
	"fermata/checks/doctor"
	"fermata/checks/programs"
	"fermata/checks/session"

	"github.com/cockroachdb/datadriven"
)

func TestMain(m *testing.M) {
	time.Local = time.UTC
	os.Exit(m.Run())
}

// TestStories tells each story of testdata: events flush left, below each what follows. -rewrite writes
// what follows anew.
//
// An event is a verb, the time of day, and what belongs to it; several times on one day, or after "+1d".
// What follows are the effects; the notices that come (+, with their level) and go (-); what is new in the
// menu, and its first line where it is another; whether all was looked at; and, where it moved, the next
// deadline. With off=1h true time turns out to be an hour later than was reckoned with.
func TestStories(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		s := &story{}
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string { return s.tell(t, d) })
	})
}

// A story is a state that events happen to, and what a person saw of it last.
type story struct {
	state    *core.State
	at       core.At
	off      time.Duration // how much true time is ahead of what the story began with
	settings core.Settings
	lines    []string
	notices  map[string]string
	again    map[string]int // how often each was shown once more
	evidence []string
	offered  []string
	running  []string // of those on offer
	programs []string
	checked  []core.ActionID
	ready    bool
	entries  int  // in the journal
	past     bool // is told
	kept     int  // happenings
	wake     time.Duration
	guide    string
}

var midnight = time.Date(2026, time.November, 20, 0, 0, 0, 0, time.UTC)

// clockTime reads "14:05", "14:05:30" or "+7d14:05" as a time of the story.
func (s *story) clockTime(t *testing.T, text string) time.Time {
	t.Helper()
	var days int
	if rest, ok := strings.CutPrefix(text, "+"); ok {
		n, clock, _ := strings.Cut(rest, "d")
		if _, err := fmt.Sscan(n, &days); err != nil {
			t.Fatalf("%q is no time", text)
		}
		text = clock
	}
	layout := "15:04"
	if strings.Count(text, ":") == 2 {
		layout = "15:04:05"
	}
	at, err := time.Parse(layout, text)
	if err != nil {
		t.Fatal(err)
	}
	return midnight.AddDate(0, 0, days).Add(time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute + time.Duration(at.Second())*time.Second)
}

// tell takes one event of the story and returns what follows.
func (s *story) tell(t *testing.T, d *datadriven.TestData) string {
	if len(d.CmdArgs) == 0 {
		t.Fatalf("%s: when?", d.Pos)
	}
	args := args{t, d, s}
	if args.has("off") {
		s.off = args.duration("off")
	}
	now := s.clockTime(t, d.CmdArgs[0].Key)
	s.at = core.At{Elapsed: now.Sub(midnight) - s.off, True: now}
	if d.Cmd == "start" {
		return s.start(args)
	}
	return s.follows(s.state.Step(s.at, args.event()))
}

func (s *story) start(a args) string {
	s.settings.Config = config.Default()
	for _, name := range a.list("accounts", "spotify") {
		s.settings.Accounts = append(s.settings.Accounts, account(name))
	}
	var troubles []core.Trouble
	if a.has("demo") {
		troubles = []core.Trouble{{Name: "revoke", Label: "Revoke the sign-in"}}
	}
	told := map[string]core.Reminder{}
	if a.has("told") {
		t := core.Reminder{End: s.clockTime(a.t, a.value("told")), Level: 2}
		if a.has("later") {
			t.Later = s.clockTime(a.t, a.value("later"))
		}
		told["spotify/grant"] = t
	}
	s.settings.File, s.past = true, a.has("past")
	if a.has("welcomed") {
		told[core.ConnectKey] = core.Reminder{Level: 1}
	}
	s.state = core.New(s.at, s.settings, told, troubles, a.has("programs"))
	if s.past {
		s.state.Recall(nil, false)
	}
	return s.follows(s.state.Step(s.at, core.Woke{}))
}

func account(name string) config.Account {
	provider := "oauth2"
	if strings.HasPrefix(name, "spotify") {
		provider = "spotify"
	}
	return config.Account{Name: name, Provider: provider, ClientID: "an id", Renew: "auto"}
}

// follows writes what an event led to.
func (s *story) follows(effects []core.Effect) string {
	var b strings.Builder
	for _, e := range effects {
		name := strings.ToLower(strings.TrimPrefix(fmt.Sprintf("%T", e), "core."))
		switch e := e.(type) {
		case core.Look:
			fmt.Fprintf(&b, "%s %s\n", name, e.Name)
		case core.Act:
			fmt.Fprintf(&b, "%s %d %s", name, e.Run, e.Action)
			if e.Switch {
				b.WriteString(" switch")
			}
			if e.Place != "" {
				b.WriteString(" at " + e.Place)
			}
			b.WriteString("\n")
		case core.Cancel:
			fmt.Fprintf(&b, "%s %d\n", name, e.Run)
		case core.Configure:
			var names []string
			for _, a := range e.Settings.Accounts {
				names = append(names, a.Name)
			}
			fmt.Fprintf(&b, "%s %s\n", name, strings.Join(names, " "))
		case core.Save:
			for _, key := range slices.Sorted(maps.Keys(e.Reminders)) {
				t := e.Reminders[key]
				fmt.Fprintf(&b, "%s %s level %d", name, key, t.Level)
				if !t.Later.IsZero() {
					b.WriteString(" later " + t.Later.Format("2 Jan 15:04"))
				}
				b.WriteString("\n")
			}
		case core.KeepPast:
			if s.past {
				for _, h := range e.Past[min(s.kept, len(e.Past)):] {
					fmt.Fprintf(&b, "past   %s %s%s%s %v\n", h.Kind, h.Account, h.Action, strings.TrimRight(" "+h.Title, " "), h.Span)
				}
				s.kept = len(e.Past)
			}
		default:
			fmt.Fprintf(&b, "%s\n", name)
		}
	}
	v, _ := view.Make(s.state, s.at)
	s.shows(&b, v)
	if ready := s.state.AllSeen(); ready != s.ready {
		s.ready = ready
		fmt.Fprintf(&b, "ready  %v\n", ready)
	}
	if guide := s.guideTells(); guide != s.guide {
		s.guide = guide
		b.WriteString(guide)
	}
	for _, id := range slices.Sorted(maps.Keys(s.state.Runs)) {
		r := s.state.Runs[id]
		if r.Phase != core.Done {
			continue
		}
		fmt.Fprintf(&b, "done %d: %v", id, r.Err)
		if r.Found != nil {
			fmt.Fprintf(&b, ", found %v", r.Found)
		}
		b.WriteString("\n")
	}
	if w := s.state.Wake(); w != s.wake {
		s.wake = w
		if in := w - s.at.Elapsed; in < 10000*time.Hour {
			at := s.at.True.Add(in)
			layout := "15:04:05"
			if at.YearDay() != s.at.True.YearDay() {
				layout = "15:04:05 on 2 January"
			}
			fmt.Fprintf(&b, "wake %s\n", at.Format(layout))
		} else {
			b.WriteString("wake never\n")
		}
	}
	return b.String()
}

// guideTells is what the guide tells; "": it has not begun.
func (s *story) guideTells() string {
	g := view.MakeGuide(s.state, s.at)
	if g == nil {
		return ""
	}
	fix, ended := g.Nothing, 0
	if g.Fix != nil {
		fix = g.Fix.Title
	}
	if g.Over != nil {
		fix = strings.Join(append([]string{g.Over.Title}, g.Over.Says...), " ")
	}
	for _, l := range g.Lines {
		if l.Outcome != view.Looking {
			ended++
		}
	}
	told := fmt.Sprintf("guide  %s %s (%s; looking %v, %d looks)\nfix    %s\n", g.Title, g.Why, g.Sureness, g.Looking, ended, fix)
	if g.Unread {
		told += "guide  unread\n"
	}
	for _, t := range g.Tried {
		told += "tried  " + t + "\n"
	}
	return told
}

// shows writes what is new on the screen.
func (s *story) shows(b *strings.Builder, v view.View) {
	notices, again := map[string]string{}, map[string]int{}
	for _, n := range v.Notices {
		var buttons []string
		for _, button := range n.Buttons {
			buttons = append(buttons, button.Label)
		}
		if _, twice := notices[n.Key]; twice {
			fmt.Fprintf(b, "notice %s is there TWICE\n", n.Key)
		}
		again[n.Key] = n.Again
		notices[n.Key] = fmt.Sprintf("%s | %s | %s", n.Title, n.Body, strings.Join(buttons, " · "))
		if s.notices[n.Key] != notices[n.Key] || s.again[n.Key] != n.Again {
			fmt.Fprintf(b, "notice +%d %s\n", n.Level, notices[n.Key])
		}
	}
	var gone []string
	for key, n := range s.notices {
		if _, ok := notices[key]; !ok {
			gone = append(gone, n)
		}
	}
	slices.Sort(gone)
	for _, n := range gone {
		title, _, _ := strings.Cut(n, " | ")
		fmt.Fprintf(b, "notice - %s\n", title)
	}
	s.notices, s.again = notices, again
	for i, line := range v.Status.Lines {
		if !slices.Contains(s.lines, line) || i == 0 && line != s.lines[0] {
			fmt.Fprintf(b, "menu   %s\n", line)
		}
	}
	s.lines = v.Status.Lines
	var programs []string
	for _, i := range v.Menu.Programs {
		programs = append(programs, i.Label)
	}
	if !slices.Equal(programs, s.programs) {
		s.programs = programs
		fmt.Fprintf(b, "menu   Programs: %s\n", strings.Join(s.programs, ", "))
	}
	var checked []core.ActionID
	for _, i := range v.Menu.Settings {
		if i.Checked {
			checked = append(checked, i.ID)
		}
	}
	if !slices.Equal(checked, s.checked) {
		s.checked = checked
		fmt.Fprintf(b, "menu   ✓ %v\n", checked)
	}
	var evidence []string
	for _, a := range v.Status.Accounts {
		for _, e := range a.Evidence {
			evidence = append(evidence, e)
			if !slices.Contains(s.evidence, e) {
				fmt.Fprintf(b, "seen   %s\n", e)
			}
		}
	}
	s.evidence = evidence
	for _, e := range s.state.Journal[min(s.entries, len(s.state.Journal)):] {
		fmt.Fprintf(b, "log    %s\n", e.Summary)
	}
	s.entries = len(s.state.Journal)
	var on, running []string
	for _, o := range s.state.Offered() {
		if o.Running {
			running = append(running, string(o.Action))
		}
		if of := o.Action.Of(); of != "app" && of != "demo" && of != "guide" {
			on = append(on, string(o.Action))
		}
	}
	if !slices.Equal(on, s.offered) {
		fmt.Fprintf(b, "offer  %s\n", strings.Join(on, " "))
		s.offered = on
	}
	if !slices.Equal(running, s.running) {
		fmt.Fprintf(b, "runs   %s\n", strings.Join(running, " "))
		s.running = running
	}
}

// args are what belongs to an event.
type args struct {
	t *testing.T
	d *datadriven.TestData
	s *story
}

func (a args) has(key string) bool { return a.d.HasArg(key) }

// word is the n-th argument without a value, counted from the time.
func (a args) word(n int) string {
	if n >= len(a.d.CmdArgs) {
		a.t.Fatalf("%s: too short", a.d.Pos)
	}
	return a.d.CmdArgs[n].Key
}

func (a args) value(key string) string {
	arg, ok := a.d.Arg(key)
	if !ok || len(arg.Vals) == 0 {
		return ""
	}
	return strings.ReplaceAll(strings.Join(arg.Vals, ","), "_", " ")
}

func (a args) list(key, usual string) []string {
	if !a.has(key) {
		return strings.Fields(usual)
	}
	arg, _ := a.d.Arg(key)
	return slices.DeleteFunc(arg.Vals, func(s string) bool { return s == "none" })
}

func (a args) run() core.RunID {
	var id core.RunID
	if _, err := fmt.Sscan(a.word(1), &id); err != nil {
		a.t.Fatalf("%s: which run?", a.d.Pos)
	}
	return id
}

func (a args) duration(key string) time.Duration {
	d, err := time.ParseDuration(cmp(a.value(key), "0s"))
	if err != nil {
		a.t.Fatal(err)
	}
	return d
}

func cmp(s, usual string) string {
	if s == "" {
		return usual
	}
	return s
}

func (a args) event() core.Event {
	switch a.d.Cmd {
	case "wake":
		return core.Woke{}
	case "click":
		return core.Clicked{Run: a.run(), Action: core.ActionID(a.word(2)), Notice: a.value("notice"), Waits: a.has("waits"), Page: a.has("page"), Place: a.value("place"), Seen: cause.Read(a.value("see"))}
	case "left":
		return core.Left{Run: a.run()}
	case "acted":
		return core.Acted{Run: a.run(), Err: a.err(), Found: a.found()}
	case "look":
		return core.Looked{Name: a.word(1), Facts: a.facts(), Next: a.duration("next")}
	case "found":
		f := doctor.Facts{Name: doctor.Name(a.word(1)), Outcome: doctor.Fine, Fault: doctor.Fault(a.value("fault"))}
		if f.Fault != "" {
			f.Outcome = doctor.Wrong
		}
		return core.Found{Facts: f}
	case "away", "back":
		return core.Attention{Away: a.d.Cmd == "away"}
	case "watching":
		var more int
		a.d.ScanArgs(a.t, "more", &more)
		return core.Watching{More: more}
	case "changed":
		return core.Changed{Step: a.duration("step"), Slept: a.duration("slept"), Network: a.has("network"), Keyring: a.has("keyring")}
	case "settings":
		a.s.settings.Accounts = nil
		for _, name := range a.list("accounts", "spotify") {
			c := account(name)
			c.ClientID = cmp(a.value("client"), c.ClientID)
			a.s.settings.Accounts = append(a.s.settings.Accounts, c)
		}
		if d := a.duration("tolerance"); d > 0 {
			a.s.settings.Clock.Tolerance = d
		}
		a.s.settings.Secrets.Store = cmp(a.value("store"), "keyring")
		a.s.settings.Problems = nil
		if p := a.value("problem"); p != "" {
			a.s.settings.Problems = []config.Problem{{File: "config.toml", Line: 3, Text: p}}
		}
		return core.Reloaded{Settings: a.s.settings}
	}
	a.t.Fatalf("%s: no event is called %q", a.d.Pos, a.d.Cmd)
	return nil
}

func (a args) err() error {
	switch e := a.value("err"); e {
	case "":
		return nil
	case "no return":
		return checks.WithHint(session.ErrNoReturn, "Sign in again when you have a moment.")
	case "redirect":
		return &session.Trouble{Where: session.AtToken, Status: 400, Code: "invalid_grant", Text: "Invalid redirect URI", Ask: true, Reason: session.ReasonRedirect}
	default:
		return checks.WithHint(errors.New(e), "Try again.")
	}
}

func (a args) found() any {
	switch {
	case a.has("devices"):
		return core.Devices{{ID: "1", Name: "Kitchen", Type: "Speaker"}, {ID: "2", Name: "Phone", Type: "Smartphone", Active: true},
			{ID: "3", Name: "Car", Type: "Speaker", Restricted: true}, {ID: "4", Name: "Attic", Type: "Speaker"}}
	case a.has("verdict"):
		return core.Verdict(a.value("verdict"))
	case a.has("connected"):
		return core.Connected(account("spotify"))
	case a.has("at-login"):
		return core.AtLogin(true)
	case a.has("text"):
		return a.value("text")
	}
	return nil
}

// facts are what a look found.
func (a args) facts() any {
	switch a.word(1) {
	case "clock":
		f := clock.Facts{Verdict: clock.Right, Known: true, Agree: 4, Asked: 4, Via: "ntp", Error: 12 * time.Millisecond, Offset: a.duration("offset"), CheckedAt: a.s.at.True}
		switch off := f.Offset.Abs(); {
		case a.has("unknown"):
			f = clock.Facts{Reason: "no time server could be reached"}
		case off > time.Minute:
			f.Verdict = clock.Harmful
		case off > 2*time.Second:
			f.Verdict = clock.Wrong
		}
		return f
	case "programs":
		return programs.ListOf(programs.Program{Name: "ncspot"})
	}
	f := core.AccountFacts{Facts: session.Facts{
		Loaded: true, SignedIn: !a.has("signed-out"), User: cmp(a.value("user"), "Jane"), Renewable: !a.has("no-renewal"), Ask: a.has("ask"), Renews: !a.has("ask") && !a.has("no-renewal"),
		AuthorizedAt: midnight.AddDate(0, -1, 0), GrantUntil: midnight.AddDate(0, 5, 0), LastGood: a.s.at.True,
	}}
	f.Locked, f.Outage = a.has("locked"), a.value("outage")
	f.InMemory = a.has("in-memory")
	if before := a.value("before"); before != "" {
		f.UserID, f.Before = "id-1", session.User{ID: "id-2", Name: before}
	}
	if why := a.value("elsewhere"); why != "" {
		f.Elsewhere = errors.New(why)
	}
	if a.has("unsaved") {
		f.SaveError = errors.New("the disk is full")
	}
	if !f.SignedIn {
		f.Facts = session.Facts{Loaded: true}
		return f
	}
	if until := a.value("until"); until != "" {
		f.Until = a.s.clockTime(a.t, until)
		f.RenewedAt = f.Until.Add(-time.Hour)
		if at := a.value("renewed"); at != "" {
			f.RenewedAt = a.s.clockTime(a.t, at)
		}
		f.UsableUntil, f.Usable = f.Until, a.s.at.True.Before(f.Until)
	}
	if grant := a.value("grant"); grant != "" {
		f.GrantUntil = a.s.clockTime(a.t, grant)
		f.AuthorizedAt = f.GrantUntil.Add(-181 * 24 * time.Hour)
	}
	since := a.s.at.True
	if at := a.value("since"); at != "" {
		since = a.s.clockTime(a.t, at)
	}
	if good := a.value("good"); good != "" {
		f.LastGood = a.s.clockTime(a.t, good)
	}
	trouble := func(t session.Trouble) *session.Trouble {
		t.Since, t.At, t.Tries = since, a.s.at.True, 1
		f.LastGood = time.Time{}
		if good := a.value("good"); good != "" {
			f.LastGood = a.s.clockTime(a.t, good)
		}
		return &t
	}
	switch {
	case a.has("unhealthy"):
		f.Health = trouble(session.Trouble{Where: session.AtAPI, Status: 503})
	case a.has("stuck"):
		f.Renewal = trouble(session.Trouble{Where: session.AtKeyring, Text: "the keyring is locked", Err: errors.New("the keyring is locked")})
	case a.has("no-network"):
		f.Renewal = trouble(session.Trouble{Where: session.AtNetwork, Code: session.CodeDNS, Text: "no such host"})
	case a.has("odd"):
		f.Renewal = trouble(session.Trouble{Where: session.AtToken, Status: 400, Code: "odd_error", Ask: true})
		f.Renews = false
	case a.has("down"):
		status := 503
		if a.value("down") == "500" {
			status = 500
		}
		f.Renewal = trouble(session.Trouble{Where: session.AtToken, Status: status, Text: "upstream connect error", Reason: session.ReasonGateway})
	case a.has("revoked"):
		f.Renewal = trouble(session.Trouble{Where: session.AtToken, Status: 400, Code: "invalid_grant", Text: "Refresh token revoked", Ask: true, Reason: session.ReasonRevoked})
		f.Renews = false
	case a.has("keyring"):
		f.Keyring = trouble(session.Trouble{Where: session.AtKeyring, Text: "the keyring is locked", Err: errors.New("the keyring is locked")})
		f.Facts = session.Facts{Keyring: f.Keyring}
	}
	if f.Trouble = f.Renewal; f.Health != nil {
		f.Trouble = f.Health
	}
	if f.Keyring != nil {
		f.Trouble = f.Keyring
	}
	return f
}

// The journal keeps the last 50 changes.
func TestJournal(t *testing.T) {
	at := core.At{True: midnight}
	s := core.New(at, core.Settings{Config: config.Default()}, nil, nil, false)
	for i := range 60 { // the clock is wrong, and then right, and so on
		f := clock.Facts{Known: true, Verdict: clock.Right}
		if i%2 == 0 {
			f.Verdict = clock.Wrong
		}
		s.Step(at, core.Looked{Name: "clock", Facts: f})
		at.True = at.True.Add(time.Minute)
	}
	if n := len(s.Journal); n != 50 {
		t.Fatalf("%d entries", n)
	}
	if first, last := s.Journal[0], s.Journal[49]; !first.At.Equal(midnight.Add(10*time.Minute)) || !last.At.Equal(midnight.Add(59*time.Minute)) {
		t.Errorf("the journal is from %v to %v", first.At, last.At)
	}
}

// The past is that of a month, and no more than 500 happenings; nobody's copy of it changes.
func TestPast(t *testing.T) {
	at := core.At{True: midnight}
	s := core.New(at, core.Settings{Config: config.Default()}, nil, nil, false)
	kept := func(e core.Event) []core.Happening {
		for _, effect := range s.Step(at, e) {
			if k, ok := effect.(core.KeepPast); ok {
				return k.Past
			}
		}
		return nil
	}
	first := kept(core.Changed{Network: true})
	for range 600 {
		at.True = at.True.Add(time.Second)
		kept(core.Changed{Network: true})
	}
	if n := len(s.Past); n != 500 || !s.Past[499].At.Equal(at.True) || !s.Past[0].At.Equal(at.True.Add(-499*time.Second)) {
		t.Errorf("%d happenings since %v", n, s.Past[0].At)
	}
	if len(first) != 1 || !first[0].At.Equal(midnight) {
		t.Errorf("what was handed over became %v", first)
	}
	const month = 31 * 24 * time.Hour
	at.True = s.Past[498].At.Add(month)
	if past := kept(core.Changed{Slept: month}); len(past) != 2 || past[1].Kind != core.Slept {
		t.Errorf("after a month: %v", past)
	}
	if past := kept(core.Woke{}); past != nil {
		t.Errorf("nothing happened, but %v is kept", past)
	}
}
