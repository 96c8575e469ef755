package app

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fermata/app/config"
	"fermata/checks"
	"fermata/checks/clock"
	"fermata/checks/programs"
	"fermata/checks/session"
)

var update = flag.Bool("update", false, "write the golden files anew")

var noon = time.Date(2026, time.November, 20, 12, 0, 0, 0, time.UTC)

// A scene is a state as a person may meet it.
type scene struct {
	name   string
	change func(s *State)
}

func scenes() []scene {
	return []scene{
		{"all is well", func(*State) {}},
		{"first run", func(s *State) {
			s.Accounts = nil
			s.Own = append(s.Own, checks.Action{ID: "app/connect", Label: "Connect Spotify…"})
		}},
		{"just started", func(s *State) {
			s.Clock = checks.Finding{}
			s.Accounts[0].Seen = false
			s.Accounts[0].Finding.Facts = nil
		}},
		{"the sign-in was revoked", func(s *State) {
			s.trouble(checks.Critical, session.Trouble{Where: session.AtToken, Status: 400, Code: "invalid_grant", Reason: session.ReasonRevoked, Text: "Refresh token revoked", Ask: true})
		}},
		{"the sign-in is six months old", func(s *State) {
			s.facts(func(f *session.Facts) { f.AuthorizedAt, f.GrantUntil = noon.AddDate(0, 0, -181), noon.Add(-time.Hour) })
			s.trouble(checks.Critical, session.Trouble{Where: session.AtToken, Status: 400, Code: "invalid_grant", Reason: session.ReasonRevoked, Text: "Refresh token revoked", Ask: true})
		}},
		{"the sign-in ends in 7 days", func(s *State) {
			s.facts(func(f *session.Facts) { f.AuthorizedAt, f.GrantUntil = noon.AddDate(0, 0, -174), noon.AddDate(0, 0, 7) })
			s.Accounts[0].Finding.Level = checks.Warning
		}},
		{"no network for a minute", func(s *State) {
			s.trouble(checks.OK, session.Trouble{Where: session.AtNetwork, Code: session.CodeDNS, Since: noon.Add(-time.Minute)})
		}},
		{"no network, and the session nears its end", func(s *State) {
			s.facts(func(f *session.Facts) { f.Until, f.UsableUntil = noon.Add(4*time.Minute), noon.Add(4*time.Minute) })
			s.trouble(checks.Warning, session.Trouble{Where: session.AtNetwork, Code: session.CodeDNS, Since: noon.Add(-9 * time.Minute)})
		}},
		{"the session waits for a click", func(s *State) {
			s.facts(func(f *session.Facts) {
				f.Until, f.UsableUntil, f.Renews, f.Ask = noon.Add(20*time.Minute), noon.Add(20*time.Minute), false, true
			})
		}},
		{"the clock is ahead", func(s *State) { s.clock(checks.Critical, -93*time.Second, "Your clock is 1 min 33 s ahead") }},
		{"two causes at once", func(s *State) {
			s.clock(checks.Critical, -93*time.Second, "Your clock is 1 min 33 s ahead")
			s.trouble(checks.Critical, session.Trouble{Where: session.AtToken, Status: 400, Code: "invalid_grant", Reason: session.ReasonRevoked, Text: "Refresh token revoked", Ask: true})
		}},
		{"the keyring is locked", func(s *State) {
			s.facts(func(f *session.Facts) {
				f.SaveError = checks.WithHint(errors.New("the keyring is locked"), "Unlock it.")
			})
			a := &s.Accounts[0].Finding
			a.Actions = append(a.Actions, checks.Action{ID: "spotify/unlock", Label: "Unlock the keyring…"})
		}},
		{"a click failed", func(s *State) {
			s.Failed = map[string]failure{"spotify/refresh": {label: "Refresh now", err: checks.WithHint(errors.New("no connection"), "Try again later.")}}
		}},
		{"a click was answered", func(s *State) { s.Answer = &Answer{Action: "clock/check", Clock: true} }},
		{"signing in", func(s *State) { s.Running = map[string]bool{"spotify/refresh": true} }},
		{"notifications are paused", func(s *State) {
			s.Quiet = noon.Add(time.Hour)
			s.trouble(checks.Critical, session.Trouble{Where: session.AtToken, Status: 400, Code: "invalid_grant", Reason: session.ReasonRevoked, Text: "Refresh token revoked", Ask: true})
		}},
		{"a wrong setting", func(s *State) {
			s.Problems = []config.Problem{{File: "/home/jane/config.toml", Line: 3, Message: `[clock] tolerance: expected a duration such as "2s", got "fast"`}}
		}},
		{"two accounts, and the demo", func(s *State) {
			b := s.Accounts[0]
			b.Name, b.Provider = "bot", "bot"
			b.Finding.Actions = []checks.Action{{ID: "bot/refresh", Label: "Refresh now"}, {ID: "bot/login", Label: "Sign in again…"}}
			s.Accounts = append(s.Accounts, b)
			s.Demo = true
			s.Demos = []checks.Action{{ID: "demo/revoke", Label: "Revoke the sign-in"}}
		}},
	}
}

// well is a state in which nothing is wrong.
func well() State {
	return State{
		Now: noon,
		Clock: checks.Finding{
			Summary: "Clock is right (within 15 ms; 4 of 4 servers agree)",
			Actions: []checks.Action{{ID: "clock/check", Label: "Check the clock now"}},
			Facts:   clock.Facts{Verdict: clock.Right, Known: true, Agree: 4, Asked: 4, Offset: 3 * time.Millisecond, Error: 12 * time.Millisecond},
		},
		Accounts: []Account{{
			Name: "spotify", Provider: "Spotify", Spotify: true, Seen: true,
			Finding: checks.Finding{
				Actions: []checks.Action{
					{ID: "spotify/refresh", Label: "Refresh now"}, {ID: "spotify/login", Label: "Sign in again…"},
					{ID: "spotify/permissions", Label: "Remove and re-allow permissions…"},
					{ID: "spotify/support", Label: "Contact support…"},
				},
				Facts: accountFacts{Facts: session.Facts{
					Loaded: true, User: "Jane", SignedIn: true, Usable: true, Renewable: true, Renews: true,
					RenewedAt: noon.Add(-8 * time.Minute), Until: noon.Add(52 * time.Minute), UsableUntil: noon.Add(52 * time.Minute),
					AuthorizedAt: noon.AddDate(0, -1, 0), GrantUntil: noon.AddDate(0, 5, 0),
				}},
			},
		}},
		Own: []checks.Action{
			{ID: "app/start-at-login", Label: "Start at login"}, {ID: "app/pause", Label: "Pause notifications for an hour"},
			{ID: "app/settings", Label: "Open the settings file"}, {ID: "spotify/later", Label: "Remind me tomorrow"},
		},
	}
}

func (s *State) facts(change func(f *session.Facts)) {
	f := s.Accounts[0].Finding.Facts.(accountFacts)
	change(&f.Facts)
	s.Accounts[0].Finding.Facts = f
}

func (s *State) trouble(l checks.Level, t session.Trouble) {
	if t.Since.IsZero() {
		t.Since = noon.Add(-10 * time.Minute)
	}
	s.Accounts[0].Finding.Level = l
	s.facts(func(f *session.Facts) {
		f.Trouble, f.Renewal = &t, &t
		if t.Ask {
			f.Renews, f.Usable = false, false
			f.Until, f.UsableUntil = noon.Add(-2*time.Minute), noon.Add(-2*time.Minute)
		}
	})
}

func (s *State) clock(l checks.Level, offset time.Duration, summary string) {
	s.Clock.Level, s.Clock.Summary = l, summary
	s.Clock.Facts = clock.Facts{Verdict: clock.Harmful, Known: true, Agree: 4, Offset: offset, Error: 12 * time.Millisecond}
	s.Clock.Actions = append(s.Clock.Actions, checks.Action{ID: "clock/set", Label: "Set it automatically"})
}

// TestView compares every scene, as a person reads it, with testdata/view.golden.
func TestView(t *testing.T) {
	var b strings.Builder
	for _, sc := range scenes() {
		s := well()
		sc.change(&s)
		fmt.Fprintf(&b, "== %s\n%s\n", sc.name, draw(view(s)))
	}
	golden(t, "view.golden", b.String())
}

// Programs read an empty list as a list.
func TestStatusHasNoNullLists(t *testing.T) {
	for _, sc := range scenes() {
		s := well()
		sc.change(&s)
		text, err := json.Marshal(view(s).Status)
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

// What the command reads of an instance's status it prints as it came.
func TestStatusOfPrograms(t *testing.T) {
	s := well()
	s.Programs = []programs.Program{{Name: "ncspot", File: "~/t", State: programs.Valid, Until: s.Now.Add(time.Hour), SignedIn: true}}
	first, err := json.Marshal(view(s).Status)
	if err != nil {
		t.Fatal(err)
	}
	var read Status
	if err := json.Unmarshal(first, &read); err != nil {
		t.Fatal(err)
	}
	second, _ := json.Marshal(read)
	want := fmt.Sprintf(`"programs":[{"name":"ncspot","file":"~/t","until":%q,"signed_in":true,"grant_estimated":false,"state":"token until %s"}]`,
		s.Now.Add(time.Hour).Format(time.RFC3339), s.Now.Add(time.Hour).Format("15:04"))
	if !strings.Contains(string(first), want) || !strings.Contains(string(second), want) {
		t.Errorf("want %s in\n%s\nand in\n%s", want, first, second)
	}
}

// golden compares a text with a file of testdata, or writes it there, and tells the first line that
// differs.
func golden(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	got, want := strings.Split(text, "\n"), strings.Split(string(file), "\n")
	for i := range got {
		if i >= len(want) || got[i] != want[i] {
			t.Fatalf("line %d is now:\n%s\nsee it all with: go test ./app -run '^%s$' -update; git diff app/testdata", i+1, got[i], t.Name())
		}
	}
	if len(want) > len(got) {
		t.Fatalf("what follows line %d is missing", len(got))
	}
}

// draw shows a view on a page.
func draw(v View) string {
	var b strings.Builder
	fmt.Fprintf(&b, "icon: arc %v, dot %v\ntooltip: %s\n", v.Icon.Arc, v.Icon.Dot, v.Tooltip)
	for _, l := range v.Menu.Lines {
		fmt.Fprintf(&b, "  | %s\n", l)
	}
	parts := []struct {
		title string
		items []Item
	}{{"", v.Menu.Actions}, {"Fix a problem ▸", v.Menu.Fixes}, {"Demo ▸", v.Menu.Demo}, {"Settings ▸", v.Menu.Settings}, {"", []Item{v.Menu.Quit}}}
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
