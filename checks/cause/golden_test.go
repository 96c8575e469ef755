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
	name    string
	trouble *session.Trouble
	set     setting
}

func scenes() []scene {
	met := func(t session.Trouble) *session.Trouble {
		t.Since, t.At, t.Tries = noon.Add(-10*time.Minute), noon.Add(-time.Minute), 2
		return &t
	}
	passing := func(t session.Trouble) *session.Trouble {
		p := met(t)
		p.Ask, p.Tries = false, 6
		return p
	}
	later := func(e *Evidence) { e.Level = checks.Unknown }
	ending := func(e *Evidence) { e.Level, e.Session.Until = checks.Warning, noon.Add(4*time.Minute) }
	over := func(e *Evidence) { e.Level, e.Session.Until = checks.Critical, noon.Add(-4*time.Minute) }
	limited := func(t session.Trouble, wait time.Duration) *session.Trouble {
		p := passing(t)
		p.RetryAfter = wait
		return p
	}
	revoked := met(atToken(400, invalidGrant, "Refresh token revoked"))
	return []scene{
		{"clock-wrong", nil, both(clockAhead, func(e *Evidence) { e.Session.Until, e.Session.Renews = noon.Add(time.Minute), true })},
		{"clock-wrong certificate", passing(onTheWay(session.CodeCertTime, "x509: certificate has expired or is not yet valid")), both(clockUnknown, later)},
		{"keyring", nil, func(e *Evidence) {
			e.Level = checks.OK
			e.Session.SaveError = fmt.Errorf("saving the sign-in of spotify: %w", checks.WithHint(errors.New("the keyring is locked"), "Unlock the keyring; until then the sign-in is held in memory only."))
		}},
		{"keyring", passing(session.Trouble{Where: session.AtKeyring, Text: "loading the sign-in of spotify: the keyring is locked"}), later},
		{"keyring-lost", nil, func(e *Evidence) {
			e.Level = checks.OK
			e.Session.SaveError = checks.WithHint(errors.New("saving the sign-in of spotify: this desktop has no keyring"), `Install gnome-keyring or KWallet, or set store = "file" under [secrets] in the settings.`)
		}},
		{"keyring-lost", passing(session.Trouble{Where: session.AtKeyring, Text: "loading the sign-in of spotify: the keyring does not answer",
			Err: checks.WithHint(errors.New("the keyring does not answer"), `Log out of the desktop and in again, or set store = "file" under [secrets] in the settings.`)}), later},
		{"intercepted", passing(onTheWay(session.CodeCertificate, "x509: certificate signed by unknown authority")), both(newNetwork, ending)},
		{"certificate", passing(onTheWay(session.CodeCertTime, "x509: certificate has expired or is not yet valid")), later},
		{"proxy", passing(onTheWay(session.CodeBroken, "Proxy Authentication Required")), later},
		{"portal", passing(onTheWay(session.CodePortal, "a web page came instead of a reply")), both(newNetwork, ending)},
		{"unreachable", passing(onTheWay(session.CodeTimeout, "Client.Timeout exceeded")), both(networkWorks, over)},
		{"no-network", passing(onTheWay(session.CodeDNS, "no such host")), both(offline, later)},
		{"no-network", passing(onTheWay(session.CodeDNS, "no such host")), both(offline, ending)},
		{"no-network", passing(onTheWay(session.CodeDNS, "no such host")), both(offline, over)},
		{"provider-down", passing(atToken(503, "", "upstream connect error or disconnect/reset before headers")), both(statusSays, ending)},
		{"provider-down", revoked, both(halfDown, later)},
		{"rate-limit", limited(atAPI(429, "", "API rate limit exceeded"), 3*time.Hour), later},
		{"quota", limited(atAPI(429, "QUOTA_EXCEEDED", "Quota exceeded"), 14*time.Hour), later},
		{"wrong-client", met(atToken(400, "invalid_client", "Invalid client")), plainly},
		{"wrong-client", met(atToken(400, "invalid_client", "Invalid client")), newClient},
		{"redirect", nil, func(e *Evidence) { e.NoReturn, e.Level = true, checks.OK }},
		{"redirect", nil, func(e *Evidence) {
			e.Level = checks.OK
			e.SignIn = met(atToken(400, invalidGrant, "Invalid redirect URI"))
		}},
		{"stale-sign-in", nil, func(e *Evidence) {
			e.Level = checks.OK
			e.SignIn = met(atToken(400, invalidGrant, "Authorization code expired"))
		}},
		{"grant-ended", revoked, old},
		{"grant-ended", met(atToken(400, invalidGrant, "Refresh token expired")), ageless},
		{"other-token", met(atToken(400, invalidGrant, "Invalid refresh token")), newClient},
		{"revoked", revoked, othersWell},
		{"signed-out", met(atAPI(401, "", "Invalid access token")), plainly},
		{"signed-out", revoked, both(othersFail, func(e *Evidence) { e.Now = noon.Add(2 * time.Hour) })},
		{"no-renewal", nil, ending},
		{"not-signed-in", nil, func(e *Evidence) { e.Level, e.Session = checks.Warning, session.Facts{} }},
		{"scopes", met(atAPI(403, "", "Insufficient client scope")), func(e *Evidence) {
			e.Session.Missing = []string{"user-read-playback-state", "user-modify-playback-state"}
		}},
		{"not-listed", met(atAPI(403, "", "User not registered in the Developer Dashboard")), plainly},
		{"owner-premium", met(atAPI(403, "", "Active premium subscription required for the owner of the app.")), plainly},
		{"premium", met(atAPI(403, "PREMIUM_REQUIRED", "Player command failed: Premium required")), plainly},
		{"ended-early", nil, func(e *Evidence) { e.Session.Ask, e.Session.Until = true, noon.Add(-time.Minute) }},
		{"timed-out", nil, func(e *Evidence) {
			ending(e)
			e.Session.Ask, e.Session.RenewedAt = true, noon.Add(-56*time.Minute)
		}},
		{"timed-out", nil, func(e *Evidence) {
			over(e)
			e.Session.Ask, e.Session.RenewedAt = true, noon.Add(-64*time.Minute)
		}},
		{"grant-ends", nil, func(e *Evidence) {
			e.Level, e.Session.Renews = checks.Warning, true
			e.Session.AuthorizedAt, e.Session.GrantUntil = noon.AddDate(0, 0, -174), noon.AddDate(0, 0, 7)
		}},
		{"unknown", met(atAPI(418, "", "I'm a teapot")), both(statusSays, newNetwork)},
		{"clock-wrong revoked", revoked, clockAhead},
		{"no-network grant-ends", passing(onTheWay(session.CodeDNS, "no such host")), func(e *Evidence) {
			e.Level = checks.Warning
			e.Session.AuthorizedAt, e.Session.GrantUntil = noon.AddDate(0, 0, -174), noon.AddDate(0, 0, 7)
		}},
	}
}

func (s scene) evidence() Evidence {
	e := base()
	e.Session.Trouble = s.trouble
	s.set(&e)
	return e
}

// TestGolden shows every cause as a person reads it.
func TestGolden(t *testing.T) {
	var out strings.Builder
	shown := map[string]bool{}
	for _, s := range scenes() {
		found := Of(s.evidence())
		if got := strings.Join(ids(found), " "); got != s.name {
			t.Errorf("%s: got %s", s.name, got)
		}
		fmt.Fprintf(&out, "== %s\n", s.name)
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
		if ok, why := c.Helps(f); !ok {
			fmt.Fprintf(out, "  %s: %s\n", f, why)
		}
	}
}

// TestOtherProviders: nobody else's person is told about Spotify, where the cause is not peculiar to it.
func TestOtherProviders(t *testing.T) {
	itsOwn := []string{"owner-premium", "not-listed", "premium"} // told of words that are Spotify's alone
	for _, s := range scenes() {
		e := s.evidence()
		e.Provider = "Radio"
		for _, c := range Of(e) {
			for _, text := range texts(c) {
				if strings.Contains(text, "Spotify") || strings.Contains(text, "Premium") && !slices.Contains(itsOwn, c.ID) || strings.Contains(text, "%") || strings.Contains(text, "  ") {
					t.Errorf("%s: %s", c.ID, text)
				}
			}
			if c.ID == "ended-early" { // nobody knows how long a session lasts elsewhere
				t.Errorf("%s is told", c.ID)
			}
		}
	}
}

// texts is all that a person can read of c.
func texts(c Cause) []string {
	all := append([]string{c.Title, c.Why, c.About}, c.Evidence...)
	for _, f := range Fixes {
		if _, why := c.Helps(f); why != "" {
			all = append(all, why)
		}
	}
	return all
}

// TestLengths: what a notice and a page have room for, and no more than a person reads.
func TestLengths(t *testing.T) {
	for _, s := range scenes() {
		for _, c := range Of(s.evidence()) {
			for text, most := range map[string]int{c.Title: 48, c.Why: 170, c.About: 330} {
				if n := utf8.RuneCountInString(text); n > most {
					t.Errorf("%s: %d characters, of %d: %s", c.ID, n, most, text)
				}
			}
		}
	}
}
