package cause

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"fermata/checks"
	"fermata/checks/session"
)

var update = flag.Bool("update", false, "write the golden files anew")

// A scene is what a person meets; its name says which cause it is, or which two.
type scene struct {
	name string
	set  setting
}

func scenes() []scene {
	ending, over := until(4*time.Minute), until(-4*time.Minute)
	limited := func(t session.Trouble, wait time.Duration) setting {
		t.RetryAfter = wait
		return meet(t)
	}
	unsaved := func(err error) setting {
		return func(e *Evidence) { e.Session.SaveError = err }
	}
	cannotSave := func(err error) setting {
		return func(e *Evidence) {
			meet(session.Trouble{Where: session.AtKeyring, Text: err.Error(), Err: err})(e)
			e.Session.Renewal, e.Session.Keyring = e.Session.Keyring, nil
		}
	}
	noHost := meet(met(session.CodeDNS, "no such host"))
	revoked := meet(atToken(400, "invalid_grant", "Refresh token revoked"))
	return []scene{
		{"clock-wrong", both(clockAhead, until(time.Minute))},
		{"clock-wrong certificate", both(meet(met(session.CodeCertTime, "x509: certificate has expired or is not yet valid")), clockUnknown)},
		{"keyring", both(locked, unsaved(fmt.Errorf("%w", checks.WithHint(errors.New("the keyring is locked"), "Unlock the keyring; until then the sign-in is held in memory only."))))},
		{"keyring", both(locked, meet(session.Trouble{Where: session.AtKeyring, Text: "the keyring is locked"}))},
		{"keyring-lost", unsaved(checks.WithHint(errors.New("this desktop has no keyring"), `Install gnome-keyring or KWallet, or set store = "file" under [secrets] in the settings.`))},
		{"keyring-lost", meet(session.Trouble{Where: session.AtKeyring, Text: "the keyring does not answer",
			Err: checks.WithHint(errors.New("the keyring does not answer"), `Log out of the desktop and in again, or set store = "file" under [secrets] in the settings.`)})},
		{"keyring", both(locked, cannotSave(errors.New("the keyring is locked")))},
		{"keyring", both(locked, both(cannotSave(errors.New("the keyring is locked")), over))},
		{"keyring-lost", cannotSave(checks.WithHint(errors.New("can’t save to ~/.local/state/fermata: no space left on device"), "Make room on the disk, then try again."))},
		{"keyring-lost", unsaved(checks.WithHint(errors.New("can’t save to ~/.local/state/fermata: no space left on device"), "Make room on the disk, then try again."))},
		{"intercepted", both(meet(met(session.CodeCertificate, "x509: certificate signed by unknown authority")), newNetwork, ending)},
		{"certificate", meet(met(session.CodeCertTime, "x509: certificate has expired or is not yet valid"))},
		{"proxy", meet(met(session.CodeProxy, "Proxy Authentication Required"))},
		{"portal", both(meet(met(session.CodePortal, "a web page came instead of a reply")), newNetwork, ending)},
		{"unreachable", both(meet(met(session.CodeTimeout, "Client.Timeout exceeded")), networkWorks, over)},
		{"no-network", both(noHost, offline)},
		{"no-network", both(noHost, offline, ending)},
		{"no-network", both(noHost, offline, over)},
		{"no-network", both(noHost, offline, func(e *Evidence) {
			e.Session.Usable, e.Session.Until, e.Session.UsableUntil, e.Session.RenewedAt = false, time.Time{}, time.Time{}, time.Time{}
		})},
		{"provider-down", both(meet(atToken(503, "", "upstream connect error or disconnect/reset before headers")), statusSays, ending)},
		{"provider-down", both(revoked, halfDown)},
		{"odd-answer", both(meet(noAnswer(session.CodePage, 403, "Just a moment...")), ending)},
		{"odd-answer", meet(noAnswer(session.CodePage, 400, ""))},
		{"odd-answer", meet(noAnswer(session.CodeEmpty, 200, ""))},
		{"odd-answer", meet(noAnswer(session.CodeUnreadable, 200, ""))},
		{"odd-answer", meet(noAnswer(session.CodeRedirect, 301, "sent on to https://new.example"))},
		{"rate-limit", limited(atAPI(429, "", "API rate limit exceeded"), 3*time.Hour)},
		{"rate-limit", limited(atAPI(429, "", "API rate limit exceeded"), 0)},
		{"quota", limited(atAPI(429, "QUOTA_EXCEEDED", "Quota exceeded"), 14*time.Hour)},
		{"wrong-client", meet(atToken(400, "invalid_client", "Invalid client"))},
		{"wrong-client", both(meet(atToken(400, "invalid_client", "Invalid client")), newClient)},
		{"secret-missing", meet(because(session.ReasonSecretMissing, 400, "invalid_request", "client_secret is missing."))},
		{"secret-missing not-signed-in", both(signedOutAt(time.Time{}), signInMet(because(session.ReasonSecretMissing, 400, "invalid_request", "client_secret is missing.")))},
		{"secret-expired", meet(because(session.ReasonSecretExpired, 401, "invalid_client", "The provided client secret keys are expired."))},
		{"secret-wrong", meet(because(session.ReasonSecretWrong, 401, "invalid_client", "Invalid client secret provided."))},
		{"issuer", meet(session.Trouble{Where: session.AtToken, Status: 404, Reason: session.ReasonIssuer, Ask: true,
			Text: "it has no description of itself at https://id.example/.well-known/openid-configuration"})},
		{"sign-in-refused", signInMet(session.Trouble{Where: session.AtAuthorize, Code: "access_denied", Ask: true})},
		{"sign-in-refused", signInMet(session.Trouble{Where: session.AtAuthorize, Code: "invalid_scope", Text: "Unknown scope x", Ask: true})},
		{"sign-in-refused", signInMet(session.Trouble{Where: session.AtAuthorize, Code: "invalid_request", Text: "Missing parameter: audience", Ask: true})},
		{"unknown", signInMet(atToken(400, "invalid_request", "must supply a validator"))},
		{"redirect", func(e *Evidence) { e.NoReturn = true }},
		{"redirect", func(e *Evidence) {
			t := atToken(400, "invalid_grant", "Invalid redirect URI")
			e.SignIn = &t
		}},
		{"stale-sign-in", func(e *Evidence) {
			t := atToken(400, "invalid_grant", "Authorization code expired")
			e.SignIn = &t
		}},
		{"stale-sign-in", func(e *Evidence) {
			t := atToken(400, "invalid_grant", "")
			e.SignIn = &t
		}},
		{"grant-ended", both(revoked, old)},
		{"grant-ended", both(meet(atToken(400, "invalid_grant", "Refresh token expired")), ageless)},
		{"other-token", both(meet(atToken(400, "invalid_grant", "Invalid refresh token")), newClient)},
		{"shared", meet(because(session.ReasonReused, 400, "invalid_grant", "Maximum allowed refresh token reuse exceeded"))},
		{"idle", meet(because(session.ReasonIdle, 400, "invalid_grant", "Session not active"))},
		{"confirm", meet(because(session.ReasonConfirm, 400, "interaction_required", "You must use multi-factor authentication."))},
		{"account-closed", meet(because(session.ReasonAccount, 403, "invalid_grant", "user is blocked"))},
		{"refused", meet(because(session.ReasonRefused, 403, "unauthorized_client", "refresh_token is invalid"))},
		{"refused", meet(atToken(400, "invalid_grant", ""))},
		{"refused", both(meet(atToken(400, "invalid_grant", "")), rotates)},
		{"revoked", both(revoked, othersWell)},
		{"revoked", both(revoked, rotates)},
		{"grant-ended", both(meet(because(session.ReasonExpired, 400, "invalid_grant", "Refresh token expired")), told(-time.Minute))},
		{"interrupted", both(revoked, othersWell, cutOff(session.LostEnd))},
		{"interrupted", both(meet(atToken(400, "invalid_grant", "Invalid refresh token")), cutOff(session.LostAnswer))},
		{"interrupted", both(revoked, twoHours, othersFail, cutOff(session.LostSave))},
		{"grant-ended", both(revoked, old, cutOff(session.LostEnd))},
		{"signed-out", meet(atAPI(401, "", "Invalid access token"))},
		{"signed-out", both(revoked, othersFail, func(e *Evidence) { e.Now = noon.Add(2 * time.Hour) })},
		{"no-renewal", both(ending, func(e *Evidence) { e.Session.Renewable, e.Session.Renews = false, false })},
		{"no-renewal", lacks("scopes", "offline_access")},
		{"no-renewal", lacks("params", "prompt=consent")},
		{"not-signed-in", func(e *Evidence) { e.Session = session.Facts{Loaded: true} }},
		{"not-signed-in", signedOutAt(noon.Add(-2 * time.Hour))},
		{"scopes", both(meet(atAPI(403, "", "Insufficient client scope")), func(e *Evidence) {
			e.Session.Missing = []string{"user-read-playback-state", "user-modify-playback-state"}
		})},
		{"scopes", both(meet(atAPI(403, "", "Insufficient client scope")), func(e *Evidence) { e.Session.Missing = []string{"user-modify-playback-state"} })},
		{"scopes", meet(atAPI(403, "", "Insufficient client scope"))},
		{"not-listed", meet(atAPI(403, "", "User not registered in the Developer Dashboard"))},
		{"owner-premium", meet(atAPI(403, "", "Active premium subscription required for the owner of the app."))},
		{"premium", meet(atAPI(403, "PREMIUM_REQUIRED", "Player command failed: Premium required"))},
		{"ended-early", both(onClick, until(-time.Minute))},
		{"timed-out", both(onClick, ending, func(e *Evidence) { e.Session.RenewedAt = noon.Add(-56 * time.Minute) })},
		{"timed-out", both(onClick, over, func(e *Evidence) { e.Session.RenewedAt = noon.Add(-64 * time.Minute) })},
		{"other-user", anotherUser("Max", "Jane")},
		{"other-user", anotherUser("Jane", "Jane")},
		{"other-user", anotherUser(strings.Repeat("M", 99), strings.Repeat("J", 99))},
		{"grant-ends", lastWeek},
		{"grant-ends", func(e *Evidence) {
			e.Session.AuthorizedAt, e.Session.GrantUntil = noon.AddDate(0, 0, -182), noon.AddDate(0, 0, -1)
		}},
		{"grant-ends", told(4 * time.Minute)},
		{"grant-ends", told(-time.Minute)},
		{"unknown", both(meet(atAPI(418, "", "I'm a teapot")), func(e *Evidence) { e.Session.Trouble.Tries = 1 })},
		{"unknown", both(meet(atAPI(418, "", "I'm a teapot")), statusSays, newNetwork)},
		{"unknown", both(meet(atAPI(409, "", "The bard is on strike")), othersWell, othersFail, down, newClient, func(e *Evidence) {
			e.Changed.ClockSet, e.Changed.Slept = 90*time.Second, 8*time.Hour
		})},
		{"clock-wrong", both(clockAhead, isOver, func(e *Evidence) { e.Clock.Offset = 93 * time.Second })},
		{"no-network not-listed", both(meet(atAPI(403, "", "User not registered in the Developer Dashboard")), noHost)},
		{"clock-wrong revoked", both(revoked, clockAhead)},
		{"no-network grant-ends", both(noHost, lastWeek)},
	}
}

// anotherUser has the newest sign-in be of another user than the one before.
func anotherUser(newest, before string) setting {
	return func(e *Evidence) {
		e.Session.User, e.Session.UserID, e.Session.Before = newest, "id-1", session.User{ID: "id-2", Name: before}
	}
}

// noAnswer is what a provider sends that is none.
func noAnswer(code string, status int, text string) session.Trouble {
	return session.Trouble{Where: session.AtToken, Code: code, Status: status, Text: text}
}

// because is a reply of any provider, which session sorts.
func because(reason session.Reason, status int, code, text string) session.Trouble {
	return session.Trouble{Where: session.AtToken, Status: status, Code: code, Text: text, Reason: reason, Ask: true}
}

// signInMet has the newest sign-in meet a trouble.
func signInMet(t session.Trouble) setting { return func(e *Evidence) { e.SignIn = &t } }

// signedOutAt has nobody signed in, since then; zero: nobody knows since when.
func signedOutAt(at time.Time) setting {
	return func(e *Evidence) { e.Session, e.SignedOut = session.Facts{Loaded: true}, at }
}

// rotates has each renewal replace the refresh token.
func rotates(e *Evidence) { e.Session.Rotates = true }

// told has the provider tell that the sign-in is good for half an hour, which ends so long after noon.
func told(d time.Duration) setting {
	return func(e *Evidence) {
		e.Session.GrantUntil, e.Session.GrantTold, e.Session.GrantLife = noon.Add(d), true, 30*time.Minute
	}
}

func (s scene) evidence() Evidence {
	e := base()
	s.set(&e)
	return e
}

// lacks is a session without the means to renew it, for want of something in the settings.
func lacks(list, value string) func(*Evidence) {
	return func(e *Evidence) {
		e.Session.Renewable, e.Session.Renews, e.Session.Lacks = false, false, session.Setting{List: list, Value: value}
	}
}

// causes are those that Judge finds.
func causes(e Evidence) []Cause {
	_, found := Judge(e)
	return found
}

// TestGolden shows every cause as a person reads it.
func TestGolden(t *testing.T) {
	var out strings.Builder
	shown := map[string]bool{}
	for _, s := range scenes() {
		level, found := Judge(s.evidence())
		if got := strings.Join(ids(found), " "); got != s.name {
			t.Errorf("%s: got %s", s.name, got)
		}
		fmt.Fprintf(&out, "== %s (%v)\n", s.name, level)
		for _, c := range found {
			write(&out, c, shown)
		}
		out.WriteString("\n")
	}
	for _, r := range rows {
		if !shown[r.id] {
			t.Errorf("%s is not shown", r.id)
		}
	}
	path := filepath.Join("testdata", "causes.golden")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil || string(want) != out.String() {
		t.Errorf("the causes read otherwise now (%v); look at them with: go test ./checks/cause -run TestGolden -update; git diff checks/cause/testdata", err)
	}
}

// write shows a cause; what does not change with the evidence only once.
func write(out *strings.Builder, c Cause, shown map[string]bool) {
	fmt.Fprintf(out, "%s (%v, %d %%)\n  %s\n", c.Title, c.Level, c.Confidence, c.Why)
	for _, e := range c.Evidence {
		fmt.Fprintf(out, "  - %s\n", e)
	}
	fmt.Fprintf(out, "  fixes: %v\n", c.Fixes)
	if shown[c.ID] {
		return
	}
	shown[c.ID] = true
	fmt.Fprintf(out, "  What is this? %s\n", c.About)
	for _, f := range Fixes {
		if why := c.NoHelp[f]; why != "" {
			fmt.Fprintf(out, "  %s (%s)\n", f, why)
		}
	}
}

// TestOtherProviders: nobody else's person is told about Spotify, where the cause is not peculiar to it.
func TestOtherProviders(t *testing.T) {
	itsOwn := []string{"owner-premium", "not-listed", "premium"} // told of words that are Spotify's alone
	for _, s := range scenes() {
		e := s.evidence()
		e.Provider, e.Apps, e.SessionLife, e.Note = "Radio", "", 0, ""
		for _, c := range causes(e) {
			for _, text := range texts(c) {
				if strings.Contains(text, "Spotify") || strings.Contains(text, "dashboard") && c.ID != "not-listed" || strings.Contains(text, "Premium") && !slices.Contains(itsOwn, c.ID) || strings.Contains(text, "%") || strings.Contains(text, "  ") {
					t.Errorf("%s: %s", c.ID, text)
				}
			}
			if c.ID == "ended-early" { // nobody knows how long a session lasts elsewhere
				t.Errorf("%s is told", c.ID)
			}
		}
	}
}

// TestPasswords: nobody is told to change a password, as nothing that Fermata sees is a sign of misuse.
func TestPasswords(t *testing.T) {
	for _, s := range scenes() {
		for _, c := range causes(s.evidence()) {
			for _, text := range texts(c) {
				if strings.Contains(strings.ToLower(text), "change your password") {
					t.Errorf("%s: %s", c.ID, text)
				}
			}
		}
	}
}

// texts is all that a person can read of c.
func texts(c Cause) []string {
	all := append([]string{c.Title, c.Why, c.About}, c.Evidence...)
	for _, f := range Fixes {
		all = append(all, c.NoHelp[f])
	}
	return all
}

// TestLengths: what a notice and a page have room for, and no more than a person reads.
func TestLengths(t *testing.T) {
	for _, s := range scenes() {
		for _, c := range causes(s.evidence()) {
			for text, most := range map[string]int{c.Title: 48, c.Why: 170, c.About: 330} {
				if n := utf8.RuneCountInString(text); n > most {
					t.Errorf("%s: %d characters, of %d: %s", c.ID, n, most, text)
				}
			}
		}
	}
}
