package spotify

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
)

type answering func(*http.Request) (*http.Response, error)

func (a answering) RoundTrip(r *http.Request) (*http.Response, error) { return a(r) }

func TestOutage(t *testing.T) {
	tests := []struct {
		name   string
		status int
		body   string
		want   string
	}{
		{"all well", 200, `{"status":{"indicator":"none","description":"All Systems Operational"}}`, ""},
		{"an outage", 200, `{"status":{"indicator":"major","description":"Partial System Outage"}}`, "Partial System Outage"},
		{"hostile", 200, `{"status":{"indicator":"major","description":"a\nb\u202e"}}`, "a b"},
		{"garbage", 200, `<html>`, ""},
		{"another shape", 200, `{"status":"major"}`, ""},
		{"gone", 404, `{"status":{"indicator":"major","description":"x"}}`, ""},
		{"no network", 0, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Outage(t.Context(), answering(func(r *http.Request) (*http.Response, error) {
				if tt.status == 0 {
					return nil, errors.New("no network")
				}
				if r.URL.String() != StatusURL || r.Header.Get("Authorization") != "" {
					t.Errorf("asked %s with %v", r.URL, r.Header)
				}
				return &http.Response{StatusCode: tt.status, Body: io.NopCloser(strings.NewReader(tt.body))}, nil
			}))
			if got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}
