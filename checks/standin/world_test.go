package standin

import (
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// TestTroubles goes through every trouble over real sockets, and repairs each.
func TestTroubles(t *testing.T) {
	w := NewWorld(4)
	var aged time.Duration
	w.Aged = func(d time.Duration) { aged += d }
	if err := w.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer w.Close()

	// seen is what a client meets: the API's status, the refresh's error, the last server's offset.
	type seen struct {
		api     int
		refresh string
		first   time.Duration
		last    time.Duration
	}
	good := seen{api: 200}
	for name, want := range map[string]seen{
		"end-session":  {api: 401},
		"revoke":       {api: 401, refresh: "Refresh token revoked"},
		"six-months":   {api: 401, refresh: "Refresh token expired"},
		"clock-ahead":  {api: 200, first: -90 * time.Second, last: -90 * time.Second},
		"lying-server": {api: 200, last: 90 * time.Second},
		"spotify-down": {api: 503, refresh: "upstream connect error"},

		"seven-days":     {api: 401},
		"signed-out":     {api: 401},
		"damaged":        {api: 401, refresh: "Invalid refresh token"},
		"scopes":         {api: 401},
		"not-listed":     {api: 403},
		"owner-premium":  {api: 403},
		"premium":        {api: 403},
		"unknown-client": {api: 401, refresh: "invalid_client"},
		"redirect":       {api: 200},
		"rate-limit":     {api: 429},
		"quota":          {api: 429},
		"false-revoke":   {api: 503, refresh: "Refresh token revoked"},
		"portal":         {api: 200, refresh: "cannot parse"},
		"unknown":        {api: 409},
		"shared":         {api: 401, refresh: "reuse exceeded"},
		"secret-expired": {api: 401, refresh: "invalid_client"},
		"empty-answer":   {api: 401, refresh: "cannot parse"},
	} {
		t.Run(name, func(t *testing.T) {
			token := signIn(t, w.Spotify)
			look := func() seen {
				t.Helper()
				var s seen
				s.api = status(t, w, token.AccessToken)
				if _, err := refresh(w.Spotify, token.RefreshToken); err != nil {
					s.refresh = err.Error()
				}
				s.first, s.last = offset(t, w, "time1.demo"), offset(t, w, "time4.demo")
				return s
			}
			if err := w.Cause(name); err != nil {
				t.Fatal(err)
			}
			got := look()
			if !strings.Contains(got.refresh, want.refresh) || (got.refresh == "") != (want.refresh == "") {
				t.Errorf("refresh says %q, want %q", got.refresh, want.refresh)
			}
			got.refresh, want.refresh = "", ""
			if got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
			if d := map[string]time.Duration{"six-months": halfAge, "seven-days": almostHalf}[name]; aged != d {
				t.Errorf("told an age of %v, want %v", aged, d)
			}
			if err := w.Cause("repair"); err != nil {
				t.Fatal(err)
			}
			got = look()
			if got.api == 401 && want.api == 401 {
				got.api = 200 // what ended stays ended; the refresh works
			}
			if got != good || aged != 0 {
				t.Errorf("repaired: %+v, age %v", got, aged)
			}
		})
	}
}

func TestNoNetwork(t *testing.T) {
	w := NewWorld(1)
	if err := w.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if err := w.Cause("no-network"); err != nil {
		t.Fatal(err)
	}
	_, err := (&http.Client{Transport: w.Transport()}).Get(w.URL() + "/v1/me")
	if !errors.Is(err, syscall.ENETUNREACH) {
		t.Errorf("an address: %v", err)
	}
	_, err = w.Dial(t.Context(), "udp", "time1.demo:123")
	if _, ok := errors.AsType[*net.DNSError](err); !ok {
		t.Errorf("a name: %v", err)
	}
	if reply, err := http.Get(w.URL()); err == nil {
		reply.Body.Close()
		t.Errorf("a browser got %s", reply.Status)
	}
	if err := w.Cause("repair"); err != nil {
		t.Fatal(err)
	}
	if got := status(t, w, ""); got != 401 {
		t.Errorf("after the repair: %d", got)
	}
	offset(t, w, "time1.demo")
}

// TestFaults: requests fail on the way as they do with Go's own client, and no longer once repaired.
func TestFaults(t *testing.T) {
	for name, want := range map[string]func(error) bool{
		"proxy": func(err error) bool { return strings.HasSuffix(err.Error(), "Proxy Authentication Required") },
		"intercepted": func(err error) bool {
			_, ok := errors.AsType[x509.UnknownAuthorityError](err)
			return ok
		},
		"certificate": func(err error) bool {
			e, ok := errors.AsType[x509.CertificateInvalidError](err)
			return ok && e.Reason == x509.Expired && strings.Contains(err.Error(), " is after ")
		},
	} {
		w := NewWorld(1)
		if err := w.Cause(name); err != nil {
			t.Fatal(err)
		}
		reply, err := (&http.Client{Transport: w.Transport()}).Post(w.URL()+"/api/token", "text/plain", strings.NewReader("x"))
		if err == nil {
			reply.Body.Close()
		}
		if err == nil || !want(err) {
			t.Errorf("%s: %v", name, err)
		}
		offset(t, w, "time1.demo")
		if err := w.Cause("repair"); err != nil {
			t.Fatal(err)
		}
		if got := status(t, w, ""); got != 401 {
			t.Errorf("%s, repaired: %d", name, got)
		}
	}
}

// TestAgain: of some troubles signing in again is the cure.
func TestAgain(t *testing.T) {
	for _, name := range []string{"revoke", "six-months", "seven-days", "signed-out", "damaged", "scopes"} {
		w := NewWorld(1)
		old := signIn(t, w.Spotify)
		if err := w.Cause(name); err != nil {
			t.Fatal(err)
		}
		if got := status(t, w, old.AccessToken); got/100 == 2 {
			t.Errorf("%s: the old session: %d", name, got)
		}
		again := signIn(t, w.Spotify)
		if got := status(t, w, again.AccessToken); got != 200 {
			t.Errorf("%s: a new session: %d", name, got)
		}
		if _, err := refresh(w.Spotify, again.RefreshToken); err != nil {
			t.Errorf("%s: its refresh: %v", name, err)
		}
	}
}

// TestNarrowed: a sign-in that lost a permission still renews, the API refuses it, and says why.
func TestNarrowed(t *testing.T) {
	s := NewSpotify()
	old := signIn(t, s)
	s.narrow("user-modify-playback-state")
	token, err := refresh(s, old.RefreshToken)
	if err != nil {
		t.Fatal(err)
	}
	if scope := token.Extra("scope"); scope != "user-read-playback-state" {
		t.Errorf("the refresh leaves the scope %v", scope)
	}
	if status, body := get(t, s, "/v1/me", token.AccessToken); status != 403 || !strings.Contains(body, "Insufficient client scope") {
		t.Errorf("/v1/me: %d %s", status, body)
	}
}

func TestLocked(t *testing.T) {
	w := NewWorld(1)
	for _, name := range []string{"keyring", "repair"} { // without a keyring to lock
		if err := w.Cause(name); err != nil {
			t.Fatal(err)
		}
	}
	var locked []bool
	w.Locked = func(l bool) { locked = append(locked, l) }
	for _, name := range []string{"keyring", "repair"} {
		if err := w.Cause(name); err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(locked, []bool{true, false}) {
		t.Errorf("told %v", locked)
	}
}

func TestWait(t *testing.T) {
	for name, want := range map[string]string{"rate-limit": "60", "quota": "600"} {
		w := NewWorld(1)
		if err := w.Cause(name); err != nil {
			t.Fatal(err)
		}
		reply, err := (&http.Client{Transport: w.Transport()}).Get(w.URL() + "/v1/me")
		if err != nil {
			t.Fatal(err)
		}
		reply.Body.Close()
		if got := reply.Header.Get("Retry-After"); got != want {
			t.Errorf("%s: wait %q, want %q", name, got, want)
		}
	}
}

func TestUnknownTrouble(t *testing.T) {
	err := NewWorld(1).Cause("plague")
	if err == nil || !strings.Contains(err.Error(), "end-session") {
		t.Errorf("got %v", err)
	}
	all := Troubles()
	if last := all[len(all)-1].Name; last != "repair" {
		t.Errorf("the last is %q", last)
	}
	names := map[string]bool{}
	for _, tr := range all {
		if names[tr.Name] {
			t.Errorf("two are called %q", tr.Name)
		}
		names[tr.Name] = true
		if tr.Name == "" || tr.Label == "" || tr.apply == nil {
			t.Errorf("incomplete: %+v", tr)
		}
	}
}

func TestClosedWorld(t *testing.T) {
	w := NewWorld(1)
	if err := w.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	url := w.URL()
	w.Close()
	w.Close()
	if reply, err := http.Get(url); err == nil {
		reply.Body.Close()
		t.Error("the stand-in still answers")
	}
}

func status(t *testing.T, w *World, token string) int {
	t.Helper()
	r, err := http.NewRequest("GET", w.URL()+"/v1/me", nil)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	reply, err := (&http.Client{Transport: w.Transport(), Timeout: 10 * time.Second}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer reply.Body.Close()
	if _, err := io.Copy(io.Discard, reply.Body); err != nil {
		t.Fatal(err)
	}
	return reply.StatusCode
}

// offset asks a server and rounds to what the test can tell apart on a busy machine.
func offset(t *testing.T, w *World, name string) time.Duration {
	t.Helper()
	r, err := ask(w.Dial, name)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Validate(); err != nil {
		t.Fatal(err)
	}
	return r.ClockOffset.Round(5 * time.Second)
}

// TestInMemory: a World that was not started is there in a bubble, as tests of a whole day need it.
func TestInMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := NewWorld(1)
		if err := w.Cause("clock-ahead"); err != nil {
			t.Fatal(err)
		}
		reply, err := (&http.Client{Transport: w.Transport()}).Get(w.URL() + "/v1/me")
		if err != nil {
			t.Fatal(err)
		}
		defer reply.Body.Close()
		date, err := http.ParseTime(reply.Header.Get("Date"))
		if err != nil || time.Since(date) != aheadBy {
			t.Errorf("Spotify's date is %v behind, %v", time.Since(date), err)
		}
		if got := offset(t, w, "time1.demo"); got != -aheadBy {
			t.Errorf("the time server is off by %v", got)
		}
		if err := w.Cause("no-network"); err != nil {
			t.Fatal(err)
		}
		if _, err := (&http.Client{Transport: w.Transport()}).Get(w.URL()); err == nil {
			t.Error("the network is not cut")
		}
	})
}
