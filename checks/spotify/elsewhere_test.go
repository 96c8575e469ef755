package spotify_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fermata/checks"
	"fermata/checks/spotify"
	"fermata/checks/standin"
	"fermata/checks/standin/standintest"
)

var kitchen = spotify.Device{ID: "demo-kitchen", Name: "Kitchen", Type: "Speaker"}

const player = "/v1/me/player"

// signedIn returns a player of somebody who signed in to s.
func signedIn(t *testing.T, s *standin.Spotify) spotify.Player {
	a := account(s)
	standintest.SignIn(t, a, s)
	return spotify.Player{Transport: s.Transport(), Token: func(ctx context.Context) (string, error) {
		access, err := a.AccessToken(ctx, 0)
		return access.Token, err
	}}
}

// answers takes the move and lets the looks after it see one reply after the other, the last for good.
// An empty one is a 204, and "503" an outage.
func answers(replies ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		reply := ""
		if r.Method == http.MethodGet {
			reply = replies[0]
			replies = replies[min(1, len(replies)-1):]
		}
		switch reply {
		case "":
			w.WriteHeader(http.StatusNoContent)
		case "503":
			w.WriteHeader(http.StatusServiceUnavailable)
		default:
			fmt.Fprint(w, reply)
		}
	}
}

// state is a reply of GET /v1/me/player. A progress below 0 is none.
func state(id string, playing bool, progress int) string {
	at := ""
	if progress >= 0 {
		at = fmt.Sprintf(`,"progress_ms":%d`, progress)
	}
	return fmt.Sprintf(`{"device":{"id":%q,"name":"Named %s","type":"Speaker"},"is_playing":%v%s}`, id, id, playing, at)
}

func TestElsewhere(t *testing.T) {
	const (
		plays     = "It plays on Kitchen, so the problem is on this computer."
		playsNot  = "It does not play on Kitchen either, so the problem is the account."
		onKitchen = "demo-kitchen"
	)
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	host, _, _ = strings.Cut(host, ".")
	for name, tt := range map[string]struct {
		device  spotify.Device
		answers http.HandlerFunc // in the place of the stand-in's
		verdict string
		err     string
		after   time.Duration
	}{
		"plays":           {verdict: plays, after: 3 * time.Second},
		"progress":        {answers: answers(state(onKitchen, true, 100), state(onKitchen, true, 2100)), verdict: plays, after: 3 * time.Second},
		"next song":       {answers: answers(state(onKitchen, true, 200_000), state(onKitchen, true, 0)), verdict: plays, after: 3 * time.Second},
		"wakes up":        {answers: answers("", state("old", true, 5), state(onKitchen, true, 0), state(onKitchen, true, 9)), verdict: plays, after: 10 * time.Second},
		"hiccup":          {answers: answers("503", state(onKitchen, true, 1), state(onKitchen, true, 2)), verdict: plays, after: 6 * time.Second},
		"stands still":    {answers: answers(state(onKitchen, true, 7)), verdict: playsNot, after: 10 * time.Second},
		"stops at once":   {answers: answers(state(onKitchen, true, 7), state(onKitchen, false, 7)), verdict: playsNot, after: 10 * time.Second},
		"pauses":          {answers: answers(state(onKitchen, false, -1)), verdict: playsNot, after: 10 * time.Second},
		"nothing loaded":  {answers: answers(""), err: "Kitchen has nothing to play", after: 10 * time.Second},
		"no device told":  {answers: answers(`{"device":null,"is_playing":true}`), err: "Kitchen has nothing to play", after: 10 * time.Second},
		"stays elsewhere": {answers: answers(state("old", true, 5)), err: "playback stayed on Named old", after: 10 * time.Second},
		"out of order":    {answers: answers("503"), err: "Spotify replied with an error (HTTP 503)", after: 10 * time.Second},
		"garbage":         {answers: answers("<html>"), err: "could not be read", after: 10 * time.Second},
		"restricted":      {device: spotify.Device{ID: "demo-kitchen", Name: "TV", Restricted: true}, err: "TV can't be controlled"},
		"no ID":           {device: spotify.Device{Name: "TV"}, err: "Spotify doesn't say how to reach this device"},
		"gone":            {device: spotify.Device{ID: "sold", Name: "Boat"}, err: "Boat is no longer there"},
		"here":            {device: spotify.Device{ID: "demo-computer", Name: host, Type: "Computer"}, verdict: "It plays on " + host + ", which is this computer", after: 3 * time.Second},
		"refuses":         {answers: standin.Answer(403, "application/json", `{"error":{"message":"Player command failed: Restriction violated"}}`), err: "can't be controlled"},
		"needs Premium":   {answers: standin.Answer(403, "application/json", `{"error":{"reason":"PREMIUM_REQUIRED"}}`), err: "needs Spotify Premium"},
		"permission":      {answers: standin.Answer(403, "application/json", `{"error":{"message":"Insufficient client scope"}}`), err: "permission to control playback is missing"},
		"asks to wait":    {answers: standin.Answer(429, "text/plain", ""), err: "asks to wait"},
		"answers no more": {answers: func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, err: "no connection to Spotify", after: 20 * time.Second},
		"looks not allowed": {answers: func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodGet {
				standin.Answer(401, "text/plain", "")(w, r)
			}
		}, err: "session was not accepted", after: 10 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := standin.NewSpotify()
				p := signedIn(t, s)
				if tt.answers != nil {
					s.Override(player, tt.answers)
				}
				device := tt.device
				if device.Name == "" {
					device = kitchen
				}
				began := time.Now()
				verdict, err := p.Elsewhere(t.Context(), device)
				if took := time.Since(began); took != tt.after {
					t.Errorf("took %v, want %v", took, tt.after)
				}
				if tt.err == "" && (err != nil || !strings.HasPrefix(verdict, tt.verdict)) {
					t.Errorf("%q %v, want %q", verdict, err, tt.verdict)
				}
				if tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err) || checks.Hint(err) == "" || verdict != "") {
					t.Errorf("%q %v (%q), want %q", verdict, err, checks.Hint(err), tt.err)
				}
			})
		})
	}
}

// A device that is gone, and with it every other.
func TestElsewhereNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := standin.NewSpotify()
		p := signedIn(t, s)
		s.Override(player+"/devices", standin.Answer(200, "application/json", `{"devices":[]}`))
		if _, err := p.Elsewhere(t.Context(), spotify.Device{ID: "sold", Name: "Boat"}); err == nil || !strings.Contains(err.Error(), "no device that is on") || checks.Hint(err) == "" {
			t.Error(err)
		}
	})
}

func TestElsewhereEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := standin.NewSpotify()
		p := signedIn(t, s)
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		defer cancel()
		if _, err := p.Elsewhere(ctx, kitchen); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		// The move takes ten seconds, and so does each look.
		s.Override(player, func(w http.ResponseWriter, r *http.Request) {
			select {
			case <-time.After(10 * time.Second):
			case <-r.Context().Done():
			}
		})
		began := time.Now()
		if _, err := p.Elsewhere(t.Context(), kitchen); err == nil || checks.Hint(err) == "" || time.Since(began) != 20*time.Second {
			t.Errorf("%v after %v", err, time.Since(began))
		}
	})
}
