package app

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fermata/checks/standin"
)

// TestEveryTrouble causes each trouble of the demo, and compares what a person reads then with
// testdata/troubles.golden: at once, and where the session outlives its cause for a while, after two hours.
func TestEveryTrouble(t *testing.T) {
	var b strings.Builder
	for _, tr := range standin.Troubles() {
		times := []time.Duration{10 * time.Second}
		if slices.Contains([]string{"no-network", "spotify-down", "portal", "proxy", "intercepted", "certificate"}, tr.Name) {
			times = append(times, 2*time.Hour)
		}
		for _, after := range times {
			inBubble(t, func(at *bench) {
				at.do("demo/" + tr.Name)
				time.Sleep(after)
				fmt.Fprintf(&b, "== %s, after %v\n%s\n", tr.Label, after, tells(at.view()))
			})
		}
	}
	golden(t, "troubles.golden", b.String())
}

// tells is what a view tells of a trouble, without the times of day, the length of the arc and the number of
// tries, which jitter moves.
func tells(v View) string {
	var b strings.Builder
	fmt.Fprintf(&b, "dot %v; level %v\n", v.Icon.Dot, v.Status.Level)
	for _, a := range v.Status.Accounts {
		if a.Cause != nil {
			fmt.Fprintf(&b, "cause: %s\n", *a.Cause)
		}
		for _, e := range a.Evidence {
			if n, rest, ok := strings.Cut(e, " tries"); ok {
				e = strings.Repeat("N", min(1, len(n))) + " tries" + rest
			}
			fmt.Fprintf(&b, "  evidence: %s\n", withoutTimes(e))
		}
	}
	for _, n := range v.Notices {
		fmt.Fprintf(&b, "notice: %s\n  %s\n", withoutTimes(n.Title), withoutTimes(n.Body))
		for _, button := range n.Buttons {
			fmt.Fprintf(&b, "  [%s]\n", button.Label)
		}
	}
	return b.String()
}

// withoutTimes puts hh:mm in the place of each time of day.
func withoutTimes(s string) string {
	b := []byte(s)
	digit := func(i int) bool { return i < len(b) && b[i] >= '0' && b[i] <= '9' }
	for i := range b {
		if digit(i) && digit(i+1) && i+2 < len(b) && b[i+2] == ':' && digit(i+3) && digit(i+4) {
			copy(b[i:], "hh:mm")
		}
	}
	return string(b)
}
