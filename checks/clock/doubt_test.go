package clock

import (
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fermata/checks/text"
)

// TestFew: silent servers have no vote, and a verdict that rests on few says so.
func TestFew(t *testing.T) {
	for _, tt := range []struct {
		behind            time.Duration // this clock's, by the servers that answer
		lies              int           // of them
		silent            int
		verdict           Verdict
		doubtful          bool
		summary, evidence string
	}{
		{0, 0, 1, Right, false, "Clock is right (within 12 ms; 3 of 4 servers agree)", "3 time servers agree."},
		{0, 0, 2, Right, true, "Clock is right (within 12 ms; 2 of 2 that answered agree)", "Only 2 of 4 time servers answered."},
		{93 * time.Second, 0, 2, Harmful, true, "Your clock seems to be 1 min 33 s behind (2 of 2 that answered agree)", "Only 2 of 4 time servers answered."},
		{-3 * time.Second, 0, 2, Wrong, true, "Your clock seems to be 3 s ahead (2 of 2 that answered agree)", "Only 2 of 4 time servers answered."},
		{48 * time.Hour, 0, 2, Harmful, true, "Your clock says 1 January 2000, time servers say 3 January 2000 (2 of 2 that answered agree)", "Only 2 of 4 time servers answered."},
		{93 * time.Second, 1, 1, Harmful, true, "Your clock seems to be 1 min 33 s behind (2 of 3 that answered agree)",
			"Only 3 of 4 time servers answered. a.test differs: by it this clock is 1 h 2 min behind."},
		{93 * time.Second, 1, 0, Harmful, false, "Your clock is 1 min 33 s behind", "3 time servers agree. a.test differs: by it this clock is 1 h 2 min behind."},
		{93 * time.Second, 0, 3, Unknown, false, "Clock not checked: only one of 4 time servers told the time", ""},
		{93 * time.Second, 1, 2, Unknown, false, "Clock not checked: 2 of 4 time servers answered, but no majority agrees", ""},
	} {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(func(s map[string]*responder) {
				for i, name := range names {
					s[name].offset = tt.behind
					if i < tt.lies {
						s[name].offset += time.Hour
					}
					s[name].silent = i >= len(names)-tt.silent
				}
			})
			r.says = nothing
			f, _ := r.run(t)
			if f.Verdict != tt.verdict || f.Doubtful() != tt.doubtful || f.Summary(text.Style{}) != tt.summary || f.Evidence() != tt.evidence {
				t.Errorf("got %v %v %q, %q; want %v %v %q, %q", f.Verdict, f.Doubtful(), f.Summary(text.Style{}), f.Evidence(), tt.verdict, tt.doubtful, tt.summary, tt.evidence)
			}
		})
	}
}

// TestSlowMajority waits for the other servers as long as those that agree are few.
func TestSlowMajority(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(func(s map[string]*responder) {
			for _, name := range names[2:] {
				s[name].there, s[name].back = 500*time.Millisecond, 500*time.Millisecond
			}
		})
		if f, _ := r.run(t); f.Agree != 4 {
			t.Error(f.Summary(text.Style{}))
		}
	})
}

// TestLongPast: a time before this program, or before the newest sign-in, is no time.
func TestLongPast(t *testing.T) {
	start := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	old := start.Sub(time.Date(1970, 1, 2, 0, 0, 0, 0, time.UTC)) // a day earlier, the reference time is of the era after
	certificate, roots := testCertificate(t)
	for _, tt := range []struct {
		name         string
		made, signIn time.Time
		past         []string                 // the servers that say 1970
		web          map[string]time.Duration // the offset by web servers that answer
		verdict      Verdict
		summary      string // may end early
	}{
		{"one of four", start.Add(-time.Hour), time.Time{}, names[:1], nil, Right, "Clock is right (within 12 ms; 3 of 4 servers agree)"},
		{"three of four", start.Add(-time.Hour), time.Time{}, names[:3], nil, Unknown, "Clock not checked: only one of 4 time servers told the time"},
		{"all", start.Add(-time.Hour), time.Time{}, names, nil, Unknown, "Clock not checked: 4 time servers answered, all with a time long past"},
		{"all, by the newest sign-in", time.Time{}, start.Add(-time.Hour), names, nil, Unknown, "Clock not checked: 4 time servers answered, all with a time long past"},
		{"all, and web servers know better", start.Add(-time.Hour), time.Time{}, names, map[string]time.Duration{"a.example.com": 0, "b.example.com": 0}, Right, "Clock is right"},
		{"web servers too", start.Add(-time.Hour), time.Time{}, names, map[string]time.Duration{"a.example.com": -old, "b.example.com": -old}, Unknown, "Clock not checked: 4 time servers answered, all with a time long past"},
		// Somebody signed in while this clock was 30 years ahead.
		{"a sign-in of the future", time.Time{}, start.Add(old), nil, map[string]time.Duration{"a.example.com": 0, "b.example.com": 0}, Right, "Clock is right"},
		{"nobody knows better", time.Time{}, time.Time{}, names, nil, Harmful, "Your clock says 1 January 2000, time servers say 2 January 1970"},
	} {
		synctest.Test(t, func(t *testing.T) {
			r := withPages(t, certificate, roots, tt.web)
			r.cfg.Made = tt.made
			if tt.web == nil {
				r.cfg.Pages = nil
			}
			r.cfg.History = filepath.Join(t.TempDir(), "clock.json")
			r.Check = New(r.cfg, r.time)
			r.roots, r.says = roots, nothing
			r.SignedIn(tt.signIn)
			kept := `[{"at":"1999-12-31T12:00:00Z","boot_s":1,"offset_s":0.01,"error_s":0.01}]`
			if err := os.WriteFile(r.cfg.History, []byte(kept), 0o600); err != nil {
				t.Fatal(err)
			}
			for _, name := range names {
				r.net.servers[name].silent = false
				if slices.Contains(tt.past, name) {
					r.net.servers[name].offset = -old
				}
			}
			f, _ := r.Look(t.Context())
			if f.Verdict != tt.verdict || !strings.HasPrefix(f.Summary(text.Style{}), tt.summary) {
				t.Errorf("%s: got %v %q", tt.name, f.Verdict, f.Summary(text.Style{}))
			}
			for i, name := range names {
				if v := f.Servers[i].Verdict; slices.Contains(tt.past, name) && !tt.made.IsZero() && v != LongPast {
					t.Errorf("%s: %s is %q", tt.name, name, v)
				}
			}
			if all := load(r.cfg.History); len(all) == 0 || all[0].Boot != 1 {
				t.Errorf("%s: the history is gone", tt.name)
			}
		})
	}
}

// TestAbsurd: before this clock's date is called wrong, or true time moves by years for good, web servers are asked.
func TestAbsurd(t *testing.T) {
	certificate, roots := testCertificate(t)
	const years = 20 * 365 * day
	for _, tt := range []struct {
		name     string
		behind   time.Duration            // by the time servers
		web      map[string]time.Duration // by web servers
		doubtful bool
		summary  string
		evidence string
		kept     bool // in the history
	}{
		{"confirmed", years, map[string]time.Duration{"a.example.com": years, "b.example.com": years}, false,
			"Your clock says 1 January 2000, time servers say 27 December 2019", "4 time servers agree. 2 web servers say the same.", true},
		{"contradicted", years, map[string]time.Duration{"a.example.com": 0, "b.example.com": 0}, false,
			"Clock is right (within ", "2 web servers agree. a.test differs: by it this clock is 20 years behind. b.test differs: by it this clock is 20 years behind. c.test differs: by it this clock is 20 years behind. d.test differs: by it this clock is 20 years behind.", true},
		{"no web", years, map[string]time.Duration{}, true,
			"Your clock says 1 January 2000, time servers say 27 December 2019", "4 time servers agree. No web server could confirm it.", false},
		{"not absurd", 23 * time.Hour, map[string]time.Duration{}, false,
			"Your clock is 23 h behind", "4 time servers agree.", true},
	} {
		synctest.Test(t, func(t *testing.T) {
			r := withPages(t, certificate, roots, tt.web)
			r.cfg.History = filepath.Join(t.TempDir(), "clock.json")
			r.Check = New(r.cfg, r.time)
			r.roots, r.says = roots, nothing
			for _, name := range names {
				r.net.servers[name].silent, r.net.servers[name].offset = false, tt.behind
			}
			f, _ := r.Look(t.Context())
			if f.Doubtful() != tt.doubtful || !strings.HasPrefix(f.Summary(text.Style{}), tt.summary) || f.Evidence() != tt.evidence {
				t.Errorf("%s: got %v %q, %q", tt.name, f.Doubtful(), f.Summary(text.Style{}), f.Evidence())
			}
			if kept := len(load(r.cfg.History)) == 1; kept != tt.kept {
				t.Errorf("%s: kept in the history: %v", tt.name, kept)
			}
			if d := time.Until(r.time.Now()) - f.Offset; f.Known && d.Abs() > time.Second {
				t.Errorf("%s: true time is %v from what is known", tt.name, d)
			}
		})
	}
}

// mixed is what kinds of servers there are in a mix.
var mixed = []struct {
	kind   string
	spoil  func(i int) responder
	honest bool // tells true time
	lies   bool // tells another time
}{
	{"honest", func(int) responder { return responder{there: 10 * time.Millisecond, back: 10 * time.Millisecond} }, true, false},
	{"far", func(int) responder { return responder{there: 200 * time.Millisecond, back: 20 * time.Millisecond} }, true, false},
	{"liar", func(i int) responder { return responder{offset: time.Duration(i+1) * time.Hour} }, false, true},
	{"1970", func(int) responder { return responder{offset: -30 * 365 * day} }, false, false},
	{"silent", func(int) responder { return responder{silent: true} }, false, false},
	{"unset", func(int) responder { return responder{spoil: func(p []byte) { p[0] |= 3 << 6 }} }, false, false},
	{"kiss", func(int) responder { return responder{spoil: kissOfDeath("DENY")} }, false, false},
	{"garbage", func(int) responder { return responder{replace: func([]byte) []byte { return []byte("<html>") }} }, false, false},
}

// TestMixes asks a hundred mixes of servers. Whatever they are, true time is known where two or more honest
// servers outnumber the liars, who never agree with each other, and then it is true.
func TestMixes(t *testing.T) {
	random := rand.New(rand.NewSource(5905))
	known, few := 0, 0
	for mix := range 100 {
		n := 1 + random.Intn(7)
		kinds := make([]int, n)
		for i := range kinds {
			kinds[i] = random.Intn(len(mixed))
		}
		wrong := []time.Duration{0, 0, 3 * time.Second, -90 * time.Second}[random.Intn(4)]
		synctest.Test(t, func(t *testing.T) {
			r := newRig(nil)
			clear(r.net.servers)
			r.cfg.Servers, r.cfg.Made = nil, time.Now()
			honest, liars, what := 0, 0, fmt.Sprintf("mix %d, this clock set by %v:", mix, wrong)
			for i, k := range kinds {
				name := fmt.Sprintf("%c.test", 'a'+i)
				s := mixed[k].spoil(i)
				r.net.servers[name], r.cfg.Servers = &s, append(r.cfg.Servers, name)
				what += " " + mixed[k].kind
				if mixed[k].honest {
					honest++
				} else if mixed[k].lies {
					liars++
				}
			}
			r.clocks.set(wrong)
			r.Check = New(r.cfg, r.time)
			r.says = nothing
			f, _ := r.run(t)
			want := honest > liars && (honest > 1 || n == 1)
			fooled := n == 1 && liars == 1 // the only server there is: nobody can tell
			switch {
			case fooled:
			case f.Known != want:
				t.Errorf("%s: known is %v: %s", what, f.Known, f.Summary(text.Style{}))
			case f.Known && (f.Offset+wrong).Abs() > f.Error:
				t.Errorf("%s: %v ± %v", what, f.Offset, f.Error)
			case f.Known && (f.Agree != honest || f.Answered != honest+liars || f.Asked != n || f.Doubtful() != (2*honest <= n)):
				t.Errorf("%s: %+v", what, f)
			case f.Known && (f.Verdict == Right) != (wrong == 0):
				t.Errorf("%s: %s", what, f.Summary(text.Style{}))
			case !f.Known && (f.Reason == "" || f.Verdict != Unknown):
				t.Errorf("%s: no reason: %+v", what, f)
			}
			for i, s := range f.Servers {
				if f.Known && !fooled && (s.Verdict == OK) != mixed[kinds[i]].honest || !f.Known && s.Verdict == OK {
					t.Errorf("%s: %s is %q", what, s.Name, s.Verdict)
				}
			}
			if f.Known {
				known++
			}
			if f.Known && f.Doubtful() {
				few++
			}
		})
	}
	if known < 20 || few < 10 || known > 80 {
		t.Errorf("%d of the mixes make something known, %d of them with few servers: that is no test", known, few)
	}
}
