package view_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"fermata/app/core"
	"fermata/app/view"
	"fermata/checks"
	"fermata/checks/clock"
	"fermata/checks/session"
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

func TestReportTells(t *testing.T) {
	w := well()
	w.trouble(revoked)
	w.facts.GrantEstimated = true
	w.demo = []core.Trouble{}
	got := view.Report(w.state(), at, view.Build{Version: "9.9", Modules: []string{"fyne.io/systray v1"}})
	for _, want := range []string{
		"Fermata 9.9\n  fyne.io/systray v1\nThis is the DEMO", "Sign in to Spotify again (revoked, critical,", "invalid_grant", "Refresh token revoked",
		"session until  2026-11-20T11:58:00Z", "sign-in until  2027-04-20T12:00:00Z at the latest", "Clock is right (within 15 ms", "session revoked, clock ok",
		"trouble        at token: HTTP 400 invalid_grant Refresh token revoked, 1 in a row since 2026-11-20T11:50:00Z",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the report lacks %q:\n%s", want, got)
		}
	}
	w = well()
	w.after = []core.Event{core.Changed{Step: time.Second}}
	if got := view.Report(w.state(), at, view.Build{}); !strings.Contains(got, "nothing that Fermata knows of") || strings.Contains(got, "DEMO") {
		t.Errorf("all is well, and the report says:\n%s", got)
	}
}
