package standin

import (
	"crypto/rand"
	"encoding/base64"
	"slices"
	"strings"
	"time"
)

// A grant is one sign-in: what the refresh token stands for.
type grant struct {
	clientID, scope string
	authorizedAt    time.Time
	aged            time.Duration // how far authorizedAt was put back
	refresh         string
	retired         []string // refresh tokens that rotation replaced
	refusal         string   // what the token endpoint says of it; "": nothing is wrong with it
	lost            []string // scopes that were taken away
	signedOut       bool     // the API takes no access token of it
}

// scopes are those that the grant has now.
func (g *grant) scopes() []string {
	return slices.DeleteFunc(strings.Fields(g.scope), func(s string) bool { return slices.Contains(g.lost, s) })
}

func (g *grant) ended(now time.Time) bool {
	return !now.Before(g.authorizedAt.Add(-g.aged).AddDate(0, grantMonths, 0))
}

// An access is an access token that was given out.
type access struct {
	grant *grant
	until time.Time
}

// A code is an authorization code, good for one exchange.
type code struct {
	clientID, redirect, scope, challenge string
	until                                time.Time
}

// EndSessions ends every access token given out so far, as a sign-out elsewhere does. Refreshing
// still works.
func (s *Spotify) EndSessions() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.endSessions()
}

func (s *Spotify) endSessions() {
	now := s.clock.Now()
	for _, a := range s.access {
		if a.until.After(now) {
			a.until = now
		}
	}
}

// Revoke takes back every sign-in given so far: "Refresh token revoked", and no access token of
// theirs is accepted.
func (s *Spotify) Revoke() {
	s.refuse("Refresh token revoked")
}

// Forget takes back every sign-in given so far, as if none had ever been: "Invalid refresh token".
func (s *Spotify) Forget() { s.refuse("Invalid refresh token") }

func (s *Spotify) refuse(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, g := range s.grants {
		g.refusal = text
	}
}

// SignOut lets the API take no access token of the sign-ins given so far, new ones neither, as after
// "Sign out everywhere".
func (s *Spotify) SignOut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, g := range s.grants {
		g.signedOut = true
	}
}

// Narrow takes scopes away from every sign-in given so far and ends its sessions. All of the API then
// refuses it, so that the loss is noticed at once.
func (s *Spotify) Narrow(scopes ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, g := range s.grants {
		g.lost = scopes
	}
	s.endSessions()
}

// Age makes every sign-in given so far older by d, and ends its access tokens, which Spotify
// would let run out first. A client keeps the day of the sign-in itself and has to be told: Aged
// has by how much each client's latest sign-in was put back.
func (s *Spotify) Age(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, g := range s.grants {
		g.aged += d
	}
	s.endSessions()
}

// Aged returns for each client ID by how much Age has put back its latest sign-in.
func (s *Spotify) Aged() map[string]time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	aged := map[string]time.Duration{}
	for _, g := range s.grants {
		aged[g.clientID] = g.aged
	}
	return aged
}

// Rotate says whether a refresh replaces the refresh token, and retires the old one. Spotify did
// so until the summer of 2026 and may again.
func (s *Spotify) Rotate(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rotate = on
}

// Skew puts the time in the Date header off by d. Lifetimes do not change.
func (s *Spotify) Skew(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.skew = d
}

// Repair undoes Revoke, Forget, SignOut, Narrow, Age, Skew and Override. Access tokens that ended stay ended.
func (s *Spotify) Repair() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, g := range s.grants {
		g.refusal, g.lost, g.signedOut, g.aged = "", nil, false, 0
	}
	s.skew = 0
	clear(s.overrides)
}

// find returns the grant of a refresh token, and whether the token is the current one.
func (s *Spotify) find(refresh string) (g *grant, current bool) {
	for _, g := range s.grants {
		if g.refresh == refresh {
			return g, true
		}
		if slices.Contains(g.retired, refresh) {
			return g, false
		}
	}
	return nil, false
}

// issue gives out an access token, and drops those that ended.
func (s *Spotify) issue(g *grant) string {
	now := s.clock.Now()
	for t, a := range s.access {
		if now.Sub(a.until) > accessLifetime {
			delete(s.access, t)
		}
	}
	token := opaque("BQ", 180)
	s.access[token] = &access{g, now.Add(accessLifetime)}
	return token
}

// opaque returns a token of n random bytes.
func opaque(prefix string, n int) string {
	b := make([]byte, n)
	rand.Read(b)
	return prefix + base64.RawURLEncoding.EncodeToString(b)
}
