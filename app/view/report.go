package view

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"fermata/app/core"
	"fermata/checks/clock"
)

// A Build is what a report says of the program and must not say of the computer.
type Build struct {
	Version string   // of Fermata, of Go, and of the system, in a line
	Modules []string // what speaks to the outside, with versions
	Private []string // words that must not stand in a report: the home folder, the login name
}

// Report returns what support needs to know, as text: versions, the causes with their evidence, both
// lifetimes, the clock, and the last changes. It has no token, code, client ID, e-mail address, user
// name or home path in it.
func Report(s *core.State, at core.At, build Build) string {
	w := wordsOf(s, at)
	var b strings.Builder
	fmt.Fprintf(&b, "Fermata report, %s\n\nFermata %s\n", stamp(at.True), build.Version)
	for _, m := range build.Modules {
		fmt.Fprintf(&b, "  %s\n", m)
	}
	if s.Troubles != nil {
		b.WriteString("This is the DEMO: nothing in it is real.\n")
	}
	b.WriteString("\nWhat is wrong\n")
	if len(s.Causes) == 0 {
		b.WriteString("  nothing that Fermata knows of\n")
	}
	for _, c := range s.Causes {
		fmt.Fprintf(&b, "  %s (%s, %v, %d %%)\n    %s\n", c.Title, c.ID, c.Level, c.Confidence, c.Why)
		for _, e := range c.Evidence {
			fmt.Fprintf(&b, "    - %s\n", e)
		}
	}
	for i := range s.Accounts {
		w.reportAccount(&b, i+1, &s.Accounts[i])
	}
	b.WriteString("\nClock\n")
	_ = clock.WriteTable(&b, s.Clock.Facts, at.Style) // into memory
	w.reportGuide(&b)
	b.WriteString("\nLast changes\n")
	for _, e := range s.Journal {
		fmt.Fprintf(&b, "  %s  %s\n", stamp(e.At), e.Summary)
	}
	return scrub(b.String(), w.private(build))
}

// reportGuide tells what the guide found, and what was tried.
func (w words) reportGuide(b *strings.Builder) {
	g := &w.State.Guide
	if !g.Begun {
		return
	}
	fmt.Fprintf(b, "\nThe music stopped\n  verdict        %s (%s)\n", g.Verdict.ID, g.Verdict.Sure)
	for _, s := range g.Seen {
		fmt.Fprintf(b, "  they see       %s\n", s.ID)
	}
	for _, f := range g.Facts {
		fmt.Fprintf(b, "  %-13s  %v %s\n", f.Name, f.Outcome, f.Fault)
	}
	for _, t := range g.Tried {
		outcome := "didn’t help"
		if t.Helped {
			outcome = "helped"
		}
		fmt.Fprintf(b, "  tried          %s at %s: %s\n", t.Fix, stamp(t.At), outcome)
	}
}

func (w words) reportAccount(b *strings.Builder, n int, a *core.Account) {
	f, estimated := a.Facts, ""
	if f.GrantEstimated {
		estimated = " at the latest"
	}
	fmt.Fprintf(b, "\nAccount %d, %s: %v\n", n, a.Provider, a.Level)
	fmt.Fprintf(b, "  session until  %s, renews by itself: %v\n", stamp(f.Until), f.Renews)
	fmt.Fprintf(b, "  signed in      %s\n", stamp(f.AuthorizedAt))
	fmt.Fprintf(b, "  sign-in until  %s%s\n", stamp(f.GrantUntil), estimated)
	fmt.Fprintf(b, "  last accepted  %s\n", stamp(f.LastGood))
	if t := a.Past.SignIn; t != nil {
		fmt.Fprintf(b, "  last sign-in   at %s: HTTP %d %s %s, at %s\n", t.Where, t.Status, t.Code, t.Text, stamp(t.At))
	}
	if t := f.Trouble; t != nil {
		fmt.Fprintf(b, "  trouble        at %s: HTTP %d %s %s, %d in a row since %s\n", t.Where, t.Status, t.Code, t.Text, t.Tries, stamp(t.Since))
	}
}

// private are the words that must not stand in a report.
func (w words) private(build Build) []string {
	all := build.Private
	for _, a := range w.Accounts {
		all = append(all[:len(all):len(all)], a.Facts.User, a.Facts.UserID, a.Facts.Before.Name, a.Facts.Before.ID, a.Config.ClientID)
	}
	return all
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format(time.RFC3339)
}

// longest is how long a run of letters and digits may be before it counts as a token or an ID.
const longest = 30

// scrub replaces words, e-mail addresses, and what looks like a token, a code or an ID.
func scrub(report string, private []string) string {
	const gone = "[left out]"
	for _, w := range private {
		if len(w) > 2 {
			report = strings.ReplaceAll(report, w, gone)
		}
	}
	// Runs of characters that tokens, codes, IDs and addresses are made of. Reports are rare.
	runs := regexp.MustCompile(`[\pL\p{Nd}_.~+/=:@%-]+`)
	return runs.ReplaceAllStringFunc(report, func(run string) string {
		at := strings.Index(run, "@")
		switch {
		case at > 0 && at < len(run)-1, opaque(run), strings.Contains(run, "eyJ"):
			return gone
		}
		return run
	})
}

// opaque reports whether a run is too long for a word, or for a name with dots in it.
func opaque(run string) bool {
	for _, part := range strings.FieldsFunc(run, func(r rune) bool { return strings.ContainsRune("./:@", r) }) {
		if len(part) >= longest {
			return true
		}
	}
	return false
}
