package spotify

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"fermata/checks"
	"fermata/checks/session"
	"fermata/checks/text"
	"fermata/checks/web"
)

// A Device is something that can play (GET /v1/me/player/devices).
type Device struct {
	ID         string `json:"id"`            // letters, digits, - and _; "" where Spotify tells none: playback cannot be moved there
	Name       string `json:"name"`          // safe to show, at most 60 runes
	Type       string `json:"type"`          // the same: "Computer", "Smartphone", "Speaker" …
	Active     bool   `json:"is_active"`     // playback is there
	Restricted bool   `json:"is_restricted"` // it can't be controlled
}

// A Player asks the Web API about playback. The zero Token or Transport does not work.
type Player struct {
	Transport http.RoundTripper
	Token     func(ctx context.Context) (string, error) // a good access token
}

const (
	maxDevices = 50
	maxLabel   = 60 // characters of a name from Spotify
)

// UnmarshalJSON implements json.Unmarshaler. It takes nothing over that is not safe to show or to send.
func (d *Device) UnmarshalJSON(data []byte) error {
	type reply Device // without this method
	if err := json.Unmarshal(data, (*reply)(d)); err != nil {
		return err
	}
	d.Name, d.Type = cmp.Or(text.Line(d.Name, maxLabel), "a device without a name"), text.Line(d.Type, maxLabel)
	if !isID(d.ID) {
		d.ID = ""
	}
	return nil
}

// Devices lists the account's devices, 50 at most and none where nothing is on, with a hint in the
// error where that fails.
func (p Player) Devices(ctx context.Context) ([]Device, error) {
	body, err := p.do(ctx, http.MethodGet, "/me/player/devices", nil)
	if err != nil || len(body) == 0 {
		return nil, err
	}
	return parseDevices(body)
}

var errUnreadable = checks.WithHint(errors.New("Spotify's reply could not be read"), "Try again in a few minutes.")

func parseDevices(body []byte) ([]Device, error) {
	var reply struct {
		Devices []Device `json:"devices"`
	}
	if json.Unmarshal(body, &reply) != nil {
		return nil, errUnreadable
	}
	return reply.Devices[:min(len(reply.Devices), maxDevices)], nil
}

// playback is what is played (GET /v1/me/player).
type playback struct {
	On       *Device `json:"device"` // nil: nothing is loaded anywhere
	Playing  bool    `json:"is_playing"`
	Progress *int64  `json:"progress_ms"` // ms into the song; nil where it is unknown
}

func (p Player) playback(ctx context.Context) (now playback, err error) {
	body, err := p.do(ctx, http.MethodGet, "/me/player", nil)
	if err != nil || len(body) == 0 {
		return playback{}, err
	}
	if json.Unmarshal(body, &now) != nil {
		return playback{}, errUnreadable
	}
	return now, nil
}

// Move moves playback to the device with that ID and has it play. Needs Premium.
func (p Player) Move(ctx context.Context, id string) error {
	if id == "" {
		return checks.WithHint(errors.New("Spotify doesn't say how to reach this device"), "Press play on the device itself.")
	}
	body, err := json.Marshal(map[string]any{"device_ids": []string{id}, "play": true})
	if err == nil {
		_, err = p.do(ctx, http.MethodPut, "/me/player", body)
	}
	return err
}

// do asks the Web API and returns its reply, which may be empty.
func (p Player) do(ctx context.Context, method, path string, body []byte) ([]byte, error) {
	token, err := p.Token(ctx)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, method, APIURL+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	status, reply, err := send(p.Transport, req)
	switch {
	case errors.Is(err, web.ErrTooLarge):
		return nil, checks.WithHint(web.ErrTooLarge, "Try again in a few minutes.")
	case err != nil:
		return nil, checks.WithHint(fmt.Errorf("no connection to Spotify: %w", err), "Check the network connection.")
	case status/100 != 2:
		return nil, playerError(status, reply)
	}
	return reply, nil
}

func send(rt http.RoundTripper, req *http.Request) (status int, body []byte, err error) {
	resp, err := web.Client(rt).Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	body, err = io.ReadAll(resp.Body)
	return resp.StatusCode, body, err
}

var errGone = errors.New("the device is no longer there")

// playerError says what a refusal of the player's methods means.
func playerError(status int, body []byte) error {
	_, reason := Sort(status, string(body[:min(len(body), 4<<10)]))
	switch {
	case status == http.StatusNotFound:
		return checks.WithHint(errGone, "Open Spotify on it and try again.")
	case reason == session.ReasonPremium:
		return checks.WithHint(errors.New("moving playback needs Spotify Premium"), "Press play on the other device itself.")
	case reason == session.ReasonScope:
		return checks.WithHint(errors.New("the permission to control playback is missing"), "Sign in again and allow it.")
	case reason == reasonRestricted:
		return checks.WithHint(errors.New("the device can't be controlled"), "Press play on the device itself.")
	case status == http.StatusUnauthorized:
		return checks.WithHint(errors.New("the session was not accepted"), "Refresh, or sign in again.")
	case status == http.StatusTooManyRequests:
		return checks.WithHint(errors.New("too many requests: Spotify asks to wait"), "Try again in a few minutes.")
	case status/100 == 5:
		return checks.WithHint(fmt.Errorf("Spotify replied with an error (HTTP %d)", status), "Try again in a few minutes.")
	}
	return checks.WithHint(fmt.Errorf("Spotify refused (HTTP %d)", status), "Press play on the other device itself and hear whether it plays.")
}

// isID reports whether id is of the kind that Spotify gives: 40 hexadecimal digits, or a word.
func isID(id string) bool {
	return len(id) <= 100 && !strings.ContainsFunc(id, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_'
	})
}
