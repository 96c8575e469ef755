package cause

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"testing"
	"time"

	"fermata/checks"
	"fermata/checks/clock"
	"fermata/checks/session"
	"fermata/checks/text"
)

// TestLevel holds where one level becomes another.
func TestLevel(t *testing.T) {
	since := func(ago time.Duration, t session.Trouble) setting {
		return func(e *Evidence) {
			meet(t)(e)
			e.Session.Trouble.Since = noon.Add(-ago)
		}
	}
	noHost := met(session.CodeDNS, "no such host")
	busy := atAPI(503, "", "busy")
	refused := meet(atToken(400, "invalid_grant", "Refresh token revoked"))
	never := func(e *Evidence) {
		e.Session.Usable, e.Session.RenewedAt, e.Session.Until, e.Session.UsableUntil = false, time.Time{}, time.Time{}, time.Time{}
	}
	oneTime := func(e *Evidence) { e.Session.Renewable, e.Session.Renews = false, false }
	warn := func(e *Evidence) { e.WarnSession, e.WarnGrant = time.Minute, []time.Duration{time.Hour, 2 * time.Hour} }
	grant := func(left time.Duration) setting {
		return func(e *Evidence) { e.Session.GrantUntil = noon.Add(left) }
	}
	for name, tt := range map[string]struct {
		set  setting
		want checks.Level
	}{
		"well":                              {plainly, checks.OK},
		"not read yet":                      {func(e *Evidence) { e.Session = session.Facts{} }, checks.Unknown},
		"not signed in":                     {func(e *Evidence) { e.Session = session.Facts{Loaded: true} }, checks.Warning},
		"the keyring is locked":             {meet(session.Trouble{Where: session.AtKeyring, Text: "locked"}), checks.Unknown},
		"refused, and the session runs":     {refused, checks.Warning},
		"refused, and the session is over":  {both(refused, until(-time.Second)), checks.Critical},
		"refused a look":                    {meet(atAPI(403, "", "Insufficient client scope")), checks.Critical},
		"no network for a minute":           {since(grace-1, noHost), checks.OK},
		"no network for longer":             {since(grace, noHost), checks.Unknown},
		"a busy service for a minute":       {since(grace-1, busy), checks.OK},
		"a busy service for longer":         {since(grace, busy), checks.Unknown},
		"renewed soon":                      {until(time.Minute), checks.OK},
		"not renewed since a minute":        {both(since(grace-1, noHost), until(5*time.Minute)), checks.OK},
		"not renewed for longer":            {both(since(grace, noHost), until(5*time.Minute)), checks.Warning},
		"not renewed, and time enough":      {both(since(grace, noHost), until(5*time.Minute+1)), checks.Unknown},
		"over since a minute":               {both(since(grace-1, noHost), until(-time.Second)), checks.Unknown},
		"over for longer":                   {both(since(grace, noHost), until(0)), checks.Critical},
		"over this moment":                  {until(0), checks.Unknown},
		"no session, and no network":        {both(since(time.Hour, noHost), never), checks.Unknown},
		"no session yet":                    {never, checks.Unknown},
		"no session before a click":         {both(never, onClick), checks.Warning},
		"on a click, in time":               {both(onClick, until(5*time.Minute+1)), checks.OK},
		"on a click, soon over":             {both(onClick, until(5*time.Minute)), checks.Warning},
		"on a click, over":                  {both(onClick, until(0)), checks.Critical},
		"one time only, soon over":          {both(oneTime, until(5*time.Minute)), checks.Warning},
		"one time only, over":               {both(oneTime, until(0)), checks.Critical},
		"one time only, none":               {both(oneTime, never), checks.Critical},
		"one time only, none, on a click":   {both(oneTime, never, onClick), checks.Critical},
		"as set, in time":                   {both(warn, onClick, until(time.Minute+1)), checks.OK},
		"as set, soon over":                 {both(warn, onClick, until(time.Minute)), checks.Warning},
		"sign-in ends in a month":           {grant(30 * day), checks.Warning},
		"sign-in ends in more than a month": {grant(30*day + 1), checks.OK},
		"sign-in ends as set":               {both(warn, grant(2*time.Hour)), checks.Warning},
		"sign-in ends later than set":       {both(warn, grant(2*time.Hour+1)), checks.OK},
		"sign-in ended":                     {grant(-time.Hour), checks.Warning},
		"sign-in without an end":            {ageless, checks.OK},
	} {
		e := base()
		tt.set(&e)
		if got, _ := Judge(e); got != tt.want {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

// TestJudgeClock: only a wrong clock is a cause.
func TestJudgeClock(t *testing.T) {
	for verdict, want := range map[clock.Verdict]checks.Level{
		clock.Unknown: checks.Unknown, clock.Vague: checks.Unknown, clock.Right: checks.OK, clock.Wrong: checks.Warning, clock.Harmful: checks.Critical,
	} {
		level, c := JudgeClock(clock.Facts{Verdict: verdict, Known: true, Offset: 5 * time.Hour, Agree: 3, Via: "ntp"}, text.Style{})
		if level != want || (c.ID == ClockWrong) != (want >= checks.Warning) {
			t.Errorf("%v: %v %q, want %v", verdict, level, c.ID, want)
		}
		if c.ID != "" && (c.Level != want || c.Title != "Your clock is 5 h behind" || len(c.Fixes) == 0 || c.NoHelp[SignIn] != "set the clock first" ||
			c.Why != "3 time servers agree. "+clock.TimeZone(5*time.Hour)+" With a wrong clock, valid sign-ins can be treated as expired (“JWT expired”).") {
			t.Errorf("%v: %+v", verdict, c)
		}
	}
}

// TestJudgeDoubtfulClock: what rests on few servers is one level less, and no clock is blamed for seconds then.
func TestJudgeDoubtfulClock(t *testing.T) {
	for verdict, want := range map[clock.Verdict]checks.Level{clock.Right: checks.OK, clock.Wrong: checks.Unknown, clock.Harmful: checks.Warning} {
		f := clock.Facts{Verdict: verdict, Known: true, Offset: 5 * time.Hour, Agree: 2, Answered: 2, Asked: 4, Via: "ntp"}
		level, c := JudgeClock(f, text.Style{})
		if level != want || (c.ID == ClockWrong) != (want >= checks.Warning) || c.ID != "" && c.Title != "Your clock seems to be 5 h behind (2 of 2 that answered agree)" {
			t.Errorf("%v: %v %q, want %v", verdict, level, c.Title, want)
		}
		f.Confirmed = 2
		if level, _ := JudgeClock(f, text.Style{}); verdict != clock.Right && level != want+1 {
			t.Errorf("%v, confirmed: %v, want %v", verdict, level, want+1)
		}
	}
}

// TestNextIs holds what changes the verdict first.
func TestNextIs(t *testing.T) {
	for name, tt := range map[string]struct {
		set  setting
		want time.Duration
	}{
		"the session nears its end": {plainly, 35 * time.Minute},
		"as set":                    {func(e *Evidence) { e.WarnSession = time.Minute }, 39 * time.Minute},
		"the session ends":          {until(2 * time.Minute), 2 * time.Minute},
		"trouble is mentioned":      {meet(session.Trouble{Where: session.AtNetwork, Code: session.CodeDNS}), 35 * time.Minute},
		"a refusal is believed":     {both(meet(atToken(400, "invalid_grant", "")), until(2*time.Hour)), 50 * time.Minute},
		"the sign-in nears its end": {func(e *Evidence) { e.Session = session.Facts{GrantUntil: noon.Add(30*day + time.Second)} }, time.Second},
		"a day is over":             {func(e *Evidence) { e.Session = session.Facts{GrantUntil: noon.Add(7*day + 13*time.Hour)} }, time.Hour + 1},
		"a day and a half is left":  {func(e *Evidence) { e.Session = session.Facts{GrantUntil: noon.Add(36 * time.Hour)} }, 1},
		"less is left":              {func(e *Evidence) { e.Session = session.Facts{GrantUntil: noon.Add(36*time.Hour - 1)} }, 12*time.Hour - 1},
		"the last day begins": {func(e *Evidence) {
			e.WarnGrant, e.Session = []time.Duration{30 * day}, session.Facts{GrantUntil: noon.Add(day + time.Hour)}
		}, time.Hour},
		"a certificate ends":         {meet(badCertificate(noon.Add(-day), noon.Add(time.Minute))), time.Minute},
		"a certificate begins":       {meet(badCertificate(noon.Add(time.Second), noon.Add(day))), time.Second},
		"no certificate":             {meet(session.Trouble{Where: session.AtNetwork, Err: x509.CertificateInvalidError{}}), 35 * time.Minute},
		"the sign-in ends":           {func(e *Evidence) { e.Session = session.Facts{GrantUntil: noon.Add(2 * time.Hour)} }, 2 * time.Hour},
		"an outage is long ago":      {func(e *Evidence) { e.Session, e.LastOutage = session.Facts{}, noon.Add(-time.Minute) }, 59 * time.Minute},
		"nothing changes by itself":  {func(e *Evidence) { e.Session = session.Facts{Loaded: true} }, 0},
		"all of it is in the past":   {func(e *Evidence) { e.Now = noon.AddDate(3, 0, 0) }, 0},
		"by this clock it is over":   {both(until(time.Hour), func(e *Evidence) { e.Clock.Offset = -50 * time.Minute }), 10 * time.Minute},
		"trouble began just now":     {both(meet(met(session.CodeDNS, "")), func(e *Evidence) { e.Session.Renewal.Since = noon.Add(-time.Minute) }), 30 * time.Second},
		"no more than grace is left": {both(meet(met(session.CodeDNS, "")), func(e *Evidence) { e.Session.Renewal.Since = noon.Add(-grace) }), 35 * time.Minute},
	} {
		e := base()
		tt.set(&e)
		if got := Next(e); got != tt.want {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

// TestLifetime is how long sign-ins last, in words.
func TestLifetime(t *testing.T) {
	for days, want := range map[float64]string{
		0.49: "some time", 0.5: "a day", 1.49: "a day", 1.5: "2 days", 90: "90 days", 179: "179 days", 179.9: "180 days", 180: "six months", 181: "six months", 185.9: "six months", 186: "186 days",
	} {
		e := base()
		e.Session.GrantUntil = e.Session.AuthorizedAt.Add(time.Duration(days * float64(day)))
		if got := lifetime(e); got != want {
			t.Errorf("%v days: %q, want %q", days, got, want)
		}
	}
	e := base()
	e.Session.GrantUntil = time.Time{}
	if got := lifetime(e); got != "some time" {
		t.Errorf("not known when it ends: %q", got)
	}
}

func badCertificate(from, until time.Time) session.Trouble {
	t := met(session.CodeCertTime, "x509: certificate has expired or is not yet valid")
	t.Err = &tls.CertificateVerificationError{Err: x509.CertificateInvalidError{Cert: &x509.Certificate{NotBefore: from, NotAfter: until}, Reason: x509.Expired}}
	return t
}

// TestCertificate: a certificate that is valid in true time speaks against the clock.
func TestCertificate(t *testing.T) {
	none := met(session.CodeCertTime, "")
	none.Err = x509.CertificateInvalidError{Reason: x509.Expired}
	for name, tt := range map[string]struct {
		trouble session.Trouble
		known   bool
		want    int
	}{
		"valid":                    {badCertificate(noon, noon.Add(time.Second)), true, 100},
		"not yet":                  {badCertificate(noon.Add(time.Second), noon.Add(day)), true, 60},
		"no more":                  {badCertificate(noon.Add(-day), noon), true, 60},
		"true time is not known":   {badCertificate(noon.Add(-day), noon.Add(day)), false, 60},
		"it is not known which":    {none, true, 60},
		"an error of another kind": {met(session.CodeCertTime, ""), true, 60},
	} {
		e := base()
		meet(tt.trouble)(&e)
		e.Clock.Verdict, e.Clock.Known = clock.Vague, tt.known
		if got := causes(e)[0]; got.ID != ClockWrong || got.Confidence != tt.want {
			t.Errorf("%s: %s %d %%, want %d %%", name, got.ID, got.Confidence, tt.want)
		}
	}
}

// TestEvidence holds from when on something counts.
func TestEvidence(t *testing.T) {
	down := atToken(503, "", "")
	for name, tt := range map[string]struct {
		set  setting
		want string // the first cause and its confidence
	}{
		"two tries":                      {both(meet(down), func(e *Evidence) { e.Session.Trouble.Tries = 2 }), "provider-down 75"},
		"three tries":                    {both(meet(down), func(e *Evidence) { e.Session.Trouble.Tries = 3 }), "provider-down 80"},
		"ended five minutes early":       {both(onClick, until(0), func(e *Evidence) { e.Session.RenewedAt = noon.Add(-55 * time.Minute) }), "ended-early 90"},
		"ended in its time":              {both(onClick, until(0), func(e *Evidence) { e.Session.RenewedAt = noon.Add(-55*time.Minute - 1) }), "timed-out 80"},
		"ended early, and not renewable": {both(onClick, until(0), func(e *Evidence) { e.Session.Renewable = false }), "no-renewal 80"},
	} {
		e := base()
		tt.set(&e)
		if c := causes(e)[0]; fmt.Sprint(c.ID, " ", c.Confidence) != tt.want {
			t.Errorf("%s: %s %d, want %s", name, c.ID, c.Confidence, tt.want)
		}
	}
}

// TestNoHelp: what can't help is not offered, and says why.
func TestNoHelp(t *testing.T) {
	e := base()
	meet(met(session.CodeDNS, ""))(&e)
	e.Session.Renewable = false
	c := causes(e)[0]
	if len(c.Fixes) > 0 || c.NoHelp[Refresh] != "won’t help: this session can’t be renewed" || c.NoHelp[Clock] != "won’t help: your clock is right" {
		t.Errorf("%v %v", c.Fixes, c.NoHelp)
	}
}
