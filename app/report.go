package app

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"time"
	"unicode"

	"fermata/checks/clock"
)

func report(s State, found []diagnosis, set Setup, journal []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Fermata report, %s\n\n", s.Now.UTC().Format(time.RFC3339))
	fmt.Fprintf(&b, "Fermata %s, %s, %s/%s%s\n", set.Version, runtime.Version(), runtime.GOOS, runtime.GOARCH, modules())
	if s.Demo {
		b.WriteString("This is the DEMO: nothing in it is real.\n")
	}
	b.WriteString("\nWhat is wrong\n")
	if len(found) == 0 {
		b.WriteString("  nothing that Fermata knows of\n")
	}
	for _, d := range found {
		fmt.Fprintf(&b, "  %s (%s, %v, %d %%)\n    %s\n", d.Title, d.ID, d.Level, d.Confidence, d.Why)
		for _, e := range d.Evidence {
			fmt.Fprintf(&b, "    - %s\n", e)
		}
	}
	for i, a := range s.Accounts {
		f := factsOf(a.Finding)
		fmt.Fprintf(&b, "\nAccount %d, %s: %v\n", i+1, a.Provider, a.Finding.Level)
		fmt.Fprintf(&b, "  session until  %s, renews by itself: %v\n", stamp(f.Until), f.Renews)
		fmt.Fprintf(&b, "  signed in      %s\n", stamp(f.AuthorizedAt))
		fmt.Fprintf(&b, "  sign-in until  %s%s\n", stamp(f.GrantUntil), estimated(f.GrantEstimated))
		fmt.Fprintf(&b, "  last accepted  %s\n", stamp(f.LastGood))
		if t := f.Trouble; t != nil {
			fmt.Fprintf(&b, "  trouble        at %s: HTTP %d %s %s, %d in a row since %s\n", t.Where, t.Status, t.Code, t.Text, t.Tries, stamp(t.Since))
		}
	}
	b.WriteString("\nClock\n")
	facts, _ := s.Clock.Facts.(clock.Facts)
	_ = clock.WriteTable(&b, facts) // into memory
	b.WriteString("\nLast changes\n")
	for _, line := range journal {
		fmt.Fprintf(&b, "  %s\n", line)
	}
	return scrub(b.String(), secretsOf(s, set))
}

func estimated(yes bool) string {
	if yes {
		return " at the latest"
	}
	return ""
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format(time.RFC3339)
}

// modules are the versions of what speaks to the outside.
func modules() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	var b strings.Builder
	for _, m := range info.Deps {
		switch m.Path {
		case "fyne.io/systray", "github.com/beevik/ntp", "golang.org/x/oauth2", "github.com/zalando/go-keyring":
			fmt.Fprintf(&b, "\n  %s %s", m.Path, m.Version)
		}
	}
	return b.String()
}

// secretsOf are the words that must not stand in a report.
func secretsOf(s State, set Setup) []string {
	var words []string
	if home, err := os.UserHomeDir(); err == nil && len(home) > 1 {
		words = append(words, home, filepath.Base(home))
	}
	for _, a := range s.Accounts {
		words = append(words, factsOf(a.Finding).User)
	}
	for _, c := range set.Config.Accounts {
		words = append(words, c.ClientID)
	}
	return words
}

// longest is how long a run of letters and digits may be before it counts as a token or an ID.
const longest = 30

// scrub replaces words, e-mail addresses, and what looks like a token, a code or an ID.
func scrub(text string, words []string) string {
	const gone = "[left out]"
	for _, w := range words {
		if len(w) > 2 {
			text = strings.ReplaceAll(text, w, gone)
		}
	}
	return replaceRuns(text, func(run string) string {
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

// replaceRuns maps every run of characters that tokens, codes, IDs and addresses are made of.
func replaceRuns(text string, change func(string) string) string {
	var b strings.Builder
	start := 0
	flush := func(end int) {
		if end > start {
			b.WriteString(change(text[start:end]))
		}
	}
	for i, r := range text {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-_.~+/=:@%", r) {
			continue
		}
		flush(i)
		b.WriteRune(r)
		start = i + len(string(r))
	}
	flush(len(text))
	return b.String()
}
