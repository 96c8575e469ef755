package spotify

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"fermata/checks"
)

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// replying is a Player whose every request gets the same answer; it notes the request.
func replying(status int, body string) (Player, *http.Request, *string) {
	var seen http.Request
	var sent string
	return Player{
		Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			seen = *r
			if r.Body != nil {
				b, _ := io.ReadAll(r.Body)
				sent = string(b)
			}
			return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}, nil
		}),
		Token: func(context.Context) (string, error) { return "a-token", nil },
	}, &seen, &sent
}

func TestDevices(t *testing.T) {
	p, seen, _ := replying(200, `{"devices":[
		{"id":"one","name":"Desk \u202e\n<b>","type":"Computer","is_active":true,"volume_percent":null},
		{"id":null,"name":"","type":"Speaker","is_restricted":true}]}`)
	devices, err := p.Devices(t.Context())
	if err != nil || len(devices) != 2 ||
		devices[0] != (Device{ID: "one", Name: "Desk <b>", Type: "Computer", Active: true}) ||
		devices[1] != (Device{Name: "a device without a name", Type: "Speaker", Restricted: true}) {
		t.Errorf("%+v %v", devices, err)
	}
	if seen.URL.String() != "https://api.spotify.com/v1/me/player/devices" || seen.Header.Get("Authorization") != "Bearer a-token" || seen.Header.Get("Content-Type") != "" {
		t.Errorf("%s %v", seen.URL, seen.Header)
	}
	p, _, _ = replying(200, `{"devices":[]}`)
	if devices, err := p.Devices(t.Context()); err != nil || len(devices) != 0 {
		t.Errorf("%v %v", devices, err)
	}
}

func TestMove(t *testing.T) {
	p, seen, sent := replying(204, "")
	if err := p.Move(t.Context(), "one"); err != nil {
		t.Error(err)
	}
	if seen.Method != "PUT" || *sent != `{"device_ids":["one"],"play":true}` || seen.Header.Get("Content-Type") != "application/json" {
		t.Errorf("%s %s %v", seen.Method, *sent, seen.Header)
	}
	if err := p.Move(t.Context(), ""); checks.Hint(err) == "" {
		t.Errorf("a device without ID: %v", err)
	}
	for _, tt := range []struct {
		status int
		body   string
		want   string
	}{
		{403, `{"error":{"status":403,"message":"Player command failed: Premium required","reason":"PREMIUM_REQUIRED"}}`, "needs Spotify Premium"},
		{403, `{"error":{"message":"Player command failed: Restriction violated"}}`, "can't be controlled"},
		{403, `{"error":{"message":"Insufficient client scope"}}`, "permission to control playback is missing"},
		{404, `{"error":{"message":"Device not found"}}`, "no longer there"},
		{401, "", "session was not accepted"},
		{429, "", "asks to wait"},
		{503, "upstream connect error", "Spotify replied with an error"},
		{418, "<html>", "Spotify refused (HTTP 418)"},
		{302, "", "Spotify refused (HTTP 302)"},
		{200, strings.Repeat("x", 2<<20), "larger than 1 MB"},
	} {
		p, _, _ := replying(tt.status, tt.body)
		if err := p.Move(t.Context(), "one"); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%d %.40s: %v", tt.status, tt.body, err)
		}
	}
	p.Transport = roundTripper(func(*http.Request) (*http.Response, error) { return nil, io.ErrUnexpectedEOF })
	if err := p.Move(t.Context(), "one"); !errors.Is(err, io.ErrUnexpectedEOF) || checks.Hint(err) == "" {
		t.Errorf("no network: %v", err)
	}
	p.Token = func(context.Context) (string, error) { return "", io.EOF }
	if err := p.Move(t.Context(), "one"); !errors.Is(err, io.EOF) {
		t.Errorf("no token: %v", err)
	}
}
