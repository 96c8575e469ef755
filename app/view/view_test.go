package view_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"fermata/app/config"
	"fermata/app/core"
	"fermata/app/view"
	"fermata/assets"
	"fermata/checks"
	"fermata/checks/clock"
	"fermata/checks/clock/autotime"
	"fermata/checks/programs"
	"fermata/checks/session"
	"fermata/checks/text"

	"github.com/cockroachdb/datadriven"
)

var noon = time.Date(2026, time.November, 20, 12, 0, 0, 0, time.UTC)

func TestMain(m *testing.M) {
	time.Local = time.UTC
	os.Exit(m.Run())
}

// A world is what a scene changes, before it is looked at.
type world struct {
	settings core.Settings
	demo     []core.Trouble
	clock    clock.Facts
	facts    core.AccountFacts
	unseen   bool
	lost     bool         // the past of earlier runs
	after    []core.Event // the looks
}

// A scene is a state as a person may meet it.
type scene struct {
	name   string
	change func(w *world)
}

var revoked = session.Trouble{Where: session.AtToken, Status: 400, Code: "invalid_grant", Text: "Refresh token revoked", Ask: true, Reason: session.ReasonRevoked}

func scenes() []scene {
	click := func(id core.ActionID) core.Event { return core.Clicked{Run: 1, Action: id} }
	return []scene{
		{"all is well", func(*world) {}},
		{"first run", func(w *world) { w.settings.Accounts = nil }},
		{"just started", func(w *world) { w.unseen = true }},
		{"not signed in", func(w *world) { w.facts.Facts = session.Facts{Loaded: true} }},
		{"the sign-in was revoked", func(w *world) { w.trouble(revoked) }},
		{"somebody else signed in", func(w *world) {
			w.facts.UserID, w.facts.Before = "id-1", session.User{ID: "id-2", Name: "Max"}
		}},
		{"the sign-in is six months old", func(w *world) {
			w.facts.GrantUntil = noon.Add(-time.Hour)
			w.trouble(revoked)
		}},
		{"the sign-in expires in about 7 days", func(w *world) {
			w.facts.AuthorizedAt, w.facts.GrantUntil, w.facts.GrantEstimated = noon.AddDate(0, -6, 7), noon.AddDate(0, 0, 7), true
		}},
		{"no network for a minute", func(w *world) {
			w.trouble(session.Trouble{Where: session.AtNetwork, Code: session.CodeDNS, Since: noon.Add(-time.Minute)})
		}},
		{"no network and the session nears its end", func(w *world) {
			w.until(4 * time.Minute)
			w.trouble(session.Trouble{Where: session.AtNetwork, Code: session.CodeTimeout, Since: noon.Add(-9 * time.Minute)})
		}},
		{"a wait that was asked for", func(w *world) {
			w.trouble(session.Trouble{Where: session.AtToken, Status: 429, RetryAfter: time.Minute})
		}},
		{"the provider answers with an error", func(w *world) { w.trouble(session.Trouble{Where: session.AtToken, Status: 503}) }},
		{"no session yet", func(w *world) {
			w.facts.Until, w.facts.UsableUntil, w.facts.RenewedAt, w.facts.Usable = time.Time{}, time.Time{}, time.Time{}, false
		}},
		{"the session waits for a click", func(w *world) {
			w.until(20 * time.Minute)
			w.facts.Renews, w.facts.Ask = false, true
		}},
		{"the session ended", func(w *world) {
			w.until(-20 * time.Minute)
			w.facts.Renews, w.facts.Ask = false, true
		}},
		{"nothing to renew with", func(w *world) {
			w.until(40 * time.Minute)
			w.facts.Renews, w.facts.Renewable = false, false
		}},
		{"nothing to renew with yet more than an hour", func(w *world) {
			w.until(70 * time.Minute)
			w.facts.Renews, w.facts.Renewable = false, false
		}},
		{"the arc shortens now", func(w *world) {
			w.until(45 * time.Minute)
			w.facts.Renews, w.facts.Renewable = false, false
		}},
		{"the session is not accepted", func(w *world) { w.health(session.Trouble{Status: 401, Code: "invalid_token", Ask: true}) }},
		{"a permission is missing", func(w *world) {
			w.health(session.Trouble{Status: 403, Text: "Insufficient client scope", Ask: true, Reason: session.ReasonScope})
		}},
		{"the service answers with an error", func(w *world) { w.health(session.Trouble{Status: 503}) }},
		{"the clock is ahead", func(w *world) { w.clock = wrong() }},
		{"the clock is ahead a little", func(w *world) { w.clock.Offset, w.clock.Verdict = -5*time.Second, clock.Wrong }},
		{"few servers say that the clock is ahead", func(w *world) {
			w.clock = wrong()
			w.clock.Agree, w.clock.Answered = 2, 2
		}},
		{"few servers say that the clock is ahead a little", func(w *world) {
			w.clock.Offset, w.clock.Verdict, w.clock.Agree, w.clock.Answered = -5*time.Second, clock.Wrong, 2, 2
		}},
		{"the clock has another date, by name", func(w *world) {
			w.clock = wrong()
			w.clock.Offset = noon.Sub(time.Date(2006, 3, 3, 12, 0, 0, 0, noon.Location()))
			w.clock.Confirmed = 3
			w.clock.Keeper = autotime.Keeper{Name: "systemd-timesyncd", LastAnswer: noon.AddDate(0, 0, -3), Now: noon, Verb: "Restart systemd-timesyncd"}
		}},
		{"the clock is ahead, and the only account is elsewhere", func(w *world) {
			w.clock = wrong()
			w.settings.Accounts = []config.Account{{Name: "bot", Provider: "oauth2", ClientID: "an id", Renew: "auto"}}
		}},
		{"the clock loses time", func(w *world) {
			w.clock.Drift = clock.Drift{Known: true, PPM: -14, Error: 0.3, Over: 6 * time.Hour, Crosses: noon.Add(40*time.Hour + 400*time.Millisecond)}
			w.clock.Servers = append(w.clock.Servers, clock.Server{Name: "www.example.org", Via: "https", Offset: time.Second, Error: time.Second / 2, RTT: time.Second / 4, Age: time.Minute, Certificate: clock.Expired})
		}},
		{"two causes at once", func(w *world) {
			w.clock = wrong()
			w.trouble(revoked)
		}},
		{"the keyring is locked", func(w *world) {
			w.facts.SaveError, w.facts.Locked = checks.WithHint(errors.New("the keyring is locked"), "Unlock it."), true
		}},
		{"nothing can be saved", func(w *world) {
			w.until(40 * time.Minute)
			w.facts.Renewal = &session.Trouble{Where: session.AtKeyring, Text: "can’t save to ~/.local/state/fermata: no space left on device", Since: noon, At: noon, Tries: 1}
			w.facts.Trouble = w.facts.Renewal
		}},
		{"the session ended and nothing can be saved", func(w *world) {
			w.until(-5 * time.Minute)
			w.facts.Renewal = &session.Trouble{Where: session.AtKeyring, Text: "the keyring is locked", Since: noon, At: noon, Tries: 1}
			w.facts.Trouble, w.facts.Locked = w.facts.Renewal, true
		}},
		{"it renews in memory", func(w *world) { w.facts.InMemory = true }},
		{"the file could not be written when it was chosen", func(w *world) {
			w.settings.Secrets.Store = "file"
			w.facts.Elsewhere = errors.New("can’t save to ~/.local/state/fermata: no space left on device")
		}},
		{"the keyring was locked when it was chosen", func(w *world) {
			w.facts.Elsewhere, w.facts.Locked = errors.New("the keyring is locked"), true
		}},
		{"the keyring cant be read", func(w *world) {
			t := session.Trouble{Where: session.AtKeyring, Text: "the keyring is locked", Since: noon, At: noon, Tries: 1}
			w.facts.Facts = session.Facts{Trouble: &t, Keyring: &t}
			w.facts.Locked = true
		}},
		{"a click failed", func(w *world) {
			w.after = []core.Event{click("spotify/refresh"), core.Acted{Run: 1, Err: checks.WithHint(errors.New("no connection"), "Try again later.")}}
		}},
		{"a click was answered", func(w *world) { w.after = []core.Event{click("clock/check"), w.looks()[1]} }},
		{"a click worked", func(w *world) {
			w.after = append([]core.Event{click("spotify/refresh"), core.Acted{Run: 1}}, w.looks()...)
		}},
		{"a click helped", func(w *world) {
			w.clock = wrong()
			w.after = []core.Event{click("clock/set"), core.Acted{Run: 1}, core.Looked{Name: "clock", Facts: right()}}
		}},
		{"a click did not help", func(w *world) {
			w.clock = wrong()
			w.after = []core.Event{click("clock/set"), core.Acted{Run: 1}, core.Looked{Name: "clock", Facts: wrong()}}
		}},
		{"a click came too late", func(w *world) {
			w.after = []core.Event{click("spotify/unlock")}
		}},
		{"a click on something unknown", func(w *world) { w.after = []core.Event{click("no/such")} }},
		{"what is this", func(w *world) {
			w.clock = wrong()
			w.after = []core.Event{click("app/about")}
		}},
		{"refreshing", func(w *world) { w.after = []core.Event{click("spotify/refresh")} }},
		{"where to play", func(w *world) {
			w.after = []core.Event{click("spotify/device"), core.Acted{Run: 1, Found: core.Devices{
				{ID: "1", Name: "Kitchen", Type: "Speaker"}, {ID: "2", Name: "Phone", Type: "Smartphone", Active: true},
				{ID: "3", Name: "Car", Type: "Speaker", Restricted: true},
			}}}
		}},
		{"it plays elsewhere", func(w *world) {
			w.after = []core.Event{click("spotify/device"), core.Acted{Run: 1, Found: core.Verdict("It plays on Kitchen.")}}
		}},
		{"notifications are paused", func(w *world) {
			w.trouble(revoked)
			w.after = []core.Event{click("app/pause")}
		}},
		{"a wrong setting", func(w *world) {
			w.settings.Problems = []config.Problem{{File: "/home/jane/config.toml", Line: 3, Text: `[clock] tolerance: expected a duration such as "2s", got "fast"`}}
		}},
		{"starts at login and no file", func(w *world) { w.settings.AtLogin, w.settings.File = true, false }},
		{"two accounts and the demo", func(w *world) {
			w.settings.Accounts = append(w.settings.Accounts, config.Account{Name: "bot", Provider: "oauth2", ClientID: "an id", Renew: "auto"})
			w.demo = []core.Trouble{{Name: "revoke", Label: "Revoke the sign-in"}}
		}},
		{"the demo and a revoked sign-in", func(w *world) {
			w.demo = []core.Trouble{{Name: "revoke", Label: "Revoke the sign-in"}}
			w.trouble(revoked)
		}},
	}
}

func right() clock.Facts {
	return clock.Facts{Verdict: clock.Right, Known: true, Agree: 4, Asked: 4, Offset: 3 * time.Millisecond, Error: 12 * time.Millisecond, Via: "ntp", CheckedAt: noon,
		Servers: []clock.Server{{Name: "time.example.org", Verdict: clock.OK, Stratum: 2, Via: "ntp"}}}
}

func wrong() clock.Facts {
	f := right()
	f.Offset, f.Verdict = -93*time.Second, clock.Harmful
	return f
}

// trouble has the session's last renewal meet t.
func (w *world) trouble(t session.Trouble) {
	if t.Since.IsZero() {
		t.Since = noon.Add(-10 * time.Minute)
	}
	t.At, t.Tries = noon, 1
	w.facts.Trouble, w.facts.Renewal = &t, &t
	if t.Ask {
		w.facts.Renews = false
		w.until(-2 * time.Minute)
	}
}

// health has the newest call of the service meet t.
func (w *world) health(t session.Trouble) {
	t.Where, t.Since, t.At, t.Tries = session.AtAPI, noon.Add(-10*time.Minute), noon, 1
	w.facts.Trouble, w.facts.Health = &t, &t
}

// until has the session end so long from now.
func (w *world) until(d time.Duration) {
	end := noon.Add(d)
	w.facts.Until, w.facts.UsableUntil, w.facts.Usable = end, end, d > 0
}

// well is a world in which nothing is wrong.
func well() *world {
	w := &world{clock: right()}
	w.settings.Config = config.Default()
	w.settings.Accounts = []config.Account{{Name: "spotify", Provider: "spotify", ClientID: "5fe01282e94241328a84e7c5cc169164", Renew: "auto"}}
	w.settings.File = true
	w.facts.Facts = session.Facts{
		Loaded: true, User: "Jane", SignedIn: true, Renews: true, Usable: true, Renewable: true, UsableUntil: noon.Add(52 * time.Minute), Until: noon.Add(52 * time.Minute), RenewedAt: noon.Add(-8 * time.Minute),
		AuthorizedAt: noon.AddDate(0, -1, 0), GrantUntil: noon.AddDate(0, 5, 0), LastGood: noon.Add(-8 * time.Minute),
	}
	return w
}

func (w *world) looks() []core.Event {
	var all []core.Event
	for _, a := range w.settings.Accounts {
		all = append(all, core.Looked{Name: a.Name, Facts: w.facts})
	}
	return append(all, core.Looked{Name: "clock", Facts: w.clock}, core.Looked{Name: "programs", Facts: programs.ListOf(programs.Program{Name: "ncspot"})})
}

var at = core.At{Elapsed: time.Hour, True: noon}

// state is the world once it was looked at.
func (w *world) state() *core.State { return w.stateAt(at) }

func (w *world) stateAt(at core.At) *core.State {
	s := core.New(at, w.settings, nil, w.demo, true)
	s.Recall(nil, w.lost)
	events := []core.Event{core.Woke{}}
	if !w.unseen {
		events = append(events, w.looks()...)
	}
	for _, e := range append(events, w.after...) {
		s.Step(at, e)
	}
	return s
}

// command is the scene's name as testdata has it.
func (sc scene) command() string { return strings.ReplaceAll(sc.name, " ", "-") }

// sceneOf returns the world of a scene.
func sceneOf(t *testing.T, command string) *world {
	t.Helper()
	all := pageScenes()
	i := slices.IndexFunc(all, func(sc scene) bool { return sc.command() == command })
	if i < 0 {
		t.Fatalf("there is no scene %q", command)
	}
	w := well()
	all[i].change(w)
	return w
}

// TestScenes draws every scene, as a person reads it, in testdata/scenes; -rewrite draws them again.
func TestScenes(t *testing.T) {
	left := map[string]bool{}
	for _, sc := range scenes() {
		left[sc.command()] = true
	}
	datadriven.RunTest(t, "testdata/scenes", func(t *testing.T, d *datadriven.TestData) string {
		delete(left, d.Cmd)
		v, until := view.Make(sceneOf(t, d.Cmd).state(), at)
		return fmt.Sprintf("%schanges in %v\n", draw(v), until-at.Elapsed)
	})
	for name := range left {
		t.Errorf("the scene %q is not drawn", name)
	}
}

// Programs read an empty list as a list.
func TestStatusHasNoNullLists(t *testing.T) {
	for _, sc := range scenes() {
		w := well()
		sc.change(w)
		v, _ := view.Make(w.state(), at)
		text, err := json.Marshal(v.Status)
		if err != nil {
			t.Fatal(err)
		}
		for _, list := range []string{"actions", "evidence", "accounts", "notices", "lines", "programs", "servers", "system"} {
			if strings.Contains(string(text), `"`+list+`":null`) {
				t.Errorf("%s: %s is null", sc.name, list)
			}
		}
	}
}

// What status --json prints of some scenes, so that no field is renamed by accident.
func TestStatusJSON(t *testing.T) {
	datadriven.RunTest(t, "testdata/status", func(t *testing.T, d *datadriven.TestData) string {
		s := sceneOf(t, d.Cmd).state()
		v, _ := view.Make(s, at)
		v.Status.Programs = view.ProgramStatuses(s.Programs.Facts, at.True, at.Style)
		text, err := json.MarshalIndent(v.Status, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		return string(text) + "\n"
	})
}

// The menu has room for a dozen programs, and says how many more the page has; that and the status have all.
func TestManyPrograms(t *testing.T) {
	for count, want := range map[int]string{11: "p11", 12: "p12", 13: "…and 2 more: see Details", 1000: "…and 989 more: see Details"} {
		var all []programs.Program
		for i := range count {
			all = append(all, programs.Program{Name: fmt.Sprint("p", i+1)})
		}
		s := well().state()
		s.Programs.Facts = programs.ListOf(all...)
		v, _ := view.Make(s, at)
		if lines := v.Menu.Programs; len(lines) != min(count, 12) || !strings.HasPrefix(lines[len(lines)-1].Label, want) {
			t.Errorf("%d programs: %+v", count, lines)
		}
		if page := view.MakeDetails(s, at).Programs; len(page) != count {
			t.Errorf("%d programs on the page of %d", len(page), count)
		}
		if list := view.ProgramStatuses(s.Programs.Facts, at.True, at.Style); len(list) != count {
			t.Errorf("%d programs in the status of %d", len(list), count)
		}
	}
}

// The arc of a session that is not renewed is as long as what is left of it, and shortens when that is said.
func TestArc(t *testing.T) {
	const quarter = 15 * time.Minute
	for _, c := range []struct {
		left  time.Duration
		arc   assets.Arc
		until time.Duration
	}{
		{-time.Second, assets.ArcBroken, 12 * time.Hour}, {0, assets.ArcBroken, 12 * time.Hour},
		{time.Second, assets.ArcQuarter, time.Second}, {quarter, assets.ArcQuarter, quarter},
		{quarter + 1, assets.ArcHalf, 1}, {2 * quarter, assets.ArcHalf, quarter},
		{2*quarter + 1, assets.ArcThreeQuarters, 1}, {3 * quarter, assets.ArcThreeQuarters, quarter},
		{3*quarter + 1, assets.ArcFull, 1}, {5 * quarter, assets.ArcFull, 2 * quarter},
	} {
		w := well()
		w.trouble(session.Trouble{Where: session.AtNetwork, Code: session.CodeDNS, Since: noon})
		w.until(c.left)
		v, until := view.Make(w.state(), at)
		if v.Icon.Arc != c.arc || until-at.Elapsed != c.until {
			t.Errorf("with %v left: arc %v for %v, not %v for %v", c.left, v.Icon.Arc, until-at.Elapsed, c.arc, c.until)
		}
	}
}

// The session's line says in a few words why it can't be renewed for now.
func TestPassingTrouble(t *testing.T) {
	for want, trouble := range map[string]session.Trouble{
		"no connection since 11:50":             {Where: session.AtNetwork, Code: session.CodeDial},
		"no answer since 11:50":                 {Where: session.AtNetwork, Code: session.CodeTimeout},
		"no valid certificate since 11:50":      {Where: session.AtNetwork, Code: session.CodeCertTime},
		"login page of the network since 11:50": {Where: session.AtNetwork, Code: session.CodePortal},
		"broken connection since 11:50":         {Where: session.AtNetwork, Code: "another"},
		"the keyring is locked":                 {Where: session.AtKeyring, Text: "The keyring is locked"},
		"Spotify asks to wait until 12:01":      {Where: session.AtToken, Status: 429, RetryAfter: time.Minute},
		"errors from Spotify since 11:50":       {Where: session.AtToken, Status: 503},
	} {
		w := well()
		w.trouble(trouble)
		v, _ := view.Make(w.state(), at)
		if line := "Session until 12:52 · can’t renew: " + want; !slices.Contains(v.Status.Lines, line) {
			t.Errorf("no line is %q in %q", line, v.Status.Lines)
		}
	}
}

// A tooltip is cut where Windows would cut it, and not before.
func TestTooltipFits(t *testing.T) {
	for n := range 70 {
		w := well()
		w.settings.Accounts[0] = config.Account{Name: strings.Repeat("🎵", n), Provider: "oauth2"}
		w.trouble(revoked)
		v, _ := view.Make(w.state(), at)
		units, whole := len(utf16.Encode([]rune(v.Tooltip))), len(utf16.Encode([]rune("Fermata\n"+v.Status.Lines[0])))
		if cut := strings.HasSuffix(v.Tooltip, "…"); units > 127 || cut != (whole > 127) || cut && units < 126 {
			t.Errorf("%d of %d UTF-16 units: %q", units, whole, v.Tooltip)
		}
	}
}

// draw shows a view on a page.
func draw(v view.View) string {
	var b strings.Builder
	fmt.Fprintf(&b, "icon: arc %v, dot %v\ntooltip: %s\nline: %s\n", v.Icon.Arc, v.Icon.Dot, v.Tooltip, v.Line)
	for _, l := range v.Menu.Lines {
		fmt.Fprintf(&b, "  | %s  → #%s\n", l.Label, l.Place)
	}
	for _, p := range v.Menu.Programs {
		fmt.Fprintf(&b, "  | Programs ▸ %s  → #%s\n", p.Label, p.Place)
	}
	parts := []struct {
		title string
		items []view.Item
	}{{"", v.Menu.Actions}, {"Fix a problem ▸", v.Menu.Fixes}, {"Demo ▸", v.Menu.Demo}, {"Settings ▸", v.Menu.Settings}, {"", []view.Item{v.Menu.Quit}}}
	for _, p := range parts {
		indent := ""
		if p.title != "" && len(p.items) > 0 {
			fmt.Fprintf(&b, "  | %s\n", p.title)
			indent = "    "
		}
		for _, i := range p.items {
			mark := ""
			if i.Checked {
				mark += " ✓"
			}
			if i.Disabled {
				mark += " (runs)"
			}
			fmt.Fprintf(&b, "  | %s%s%s  → %s\n", indent, i.Label, mark, i.ID)
		}
	}
	for _, n := range v.Notices {
		fmt.Fprintf(&b, "  notice %s, level %d: %s\n    %s\n", n.Key, n.Level, n.Title, n.Body)
		for _, button := range n.Buttons {
			fmt.Fprintf(&b, "    [%s] → %s\n", button.Label, button.ID)
		}
	}
	return b.String()
}

// TestStyle looks for times and dates that are not written as the desktop does.
func TestStyle(t *testing.T) {
	american := at
	american.Style = text.Style{Hours12: true, MonthFirst: true}
	times, dates := regexp.MustCompile(`(^|[^T:\d])\d{1,2}:\d\d\b( [AP]M)?`), regexp.MustCompile(`\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)`)
	written := 0
	for _, sc := range pageScenes() {
		s := sceneOf(t, sc.command()).stateAt(american)
		v, _ := view.Make(s, american)
		lines := strings.Join(v.Status.Lines, " ") // one may be broken before "PM"
		v.Menu.Lines, v.Status.Lines = nil, nil
		all, err := json.Marshal([]any{v, lines, view.MakeDetails(s, american)})
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range times.FindAllString(string(all), -1) {
			if written++; !strings.HasSuffix(found, "M") {
				t.Errorf("%s: %q", sc.name, found)
			}
		}
		for _, found := range dates.FindAllString(string(all), -1) {
			t.Errorf("%s: %q", sc.name, found)
		}
	}
	if written < 100 {
		t.Errorf("only %d times were found", written)
	}
}
