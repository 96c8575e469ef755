package cause

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"fermata/checks"
	"fermata/checks/clock"
	"fermata/checks/doctor"
	"fermata/checks/text"
)

// look is what a look found.
func look(name doctor.Name, outcome doctor.Outcome, fault doctor.Fault, more ...func(*doctor.Facts)) doctor.Facts {
	f := doctor.Facts{Name: name, Outcome: outcome, Fault: fault}
	for _, m := range more {
		m(&f)
	}
	return f
}

func host(h string) func(*doctor.Facts) { return func(f *doctor.Facts) { f.Host = h } }
func says(s string) func(*doctor.Facts) { return func(f *doctor.Facts) { f.Said = s } }
func dated(f *doctor.Facts)             { f.NotBefore, f.NotAfter = noon.AddDate(0, -3, 0), noon.AddDate(0, 0, -1) }
func status503(f *doctor.Facts)         { f.Status = 503 }
func offset(d time.Duration) func(*doctor.Facts) {
	return func(f *doctor.Facts) { f.Offset, f.Error = d, time.Second }
}

// allWell is what the looks find where all is well.
func allWell() []doctor.Facts {
	var all []doctor.Facts
	for _, n := range doctor.All {
		all = append(all, look(n, doctor.Fine, ""))
	}
	return all
}

// each has these looks fail in the same way.
func each(outcome doctor.Outcome, fault doctor.Fault, names ...doctor.Name) []doctor.Facts {
	var all []doctor.Facts
	for _, n := range names {
		all = append(all, look(n, outcome, fault, host(string(n)+".spotify.example"), status503))
	}
	return all
}

// guideTroubles are what the looks can find, over looks that are all well.
func guideTroubles() []struct {
	name  string
	looks []doctor.Facts
	set   func(*GuideEvidence)
} {
	clockIs := func(v clock.Verdict, offset time.Duration) func(*GuideEvidence) {
		return func(e *GuideEvidence) {
			e.Clock = clock.Facts{Verdict: v, Known: v != clock.Unknown, Offset: offset, Error: 10 * time.Millisecond, Agree: 4, Asked: 4, Via: "ntp"}
		}
	}
	unknown := clockIs(clock.Unknown, 0)
	rest := []doctor.Name{doctor.Clock, doctor.Names, doctor.Portal, doctor.TLS, doctor.IPv6, doctor.Access, doctor.SignIn, doctor.API, doctor.Player, doctor.Status}
	one := func(f doctor.Facts) []doctor.Facts { return []doctor.Facts{f} }
	return []struct {
		name  string
		looks []doctor.Facts
		set   func(*GuideEvidence)
	}{
		{"all well", nil, nil},
		{"no network", append(each(doctor.Unknown, doctor.NoNetwork, rest...), look(doctor.Network, doctor.Wrong, doctor.NoNetwork)), unknown},
		{"silence", append(each(doctor.TimedOut, doctor.NoAnswer, rest...), look(doctor.Network, doctor.Wrong, doctor.Silence)), unknown},
		{"clock 90 s ahead", one(look(doctor.Clock, doctor.Wrong, doctor.Off, offset(-90*time.Second))), clockIs(clock.Harmful, -90*time.Second)},
		{"clock 2 h ahead by Spotify alone", one(look(doctor.Clock, doctor.Wrong, doctor.Off, offset(-2*time.Hour))), unknown},
		{"clock 5 s behind", one(look(doctor.Clock, doctor.Wrong, doctor.Off, offset(5*time.Second))), clockIs(clock.Wrong, 5*time.Second)},
		{"Spotify's clock off alone", one(look(doctor.Clock, doctor.Wrong, doctor.Off, offset(5*time.Second))), nil},
		{"portal", append(each(doctor.Wrong, doctor.OtherPage, doctor.Portal, doctor.SignIn, doctor.API, doctor.Player), look(doctor.Access, doctor.Unknown, doctor.Unreadable)), unknown},
		{"proxy", append(each(doctor.Unknown, doctor.ProxyRefuses, doctor.SignIn, doctor.API, doctor.Player),
			look(doctor.Proxy, doctor.Wrong, doctor.ProxyRefuses, says("Proxy Authentication Required"), func(f *doctor.Facts) { f.Proxy = "http://proxy.example:8080" })), unknown},
		{"intercepted", append(each(doctor.Unknown, doctor.Certificate, doctor.SignIn, doctor.API, doctor.Player),
			look(doctor.TLS, doctor.Wrong, doctor.Certificate, host("accounts.spotify.com"), func(f *doctor.Facts) { f.Issuer = "Antivirus Ltd" })), nil},
		{"certificate, clock right", one(look(doctor.TLS, doctor.Wrong, doctor.CertificateTime, host("accounts.spotify.com"), dated)), nil},
		{"certificate, clock unknown", one(look(doctor.TLS, doctor.Wrong, doctor.CertificateTime, host("accounts.spotify.com"), dated)), unknown},
		{"hosts file", one(look(doctor.Hosts, doctor.Wrong, doctor.Blocked, func(f *doctor.Facts) { f.Lines = []string{"0.0.0.0 accounts.spotify.com"} })), nil},
		{"names gone", append(each(doctor.Unknown, doctor.NameService, doctor.SignIn, doctor.API, doctor.Player), look(doctor.Network, doctor.Wrong, doctor.Silence), look(doctor.Names, doctor.Wrong, doctor.NameService, host("accounts.spotify.com"))), unknown},
		{"names blocked", one(look(doctor.Names, doctor.Wrong, doctor.NameBlocked, host("accounts.spotify.com"), func(f *doctor.Facts) { f.Address = "0.0.0.0" })), nil},
		{"a name missing", one(look(doctor.Names, doctor.Wrong, doctor.NameNotFound, host("api.spotify.com"))), nil},
		{"names hang", append(each(doctor.TimedOut, doctor.NoAnswer, doctor.SignIn, doctor.API, doctor.Player), look(doctor.Names, doctor.TimedOut, doctor.NoAnswer, host("api.spotify.com"))), nil},
		{"all down", each(doctor.Wrong, doctor.Down, doctor.SignIn, doctor.API, doctor.Player), nil},
		{"sign-in down", each(doctor.Wrong, doctor.Down, doctor.SignIn), nil},
		{"player says Jwt", each(doctor.Wrong, doctor.Jwt, doctor.Player), nil},
		{"status page only", one(look(doctor.Status, doctor.Wrong, doctor.Outage, says("Partial System Outage"))), nil},
		{"Spotify unreachable", each(doctor.Unknown, doctor.NoConnection, doctor.SignIn, doctor.API, doctor.Player), nil},
		{"API unreachable", each(doctor.TimedOut, doctor.NoAnswer, doctor.API), nil},
		{"ports blocked", one(look(doctor.Access, doctor.Wrong, doctor.Blocked)), nil},
		{"IPv6 hangs", one(look(doctor.IPv6, doctor.Wrong, doctor.Hangs, host("accounts.spotify.com"), func(f *doctor.Facts) { f.Address = "2001:db8::1" })), nil},
		{"account revoked", nil, func(e *GuideEvidence) {
			e.Causes = []Cause{{ID: Keyring, Level: checks.Critical}, {ID: "revoked", Level: checks.Critical, Confidence: 75, Title: "Sign in to Spotify again", Why: "Spotify no longer accepts this sign-in.", Evidence: []string{"it says “revoked”"}, Fixes: []Fix{SignIn}, NoHelp: map[Fix]string{}}}
		}},
		{"nothing could be seen", each(doctor.Unknown, doctor.Unreadable, rest...), unknown},
	}
}

// TestGuide tells in testdata/guide.golden each trouble against what people see; -update writes it anew.
func TestGuide(t *testing.T) {
	var b strings.Builder
	for _, tr := range guideTroubles() {
		fmt.Fprintf(&b, "== %s\n", tr.name)
		told := map[string][]string{}
		var order []string
		for _, s := range append([]Seen{{}}, seen...) {
			e := GuideEvidence{Now: noon, Looks: append(allWell(), tr.looks...), See: []Seen{s}, Clock: clock.Facts{Verdict: clock.Right, Known: true, Agree: 4, Asked: 4}}
			if s.ID == "" {
				e.See = nil
			}
			if tr.set != nil {
				tr.set(&e)
			}
			v := Guide(e)
			checkVerdict(t, tr.name+"/"+s.ID, v)
			text := v.text()
			if told[text] == nil {
				order = append(order, text)
			}
			told[text] = append(told[text], "["+s.ID+"]")
		}
		for _, text := range order {
			fmt.Fprintf(&b, "%s\n%s", strings.Join(told[text], " "), text)
		}
	}
	const file = "testdata/guide.golden"
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || b.String() != string(want) {
		t.Errorf("the verdicts are others than in %s (%v): write it anew with -update, and read the diff", file, err)
	}
}

func (v Verdict) text() string {
	s := fmt.Sprintf("  %s (%s; session %v; reason %q)\n  | %s\n  | %s\n", v.ID, v.Sure, v.Session, v.Reason, v.Title, v.Why)
	for _, e := range v.Evidence {
		if !strings.HasPrefix(e, "you see: ") {
			s += "  - " + e + "\n"
		}
	}
	s += fmt.Sprintf("  fixes %v\n", v.Fixes)
	if v.Page != "" {
		s += "  page " + v.Page + "\n"
	}
	return s
}

// checkVerdict holds what is true of each verdict.
func checkVerdict(t *testing.T, name string, v Verdict) {
	t.Helper()
	if v.ID == "" || v.Title == "" || strings.HasSuffix(v.Title, ".") || !strings.HasSuffix(v.Why, ".") && !strings.HasSuffix(v.Why, ")") {
		t.Errorf("%s: %q: %q, %q", name, v.ID, v.Title, v.Why)
	}
	if v.Sure != NotFound && len(v.Evidence) == 0 {
		t.Errorf("%s: %s without evidence", name, v.ID)
	}
	if n := utf8.RuneCountInString(v.Title); n > 62 {
		t.Errorf("%s: a title of %d characters", name, n)
	}
	for _, f := range Fixes {
		if v.ID != "revoked" && slices.Contains(v.Fixes, f) == (v.NoHelp[f] != "") {
			t.Errorf("%s: %s is offered, %v; it can’t help, %q", name, f, slices.Contains(v.Fixes, f), v.NoHelp[f])
		}
	}
}

// TestGuideLooking: while looks are under way only what is certain is told.
func TestGuideLooking(t *testing.T) {
	down := each(doctor.Wrong, doctor.Down, doctor.SignIn)
	for _, tt := range []struct {
		looks []doctor.Facts
		see   string
		want  string
	}{
		{nil, "", ""},
		{down, "", ""},
		{append(down, each(doctor.Wrong, doctor.Down, doctor.API)...), "", Outage},
		{nil, "tabs", "tabs"},
		{nil, "jwt-expired", ""},
		{nil, "born-expired", ""},
	} {
		e := GuideEvidence{Looking: true, Looks: tt.looks}
		if s, ok := Find(tt.see); ok {
			e.See = []Seen{s}
		}
		if v := Guide(e); v.ID != tt.want {
			t.Errorf("%v, %s: %s", tt.looks, tt.see, v.ID)
		}
	}
	if v := Guide(GuideEvidence{}); v.ID != "" || v.Fixes != nil {
		t.Errorf("without any look: %+v", v)
	}
	// The last of two looks of one name counts.
	looks := append(allWell(), look(doctor.Network, doctor.Wrong, doctor.Silence), look(doctor.Network, doctor.Fine, ""))
	if v := Guide(GuideEvidence{Looks: looks, Clock: clock.Facts{Verdict: clock.Right}}); v.ID != InPlayer {
		t.Errorf("an answer that came later: %s", v.ID)
	}
}

// TestSessions: the table is whole.
func TestSessions(t *testing.T) {
	if len(Sessions.Reasons) != 5 || len(Sessions.Remedies) != 7 || len(Sessions.Questions) != 5 {
		t.Errorf("%d causes, %d fixes, %d questions", len(Sessions.Reasons), len(Sessions.Remedies), len(Sessions.Questions))
	}
	for i, r := range Sessions.Remedies {
		if r.Fix != Fixes[i] || r.Title == "" || r.What == "" || len(r.Steps) == 0 || (r.Else == "") != (r.Other == "") {
			t.Errorf("%+v", r)
		}
	}
	for _, r := range Sessions.Reasons {
		if r.Title == "" || r.Text == "" || !slices.Contains(Fixes, r.Fix) {
			t.Errorf("%+v", r)
		}
		for _, id := range r.ids {
			if _, isSeen := Find(id); !isSeen && rank(id) == len(rows) {
				t.Errorf("%s comes of %s, which is nothing", r.ID, id)
			}
		}
	}
}

// TestTells: each outcome of each look is said in a clause of its own.
func TestTells(t *testing.T) {
	for _, name := range doctor.All {
		for _, fault := range []doctor.Fault{doctor.NoNetwork, doctor.Silence, doctor.NameNotFound, doctor.NameService, doctor.NameBlocked, doctor.NoConnection, doctor.NoAnswer, doctor.Elsewhere,
			doctor.OtherPage, doctor.ProxyRefuses, doctor.Certificate, doctor.CertificateTime, doctor.Down, doctor.Jwt, doctor.Outage, doctor.Hangs, doctor.Blocked, doctor.Off, doctor.Behind, doctor.Unreadable, ""} {
			for _, o := range []doctor.Outcome{doctor.Unknown, doctor.Fine, doctor.Wrong, doctor.TimedOut} {
				words := Tells(doctor.Facts{Name: name, Outcome: o, Fault: fault, Host: "h"}, text.Style{}, noon)
				if words == "" || strings.HasSuffix(words, ".") || strings.Contains(words, "%!") {
					t.Errorf("%s, %v, %s: %q", name, o, fault, words)
				}
			}
		}
	}
	for f, want := range map[*doctor.Facts]string{
		{Name: doctor.Clock, Fault: doctor.Off, Outcome: doctor.Wrong, Offset: -90 * time.Second}:             "by Spotify’s own clock this one is 1 min 30 s ahead: here, a session that starts now looks over too early",
		{Name: doctor.Clock, Fault: doctor.Off, Outcome: doctor.Wrong, Offset: -time.Hour}:                    "by Spotify’s own clock this one is 1 h ahead: here, a session that starts now looks expired",
		{Name: doctor.Clock, Fault: doctor.Off, Outcome: doctor.Wrong, Offset: 90 * time.Second}:              "by Spotify’s own clock this one is 1 min 30 s behind: here, a session that starts now looks not valid yet",
		{Name: doctor.App, Outcome: doctor.Fine}:                                                              "the Spotify app isn’t installed",
		{Name: doctor.App, Outcome: doctor.Fine, Installed: true}:                                             "the Spotify app is installed, and isn’t running",
		{Name: doctor.App, Outcome: doctor.Fine, Installed: true, Running: true}:                              "the Spotify app is running",
		{Name: doctor.App, Outcome: doctor.Fine, Installed: true, Running: true, Since: noon.Add(-time.Hour)}: "the Spotify app has been running since 11:00",
		{Name: doctor.Links, Outcome: doctor.Fine}:                                                            "no program opens spotify: links",
		{Name: doctor.Links, Outcome: doctor.Fine, Handler: "spotify"}:                                        "spotify: links open “spotify”",
		{Name: doctor.Access, Outcome: doctor.Fine, Ports: []int{443}}:                                        "the app’s servers answer on port 443",
		{Name: doctor.API, Outcome: doctor.TimedOut, Fault: doctor.NoAnswer}:                                  "this look didn’t end in time",
	} {
		if got := Tells(*f, text.Style{}, noon); got != want {
			t.Errorf("%+v: %s", *f, got)
		}
	}
}
