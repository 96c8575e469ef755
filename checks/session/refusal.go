package session

import (
	"slices"
	"strings"
)

// refusals are what token endpoints say of a request that they refuse, and what it means; the first that fits
// counts. The codes are OAuth's, OpenID Connect's and those of single providers. The texts are in lower case, with
// spaces for "_", "-" and quotes; of one with "…" in it, the parts stand in that order.
var refusals = []struct {
	reason  Reason
	ofToken bool // it is about the refresh token, so it says nothing of a request that is wrong in another way
	codes   []string
	texts   []string
}{
	{ReasonSecretExpired, false, nil, []string{"client secret … expired", "aadsts7000222"}},
	{ReasonSecretMissing, false, nil, []string{"client secret … missing", "missing … client secret", "client secret … required",
		"requires … client secret", "must contain … client secret", "aadsts7000218"}},
	{ReasonSecretWrong, false, []string{"bad_client_secret", "invalid_client_secret", "incorrect_client_credentials"},
		[]string{"invalid client secret", "client secret … invalid", "client secret … incorrect", "client secret … wrong",
			"client secret … not match", "aadsts7000215"}},
	{ReasonRedirect, false, []string{"redirect_uri_mismatch"}, []string{"invalid redirect uri", "redirect uri … mismatch",
		"redirect uri … not match", "redirect uri … invalid"}},
	{ReasonConfirm, false, []string{"interaction_required", "login_required", "mfa_required", "consent_required", "account_selection_required"},
		[]string{"multi factor", "multifactor", "aadsts50076", "aadsts50079", "aadsts65001", "aadsts70043", "not consented",
			"reauth", "invalid rapt"}},
	{ReasonAccount, false, nil, []string{"account … deleted", "account … disabled", "account … suspended", "account … locked",
		"user is blocked", "user disabled", "user is disabled", "user … not exist", "user … doesn't exist", "user not found", "aadsts50057", "aadsts50034"}},
	// All that can be wrong at once, in the words of RFC 6749 section 5.2 or nearly so.
	{ReasonRefused, true, nil, []string{"invalid, expired", "expired or revoked", "revoked or expired", "expired, was revoked",
		"incorrect or expired", "invalid or expired", "expired or invalid", "unknown or previously used"}},
	{ReasonIdle, true, nil, []string{"inactiv", "session not active", "session not found", "token is not active", " idle"}},
	{ReasonStaleCode, false, []string{"bad_verification_code"}, []string{"authorization code … expired", "authorization code … invalid",
		"invalid authorization code", "code has expired", "code verifier", "code was already redeemed", "authorizationcode"}},
	{ReasonReused, true, nil, []string{"reuse", "already used", "already been used", "previously used", "stale token", "stale refresh token"}},
	{ReasonRevoked, true, []string{"token_revoked"}, []string{"revoked"}},
	{ReasonExpired, true, []string{"token_expired"}, []string{"expired"}},
	{ReasonRefused, true, []string{"invalid_token", "invalid_refresh_token", "bad_refresh_token", "refresh_token_not_found", "invalid_code"},
		[]string{"refresh token … invalid", "invalid refresh token", "invalid … refresh token", "refresh token … not found",
			"unknown refresh token", "refresh token … malformed"}},
}

// ofRequest are the codes of a request that is wrong in itself, which says nothing of the refresh token in it unless
// the text beside the code does.
var ofRequest = []string{"invalid_client", "unauthorized_client", "invalid_request", "invalid_scope", "invalid_target",
	"unsupported_grant_type", "unsupported_response_type"}

var plainWords = strings.NewReplacer("_", " ", "-", " ", "'", "", `"`, "", "’", "", "`", "")

// readRefusal returns what a token endpoint means by an error, "" where it says no more than the code.
func readRefusal(code, text string) Reason {
	code, text = strings.ToLower(code), plainWords.Replace(strings.ToLower(text))
	ofToken := !slices.Contains(ofRequest, code) || strings.Contains(text, "refresh token")
	for _, r := range refusals {
		says := func(phrase string) bool { return inOrder(text, phrase) }
		if (ofToken || !r.ofToken) && (slices.Contains(r.codes, code) || slices.ContainsFunc(r.texts, says)) {
			return r.reason
		}
	}
	return ""
}

// inOrder reports whether the parts of a phrase stand in a text, one after the other.
func inOrder(text, phrase string) bool {
	for part := range strings.SplitSeq(plainWords.Replace(phrase), " … ") {
		_, rest, ok := strings.Cut(text, part)
		if !ok {
			return false
		}
		text = rest
	}
	return true
}

// Refused reports whether the provider no longer accepts the sign-in behind a session.
func (t *Trouble) Refused() bool {
	if t.Where != AtToken || !t.Ask {
		return false
	}
	switch t.Reason {
	case ReasonRevoked, ReasonExpired, ReasonUnknownToken, ReasonRefused, ReasonReused, ReasonIdle:
		return true
	case ReasonStaleCode, ReasonRedirect, ReasonConfirm, ReasonAccount, ReasonSecretExpired, ReasonSecretMissing, ReasonSecretWrong:
		return false
	}
	return t.Code == "invalid_grant"
}
