package view

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"fermata/checks"
	"fermata/checks/cause"
	"fermata/checks/clock"
	"fermata/checks/doctor"
	"fermata/checks/text"
)

// marks are the outcomes of looks, for those who see no colour.
var marks = map[string]string{"fine": "✓", "wrong": "✕", "unknown": "?", "timed out": "?", Looking: "…"}

// guideGroups are the looks at each thing, in the order in which they are shown.
func (w words) guideGroups() []GuideGroup {
	computer := append(w.lookLines(doctor.App, doctor.Hosts, doctor.Links), w.programLines()...)
	return []GuideGroup{
		{"The clock", append([]GuideLine{w.timeServers()}, w.lookLines(doctor.Clock)...)},
		{"The network", w.lookLines(doctor.Network, doctor.Names, doctor.Portal, doctor.Proxy, doctor.TLS, doctor.IPv6)},
		{"Spotify", w.lookLines(doctor.SignIn, doctor.API, doctor.Player, doctor.Access, doctor.Status)},
		{"This computer", append(computer, w.accountGuideLines()...)},
	}
}

// looking says what is looked at, until that has ended.
var looking = map[doctor.Name]string{
	doctor.Clock: "Comparing this clock with Spotify’s…", doctor.Network: "Looking for a network…", doctor.Names: "Looking up Spotify’s names…",
	doctor.Portal: "Looking for a Wi-Fi login page…", doctor.Proxy: "Looking for a proxy…", doctor.TLS: "Looking at the certificate…",
	doctor.IPv6: "Trying IPv6…", doctor.Access: "Asking for the app’s servers…", doctor.SignIn: "Asking Spotify’s sign-in server…",
	doctor.API: "Asking Spotify’s Web API…", doctor.Player: "Asking the web player…", doctor.Status: "Asking Spotify’s status page…",
	doctor.App: "Looking for the Spotify app…", doctor.Hosts: "Reading the hosts file…", doctor.Links: "Looking for who opens spotify: links…",
}

// lookLines are the looks of those names, ended or not.
func (w words) lookLines(names ...doctor.Name) []GuideLine {
	var all []GuideLine
	for _, name := range names {
		l := GuideLine{ID: string(name), Evidence: []string{}}
		i := slices.IndexFunc(w.Guide.Facts, func(f doctor.Facts) bool { return f.Name == name })
		switch {
		case i < 0 && w.Guide.Awaits("guide"):
			l.Outcome, l.Says = Looking, looking[name]
		case i < 0: // it was not looked at
		case name != doctor.Network && w.offline() && w.Guide.Facts[i].Outcome != doctor.Fine: // nor could it be
		default:
			f := w.Guide.Facts[i]
			l.Outcome, l.Says, l.Evidence = f.Outcome.String(), w.lookWords(f), w.lookEvidence(f)
		}
		if l.Says == "" {
			continue
		}
		l.Mark = marks[l.Outcome]
		all = append(all, l)
	}
	return all
}

// offline reports whether there is no network at all.
func (w words) offline() bool {
	return slices.ContainsFunc(w.Guide.Facts, func(f doctor.Facts) bool { return f.Name == doctor.Network && f.Fault == doctor.NoNetwork })
}

// lookWords says what a look found. What is not as it should be is named.
func (w words) lookWords(f doctor.Facts) string {
	if f.Outcome == doctor.Fine {
		return begun(cause.Tells(f, w.style, w.now))
	}
	return fmt.Sprintf("%s: %s", nouns[f.Name], cause.Tells(f, w.style, w.now))
}

// nouns are what the looks are at.
var nouns = map[doctor.Name]string{
	doctor.Clock: "Spotify’s clock", doctor.Network: "Network", doctor.Names: "Names", doctor.Portal: "Wi-Fi login page", doctor.Proxy: "Proxy",
	doctor.TLS: "Certificate", doctor.IPv6: "IPv6", doctor.Access: "The app’s servers", doctor.SignIn: "Sign-in server", doctor.API: "Web API",
	doctor.Player: "Web player", doctor.Status: "Status page", doctor.App: "Spotify app", doctor.Hosts: "Hosts file", doctor.Links: "Links to spotify:",
}

// lookEvidence is what a look saw, a thing a line.
func (w words) lookEvidence(f doctor.Facts) []string {
	all := []string{}
	add := func(form, value string) {
		if value != "" {
			all = append(all, fmt.Sprintf(form, value))
		}
	}
	add("Host: %s", f.Host)
	add("Address: %s", f.Address)
	if f.Status != 0 {
		all = append(all, fmt.Sprintf("Reply: HTTP %d", f.Status))
	}
	add("It says: “%s”", f.Said)
	if f.Error != 0 {
		all = append(all, fmt.Sprintf("By Spotify’s clock, this one is %s (within %s)", clock.Ahead(f.Offset), text.Span(f.Error)))
		all = append(all, tokenWords(f.Offset))
	}
	add("Certificate issued by: %s", f.Issuer)
	if !f.NotAfter.IsZero() {
		all = append(all, fmt.Sprintf("Certificate valid from %s to %s", w.style.FullDate(f.NotBefore, w.now), w.style.FullDate(f.NotAfter, w.now)))
	}
	add("Proxy: %s", f.Proxy)
	if f.Asked > 0 {
		all = append(all, fmt.Sprintf("Found: %d of %d names", f.Count, f.Asked))
	}
	for _, port := range f.Ports {
		all = append(all, fmt.Sprintf("Port %d answers", port))
	}
	for _, line := range f.Lines {
		add("Line: %s", line)
	}
	add("Installed as: %s", f.Install)
	add("Program: %s", f.Handler)
	return append(all, fmt.Sprintf("Took %s", text.Span(f.Took)))
}

// tokenLife is how long an access token lasts, and leeway by how much programs let its times be off.
const (
	tokenLife = time.Hour
	leeway    = time.Minute
)

// tokenWords says how a token issued now would look on a computer whose clock is off by -offset.
func tokenWords(offset time.Duration) string {
	switch {
	case -offset >= tokenLife:
		return "A token issued now would already look expired on this computer"
	case offset > leeway:
		return "A token issued now would not look valid yet on this computer"
	}
	return "A token issued now would look valid on this computer"
}

// timeServers is what the time servers say of the clock.
func (w words) timeServers() GuideLine {
	l := GuideLine{ID: "time", Outcome: "unknown", Says: w.clockLine(), Evidence: []string{}}
	f := w.Clock.Facts
	switch {
	case w.Guide.Awaits("clock"):
		return GuideLine{ID: l.ID, Outcome: Looking, Mark: marks[Looking], Says: "Measuring the clock…", Evidence: l.Evidence}
	case w.ClockLevel >= checks.Warning:
		l.Outcome = "wrong"
	case f.Known:
		l.Outcome = "fine"
	}
	l.Mark = marks[l.Outcome]
	if e := f.Evidence(); e != "" {
		l.Evidence = append(l.Evidence, e)
	}
	for _, s := range f.Servers {
		if s.Answered() {
			l.Evidence = append(l.Evidence, fmt.Sprintf("%s: this clock is %s", s.Name, clock.Ahead(s.Offset)))
		}
	}
	if f.Known {
		l.Evidence = append(l.Evidence, tokenWords(f.Offset))
	}
	return l
}

// programLines are other programs' tokens.
func (w words) programLines() []GuideLine {
	var all []GuideLine
	for p := range w.Programs.Facts.All(w.now) {
		l := GuideLine{ID: "program-" + p.Name, Outcome: "unknown", Says: p.Line(w.now, w.style), Evidence: []string{fmt.Sprintf("File: %s", p.File)}}
		l.Evidence = append(l.Evidence, fmt.Sprintf("Its sign-in expires: %s", w.programGrant(p.GrantUntil, p.Estimated)))
		l.Mark = marks[l.Outcome]
		all = append(all, l)
	}
	return all
}

// accountGuideLines are the accounts' two lifetimes, and what was refused last.
func (w words) accountGuideLines() []GuideLine {
	var all []GuideLine
	for i := range w.Accounts {
		a := &w.Accounts[i]
		lines := w.accountLines(a)
		l := GuideLine{ID: "account-" + a.Name, Outcome: "unknown", Says: strings.Join(lines[:2], ": "), Evidence: append([]string{}, lines[2:]...)}
		switch {
		case w.Guide.Awaits(a.Name):
			l.Outcome = Looking
		case a.Level == checks.OK:
			l.Outcome = "fine"
		case a.Level >= checks.Warning:
			l.Outcome = "wrong"
		}
		if t := a.Facts.Trouble; t != nil {
			l.Evidence = append(l.Evidence, fmt.Sprintf("Refused last at %s: %s", w.style.TimeOfDay(t.At, w.now), text.Line(t.Text, 200)))
		}
		l.Mark = marks[l.Outcome]
		all = append(all, l)
	}
	return all
}
