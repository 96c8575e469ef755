package cause

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fermata/checks/session"
	"fermata/checks/standin/standintest"

	"pgregory.net/rapid"
)

// A tokenReply is what some token endpoint sends; Source names where it was seen or is documented.
type tokenReply struct {
	Name, Request, Body, Source string
	Status                      int
	ContentType                 string `json:"content_type"`
	RetryAfter                  string `json:"retry_after"`
}

func tokenReplies(t testing.TB) (all []tokenReply) {
	data, err := os.ReadFile("testdata/token-replies.json")
	if err == nil {
		err = json.Unmarshal(data, &all)
	}
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// radio is an account with another provider than Spotify, whose token endpoint always sends the same.
type radio struct {
	*session.Account
	keeper *standintest.Keeper
	reply  tokenReply
	plain  bool // it is reached without TLS
	asked  []time.Time
}

func newRadio(reply tokenReply) *radio {
	r := &radio{reply: reply, keeper: &standintest.Keeper{Grant: session.Grant{RefreshToken: "kept-token", ClientID: "client", AuthorizedAt: time.Now()}}}
	r.Account = session.New(session.Config{Name: "radio", ClientID: "client", Provider: session.Provider{
		Name: "Radio", AuthorizeURL: "https://radio.example/authorize", TokenURL: "https://radio.example/token",
	}}, r, standintest.Time(), r.keeper)
	return r
}

// RoundTrip implements http.RoundTripper.
func (r *radio) RoundTrip(req *http.Request) (*http.Response, error) {
	r.asked = append(r.asked, time.Now())
	h := http.Header{"Content-Type": {r.reply.ContentType}, "Retry-After": {r.reply.RetryAfter}}
	resp := &http.Response{StatusCode: r.reply.Status, Header: h, Body: io.NopCloser(strings.NewReader(r.reply.Body)), Request: req}
	if !r.plain {
		resp.TLS = &tls.ConnectionState{}
	}
	return resp, nil
}

// meets has the account meet the reply, and returns the evidence.
func (r *radio) meets(t *testing.T) Evidence {
	e := Evidence{Provider: "Radio", NetworkSeen: true, Clock: base().Clock}
	if r.reply.Request == "code" {
		r.keeper.Grant = session.Grant{}
		attempt, err := r.Begin("http://127.0.0.1:5000/callback", false)
		if err != nil {
			t.Fatal(err)
		}
		to, err := url.Parse(attempt.URL)
		if err == nil {
			err = attempt.Finish(t.Context(), url.Values{"code": {"a-code"}, "state": {to.Query().Get("state")}})
		}
		e.SignIn, _ = errors.AsType[*session.Trouble](err)
	}
	e.Session, _ = r.Look(t.Context())
	e.Now = time.Now()
	return e
}

// TestTokenReplies tells of each reply in testdata/token-replies.golden what it is taken for, and which fix comes
// first; -update writes it anew.
func TestTokenReplies(t *testing.T) {
	var out strings.Builder
	for _, reply := range tokenReplies(t) {
		for _, plain := range []bool{false, true} {
			if plain && reply.ContentType != "text/html" {
				continue
			}
			synctest.Test(t, func(t *testing.T) {
				r := newRadio(reply)
				r.plain = plain
				tellReply(&out, r, r.meets(t))
				if kept := r.keeper.Grant.RefreshToken; kept != "kept-token" && kept != "RT" && reply.Request != "code" {
					t.Errorf("%s: kept %q", reply.Name, kept)
				}
			})
		}
	}
	const path = "testdata/token-replies.golden"
	if *update {
		if err := os.WriteFile(path, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil || string(want) != out.String() {
		t.Errorf("replies are read otherwise now (%v); look at them with: go test ./checks/cause -run TestTokenReplies -update; git diff checks/cause/testdata", err)
	}
}

func tellReply(out *strings.Builder, r *radio, e Evidence) {
	over := ""
	if r.plain {
		over = ", without TLS"
	}
	fmt.Fprintf(out, "== %s (%s, %d%s)\n", r.reply.Name, r.reply.Request, r.reply.Status, over)
	found := causes(e)
	for _, c := range found {
		first := Fix("none")
		if len(c.Fixes) > 0 {
			first = c.Fixes[0]
		}
		fmt.Fprintf(out, "%s → %s\n  %s. %s\n", c.ID, first, c.Title, c.Why)
		for _, words := range c.Evidence {
			fmt.Fprintf(out, "  - %s\n", words)
		}
	}
	s := e.Session
	if s.Usable {
		fmt.Fprintf(out, "renewed, until %s", s.UsableUntil.Sub(s.RenewedAt))
		if s.GrantTold {
			fmt.Fprintf(out, "; the sign-in is good for %s", s.GrantLife)
		}
		out.WriteString("\n")
	}
	if t := s.Renewal; t != nil && t.RetryAfter > 0 {
		fmt.Fprintf(out, "waits %s\n", t.RetryAfter)
	}
	out.WriteString("\n")
}

// TestAnyReply: no reply, however odd, loses a token, makes more than one request in 15 s through whichever door, or
// puts first a fix that can't help.
func TestAnyReply(t *testing.T) {
	known := tokenReplies(t)
	rapid.Check(t, func(rt *rapid.T) {
		reply := rapid.SampledFrom(known).Draw(rt, "reply")
		reply.Request = "refresh"
		reply.Status = rapid.OneOf(rapid.Just(reply.Status), rapid.SampledFrom([]int{200, 201, 204, 301, 400, 401, 403, 404, 407, 429, 500, 503, 511})).Draw(rt, "status")
		reply.ContentType = rapid.SampledFrom([]string{reply.ContentType, "application/json", "text/plain", "text/html", "application/x-www-form-urlencoded", ""}).Draw(rt, "type")
		reply.RetryAfter = rapid.SampledFrom([]string{"", "0", "120", "soon"}).Draw(rt, "wait")
		if n := len(reply.Body); rapid.Bool().Draw(rt, "damaged") {
			at := rapid.IntRange(0, n).Draw(rt, "at")
			reply.Body = reply.Body[:at] + rapid.SampledFrom(hostile).Draw(rt, "in it") + reply.Body[min(n, at+rapid.IntRange(0, 20).Draw(rt, "cut")):]
		}
		plain := rapid.Bool().Draw(rt, "plain")
		doors := rapid.SliceOfN(rapid.IntRange(0, 3), 1, 12).Draw(rt, "doors")
		synctest.Test(t, func(t *testing.T) {
			r := newRadio(reply)
			r.plain = plain
			ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
			defer cancel()
			for _, door := range doors {
				switch door {
				case 0:
					r.Look(ctx)
				case 1:
					_ = r.Refresh(ctx)
				case 2:
					_, _ = r.AccessToken(ctx, 0)
				case 3:
					_ = r.Reload(ctx)
				}
			}
			for i := 1; i < len(r.asked); i++ {
				if d := r.asked[i].Sub(r.asked[i-1]); d < 15*time.Second {
					rt.Errorf("asked again after %v", d)
				}
			}
			if kept := r.keeper.Grant.RefreshToken; kept == "" {
				rt.Error("the refresh token is lost")
			}
			e := Evidence{Provider: "Radio", NetworkSeen: true, Clock: base().Clock}
			e.Session, _ = r.Look(ctx)
			e.Now = time.Now()
			refused := e.Session.Trouble != nil && e.Session.Trouble.Ask
			for _, c := range causes(e) {
				if refused && len(c.Fixes) > 0 && !slices.Contains([]Fix{SignIn, Settings}, c.Fixes[0]) {
					rt.Errorf("%s: %s comes first, though %v lasts", c.ID, c.Fixes[0], e.Session.Trouble)
				}
				for _, text := range texts(c) {
					if strings.Contains(text, "Spotify") || strings.Contains(text, "kept-token") {
						rt.Errorf("%s: %s", c.ID, text)
					}
				}
			}
		})
	})
}
