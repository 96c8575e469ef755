package standin

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"mime"
	"net/http"
	"strings"
	"time"
)

// tokenReply is the token endpoint's success, RFC 6749 section 5.1.
type tokenReply struct {
	AccessToken  string `json:"access_token"`
	TokenType    string `json:"token_type"`
	ExpiresIn    int    `json:"expires_in"`
	RefreshToken string `json:"refresh_token,omitempty"`
	Scope        string `json:"scope"`
}

// tokenError is its failure, section 5.2. Spotify sends each with status 400.
type tokenError struct {
	Code string `json:"error"`
	Text string `json:"error_description"`
}

func invalidGrant(text string) *tokenError { return &tokenError{"invalid_grant", text} }

func (s *Spotify) token(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w.Header().Set("Cache-Control", "no-store")
	reply, refusal := s.exchange(r)
	if refusal != nil {
		writeJSON(w, http.StatusBadRequest, refusal)
		return
	}
	writeJSON(w, http.StatusOK, reply)
}

func (s *Spotify) exchange(r *http.Request) (*tokenReply, *tokenError) {
	if t, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); t != "application/x-www-form-urlencoded" {
		return nil, &tokenError{"invalid_request", "the body must be a form"}
	}
	if err := r.ParseForm(); err != nil {
		return nil, &tokenError{"invalid_request", "the form cannot be read"}
	}
	// A public client has no secret, so it says who it is in the body and nowhere else.
	id := r.PostForm.Get("client_id")
	if !knownClient(id) || r.Header.Get("Authorization") != "" {
		return nil, &tokenError{"invalid_client", "Invalid client"}
	}
	switch r.PostForm.Get("grant_type") {
	case "authorization_code":
		return s.exchangeCode(id, r.PostForm.Get("code"), r.PostForm.Get("redirect_uri"), r.PostForm.Get("code_verifier"))
	case "refresh_token":
		return s.refresh(id, r.PostForm.Get("refresh_token"))
	}
	return nil, &tokenError{"unsupported_grant_type", "grant_type must be client_credentials, authorization_code or refresh_token"}
}

func (s *Spotify) exchangeCode(id, name, redirect, verifier string) (*tokenReply, *tokenError) {
	c := s.codes[name]
	if c == nil || c.clientID != id {
		return nil, invalidGrant("Invalid authorization code")
	}
	delete(s.codes, name)
	sum := sha256.Sum256([]byte(verifier))
	switch {
	case !time.Now().Before(c.until):
		return nil, invalidGrant("Authorization code expired")
	case c.redirect != redirect:
		return nil, invalidGrant("Invalid redirect URI")
	case len(verifier) < 43 || len(verifier) > 128 || base64.RawURLEncoding.EncodeToString(sum[:]) != c.challenge:
		return nil, invalidGrant("code_verifier was incorrect")
	}
	g := &grant{clientID: id, scope: c.scope, user: c.user, authorizedAt: time.Now(), refresh: opaque("AQ", 99)}
	s.grants = append(s.grants, g)
	return s.reply(g, g.refresh), nil
}

func (s *Spotify) refresh(id, token string) (*tokenReply, *tokenError) {
	g, current := s.find(token)
	switch {
	case g == nil || g.clientID != id:
		return nil, invalidGrant("Invalid refresh token")
	case g.refusal != "":
		return nil, invalidGrant(g.refusal)
	case !current:
		if s.revoke {
			g.refusal = "Refresh token revoked" // the newest too, as somebody else may have it (RFC 9700 section 4.14.2)
		}
		return nil, invalidGrant("Refresh token revoked")
	case g.ended(time.Now()):
		return nil, invalidGrant("Refresh token expired")
	case !s.rotate:
		return s.reply(g, ""), nil
	}
	g.retired = append(g.retired, g.refresh)
	g.refresh = opaque("AQ", 99)
	return s.reply(g, g.refresh), nil
}

func (s *Spotify) reply(g *grant, refresh string) *tokenReply {
	return &tokenReply{s.issue(g), "Bearer", int(accessLifetime / time.Second), refresh, strings.Join(g.scopes(), " ")}
}

func knownClient(id string) bool {
	return len(id) == 32 && strings.Trim(id, "0123456789abcdefABCDEF") == "" && id != UnknownClientID
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // a client that went away is its own affair
}
