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
	user            string // whose it is
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
	clientID, redirect, scope, challenge, user string
	until                                      time.Time
}

// EndSessions ends every access token given out so far, as a sign-out elsewhere does. Refreshing
// still works.
func (s *Spotify) EndSessions() { s.change(true, func(*grant) {}) }

// Revoke takes back every sign-in given so far: "Refresh token revoked", and no access token of
// theirs is accepted.
func (s *Spotify) Revoke() { s.change(false, func(g *grant) { g.refusal = "Refresh token revoked" }) }

// forget takes back every sign-in given so far, as if none had ever been, and ends its sessions.
func (s *Spotify) forget() { s.change(true, func(g *grant) { g.refusal = "Invalid refresh token" }) }

// signOut lets the API take no access token of the sign-ins given so far, new ones neither, as after
// "Sign out everywhere".
func (s *Spotify) signOut() { s.change(false, func(g *grant) { g.signedOut = true }) }

// narrow takes scopes away from every sign-in given so far and ends its sessions. All of the API then
// refuses it, so that the loss is noticed at once.
func (s *Spotify) narrow(scopes ...string) { s.change(true, func(g *grant) { g.lost = scopes }) }

// age makes every sign-in given so far older by d, and ends its access tokens, which Spotify
// would let run out first.
func (s *Spotify) age(d time.Duration) { s.change(true, func(g *grant) { g.aged += d }) }

// change changes every sign-in given so far and may end its access tokens.
func (s *Spotify) change(end bool, change func(*grant)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, g := range s.grants {
		change(g)
	}
	now := time.Now()
	for _, a := range s.access {
		if end && a.until.After(now) {
			a.until = now
		}
	}
}

// aged returns by how much the latest sign-in was put back.
func (s *Spotify) aged() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.grants) == 0 {
		return 0
	}
	return s.grants[len(s.grants)-1].aged
}

// Rotate says whether a refresh replaces the refresh token, and retires the old one. Spotify did
// so until the summer of 2026 and may again.
func (s *Spotify) Rotate(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rotate = on
}

// RevokeReused says whether a retired refresh token that comes again costs the whole sign-in.
func (s *Spotify) RevokeReused(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.revoke = on
}

// shift puts the time in the Date header off by d. Lifetimes do not change.
func (s *Spotify) shift(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.skew = d
}

// Repair undoes all but EndSessions, Rotate and RevokeReused: access tokens that ended stay ended.
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
	now := time.Now()
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
