package view_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"fermata/app/core"
	"fermata/app/view"
	"fermata/checks"
	"fermata/checks/clock"
	"fermata/checks/session"

	"github.com/cockroachdb/datadriven"
)

// TestReportHasNoSecrets plants everything that must not leave the computer in every text of the state,
// and looks for it in the report.
func TestReportHasNoSecrets(t *testing.T) {
	build := view.Build{Version: "1", Private: []string{"/home/jane", "jane"}}
	secrets := map[string]string{
		"access token":  "BQDx9-sK3vOp_7fWq2" + strings.Repeat("aZ0", 60),
		"refresh token": "AQC" + strings.Repeat("k_9-", 40),
		"JWT":           "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln",
		"code":          "AQD3" + strings.Repeat("x7", 20),
		"client ID":     "5fe01282e94241328a84e7c5cc169164",
		"e-mail":        "jane.doe@example.org",
		"user name":     "Jane Q. Doe",
		"home path":     "/home/jane/music",
	}
	for what, secret := range secrets {
		plant := fmt.Sprintf("a reply about %s, (%s) \"%s\" token=%s", secret, secret, secret, secret)
		w := well()
		w.trouble(session.Trouble{
			Where: session.AtToken, Status: 400, Code: secret, Text: plant, Ask: true,
			Err: checks.WithHint(fmt.Errorf("error: %s", plant), plant),
		})
		w.facts.User, w.facts.Missing, w.facts.SaveError, w.facts.Outage = secrets["user name"], []string{plant}, errors.New(plant), plant
		w.facts.Health = &session.Trouble{Where: session.AtAPI, Status: 403, Code: secret, Text: plant, Ask: true}
		w.clock = clock.Facts{Known: true, Reason: plant, System: []string{plant}, Servers: []clock.Server{{Name: secret, Verdict: clock.ServerVerdict(plant)}}}
		w.after = []core.Event{core.Clicked{Run: 1, Action: "spotify/login"}, core.Acted{Run: 1, Err: w.facts.Trouble}}
		got := view.Report(w.state(), at, build)
		if i := strings.Index(got, secret); i >= 0 {
			t.Errorf("the report has the %s in it: …%s", what, got[max(0, i-80):min(len(got), i+len(secret)+20)])
		}
		if strings.Contains(got, "jane") {
			t.Errorf("the report has the home folder in it")
		}
	}
}

// TestReport writes the report of some scenes in testdata/report; -rewrite writes them again.
func TestReport(t *testing.T) {
	build := view.Build{Version: "9.9", Modules: []string{"fyne.io/systray v1"}}
	datadriven.RunTest(t, "testdata/report", func(t *testing.T, d *datadriven.TestData) string {
		return view.Report(sceneOf(t, d.Cmd).state(), at, build)
	})
}

// What looks like a token or an address is left out, and what does not stays.
func TestReportLeavesOut(t *testing.T) {
	const gone = "[left out]"
	w := well()
	w.facts.User = "Ed"
	token := strings.Repeat("a1", 15)
	for text, want := range map[string]string{
		"Edison": "Edison", // a name of two letters is in too many words
		"Eve":    gone, "Everest": gone + "rest",
		token: gone, token[1:]: token[1:], "x." + token + ".y": gone, token[1:] + "." + token[1:]: token[1:] + "." + token[1:],
		"a@b": gone, "@b": "@b", "a@": "a@", "(a@b)": "(" + gone + ")", "go1.26": "go1.26", "eyJ": gone, "\xff" + token: "\xff" + gone,
	} {
		got, _, _ := strings.Cut(view.Report(w.state(), at, view.Build{Version: text, Private: []string{"Eve"}}), "\n\nWhat is wrong")
		if _, got, _ = strings.Cut(got, "\nFermata "); got != want {
			t.Errorf("%q became %q, not %q", text, got, want)
		}
	}
}
