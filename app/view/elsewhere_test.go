package view_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"fermata/app/config"
	"fermata/app/view"
	"fermata/checks/session"
)

// TestElsewhere: of an account with another provider nobody reads anything about Spotify, whatever that provider says.
func TestElsewhere(t *testing.T) {
	for _, reason := range []session.Reason{
		"", session.ReasonRevoked, session.ReasonExpired, session.ReasonRefused, session.ReasonReused, session.ReasonIdle, session.ReasonConfirm,
		session.ReasonAccount, session.ReasonSecretMissing, session.ReasonSecretExpired, session.ReasonSecretWrong, session.ReasonRedirect,
	} {
		for _, code := range []string{"invalid_grant", "invalid_client", "odd", session.CodePage, session.CodeEmpty} {
			w := well()
			w.settings.Accounts = []config.Account{{Name: "bot", Provider: "oauth2", ClientID: "an id", Renew: "auto"}}
			w.trouble(session.Trouble{Where: session.AtToken, Status: 400, Code: code, Reason: reason, Ask: code != session.CodePage && code != session.CodeEmpty})
			s := w.state()
			v, _ := view.Make(s, at)
			d := view.MakeDetails(s, at)
			for what, shown := range map[string]any{"status": v.Status, "notices": v.Notices, "causes": d.Causes, "accounts": d.Accounts, "report": view.Report(s, at, view.Build{})} {
				text, err := json.Marshal(shown)
				if err != nil {
					t.Fatal(err)
				}
				if i := strings.Index(string(text), "Spotify"); i >= 0 {
					t.Errorf("%s, %s: the %s has …%s…", reason, code, what, text[max(0, i-60):min(len(text), i+60)])
				}
			}
		}
	}
}

// TestShortSignIns: one that lasts for minutes ends at a time of day, and one of unknown length is no session less.
func TestShortSignIns(t *testing.T) {
	w := well()
	w.facts.GrantUntil, w.facts.GrantTold, w.facts.GrantLife = noon.Add(25*time.Minute), true, 30*time.Minute
	w.facts.Until = time.Time{}
	s := w.state()
	v, _ := view.Make(s, at)
	got := strings.Join(v.Status.Lines, "\n")
	for _, want := range []string{"Signed in until 12:25", "Session of unknown length, renews by itself"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}
