package cause

import (
	"crypto/tls"
	"crypto/x509"
	"testing"
	"time"

	"fermata/checks"
	"fermata/checks/clock"
	"fermata/checks/session"
)

var noon = time.Date(2026, time.November, 20, 12, 0, 0, 0, time.UTC)

// base is a session whose sign-in is a month old, with a right clock, and trouble for ten minutes.
func base() Evidence {
	return Evidence{
		Now: noon, Provider: "Spotify", Level: checks.Critical, NetworkSeen: true,
		ClockSays: "Clock is right (within 15 ms; 4 of 4 servers agree)",
		Clock:     clock.Facts{Known: true, Agree: 4, Offset: 3 * time.Millisecond, Error: 12 * time.Millisecond, CheckedAt: noon.Add(-20 * time.Minute)},
		Session: session.Facts{
			SignedIn: true, Until: noon.Add(40 * time.Minute), RenewedAt: noon.Add(-20 * time.Minute),
			AuthorizedAt: noon.AddDate(0, -1, 0), GrantUntil: noon.AddDate(0, 5, 0), LastGood: noon.Add(-15 * time.Minute),
		},
	}
}

// A setting is what else is known beside a reply.
type setting func(*Evidence)

func plainly(*Evidence) {}

func statusSays(e *Evidence) { e.StatusPage = "Web API: major outage" }
func othersFail(e *Evidence) { e.OthersFail = true }
func othersWell(e *Evidence) { e.OthersWell = true }
func down(e *Evidence)       { e.LastOutage = noon.Add(-30 * time.Minute) }
func halfDown(e *Evidence) {
	e.Session.Health = &session.Trouble{Where: session.AtAPI, Status: 503, At: noon}
}
func twoHours(e *Evidence) { e.Session.Trouble.Since = noon.Add(-2 * time.Hour) }
func old(e *Evidence) {
	e.Session.AuthorizedAt, e.Session.GrantUntil = noon.AddDate(0, -7, 0), noon.AddDate(0, -1, 0)
}
func ageless(e *Evidence)      { e.Session.AuthorizedAt, e.Session.GrantUntil = time.Time{}, time.Time{} }
func sessionOver(e *Evidence)  { e.Session.Until = noon.Add(-time.Minute) }
func clockUnknown(e *Evidence) { e.Clock, e.ClockLevel = clock.Facts{}, checks.Unknown }
func clockAhead(e *Evidence) {
	e.Clock.Offset, e.ClockLevel, e.ClockSays = -93*time.Second, checks.Critical, "Your clock is 1 min 33 s ahead"
}
func newClient(e *Evidence)  { e.Changed.ClientID = true }
func newNetwork(e *Evidence) { e.Changed.Network = true }
func networkWorks(e *Evidence) {
	e.Clock.CheckedAt = noon
}
func offline(e *Evidence) { e.NetworkSeen = false; clockUnknown(e) }

func both(settings ...setting) setting {
	return func(e *Evidence) {
		for _, s := range settings {
			s(e)
		}
	}
}

func atToken(status int, code, text string) session.Trouble {
	return session.Trouble{Where: session.AtToken, Status: status, Code: code, Text: text, Ask: status < 429}
}

func atAPI(status int, code, text string) session.Trouble {
	return session.Trouble{Where: session.AtAPI, Status: status, Code: code, Text: text, Ask: status < 429}
}

func onTheWay(code, text string) session.Trouble {
	return session.Trouble{Where: session.AtNetwork, Code: code, Text: text}
}

// TestStrings holds every text that is known of Spotify, each beside different other evidence: the
// text alone decides nothing that something else can cause too.
func TestStrings(t *testing.T) {
	type view struct {
		setting setting
		want    string // the first cause; with two, the second stands after a space
	}
	revoked := atToken(400, invalidGrant, "Refresh token revoked")
	expired := atToken(400, invalidGrant, "Refresh token expired")
	certificate := onTheWay(session.CodeCertTime, "x509: certificate has expired or is not yet valid")
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
			{both(statusSays, twoHours), "revoked"}, {both(othersFail, twoHours), "signed-out"}, {both(down, twoHours), "revoked"},
		}},
		{expired, []view{
			{plainly, "revoked"}, {old, "grant-ended"}, {ageless, "grant-ended"}, {statusSays, "provider-down"}, {both(statusSays, old, twoHours), "grant-ended"},
		}},
		{atToken(400, invalidGrant, "Invalid refresh token"), []view{{plainly, "other-token"}, {newClient, "other-token"}, {statusSays, "provider-down"}}},
		{atToken(400, invalidGrant, ""), []view{{plainly, "revoked"}, {old, "grant-ended"}, {newClient, "revoked"}, {othersFail, "provider-down"}}},
		{atToken(400, invalidGrant, "Invalid authorization code"), []view{{plainly, "stale-sign-in"}, {old, "stale-sign-in"}, {statusSays, "stale-sign-in"}}},
		{atToken(400, invalidGrant, "Authorization code expired"), []view{{plainly, "stale-sign-in"}, {old, "stale-sign-in"}}},
		{atToken(400, invalidGrant, "code_verifier was incorrect"), []view{{plainly, "stale-sign-in"}, {othersWell, "stale-sign-in"}}},
		{atToken(400, "invalid_client", "Invalid client"), []view{{plainly, "wrong-client"}, {newClient, "wrong-client"}, {clockAhead, "clock-wrong wrong-client"}}},
		{atToken(400, "invalid_client", "Invalid redirect URI"), []view{{plainly, "redirect"}, {newClient, "redirect"}}},
		{atToken(503, "", "upstream connect error or disconnect/reset before headers. reset reason: connection termination"), []view{
			{plainly, "provider-down"}, {statusSays, "provider-down"}, {old, "provider-down"}, {clockAhead, "clock-wrong provider-down"}}},
		{atToken(401, "", "Jwks doesn't have key to match kid or alg from Jwt"), []view{{plainly, "provider-down"}, {sessionOver, "provider-down"}}},
		{atAPI(403, "", "Audiences in Jwt are not allowed"), []view{{plainly, "provider-down"}, {clockAhead, "clock-wrong provider-down"}}},
		{atToken(500, invalidGrant, "Refresh token revoked"), []view{{plainly, "provider-down"}, {old, "provider-down"}, {twoHours, "provider-down"}}},
		{atAPI(401, "", "The access token expired"), []view{{plainly, "signed-out"}, {sessionOver, "timed-out"}, {clockAhead, "clock-wrong signed-out"}}},
		{atAPI(401, "", "Missing/invalid/expired access token"), []view{{plainly, "signed-out"}, {sessionOver, "timed-out"}}},
		{atAPI(401, "", "Invalid access token"), []view{{plainly, "signed-out"}, {sessionOver, "signed-out"}}},
		{atAPI(401, "", "Access token missing"), []view{{plainly, "signed-out"}, {clockAhead, "clock-wrong signed-out"}}},
		{atAPI(401, "", "Jwt is expired"), []view{{plainly, "signed-out"}, {sessionOver, "timed-out"}, {clockAhead, "clock-wrong signed-out"}}},
		{atAPI(403, "", "JWT is expired"), []view{{plainly, "timed-out"}, {sessionOver, "timed-out"}}},
		{atAPI(403, "", "Insufficient client scope"), []view{{plainly, "scopes"}, {othersWell, "scopes"}, {old, "scopes"}}},
		{atAPI(403, "", "User not registered in the Developer Dashboard"), []view{{plainly, "not-listed"}, {othersWell, "not-listed"}}},
		{atAPI(403, "", "Check settings on developer.spotify.com/dashboard, the user may not be registered."), []view{{plainly, "not-listed"}, {old, "not-listed"}}},
		{atAPI(403, "", "Active premium subscription required for the owner of the app."), []view{{plainly, "owner-premium"}, {othersFail, "owner-premium"}}},
		{atAPI(403, "PREMIUM_REQUIRED", "Player command failed: Premium required"), []view{{plainly, "premium"}, {othersWell, "premium"}}},
		{atAPI(429, "", "API rate limit exceeded"), []view{{plainly, "rate-limit"}, {statusSays, "rate-limit"}}},
		{atAPI(429, "QUOTA_EXCEEDED", "Quota exceeded"), []view{{plainly, "quota"}, {othersFail, "quota"}}},
		{certificate, []view{{clockUnknown, "clock-wrong certificate"}, {plainly, "certificate"}, {clockAhead, "clock-wrong certificate"}}},

		{onTheWay(session.CodeCertificate, "x509: certificate signed by unknown authority"), []view{{plainly, "intercepted"}, {newNetwork, "intercepted"}, {clockAhead, "clock-wrong intercepted"}}},
		{onTheWay(session.CodePortal, "a web page came instead of a reply"), []view{{plainly, "portal"}, {newNetwork, "portal"}}},
		{onTheWay(session.CodeRedirect, "sent on to http://portal.example"), []view{{plainly, "portal"}, {statusSays, "portal"}}},
		{session.Trouble{Where: session.AtNetwork, Code: session.CodePortal, Status: 407}, []view{{plainly, "proxy"}, {newNetwork, "proxy"}}},
		{session.Trouble{Where: session.AtNetwork, Code: session.CodePortal, Status: 403, Text: "<html>Blocked</html>"}, []view{{plainly, "proxy"}, {newNetwork, "proxy"}}},
		{onTheWay(session.CodeBroken, "Proxy Authentication Required"), []view{{plainly, "proxy"}, {offline, "proxy"}}},
		{onTheWay(session.CodeDial, "proxyconnect tcp: dial tcp: connection refused"), []view{{plainly, "proxy"}, {networkWorks, "proxy"}}},
		{onTheWay(session.CodeBroken, "Forbidden"), []view{{plainly, "proxy"}, {offline, "proxy"}}},
		{onTheWay(session.CodeDNS, "lookup accounts.spotify.com: no such host"), []view{{plainly, "no-network"}, {offline, "no-network"}, {networkWorks, "unreachable"}, {othersWell, "unreachable"}}},
		{onTheWay(session.CodeDial, "dial tcp: connection refused"), []view{{plainly, "no-network"}, {networkWorks, "unreachable"}}},
		{onTheWay(session.CodeTimeout, "Client.Timeout exceeded"), []view{{offline, "no-network"}, {both(networkWorks, statusSays), "unreachable"}}},
		{onTheWay(session.CodeBroken, "connection reset by peer"), []view{{plainly, "no-network"}, {offline, "no-network"}}},
		{session.Trouble{Where: session.AtKeyring, Text: "loading the sign-in of spotify: the keyring is locked"}, []view{{plainly, Keyring}, {clockAhead, "clock-wrong keyring"}}},
		{session.Trouble{Where: session.AtKeyring, Text: "loading the sign-in of spotify: this desktop has no keyring"}, []view{{plainly, KeyringLost}, {statusSays, KeyringLost}}},
		{session.Trouble{Where: session.AtKeyring, Text: "Geheimnis"}, []view{{plainly, KeyringLost}, {func(e *Evidence) { e.KeyringLocked = true }, Keyring}}},
		{atAPI(418, "", "I'm a teapot"), []view{{plainly, Unknown}, {statusSays, Unknown}}},
		{atToken(400, "invalid_request", "must supply a validator"), []view{{plainly, Unknown}, {clockAhead, "clock-wrong unknown"}}},
	} {
		if len(tt.views) < 2 {
			t.Errorf("%q: beside no other evidence", tt.trouble.Text)
		}
		for i, v := range tt.views {
			e := base()
			tr := tt.trouble
			tr.Since, tr.At, tr.Tries = noon.Add(-10*time.Minute), noon.Add(-time.Minute), 2
			e.Session.Trouble = &tr
			v.setting(&e)
			got := ""
			for _, c := range Of(e) {
				got += " " + c.ID
			}
			if got != " "+v.want {
				t.Errorf("%d %s %q, setting %d: got%s, want %s", tr.Status, tr.Code, tr.Text, i, got, v.want)
			}
		}
	}
}

// TestSignIns: what came of a sign-in in the browser is a cause beside the session's.
func TestSignIns(t *testing.T) {
	stale := atToken(400, invalidGrant, "code_verifier was incorrect")
	redirect := atToken(400, invalidGrant, "Invalid redirect URI")
	revoked := atToken(400, invalidGrant, "Refresh token revoked")
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
		e.Level = checks.OK
		e.Session.Renews = true
		e.SignIn, e.Session.Trouble, e.NoReturn = tt.signIn, tt.trouble, tt.noReturn
		got := ""
		for _, c := range Of(e) {
			got += " " + c.ID
		}
		if got != " "+tt.want {
			t.Errorf("%+v: got%s", tt, got)
		}
	}
}

// TestWell: what is well has no cause, whatever else is going on.
func TestWell(t *testing.T) {
	for i, s := range []setting{plainly, statusSays, othersFail, down, newNetwork, clockUnknown, old, ageless} {
		e := base()
		e.Level, e.Session.Renews = checks.OK, true
		s(&e)
		if got := Of(e); got != nil {
			t.Errorf("setting %d: %v", i, ids(got))
		}
	}
}
