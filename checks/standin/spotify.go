// Package standin stands in for Spotify and for time servers, in the demo and in tests: over real
// HTTP and UDP on 127.0.0.1, or in memory. It keeps Spotify's rules where a client can tell, and
// can be put into every trouble that Fermata is there for.
package standin

import (
	"net/http"
	"strings"
	"sync"
	"time"

	"fermata/checks/spotify"
)

const (
	// ClientID is a client ID that the stand-in knows, as it does any other of 32 hexadecimal
	// digits but UnknownClientID.
	ClientID = "de300000000000000000000000000001"
	// UnknownClientID is well formed, and belongs to no app.
	UnknownClientID = "00000000000000000000000000000000"
	// User is the display name of the person who is signed in here, and OtherUser that of another who may be.
	User      = "Jane (demo)"
	OtherUser = "Max (demo)"

	accessLifetime = time.Hour
	codeLifetime   = 10 * time.Minute
	grantMonths    = 6
	maxBody        = 64 << 10
)

// Spotify is an http.Handler for what Spotify has under accounts.spotify.com, api.spotify.com and
// www.spotify.com/account/apps. It looks at paths, not at hosts. Safe for concurrent use.
type Spotify struct {
	mux *http.ServeMux

	mu        sync.Mutex
	codes     map[string]*code
	grants    []*grant
	access    map[string]*access
	rotate    bool
	revoke    bool          // a retired refresh token costs the sign-in
	skew      time.Duration // of the Date header
	overrides map[string]http.HandlerFunc
	count     map[string]int
	running   map[string]int
	peak      map[string]int
	playing   bool
	devices   []device
}

// NewSpotify returns a Spotify in good health.
func NewSpotify() *Spotify {
	s := &Spotify{
		mux:       http.NewServeMux(),
		codes:     map[string]*code{},
		access:    map[string]*access{},
		overrides: map[string]http.HandlerFunc{},
		count:     map[string]int{},
		running:   map[string]int{},
		peak:      map[string]int{},
		playing:   true,
		devices:   someDevices(),
	}
	s.mux.HandleFunc("GET /{$}", s.frontPage)
	s.mux.HandleFunc("GET /authorize", s.askPage)
	s.mux.HandleFunc("POST /authorize", s.answered)
	s.mux.HandleFunc("POST /api/token", s.token)
	s.mux.HandleFunc("GET /account/apps/", s.appsPage)
	s.mux.HandleFunc("POST /account/apps/", s.removeApps)
	s.mux.HandleFunc("GET "+playerPath, playerPage)
	s.mux.HandleFunc("GET "+insecurePath, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, spotify.PlayerPage, http.StatusMovedPermanently)
	})
	s.mux.HandleFunc("GET "+statusPath, Answer(http.StatusOK, "application/json", `{"status":{"indicator":"none","description":"All Systems Operational"}}`))
	s.mux.HandleFunc("GET "+accessPath, Answer(http.StatusOK, "application/json", `{"accesspoint":["ap-demo.spotify.com:4070","ap-demo.spotify.com:443","ap-demo.spotify.com:80"]}`))
	s.mux.HandleFunc("GET /v1/me", s.api("", s.me))
	s.mux.HandleFunc("GET /v1/me/player", s.api("user-read-playback-state", s.player))
	s.mux.HandleFunc("GET /v1/me/player/devices", s.api("user-read-playback-state", s.listDevices))
	s.mux.HandleFunc("PUT /v1/me/player", s.api("user-modify-playback-state", s.movePlayback))
	return s
}

// ServeHTTP implements http.Handler.
func (s *Spotify) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := r.URL.Path
	s.mu.Lock()
	s.count[path]++
	s.running[path]++
	s.peak[path] = max(s.peak[path], s.running[path])
	override := s.override(path)
	w.Header().Set("Date", time.Now().Add(s.skew).UTC().Format(http.TimeFormat))
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		s.running[path]--
		s.mu.Unlock()
	}()
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	if override != nil {
		override(w, r)
		return
	}
	ownForms.Handler(s.mux).ServeHTTP(w, r)
}

// ownForms refuses a form that another site's page sent.
var ownForms = http.NewCrossOriginProtection()

// override finds the handler that stands in the place of path's own: the longest prefix wins.
func (s *Spotify) override(path string) http.HandlerFunc {
	best := ""
	for prefix := range s.overrides {
		if len(prefix) > len(best) && (path == prefix || strings.HasSuffix(prefix, "/") && strings.HasPrefix(path, prefix)) {
			best = prefix
		}
	}
	return s.overrides[best]
}

// Override lets h answer for path, or for all below it where path ends in a slash, until h is nil
// or Repair is called. See Answer for a fixed reply.
func (s *Spotify) Override(path string, h http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if h == nil {
		delete(s.overrides, path)
		return
	}
	s.overrides[path] = h
}

// Answer returns a handler that always sends this reply.
func Answer(status int, contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body)) // a client that went away is its own affair
	}
}

// Count returns how many requests for path have come.
func (s *Spotify) Count(path string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.count[path]
}

// Peak returns how many requests for path were ever in flight at once.
func (s *Spotify) Peak(path string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.peak[path]
}
