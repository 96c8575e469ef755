package app

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fermata/app/core"
	"fermata/app/view"
	"fermata/checks/standin"

	"github.com/cockroachdb/datadriven"
)

// TestEveryTrouble causes each trouble of the demo and tells in testdata/troubles what a person reads then;
// -rewrite writes it anew. Where the session outlives its cause for a while, it is told two hours later too.
func TestEveryTrouble(t *testing.T) {
	var missing []string
	for _, tr := range standin.Troubles() {
		missing = append(missing, tr.Name)
	}
	datadriven.RunTest(t, "testdata/troubles", func(t *testing.T, d *datadriven.TestData) (told string) {
		after := 10 * time.Second
		if d.HasArg("after") {
			var long string
			d.ScanArgs(t, "after", &long)
			after, _ = time.ParseDuration(long)
		}
		missing = slices.DeleteFunc(missing, func(name string) bool { return name == d.Cmd })
		inBubble(t, func(b *bench) {
			b.do(core.ID("demo", d.Cmd))
			time.Sleep(after)
			told = tells(b.view())
		})
		return told
	})
	if len(missing) > 0 {
		t.Errorf("nothing tells of %q", missing)
	}
}

// tells is what a view tells of a trouble, without the times of day, the length of the arc and the number of
// tries, which jitter moves.
func tells(v view.View) string {
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
	for _, l := range v.Status.Lines {
		fmt.Fprintf(&b, "  | %s\n", withoutTimes(l))
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
