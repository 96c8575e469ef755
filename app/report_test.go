package app

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fermata/app/config"
	"fermata/checks"
	"fermata/checks/clock"
	"fermata/checks/programs"
	"fermata/checks/session"
)

// TestReportHasNoSecrets plants everything that must not leave the computer in every text of the state,
// and looks for it in the report.
func TestReportHasNoSecrets(t *testing.T) {
	home, err := os.UserHomeDir()
	if err != nil {
		t.Fatal(err)
	}
	secrets := map[string]string{
		"access token":  "BQDx9-sK3vOp_7fWq2" + strings.Repeat("aZ0", 60),
		"refresh token": "AQC" + strings.Repeat("k_9-", 40),
		"JWT":           "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln",
		"code":          "AQD3" + strings.Repeat("x7", 20),
		"client ID":     "5fe01282e94241328a84e7c5cc169164",
		"e-mail":        "jane.doe@example.org",
		"user name":     "Jane Q. Doe",
		"home path":     filepath.Join(home, "music"),
	}
	for what, secret := range secrets {
		plant := fmt.Sprintf("a reply about %s, (%s) \"%s\" token=%s", secret, secret, secret, secret)
		s := well()
		s.trouble(checks.Critical, session.Trouble{
			Where: session.AtToken, Status: 400, Code: secret, Text: plant, Ask: true,
			Err: checks.WithHint(fmt.Errorf("error: %s", plant), plant),
		})
		s.facts(func(f *session.Facts) {
			f.User, f.Missing, f.SaveError = secrets["user name"], []string{plant}, fmt.Errorf("%s", plant)
			f.Health = &session.Trouble{Where: session.AtAPI, Status: 403, Code: secret, Text: plant, Ask: true}
		})
		facts := factsOf(s.Accounts[0].Finding)
		facts.Outage = plant
		s.Accounts[0].Finding.Facts = facts
		s.Accounts[0].Finding.Summary = plant
		s.Accounts[0].signIn = facts.Health
		s.Clock.Summary = plant
		s.Clock.Facts = clock.Facts{Known: true, Reason: plant, System: []string{plant}, Servers: []clock.Server{{Name: secret, Verdict: clock.ServerVerdict(plant)}}}
		s.Programs = []programs.Program{{Name: plant, File: plant, State: programs.Unreadable, Reason: plant}}
		s.Problems = []config.Problem{{File: plant, Message: plant}}
		set := Setup{Version: "1", Config: config.Config{Accounts: []config.Account{{Name: "spotify", ClientID: secrets["client ID"]}}}}
		got := report(s, diagnose(s), set, []string{plant})
		if i := strings.Index(got, secret); i >= 0 {
			t.Errorf("the report has the %s in it: …%s", what, got[max(0, i-80):min(len(got), i+len(secret)+20)])
		}
		if strings.Contains(got, home) {
			t.Errorf("the report has the home folder in it")
		}
	}
}

func TestReportTells(t *testing.T) {
	s := well()
	s.trouble(checks.Critical, session.Trouble{Where: session.AtToken, Status: 400, Code: "invalid_grant", Text: "Refresh token revoked", Ask: true})
	got := report(s, diagnose(s), Setup{Version: "9.9"}, []string{"2026-11-20T11:00:00Z  session well, clock ok"})
	for _, want := range []string{
		"Fermata 9.9", "Sign in to Spotify again (revoked, critical,", "invalid_grant", "Refresh token revoked",
		"session until  2026-11-20T11:58:00Z", "sign-in until  2027-04-20T12:00:00Z", "Clock is right (within 15 ms", "session well, clock ok",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the report lacks %q:\n%s", want, got)
		}
	}
}
