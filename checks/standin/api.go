package standin

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
)

type device struct {
	ID            string `json:"id"`
	Active        bool   `json:"is_active"`
	Private       bool   `json:"is_private_session"`
	Restricted    bool   `json:"is_restricted"`
	Name          string `json:"name"`
	Type          string `json:"type"`
	VolumePercent int    `json:"volume_percent"`
}

func someDevices() []device {
	return []device{
		{ID: "demo-computer", Active: true, Name: "This computer (demo)", Type: "Computer", VolumePercent: 60},
		{ID: "demo-kitchen", Name: "Kitchen (demo)", Type: "Speaker", VolumePercent: 35},
	}
}

// api guards a Web API method: a good access token, and its grant has scope. The method runs with
// s.mu held.
func (s *Spotify) api(scope string, method http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		a := s.access[bearer(r)]
		switch {
		case bearer(r) == "":
			apiError(w, http.StatusUnauthorized, "Access token missing")
		case a == nil || a.grant.refusal != "" || a.grant.signedOut:
			apiError(w, http.StatusUnauthorized, "Invalid access token")
		case !time.Now().Before(a.until):
			apiError(w, http.StatusUnauthorized, "The access token expired")
		case len(a.grant.lost) > 0, scope != "" && !slices.Contains(a.grant.scopes(), scope):
			apiError(w, http.StatusForbidden, "Insufficient client scope")
		default:
			method(w, r)
		}
	}
}

func apiError(w http.ResponseWriter, status int, message string) {
	type inner struct {
		Status  int    `json:"status"`
		Message string `json:"message"`
	}
	writeJSON(w, status, map[string]inner{"error": {status, message}})
}

// userIDs are the user IDs of those who have an account here.
var userIDs = map[string]string{User: "jane-demo", OtherUser: "max-demo"}

func (s *Spotify) me(w http.ResponseWriter, r *http.Request) {
	user := s.access[bearer(r)].grant.user
	writeJSON(w, http.StatusOK, map[string]string{
		"display_name": user, "id": userIDs[user], "uri": "spotify:user:" + userIDs[user], "type": "user",
	})
}

// bearer is the access token that a request comes with, "" where it has none.
func bearer(r *http.Request) string {
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return token
}

func (s *Spotify) player(w http.ResponseWriter, _ *http.Request) {
	active := slices.IndexFunc(s.devices, func(d device) bool { return d.Active })
	if active < 0 {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"device": s.devices[active], "is_playing": s.playing, "timestamp": time.Now().UnixMilli(),
	})
}

func (s *Spotify) listDevices(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]any{"devices": s.devices})
}

func (s *Spotify) movePlayback(w http.ResponseWriter, r *http.Request) {
	var to struct {
		DeviceIDs []string `json:"device_ids"`
		Play      bool     `json:"play"`
	}
	if err := json.NewDecoder(r.Body).Decode(&to); err != nil || len(to.DeviceIDs) != 1 {
		apiError(w, http.StatusBadRequest, "Malformed json")
		return
	}
	chosen := slices.IndexFunc(s.devices, func(d device) bool { return d.ID == to.DeviceIDs[0] })
	if chosen < 0 {
		apiError(w, http.StatusNotFound, "Device not found")
		return
	}
	for i := range s.devices {
		s.devices[i].Active = i == chosen
	}
	s.playing = s.playing || to.Play
	w.WriteHeader(http.StatusNoContent)
}
