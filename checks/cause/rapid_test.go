package cause

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"fermata/checks"
	"fermata/checks/clock"
	"fermata/checks/session"

	"pgregory.net/rapid"
)

// hostile are texts as somebody on the way may send them.
var hostile = []string{
	"<script>alert(1)</script>", "$(reboot)", "\u202egnp.exe", "a\x00b\nc\r\td", "%s %life %t %d", "<b>&amp;</b>",
	strings.Repeat("long ", 10_000), "\xff\xfe", "", " ", ".", "locked", "Ünïcode 𝄐",
}

var known400 = []string{
	"Refresh token revoked", "Refresh token expired", "Invalid refresh token", "Authorization code expired", "Invalid redirect URI", "Invalid client",
	"upstream connect error", "Jwks", "Jwt is expired", "The access token expired", "Insufficient client scope", "User not registered in the Developer Dashboard",
	"Active premium subscription required for the owner of the app", "Premium required", "Quota exceeded", "Forbidden", "the keyring is locked",
}

var codes = []string{
	"", "invalid_grant", "invalid_client", "PREMIUM_REQUIRED", "QUOTA_EXCEEDED", "server_error", session.CodeDNS, session.CodeDial, session.CodeTimeout,
	session.CodeCertTime, session.CodeCertificate, session.CodePortal, session.CodeRedirect, session.CodeBroken, session.CodePage, session.CodeEmpty, session.CodeUnreadable,
	"access_denied", "invalid_scope",
}

var reasons = []session.Reason{
	"", session.ReasonGateway, session.ReasonTokenExpired, session.ReasonRevoked, session.ReasonExpired, session.ReasonUnknownToken, session.ReasonStaleCode,
	session.ReasonRedirect, session.ReasonScope, session.ReasonNotListed, session.ReasonOwnerPremium, session.ReasonPremium, session.ReasonQuota,
	session.ReasonReused, session.ReasonIdle, session.ReasonRefused, session.ReasonConfirm, session.ReasonAccount, session.ReasonSecretMissing,
	session.ReasonSecretExpired, session.ReasonSecretWrong,
}

func drawText(t *rapid.T) string {
	return rapid.OneOf(rapid.SampledFrom(known400), rapid.SampledFrom(hostile), rapid.String()).Draw(t, "text")
}

// drawTime draws a time within years of noon, or none.
func drawTime(t *rapid.T, name string) time.Time {
	minutes := rapid.OneOf(rapid.Just(0), rapid.IntRange(-300, 300), rapid.IntRange(-600_000, 600_000)).Draw(t, name)
	if minutes == 0 {
		return time.Time{}
	}
	return noon.Add(time.Duration(minutes) * time.Minute)
}

func drawTrouble(t *rapid.T) *session.Trouble {
	if !rapid.Bool().Draw(t, "trouble") {
		return nil
	}
	tr := &session.Trouble{
		Where:      rapid.SampledFrom([]string{session.AtToken, session.AtAPI, session.AtNetwork, session.AtKeyring, session.AtAuthorize}).Draw(t, "where"),
		Status:     rapid.SampledFrom([]int{0, 200, 302, 400, 401, 403, 404, 407, 418, 429, 500, 503, 599, -1}).Draw(t, "status"),
		Code:       rapid.OneOf(rapid.SampledFrom(codes), rapid.SampledFrom(hostile)).Draw(t, "code"),
		Text:       drawText(t),
		Reason:     rapid.SampledFrom(reasons).Draw(t, "reason"),
		RetryAfter: time.Duration(rapid.IntRange(0, 86_400).Draw(t, "wait")) * time.Second,
		Since:      drawTime(t, "since"),
		At:         drawTime(t, "at"),
		Tries:      rapid.IntRange(0, 10).Draw(t, "tries"),
		Ask:        rapid.Bool().Draw(t, "ask"),
		Interrupted: session.Interruption{Began: drawTime(t, "began"),
			Lost: rapid.SampledFrom([]session.Loss{session.LostEnd, session.LostAnswer, session.LostSave}).Draw(t, "lost")},
	}
	if rapid.Bool().Draw(t, "err") {
		tr.Err = errors.Join(errors.New(drawText(t)), errors.New("two")) // of a kind that cannot be compared
	}
	return tr
}

func drawEvidence(t *rapid.T) Evidence {
	yes := func(name string) bool { return rapid.Bool().Draw(t, name) }
	e := Evidence{
		Now: noon, Provider: rapid.SampledFrom([]string{"Spotify", "Radio", ""}).Draw(t, "provider"), SessionLife: time.Hour, Note: rapid.SampledFrom([]string{"", "Premium makes no difference."}).Draw(t, "note"),
		Session: session.Facts{
			Loaded: yes("loaded"), Usable: yes("usable"), UsableUntil: drawTime(t, "usable until"), Renewable: yes("renewable"),
			SignedIn: yes("signed in"), Until: drawTime(t, "until"), RenewedAt: drawTime(t, "renewed"), Ask: yes("ask"),
			AuthorizedAt: drawTime(t, "authorized"), GrantUntil: drawTime(t, "grant"), GrantEstimated: yes("estimated"),
			Missing:   rapid.SliceOfN(rapid.SampledFrom([]string{"user-read-playback-state", "x\ny"}), 0, 3).Draw(t, "missing"),
			GrantTold: yes("told"), GrantLife: time.Duration(rapid.IntRange(0, 500_000).Draw(t, "grant life")) * time.Minute, Rotates: yes("rotates"), Rejected: yes("rejected"),
			LastGood: drawTime(t, "good"), Keyring: drawTrouble(t), Renewal: drawTrouble(t), Health: drawTrouble(t),
		},
		Clock:      clock.Facts{Known: yes("known"), Verdict: clock.Verdict(rapid.IntRange(0, int(clock.Harmful)).Draw(t, "clock")), Offset: time.Duration(rapid.Int64Range(-1e13, 1e13).Draw(t, "offset")), CheckedAt: drawTime(t, "checked")},
		OthersWell: yes("well"), OthersFail: yes("fail"), StatusPage: drawText(t), LastOutage: drawTime(t, "outage"), NetworkSeen: yes("network"),
		KeyringLocked: yes("locked"), SignIn: drawTrouble(t), SignedOut: drawTime(t, "signed out"), NoReturn: yes("no return"),
		Changed: Changes{Slept: time.Duration(rapid.IntRange(0, 3).Draw(t, "slept")) * time.Hour, Network: yes("joined"), ClientID: yes("client")},
	}
	e.Session.Trouble = cmp.Or(e.Session.Keyring, e.Session.Renewal, e.Session.Health)
	s := &e.Session
	s.Renews = s.Renewable && !s.Ask && (s.Renewal == nil || !s.Renewal.Ask)
	if yes("kept") {
		e.Session.SaveError = fmt.Errorf("%s", drawText(t))
	}
	return e
}

// TestAny: whatever is known, the causes are fit to be shown, and what fails has one.
func TestAny(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := drawEvidence(t)
		level, found := Judge(e)
		if (level >= checks.Warning || e.Session.Trouble != nil) && len(found) == 0 {
			t.Fatalf("it fails, and has no cause: %+v", e)
		}
		for i, c := range found {
			if c.Title == "" || c.Why == "" || c.About == "" || c.Confidence < Enough || c.Confidence > 100 || c.Level < checks.OK || c.Level > checks.Critical {
				t.Fatalf("incomplete: %+v", c)
			}
			if c.ID != Unknown && len(c.Evidence) == 0 {
				t.Fatalf("%s without evidence", c.ID)
			}
			if i > 0 && rank(found[i-1].ID) >= rank(c.ID) {
				t.Fatalf("%s stands before %s", found[i-1].ID, c.ID)
			}
			if len(c.Fixes) > 0 && (c.Fixes[0] == Clock && e.Clock.Verdict == clock.Right || c.Fixes[0] == Refresh && e.Session.SignedIn && !e.Session.Renewable) {
				t.Fatalf("%s: %s comes first, and can't help", c.ID, c.Fixes[0])
			}
			for _, f := range c.Fixes {
				if !slices.Contains(Fixes, f) && f != Settings {
					t.Fatalf("%s: no fix is called %s", c.ID, f)
				}
			}
			for _, f := range Fixes {
				if helps := slices.Contains(c.Fixes, f); helps == (c.NoHelp[f] != "") {
					t.Fatalf("%s, %s: helps %v, %q", c.ID, f, helps, c.NoHelp[f])
				}
			}
			for _, text := range texts(c) {
				if strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsGraphic(r) && r != '\u200c' && r != '\u200d' }) || len(text) > 2000 || strings.ContainsRune(text, unicode.ReplacementChar) {
					t.Fatalf("%s: %q", c.ID, text)
				}
			}
		}
	})
}

// evidenceFor is what more can be known, and for which cause it speaks.
var evidenceFor = []struct {
	id   string
	more setting
}{
	{ClockWrong, func(e *Evidence) { e.Clock.Verdict = max(e.Clock.Verdict, clock.Wrong) }},
	{ClockWrong, func(e *Evidence) { e.Clock.Verdict = clock.Harmful }},
	{Keyring, locked},
	{"intercepted", newNetwork}, {"portal", newNetwork}, {"proxy", newNetwork},
	{"unreachable", func(e *Evidence) {
		e.Clock.Known = true
		if e.Clock.CheckedAt.Before(noon) {
			e.Clock.CheckedAt = noon
		}
	}},
	{"unreachable", othersWell}, {"unreachable", statusSays},
	{"no-network", func(e *Evidence) { e.NetworkSeen = false }},
	{"no-network", func(e *Evidence) { e.Changed.Slept = time.Hour }},
	{"provider-down", statusSays}, {"provider-down", othersFail}, {"provider-down", down}, {"provider-down", halfDown},
	{"provider-down", func(e *Evidence) {
		if e.Session.Trouble != nil {
			e.Session.Trouble.Tries += 5
		}
	}},
	{"quota", func(e *Evidence) {
		if t := e.Session.Trouble; t != nil {
			t.Reason = session.ReasonQuota
		}
	}},
	{"wrong-client", newClient}, {"other-token", newClient},
	{"redirect", func(e *Evidence) { e.NoReturn = true }},
	{"grant-ended", old},
	{"interrupted", func(e *Evidence) {
		if t := e.Session.Trouble; t != nil {
			t.Interrupted.Began = noon.Add(-time.Minute)
		}
	}},
	{"revoked", othersWell},
	{"revoked", func(e *Evidence) { e.Session.LastGood = noon.Add(-time.Minute) }},
	{"signed-out", func(e *Evidence) { e.Session.Until = noon.Add(time.Minute) }},
	{"signed-out", othersFail},
	{"scopes", func(e *Evidence) { e.Session.Missing = append(e.Session.Missing, "more") }},
	{"timed-out", func(e *Evidence) {
		if e.Session.Trouble != nil {
			e.Session.Until = noon.Add(-time.Minute)
		}
	}},
}

// TestMore: more evidence for a cause never lowers it, nor makes it give way to another.
func TestMore(t *testing.T) {
	confidence := func(e Evidence, id string) (weighed, told int) {
		if i := rank(id); i < len(rows) {
			weighed = rows[i].weigh(e.tidy()).Confidence
		}
		for _, c := range causes(e) {
			if c.ID == id {
				told = c.Confidence
			}
		}
		return weighed, told
	}
	rapid.Check(t, func(t *rapid.T) {
		e := drawEvidence(t)
		e.Session.Health = nil
		if e.Session.Trouble != nil {
			e.Session.Trouble.Err = nil
		}
		for _, m := range evidenceFor {
			more := e
			if tr := e.Session.Trouble; tr != nil {
				c := *tr
				more.Session.Trouble = &c
			}
			more.Session.Missing = slices.Clone(e.Session.Missing)
			m.more(&more)
			weighed, told := confidence(e, m.id)
			weighedMore, toldMore := confidence(more, m.id)
			if weighedMore < weighed || toldMore < told {
				t.Fatalf("%s fell from %d, told %d, to %d, told %d\nfrom %+v\nto %+v", m.id, weighed, told, weighedMore, toldMore, e, more)
			}
		}
	})
}

// TestRows: every clue adds something, and every row can be told.
func TestRows(t *testing.T) {
	for _, r := range rows {
		sum := 0
		for _, c := range r.clues {
			if c.weight <= 0 {
				t.Errorf("%s: a clue of %d", r.id, c.weight)
			}
			sum += c.weight
		}
		if sum < Enough || r.about == "" || r.because == "" || r.say == nil || r.fixes == nil {
			t.Errorf("%s is incomplete", r.id)
		}
	}
}

// TestNext: until the time that Next gives, Judge says the same.
func TestNext(t *testing.T) {
	type verdict struct {
		ID    string
		Level checks.Level
		Fixes string
		Ends  string
	}
	judge := func(e Evidence) (all []verdict) {
		level, found := Judge(e)
		all = append(all, verdict{Level: level})
		for _, c := range found {
			v := verdict{ID: c.ID, Level: c.Level, Fixes: fmt.Sprint(c.Fixes)}
			if c.ID == GrantEnds && !e.Session.GrantTold { // else it has a time of day in it
				v.Ends = c.Title
			}
			all = append(all, v)
		}
		return all
	}
	rapid.Check(t, func(t *rapid.T) {
		e := drawEvidence(t)
		e.Now = noon.Add(time.Duration(rapid.Int64Range(-1000*int64(time.Hour), 1000*int64(time.Hour)).Draw(t, "now")))
		for range 12 { // from one change to the next
			next := Next(e)
			if next < 0 {
				t.Fatalf("next is %v ago", -next)
			}
			now := judge(e)
			span := cmp.Or(next, 20_000*time.Hour)
			for _, later := range []time.Duration{1, span / 1000, span / 2, span - 1} {
				l := e
				l.Now = e.Now.Add(min(later, span-1))
				if got := judge(l); !slices.Equal(got, now) {
					t.Fatalf("%v after %v, of %v: %v became %v\n%+v", later, e.Now, next, now, got, e)
				}
			}
			if next == 0 {
				return
			}
			e.Now = e.Now.Add(next)
		}
	})
}
