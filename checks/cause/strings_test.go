package cause

import (
	"crypto/tls"
	"crypto/x509"
	"strings"
	"testing"
	"time"

	"fermata/checks"
	"fermata/checks/clock"
	"fermata/checks/session"
	"fermata/checks/spotify"
)

var noon = time.Date(2026, time.November, 20, 12, 0, 0, 0, time.UTC)

// base is a session whose sign-in is a month old, that renews by itself, with a right clock.
func base() Evidence {
	e := Evidence{
		Now: noon, Provider: "Spotify", Apps: "the developer dashboard", SessionLife: time.Hour, Note: "Premium makes no difference.", NetworkSeen: true,
		Clock: clock.Facts{Known: true, Verdict: clock.Right, Via: "ntp", Agree: 4, Asked: 4, Offset: 3 * time.Millisecond, Error: 12 * time.Millisecond, CheckedAt: noon.Add(-20 * time.Minute)},
		Session: session.Facts{
			Loaded: true, SignedIn: true, Renewable: true, Renews: true, RenewedAt: noon.Add(-20 * time.Minute),
			AuthorizedAt: noon.AddDate(0, -1, 0), GrantUntil: noon.AddDate(0, 5, 0), LastGood: noon.Add(-15 * time.Minute),
		},
	}
	until(40 * time.Minute)(&e)
	return e
}

// meet has the account meet a trouble, which began ten minutes ago.
func meet(t session.Trouble) setting {
	return func(e *Evidence) {
		t.Since, t.At, t.Tries = noon.Add(-10*time.Minute), noon.Add(-time.Minute), 2
		if !t.Ask {
			t.Tries = 6
		}
		*map[string]**session.Trouble{
			session.AtKeyring: &e.Session.Keyring, session.AtAPI: &e.Session.Health, session.AtToken: &e.Session.Renewal, session.AtNetwork: &e.Session.Renewal,
		}[t.Where] = &t
		e.Session.Trouble = &t
		e.Session.Renews = e.Session.Renewal == nil || !t.Ask
	}
}

// until has the session end so long after noon.
func until(d time.Duration) setting {
	return func(e *Evidence) {
		e.Session.Until = noon.Add(d)
		e.Session.UsableUntil, e.Session.Usable = e.Session.Until, d > 0
	}
}

// onClick has the session renew on a click only.
func onClick(e *Evidence) { e.Session.Ask, e.Session.Renews = true, false }

// A setting is what else is known beside a reply.
type setting func(*Evidence)

func plainly(*Evidence) {}

func statusSays(e *Evidence) { e.StatusPage = "Web API: major outage" }
func othersFail(e *Evidence) { e.OthersFail = true }
func othersWell(e *Evidence) { e.OthersWell = true }
func down(e *Evidence)       { e.LastOutage = noon.Add(-30 * time.Minute) }
func halfDown(e *Evidence) {
	e.Session.Health = &session.Trouble{Where: session.AtAPI, Status: 500, At: noon}
}
func halfGateway(e *Evidence) {
	e.Session.Health = &session.Trouble{Where: session.AtAPI, Status: 403, Reason: session.ReasonGateway, At: noon}
}
func ago(d time.Duration) setting {
	return func(e *Evidence) { e.Session.Trouble.Since = noon.Add(-d) }
}
func twoHours(e *Evidence) { ago(2 * time.Hour)(e) }
func old(e *Evidence) {
	e.Session.AuthorizedAt, e.Session.GrantUntil = noon.AddDate(0, -7, 0), noon.AddDate(0, -1, 0)
}
func cutOff(lost session.Loss) setting {
	return func(e *Evidence) {
		t := *e.Session.Trouble
		t.Interrupted = session.Interruption{Began: noon.Add(-2 * time.Hour), Lost: lost}
		e.Session.Trouble, e.Session.Renewal = &t, &t
	}
}
func ageless(e *Evidence)      { e.Session.AuthorizedAt, e.Session.GrantUntil = time.Time{}, time.Time{} }
func isOver(e *Evidence)       { until(-time.Minute)(e) }
func clockUnknown(e *Evidence) { e.Clock = clock.Facts{Reason: "no time server answered"} }
func clockAhead(e *Evidence)   { e.Clock.Offset, e.Clock.Verdict = -93*time.Second, clock.Harmful }
func newClient(e *Evidence)    { e.Changed.ClientID = true }
func newNetwork(e *Evidence)   { e.Changed.Network = true }
func networkWorks(e *Evidence) { e.Clock.CheckedAt = noon }
func offline(e *Evidence)      { e.NetworkSeen = false; clockUnknown(e) }
func locked(e *Evidence)       { e.KeyringLocked = true }
func lastWeek(e *Evidence) {
	e.Session.AuthorizedAt, e.Session.GrantUntil = noon.AddDate(0, 0, -174), noon.AddDate(0, 0, 7)
}

func both(settings ...setting) setting {
	return func(e *Evidence) {
		for _, s := range settings {
			s(e)
		}
	}
}

func atToken(status int, code, text string) session.Trouble {
	return answer(session.AtToken, status, code, text)
}

func atAPI(status int, code, text string) session.Trouble {
	return answer(session.AtAPI, status, code, text)
}

// answer is a reply as Spotify's, which session sorts.
func answer(where string, status int, code, text string) session.Trouble {
	_, reason := spotify.Sort(status, code+" "+text)
	return session.Trouble{Where: where, Status: status, Code: code, Text: text, Reason: reason, Ask: status < 429}
}

func met(code, text string) session.Trouble {
	return session.Trouble{Where: session.AtNetwork, Code: code, Text: text}
}

// TestStrings holds every text that is known of Spotify, each beside different other evidence: the
// text alone decides nothing that something else can cause too.
func TestStrings(t *testing.T) {
	type view struct {
		setting setting
		want    string // the first cause; with two, the second stands after a space
	}
	revoked := atToken(400, "invalid_grant", "Refresh token revoked")
	expired := atToken(400, "invalid_grant", "Refresh token expired")
	certificate := met(session.CodeCertTime, "x509: certificate has expired or is not yet valid")
	certificate.Err = &tls.CertificateVerificationError{Err: x509.CertificateInvalidError{
		Cert: &x509.Certificate{NotBefore: noon.AddDate(0, -1, 0), NotAfter: noon.AddDate(0, 1, 0)}, Reason: x509.Expired,
	}}
	for _, tt := range []struct {
		trouble session.Trouble
		views   []view
	}{
		{revoked, []view{
			{plainly, "revoked"}, {othersWell, "revoked"}, {old, "grant-ended"}, {ageless, "revoked"}, {clockAhead, "clock-wrong revoked"},
			{statusSays, "provider-down"}, {othersFail, "provider-down"}, {down, "provider-down"}, {halfDown, "provider-down"},
			{halfGateway, "provider-down"}, {both(statusSays, ago(persists)), "revoked"}, {both(statusSays, ago(persists-1)), "provider-down"},
			{func(e *Evidence) { e.LastOutage = noon.Add(-persists) }, "revoked"}, {func(e *Evidence) { e.LastOutage = noon.Add(1 - persists) }, "provider-down"},
			{both(statusSays, twoHours), "revoked"}, {both(othersFail, twoHours), "signed-out"}, {both(down, twoHours), "revoked"},
		}},
		{expired, []view{
			{plainly, "revoked"}, {old, "grant-ended"}, {ageless, "grant-ended"}, {statusSays, "provider-down"}, {both(statusSays, old, twoHours), "grant-ended"},
		}},
		{atToken(400, "invalid_grant", "Invalid refresh token"), []view{{plainly, "other-token"}, {newClient, "other-token"}, {statusSays, "provider-down"}}},
		{atToken(400, "invalid_grant", ""), []view{{plainly, "refused"}, {old, "grant-ended"}, {newClient, "refused"}, {othersFail, "provider-down"}}},
		{atToken(400, "invalid_grant", "Invalid authorization code"), []view{{plainly, "stale-sign-in"}, {old, "stale-sign-in grant-ends"}, {statusSays, "stale-sign-in"}}},
		{atToken(400, "invalid_grant", "Authorization code expired"), []view{{plainly, "stale-sign-in"}, {old, "stale-sign-in grant-ends"}}},
		{atToken(400, "invalid_grant", "code_verifier was incorrect"), []view{{plainly, "stale-sign-in"}, {othersWell, "stale-sign-in"}}},
		{atAPI(403, "insufficient_scope", ""), []view{{plainly, "scopes"}, {othersWell, "scopes"}}},
		{atToken(400, "invalid_client", "Invalid client"), []view{{plainly, "wrong-client"}, {newClient, "wrong-client"}, {clockAhead, "clock-wrong wrong-client"}}},
		{atToken(400, "invalid_client", "Invalid redirect URI"), []view{{plainly, "redirect"}, {newClient, "redirect"}}},
		{atToken(503, "", "upstream connect error or disconnect/reset before headers. reset reason: connection termination"), []view{
			{plainly, "provider-down"}, {statusSays, "provider-down"}, {old, "provider-down grant-ends"}, {clockAhead, "clock-wrong provider-down"}}},
		{atToken(401, "", "Jwks doesn't have key to match kid or alg from Jwt"), []view{{plainly, "provider-down"}, {isOver, "provider-down"}}},
		{atAPI(403, "", "Audiences in Jwt are not allowed"), []view{{plainly, "provider-down"}, {clockAhead, "clock-wrong provider-down"}}},
		{atToken(500, "invalid_grant", "Refresh token revoked"), []view{{plainly, "provider-down"}, {old, "provider-down grant-ends"}, {twoHours, "provider-down"}}},
		{atAPI(401, "", "The access token expired"), []view{{plainly, "signed-out"}, {isOver, "timed-out"}, {clockAhead, "clock-wrong signed-out"}}},
		{atAPI(401, "", "Missing/invalid/expired access token"), []view{{plainly, "signed-out"}, {isOver, "timed-out"}}},
		{atAPI(401, "", "Invalid access token"), []view{{plainly, "signed-out"}, {isOver, "signed-out"}}},
		{atAPI(401, "", "Access token missing"), []view{{plainly, "signed-out"}, {clockAhead, "clock-wrong signed-out"}}},
		{atAPI(401, "", "Jwt is expired"), []view{{plainly, "signed-out"}, {isOver, "timed-out"}, {clockAhead, "clock-wrong signed-out"}}},
		{atAPI(403, "", "JWT is expired"), []view{{plainly, "timed-out"}, {isOver, "timed-out"}}},
		{atAPI(403, "", "Insufficient client scope"), []view{{plainly, "scopes"}, {othersWell, "scopes"}, {old, "scopes grant-ends"}}},
		{atAPI(403, "", "User not registered in the Developer Dashboard"), []view{{plainly, "not-listed"}, {othersWell, "not-listed"}}},
		{atAPI(403, "", "Check settings on developer.spotify.com/dashboard, the user may not be registered."), []view{{plainly, "not-listed"}, {old, "not-listed grant-ends"}}},
		{atAPI(403, "", "Active premium subscription required for the owner of the app."), []view{{plainly, "owner-premium"}, {othersFail, "owner-premium"}}},
		{atAPI(403, "PREMIUM_REQUIRED", "Player command failed: Premium required"), []view{{plainly, "premium"}, {othersWell, "premium"}}},
		{atAPI(429, "", "API rate limit exceeded"), []view{{plainly, "rate-limit"}, {statusSays, "rate-limit"}}},
		{atAPI(429, "QUOTA_EXCEEDED", "Quota exceeded"), []view{{plainly, "quota"}, {othersFail, "quota"}}},
		{certificate, []view{{clockUnknown, "clock-wrong certificate"}, {plainly, "certificate"}, {clockAhead, "clock-wrong certificate"}}},

		{met(session.CodeCertificate, "x509: certificate signed by unknown authority"), []view{{plainly, "intercepted"}, {newNetwork, "intercepted"}, {clockAhead, "clock-wrong intercepted"}}},
		{met(session.CodePortal, "a web page came instead of a reply"), []view{{plainly, "portal"}, {newNetwork, "portal"}}},
		{met(session.CodeRedirect, "sent on to http://portal.example"), []view{{plainly, "portal"}, {statusSays, "portal"}}},
		{session.Trouble{Where: session.AtNetwork, Code: session.CodePortal, Status: 407}, []view{{plainly, "proxy"}, {newNetwork, "proxy"}}},
		{session.Trouble{Where: session.AtNetwork, Code: session.CodePortal, Status: 403, Text: "<html>Blocked</html>"}, []view{{plainly, "proxy"}, {newNetwork, "proxy"}}},
		{met(session.CodeProxy, "Proxy Authentication Required"), []view{{plainly, "proxy"}, {offline, "proxy"}}},
		{met(session.CodeProxy, "proxyconnect tcp: dial tcp: connection refused"), []view{{plainly, "proxy"}, {networkWorks, "proxy"}}},
		{met(session.CodeProxy, "Forbidden"), []view{{plainly, "proxy"}, {offline, "proxy"}}},
		{met(session.CodeDNS, "lookup accounts.spotify.com: no such host"), []view{{plainly, "no-network"}, {offline, "no-network"}, {networkWorks, "unreachable"}, {othersWell, "unreachable"}}},
		{met(session.CodeDial, "dial tcp: connection refused"), []view{{plainly, "no-network"}, {networkWorks, "unreachable"}}},
		{met(session.CodeTimeout, "Client.Timeout exceeded"), []view{{offline, "no-network"}, {both(networkWorks, statusSays), "unreachable"}}},
		{met(session.CodeBroken, "connection reset by peer"), []view{{plainly, "no-network"}, {offline, "no-network"}}},
		{session.Trouble{Where: session.AtKeyring, Text: "the keyring is locked"}, []view{{locked, Keyring}, {both(locked, clockAhead), "clock-wrong keyring"}}},
		{session.Trouble{Where: session.AtKeyring, Text: "this desktop has no keyring"}, []view{{plainly, KeyringLost}, {statusSays, KeyringLost}}},
		{session.Trouble{Where: session.AtKeyring, Text: "Geheimnis"}, []view{{plainly, KeyringLost}, {locked, Keyring}}},
		{atAPI(418, "", "I'm a teapot"), []view{{plainly, Unknown}, {statusSays, Unknown}}},
		{atToken(400, "invalid_request", "must supply a validator"), []view{{plainly, Unknown}, {clockAhead, "clock-wrong unknown"}}},
	} {
		if len(tt.views) < 2 {
			t.Errorf("%q: beside no other evidence", tt.trouble.Text)
		}
		for i, v := range tt.views {
			e := base()
			meet(tt.trouble)(&e)
			v.setting(&e)
			if got := strings.Join(ids(causes(e)), " "); got != v.want {
				t.Errorf("%d %s %q, setting %d: got %s, want %s", tt.trouble.Status, tt.trouble.Code, tt.trouble.Text, i, got, v.want)
			}
		}
	}
}

// TestSignIns: what came of a sign-in in the browser is a cause beside the session's.
func TestSignIns(t *testing.T) {
	stale := atToken(400, "invalid_grant", "code_verifier was incorrect")
	redirect := atToken(400, "invalid_grant", "Invalid redirect URI")
	revoked := atToken(400, "invalid_grant", "Refresh token revoked")
	for _, tt := range []struct {
		signIn, trouble *session.Trouble
		noReturn        bool
		want            string
	}{
		{signIn: &stale, want: "stale-sign-in"},
		{signIn: &stale, trouble: &revoked, want: "stale-sign-in revoked"},
		{signIn: &redirect, want: "redirect"},
		{noReturn: true, want: "redirect"},
		{noReturn: true, trouble: &revoked, want: "redirect revoked"},
	} {
		e := base()
		if tt.trouble != nil {
			meet(*tt.trouble)(&e)
		}
		e.SignIn, e.NoReturn = tt.signIn, tt.noReturn
		if got := strings.Join(ids(causes(e)), " "); got != tt.want {
			t.Errorf("%+v: got %s", tt, got)
		}
	}
}

// TestWell: what is well has no cause, whatever else is going on.
func TestWell(t *testing.T) {
	for i, s := range []setting{plainly, statusSays, othersFail, down, newNetwork, clockUnknown, ageless} {
		e := base()
		s(&e)
		if l, got := Judge(e); l != checks.OK || got != nil {
			t.Errorf("setting %d: %v %v", i, l, ids(got))
		}
	}
}
