package token

import (
	"bytes"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// What people have in hand when they ask what is wrong with a token. The samples of auth0/angular2-jwt
// (issue 597) are public; the other tokens are invented.
func TestCases(t *testing.T) {
	const jwt = " is a JWT: a token that says what it is for, readable by anybody.\n"
	const ends5 = "\nBy this computer's clock and in true time it is valid for another 5 min.\n"
	for name, want := range map[string][]string{
		"keycloak-reply.json": {"It is valid for 5 min from when it was issued", "\nThe refresh token is valid for 30 min from when it was issued: then the sign-in expires.\n",
			"The access_token" + jwt, ends5},
		"iso-exp-angular2jwt597.txt": {"\nExpires on 3 April 2019 at 07:29:20 UTC.\n", "\nOdd: Its exp is a text; the standard has a number.\n"},
		"k8s-sa.txt":                 {"\nIts subject is a service account: system:serviceaccount:default:default.\n"},
		"spotify-webplayer.json":     {"as a program keeps it.\n", "it is valid for another 1 h.\n\n"},
		"cookies-netscape.txt": {"The cookie sp_dc is an opaque token", "\nExpires on 20 November 2027 at 10:14:10 UTC.\n",
			"The cookie session" + jwt, ends5},
		"setcookie-spdc.txt":         {"The cookie sp_dc is an opaque token", "\nExpires on 25 November 2027 at 10:14:10 UTC.\n"},
		"curl-v.txt":                 {"“invalid_token: The access token expired”. The access token has expired or was rejected", "\nThis is an opaque token"},
		"har.json":                   {"The value" + jwt, ends5},
		"fetch-js.txt":               {"The authorization is an opaque token"},
		"rclone-token-line.txt":      {"as Go's oauth2 keeps it.\n", "it is valid for another 30 min.\n"},
		"saml-b64.txt":               {"This is a SAML message, not an OAuth token. Fermata doesn't explain those."},
		"wrapped76.txt":              {"This" + jwt, ends5},
		"wrapped-bearer.txt":         {"This" + jwt, ends5},
		"callback-url.txt":           {"This is an OAuth token as a token server sends it.\n", "It is valid for 1 h from when it was issued"},
		"utf16le-bom.txt":            {"This" + jwt, ends5},
		"json-array.json":            {"as spotipy keeps it.\n", "it is valid for another 20 min.\n"},
		"nested-home-assistant.json": {"as a program keeps it.\n", "it is valid for another 30 min.\n", "It comes with a refresh token"},
		"spotifyapi-net.json":        {"as a program keeps it.\n", "it is valid for another 50 min.\n", "It comes with a refresh token"},
		"claude.json":                {"as a program keeps it.\n", "it is valid for another 1 h.\n", "\nAllows user:inference.\n"},
		"token-error.json":           {"“invalid_grant: Refresh token revoked”. The sign-in is no longer accepted: sign in again.\n"},
		"api-error.json":             {"“The access token expired”. The access token has expired or was rejected: the program has to renew it.\n"},
		"exp-9999999999.txt":         {"it is valid for another 260 years.\n"},
		"hello.txt":                  {"This is a word. If it is a token, it is opaque: only its issuer can read it.\n"},
		"json-token-key.json":        {"The token" + jwt, ends5},
	} {
		in, err := os.ReadFile(filepath.Join("testdata", "cases", name))
		if err != nil {
			t.Fatal(err)
		}
		read(t, string(in), true)
		at := time.Unix(1795601650, 0).UTC()
		var out bytes.Buffer
		if err := Read(in, at, at, true).Write(&out); err != nil {
			t.Fatal(err)
		}
		for _, w := range want {
			if !strings.Contains(out.String(), w) {
				t.Errorf("%s: want %q in\n%s", name, w, &out)
			}
		}
		if strings.Contains(out.String(), "invented") || strings.Contains(out.String(), "milliseconds") || strings.Contains(out.String(), "damaged") {
			t.Errorf("%s:\n%s", name, &out)
		}
	}
}

func TestNearCases(t *testing.T) {
	wide := func(order [2]int, s string) string {
		var b strings.Builder
		for _, c := range []byte(s) {
			two := [2]byte{}
			two[order[0]] = c
			b.Write(two[:])
		}
		return b.String()
	}
	const exp = `{"exp":1777638000}`
	for _, tc := range []struct{ name, in, want string }{
		{"UTF-16, big end first", "\xfe\xff" + wide([2]int{1, 0}, plain), "This is a JWT"},
		{"UTF-16 without a mark", wide([2]int{0, 1}, plain), "This is a JWT"},
		{"bearer in prose", "It sends 'Authorization = Bearer " + opaque + "', says the log.", "This is an opaque token"},
		{"bearer of few letters", "It is the bearer authentication, says the log.", "No token is in this text."},
		{"callback with a JWT", "https://app.example.org/cb#id_token=" + plain + "&state=x", "The id_token is a JWT"},
		{"callback with its error", "https://app.example.org/cb?error=access_denied&state=x", "This is a server's error: “access_denied”."},
		{"a list in the log", "[info] Bearer " + opaque + " was sent", "This is an opaque token"},
		{"request and its reply", "> Authorization: Basic aWQ6c2VjcmV0\n<\n" + `{"access_token":"` + opaque + `","expires_in":60}`, "It is valid for 1 min from when it was issued"},
		{"request and its refusal", "> Authorization: Basic aWQ6c2VjcmV0\n<\n" + `{"error":"invalid_grant"}`, "“invalid_grant”. The sign-in is no longer accepted"},
		{"JSON twice", `{"a":1} {"access_token":"` + opaque + `"}`, "This begins like JSON, but it is damaged."},
		{"two in a text", `one {"a":1} two {"access_token":"` + opaque + `","expires_in":60}`, "It is valid for 1 min from when it was issued"},
		{"two names for one", `{"accessToken":"` + plain + `","access_token":"x"}`, "The access_token is a JWT"},
		{"an end and an issue", `{"access_token":"x","expires_in":60,"expires_at":1777638000,"created_at":"2020-01-01T00:00:00Z"}`, "Expires on 1 May 2026 at 14:20:00"},
		{"refresh of GitHub", `{"access_token":"x","refresh_token":"` + refresh + `","refresh_token_expires_in":15897600}`, "as a token server sends it.\n"},
		{"refresh for ever", `{"access_token":"x","refresh_token":"` + refresh + `","refresh_expires_in":0}`, "a program can renew it.\n\n"},
		{"error that echoes", `{"error":"invalid_grant","error_description":"the token ` + refresh + ` is unknown"}`, "“invalid_grant: the token … is unknown”"},
		{"error of no kind we know", `{"error":"teapot"}`, "“teapot”. It doesn't say when a token expires."},
		{"no error", `{"error":null,"access_token":"x"}`, "as a token server sends it."},
		{"SD-JWT", plain + "~WyJzYWx0IiwibmFtZSIsIkphbmUiXQ~", "This is an SD-JWT:"},
		{"PASETO", "v4.public.eyJkYXRhIjoidGhpcyBpcyBhIHNpZ25lZCBtZXNzYWdlIiwiZXhwIjoiMjAyMi0wMS0wMVQwMDowMDowMCswMDowMCJ9bg_XBBzds8lTZShVlwwKSgeKpLT3yukTw6JUz3W4h_ExsQV-P0V54zemZDcAxFaSeef1QlXEFtkqxT1ciiQEDA", "This is a PASETO,"},
		{"macaroon", base64.URLEncoding.EncodeToString([]byte("0021location http://example.org/\n001aidentifier keyid here\n002fsignature 01234567890123456789012345678901\n")), "This is a macaroon:"},
		{"macaroon of version 2", base64.RawURLEncoding.EncodeToString([]byte("\x02\x01\x10http://example.org\x02\x08some key\x00\x00\x06\x2001234567890123456789012345678901")), "This is a macaroon:"},
		{"SAML in XML", `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"/>`, "This is a SAML message,"},
		{"bearer PASETO", "Authorization: Bearer v2.local.QAxIpVe-ECVNI1z4xQbm_qQYomyT3h8FtV8bxkz8pBJWkT8f7HtlOpbroPDEZUKop_vaglyp76CzYy375cHmKCW8e1CCkV0Lflu4GTDyXMqQdpZMM1E6OaoQW27gaRSvWBrR3IgbFIa0AkuUFw", "This is a PASETO,"},
		{"gzip", "\x1f\x8b\x08\x00", "This is compressed with gzip."},
		{"PEM", "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n", "This is a key or a certificate (PEM), not a token."},
		{"JWS in JSON", `{"payload":"SXTigJ","signatures":[{"protected":"e30","signature":"x"}]}`, "This is a signed message (a JWS) in JSON, not a token."},
		{"JWE in JSON", `{"protected":"e30","iv":"x","ciphertext":"y","tag":"z"}`, "This is an encrypted message (a JWE) in JSON"},
		{"keys", `{"keys":[{"kty":"RSA"}]}`, "These are keys (JWK)"},
		{"challenge alone", `WWW-Authenticate: Bearer realm="x", error="insufficient_scope"`, "a permission is missing: sign in again and allow it."},
		{"error in a list", `{"errors":[{"message":"Invalid Client"}]}`, "The server doesn't know the client ID, or its secret is wrong."},
		{"message beside a status", `{"status":429,"message":"API rate limit exceeded"}`, "Too many requests were made: wait, then try again."},
		{"a message of anybody", `{"message":"hello"}`, "This is JSON without an OAuth token"},
		{"refusal of Spotify's in a plain text", "User not registered in the Developer Dashboard", "The owner of the client ID has to add you under User Management in the developer dashboard."},
		{"edge of Spotify's", "upstream connect error or disconnect/reset before headers. reset reason: overflow", "The server itself is in trouble: wait."},
		{"page of one sentence", "Jwt is expired", "The access token has expired or was rejected"},
		{"form body", "error=invalid_grant&error_description=Token+has+been+revoked", "“invalid_grant: Token has been revoked”. The sign-in is no longer accepted: sign in again."},
		{"claims of a person", token(`{"alg":"RS256"}`, `{"exp":1777638000,"email":"`+subject+`","email_verified":true,"acr":"1","auth_time":1777634400,"uid":12345}`),
			"It also says: acr 1.\nIt also says: auth_time 2026-05-01T11:20:00Z.\nIt also says: email_verified true.\nIt also has claims that may tell who you are, so their values are not shown: email, uid.\n"},
		{"signed message", token(`{"alg":"RS256"}`, "hello, world"), "This is a signed message (a JWS), not a JWT"},
		{"signed list", token(`{"alg":"RS256"}`, "[1]"), "This is a signed message (a JWS), not a JWT"},
		{"signed message of nothing", token(`{"alg":"RS256"}`, ""), "This is a signed message (a JWS), not a JWT"},
		{"subject of a person", token(`{"alg":"RS256"}`, `{"sub":"system:jane"}`), "only the beginning is shown: sy…"},
		{"exp a time of day", token(`{"alg":"RS256"}`, `{"exp":"07:29"}`), "Its exp is no time."},
		{"set-cookie for the session", "Set-Cookie: sp_dc=" + opaque + "; Path=/", "No JWT is in this cookie."},
		{"a jar's session cookie", ".a.org\tTRUE\t/\tTRUE\t0\tsp_dc\t" + opaque, "No JWT is in this cookie."},
		{"a jar's setting", ".a.org\tTRUE\t/\tTRUE\t1777638000\tsp_t\tabc", "No JWT is in this cookie."},
		{"a cookie's setting", "Set-Cookie: a=b; Expires=Thu, 25 Nov 2027 10:14:10 GMT", "The cookie a is an opaque token"},
		{"a header and a remark", "Authorization: Bearer " + plain + "\n (expired?)", "another 21 min 33 s.\n\nThe signature"},
		{"a table of seven", "a\tb\tc\td\te\tf\t" + opaque, "No token is in this text."},
		{"wrapped lines and another header", "Authorization: Bearer " + plain[:60] + "\r\n " + plain[60:] + "\r\nHost: a.org\r\n", "Issued by https://accounts.example.com."},
		{"word of nineteen", opaque[:19], "This is a word."},
		{"word of twenty", opaque[:20], "This is an opaque token"},
		{"no SAML", "PHhtbD48L3htbD48eG1sPjwveG1sPg==", "This is an opaque token"},
		{"claims cut off", strings.Split(token(`{"alg":"RS256"}`, exp), ".")[0] + ".eyJleHAiOjE3.x", "damaged or cut off"},
	} {
		if got := read(t, tc.in, true); !strings.Contains(got, tc.want) {
			t.Errorf("%s: want %q in\n%s", tc.name, tc.want, got)
		}
	}
}
