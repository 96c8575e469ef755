package token

import (
	"regexp"
	"strings"
	"sync"

	"fermata/checks/text"
)

// meanings say what an error of a server's means, by its code or by words in what it says, the first that fits
// (RFC 6749 sections 4.1.2.1 and 5.2; RFC 6750 section 3.1; RFC 8628 section 3.5; Spotify's API and its edge).
var meanings = []struct {
	code    string
	phrases []string
	says    string
}{
	{"", []string{"user not registered", "user may not be registered"}, "The owner of the client ID has to add you under User Management in the developer dashboard."},
	{"", []string{"premium subscription required", "premium_required"}, "This needs Spotify Premium."},
	{"", []string{"upstream connect error", "no healthy upstream", "jwks", "audiences in jwt"}, "The server itself is in trouble: wait."},
	{"invalid_grant", []string{"refresh token revoked", "refresh token expired", "invalid refresh token"}, "The sign-in is no longer accepted: sign in again."},
	{"insufficient_scope", []string{"insufficient client scope"}, "The token is valid, but a permission is missing: sign in again and allow it."},
	{"invalid_token", []string{"token expired", "token is expired", "expired access token", "invalid access token", "jwt is expired", "jwt expired"}, "The access token has expired or was rejected: the program has to renew it."},
	{"", []string{"token missing", "no token provided", "valid bearer authentication"}, "No access token was sent with the request."},
	{"invalid_client", []string{"invalid client"}, "The server doesn't know the client ID, or its secret is wrong."},
	{"unauthorized_client", nil, "This program may not ask for a token in this way."},
	{"access_denied", nil, "Access was declined, by you or by your organization."},
	{"invalid_scope", nil, "The program asked for a permission that doesn't exist or isn't allowed."},
	{"invalid_request", []string{"redirect uri", "redirect_uri"}, "The request has a mistake in it: this is the program's fault, or its settings'."},
	{"unsupported_grant_type", nil, "The program asked in a way that this server doesn't know."},
	{"unsupported_response_type", nil, "The program asked in a way that this server doesn't know."},
	{"authorization_pending", nil, "The sign-in in the browser isn't finished yet."},
	{"slow_down", []string{"rate limit", "too many requests", "quota_exceeded"}, "Too many requests were made: wait, then try again."},
	{"expired_token", nil, "The sign-in took too long: start again."},
	{"login_required", []string{"interaction_required", "consent_required"}, "The server wants you to sign in again."},
	{"temporarily_unavailable", []string{"server_error"}, "The server itself is in trouble: try again later."},
}

// meaning says what an error means; "" where none is known.
func meaning(code, said string) string {
	for _, m := range meanings {
		if code != "" && code == m.code || text.Has(code+" "+said, m.phrases...) {
			return m.says
		}
	}
	return ""
}

// answerOf says what a server's error means; "" where v is none. It may be an object or a code under error, the
// first of errors, or a message beside a status.
func answerOf(v map[string]any) string {
	code, _ := v["error"].(string)
	said, _ := v["error_description"].(string)
	from := v
	if inner, ok := v["error"].(map[string]any); ok {
		from = inner
	} else if list, ok := v["errors"].([]any); ok && len(list) > 0 {
		from, _ = list[0].(map[string]any)
	}
	_, status := from["status"]
	if message, ok := from["message"].(string); ok && said == "" && (status || code != "" || meaning("", message) != "") {
		said = message
	}
	if code == "" && said == "" {
		return ""
	}
	return answer(code, said)
}

// answer words a server's error.
func answer(code, said string) string {
	between := ""
	if code != "" && said != "" {
		between = ": "
	}
	words := "This is a server's error: “" + quote(code) + between + quote(said) + "”. "
	if means := meaning(code, said); means != "" {
		return words + means
	}
	return words + "It doesn't say when a token expires."
}

var challenge = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\b(error|error_description)="([^"]*)`)
})

// challenged says what a WWW-Authenticate header's error means (RFC 6750 section 3); "" where it has none.
func challenged(header string) string {
	found := map[string]any{}
	for _, pair := range challenge().FindAllStringSubmatch(header, maxList) {
		found[pair[1]] = pair[2]
	}
	return answerOf(found)
}

// quote makes a line of a server's text, without the long words in it: one may be a token.
func quote(said string) string {
	words := strings.Fields(said[:min(len(said), 4*maxText)])
	for i, word := range words {
		if len(word) >= 20 && !isCode(word) {
			words[i] = "…"
		}
	}
	return text.Line(strings.Join(words, " "), maxText)
}

// isCode reports whether a word is an error's code.
func isCode(word string) bool {
	for _, m := range meanings {
		if m.code == word {
			return true
		}
	}
	return false
}
