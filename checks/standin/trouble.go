package standin

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// A Trouble is something that can go wrong in a World. Troubles add up until "repair".
type Trouble struct {
	Name  string // as the action "demo/NAME" has it
	Label string // as a menu shows it
	apply func(*World)
}

const (
	aheadBy = 90 * time.Second
	halfAge = 185 * 24 * time.Hour // longer than any six months
	edge    = "upstream connect error or disconnect/reset before headers. reset reason: connection termination"
)

// Troubles returns every trouble in a menu's order, the repair last.
//
//   - end-session: Spotify's API no longer takes the access tokens given so far. A refresh mends it,
//     so a person whose account renews by itself sees nothing but a later end of the session.
//   - revoke: neither access nor refresh tokens are taken. Only signing in again mends it.
//   - six-months: the same with "Refresh token expired", and World.Aged is told the new age.
//   - clock-ahead: all time servers, and the Date of Spotify's replies, are 90 s behind this clock.
//   - lying-server: the last time server is 90 s ahead of the others.
//   - no-network: Transport and Dial fail, and a browser cannot reach Spotify either.
//   - spotify-down: every address of Spotify answers 503 with the text of its edge proxy.
func Troubles() []Trouble {
	return []Trouble{
		{"end-session", "End the session early", func(w *World) { w.Spotify.EndSessions() }},
		{"revoke", "Revoke the sign-in", func(w *World) { w.Spotify.Revoke() }},
		{"six-months", "Let the sign-in be six months old", func(w *World) { w.age(func() { w.Spotify.Age(halfAge) }) }},
		{"clock-ahead", "Put the clock 90 s ahead", (*World).putClockAhead},
		{"lying-server", "One time server lies", func(w *World) { w.Times.Change(len(w.Times.servers)-1, lie) }},
		{"no-network", "Cut the network", func(w *World) { w.cut.Store(true) }},
		{"spotify-down", "Spotify is down", func(w *World) { w.Spotify.Override("/", Answer(http.StatusServiceUnavailable, "text/plain", edge)) }},
		{"repair", "Put all right", (*World).repair},
	}
}

// Cause causes the trouble of that name.
func (w *World) Cause(name string) error {
	var names []string
	for _, t := range Troubles() {
		if t.Name == name {
			t.apply(w)
			return nil
		}
		names = append(names, t.Name)
	}
	return fmt.Errorf("no trouble is called %q; there are %s", name, strings.Join(names, ", "))
}

// age tells by how much change made each client's latest sign-in older.
func (w *World) age(change func()) {
	before := w.Spotify.Aged()
	change()
	for client, d := range w.Spotify.Aged() {
		if w.Aged != nil && d != before[client] {
			w.Aged(client, d-before[client])
		}
	}
}

// putClockAhead shifts everyone else, since this computer's clock is not the demo's to set.
func (w *World) putClockAhead() {
	w.Times.ChangeAll(func(m *Manner) { m.Shift = -aheadBy })
	w.Spotify.Skew(-aheadBy)
}

func lie(m *Manner) { m.Shift += aheadBy }

func (w *World) repair() {
	w.age(w.Spotify.Repair)
	w.Times.ChangeAll(func(m *Manner) { *m = Manner{Stratum: 2, Delay: m.Delay} })
	w.cut.Store(false)
}
