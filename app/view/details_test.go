package view_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fermata/app/core"
	"fermata/app/view"
	"fermata/checks"
	"fermata/checks/clock"

	"github.com/cockroachdb/datadriven"
)

// pageScenes are those that only Fermata's page tells of, beside the others.
func pageScenes() []scene {
	click := func(id core.ActionID) core.Event { return core.Clicked{Run: 1, Action: id, Page: true} }
	return append(scenes(), []scene{
		{"a click on the page failed", func(w *world) {
			w.after = []core.Event{click("spotify/refresh"), core.Acted{Run: 1, Err: checks.WithHint(errors.New("no connection"), "Try again later.")}}
		}},
		{"a click on the page worked", func(w *world) {
			w.after = append([]core.Event{click("spotify/refresh"), core.Acted{Run: 1}}, w.looks()...)
		}},
		{"a click on the page did not help", func(w *world) {
			w.clock = wrong()
			w.after = []core.Event{click("clock/set"), core.Acted{Run: 1}, core.Looked{Name: "clock", Facts: wrong()}}
		}},
		{"a click on the page came too late", func(w *world) { w.after = []core.Event{click("spotify/unlock")} }},
		{"a click on the page moved the music", func(w *world) {
			w.after = []core.Event{click("spotify/device"), core.Acted{Run: 1, Found: core.Verdict("It plays on Kitchen.")}}
		}},
		{"much happened", func(w *world) {
			w.trouble(revoked)
			w.after = append([]core.Event{click("spotify/login"), core.Changed{Slept: 8 * time.Hour}, core.Changed{Step: -time.Hour}, core.Changed{Step: time.Minute, Network: true},
				core.Acted{Run: 1, Err: errors.New("the browser did not come back")}}, well().looks()...)
		}},
		{"the past was lost", func(w *world) { w.lost = true }},
		{"the clock was set at night", func(w *world) { w.clock.History = aWeek() }},
	}...)
}

// aWeek is the history of a clock that gains a little, whose computer is off at night, and that was set
// back by an hour eight hours before noon.
func aWeek() []clock.Measured {
	var all []clock.Measured
	for h := 167; h >= 0; h-- {
		at := noon.Add(-time.Duration(h) * time.Hour)
		if hour := at.Hour(); h > 12 && (hour < 7 || hour > 22) {
			continue
		}
		m := clock.Measured{At: at, Offset: -time.Duration(168-h) * 100 * time.Microsecond, Error: 8 * time.Millisecond}
		if h < 9 {
			m.Offset += time.Hour
		}
		all = append(all, m)
	}
	return all
}

// TestDetails writes what Fermata's page tells of every scene in testdata/details; -rewrite writes it
// anew. Of what is the same where all is well, only that scene has it. The charts are in testdata/charts.
func TestDetails(t *testing.T) {
	left := map[string]bool{}
	for _, sc := range pageScenes() {
		left[sc.command()] = true
	}
	datadriven.RunTest(t, "testdata/details", func(t *testing.T, d *datadriven.TestData) string {
		delete(left, d.Cmd)
		page := drawDetails(view.MakeDetails(sceneOf(t, d.Cmd).state(), at))
		if d.Cmd == "all-is-well" {
			return page
		}
		var b strings.Builder
		usual := strings.SplitAfter(drawDetails(view.MakeDetails(well().state(), at)), "\n")
		for _, line := range strings.SplitAfter(page, "\n") {
			if !slices.Contains(usual, line) {
				b.WriteString(line)
			}
		}
		return b.String()
	})
	for name := range left {
		t.Errorf("the scene %q is not drawn", name)
	}
}

// TestCharts writes the charts of some scenes.
func TestCharts(t *testing.T) {
	datadriven.RunTest(t, "testdata/charts", func(t *testing.T, d *datadriven.TestData) string {
		v := view.MakeDetails(sceneOf(t, d.Cmd).state(), at)
		charts := []string{v.Clock.Day.SVG, v.Clock.Week.SVG}
		for _, a := range v.Accounts {
			charts = append(charts, a.Session.Bar, a.Grant.Bar)
		}
		charts = slices.DeleteFunc(charts, func(s string) bool { return s == "" })
		return strings.ReplaceAll(strings.Join(charts, "\n"), "><", ">\n<") + "\n"
	})
}

// Every button says what it does, but those whose labels say it: devices, and the demo's troubles.
func TestButtonsSayWhatTheyDo(t *testing.T) {
	for _, sc := range pageScenes() {
		w := well()
		sc.change(w)
		d := view.MakeDetails(w.state(), at)
		all := slices.Concat(d.Connect, d.Clock.Buttons, d.Settings.Buttons)
		for _, c := range d.Causes {
			all = append(all, c.Fixes...)
		}
		for _, a := range d.Accounts {
			all = append(all, a.Buttons...)
		}
		for _, b := range all {
			if b.Does == "" {
				t.Errorf("%s: %s says nothing", sc.name, b.ID)
			}
		}
	}
}

// A click on the page is answered there, and not by a notification as well.
func TestPageAnswersWithoutNotice(t *testing.T) {
	for _, sc := range pageScenes()[len(scenes()):] {
		w := well()
		sc.change(w)
		s := w.state()
		for _, n := range s.Notices {
			if n.Answer != nil {
				t.Errorf("%s: the notice %q", sc.name, n.Key)
			}
		}
	}
}

func drawDetails(d *view.Details) string {
	var b strings.Builder
	line := func(indent int, format string, args ...any) {
		if s := fmt.Sprintf(format, args...); strings.TrimSpace(s) != "" {
			fmt.Fprintf(&b, "%s%s\n", strings.Repeat("  ", indent), s)
		}
	}
	outcome := func(indent int, o view.Outcome) { line(indent, "⇒ failed %v: %s: %s", o.Failed, o.Title, o.Body) }
	buttons := func(indent int, all []view.DetailsButton) {
		for _, x := range all {
			mark, noHelp := "", ""
			if x.Checked {
				mark += " ✓"
			}
			if x.Running {
				mark += " (runs)"
			}
			if x.NoHelp != "" {
				noHelp = " – " + x.NoHelp
			}
			line(indent, "[%s]%s%s → %s: %s", x.Label, mark, noHelp, x.ID, x.Does)
			if x.Outcome != nil {
				outcome(indent+1, *x.Outcome)
			}
		}
	}
	if d.Demo {
		line(0, "DEMO")
	}
	line(0, "%s (%v) %s", d.Word, d.Level, d.Sentence)
	line(0, "as of %s", d.AsOf)
	for _, o := range d.Outcomes {
		outcome(0, o)
	}
	for _, p := range d.Problems {
		line(0, "settings: %s", p)
	}
	for _, c := range d.Causes {
		line(0, "#%s %s (%v): %s", c.Place, c.Word, c.Level, c.Title)
		line(1, "%s", c.Why)
		line(1, "about: %s", c.About)
		for _, e := range c.Evidence {
			line(1, "- %s", e)
		}
		buttons(2, c.Fixes)
	}
	buttons(0, d.Connect)
	for _, a := range d.Accounts {
		line(0, "%s (%s): %s, %v", a.Heading, a.Name, a.Word, a.Level)
		for _, l := range []view.DetailsLife{a.Session, a.Grant} {
			line(1, "%s", l.Line)
			if l.Bar != "" {
				line(2, "from %s till %s. %s", l.From, l.Till, l.Warnings)
			}
		}
		line(1, "calendar %v", a.Calendar)
		buttons(1, a.Buttons)
	}
	buttons(0, d.Devices)
	c := d.Clock
	line(0, "%s: %v: %s", c.Word, c.Level, c.Line)
	line(1, "%s %s %s", c.Evidence, c.Tolerance, c.Drift)
	for _, s := range slices.Concat(c.System, c.Steps, []string{c.Day.Says, c.Week.Says}) {
		line(1, "%s", s)
	}
	for _, s := range c.Servers {
		line(1, "%s | %s | %s | %s | %s", s.Name, s.Offset, s.RoundTrip, s.Age, s.Verdict)
	}
	buttons(1, c.Buttons)
	if d.PastLost {
		line(0, "the past is lost")
	}
	for _, day := range d.Past {
		line(0, "%s", day.Day)
		for _, i := range day.Items {
			line(1, "%s %s", i.Time, i.Text)
		}
	}
	for _, p := range d.Programs {
		line(0, "%s | %s | %s | %s", p.Name, p.File, p.Token, p.Grant)
	}
	s := d.Settings
	line(0, "settings %v: %s; %s; %s; %s", s.File, s.Tolerance, strings.Join(s.Servers, " "), s.Session, strings.Join(s.Grant, " "))
	for _, a := range s.Accounts {
		line(1, "%s %s %s %s", a.Name, a.Provider, a.ClientID, a.Renew)
	}
	buttons(1, s.Buttons)
	buttons(0, d.Demos)
	return b.String()
}
