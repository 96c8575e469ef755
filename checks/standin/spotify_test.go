package standin

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/oauth2"
)

const scopes = "user-read-playback-state user-modify-playback-state"

// client is golang.org/x/oauth2 as a client of s, in memory.
func client(s *Spotify) (*oauth2.Config, context.Context) {
	conf := &oauth2.Config{
		ClientID:    ClientID,
		RedirectURL: "http://127.0.0.1:4711/callback",
		Scopes:      strings.Fields(scopes),
		Endpoint: oauth2.Endpoint{
			AuthURL:   "https://accounts.spotify.com/authorize",
			TokenURL:  "https://accounts.spotify.com/api/token",
			AuthStyle: oauth2.AuthStyleInParams,
		},
	}
	return conf, context.WithValue(context.Background(), oauth2.HTTPClient, &http.Client{Transport: s.Transport()})
}

// signIn signs in and returns the token.
func signIn(t *testing.T, s *Spotify) *oauth2.Token {
	t.Helper()
	conf, ctx := client(s)
	verifier := oauth2.GenerateVerifier()
	back, err := s.Agree(conf.AuthCodeURL("a state", oauth2.S256ChallengeOption(verifier)))
	if err != nil {
		t.Fatal(err)
	}
	if got := back.Query().Get("state"); got != "a state" {
		t.Fatalf("state came back as %q", got)
	}
	token, err := conf.Exchange(ctx, back.Query().Get("code"), oauth2.VerifierOption(verifier))
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func refresh(s *Spotify, token string) (*oauth2.Token, error) {
	conf, ctx := client(s)
	return conf.TokenSource(ctx, &oauth2.Token{RefreshToken: token}).Token()
}

// get asks the Web API and returns status and body.
func get(t *testing.T, s *Spotify, path, token string) (int, string) {
	t.Helper()
	r, err := http.NewRequest("GET", "https://api.spotify.com"+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	return do(t, s, r)
}

func do(t *testing.T, s *Spotify, r *http.Request) (int, string) {
	t.Helper()
	reply, err := s.Transport().RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(reply.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply.StatusCode, string(body)
}

func wantRefusal(t *testing.T, err error, code, text string) {
	t.Helper()
	refused, ok := errors.AsType[*oauth2.RetrieveError](err)
	if !ok || refused.ErrorCode != code || refused.ErrorDescription != text {
		t.Errorf("got %v, want %s %q", err, code, text)
	}
}

func TestSignInAndRefresh(t *testing.T) {
	s := NewSpotify()
	token := signIn(t, s)
	if len(token.AccessToken) <= 200 || token.RefreshToken == "" || token.ExpiresIn != 3600 {
		t.Errorf("access token of %d characters, refresh token %q, %d s", len(token.AccessToken), token.RefreshToken, token.ExpiresIn)
	}
	if status, body := get(t, s, "/v1/me", token.AccessToken); status != 200 || !strings.Contains(body, `"display_name":"Jane (demo)"`) {
		t.Errorf("/v1/me: %d %s", status, body)
	}
	conf, ctx := client(s)
	r, err := http.NewRequestWithContext(ctx, "POST", conf.Endpoint.TokenURL, strings.NewReader(url.Values{
		"grant_type": {"refresh_token"}, "refresh_token": {token.RefreshToken}, "client_id": {ClientID},
	}.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if status, body := do(t, s, r); status != 200 || strings.Contains(body, `"refresh_token"`) {
		t.Errorf("a refresh: %d %s", status, body)
	}
}

func TestRotation(t *testing.T) {
	s := NewSpotify()
	s.Rotate(true)
	old := signIn(t, s).RefreshToken
	next, err := refresh(s, old)
	if err != nil || next.RefreshToken == old {
		t.Fatalf("no new refresh token: %v", err)
	}
	_, err = refresh(s, old)
	wantRefusal(t, err, "invalid_grant", "Refresh token revoked")
	if _, err = refresh(s, next.RefreshToken); err != nil {
		t.Error(err)
	}
}

func TestLifetimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewSpotify()
		token := signIn(t, s)
		time.Sleep(time.Hour - time.Second)
		if status, body := get(t, s, "/v1/me", token.AccessToken); status != 200 {
			t.Errorf("before the hour: %d %s", status, body)
		}
		time.Sleep(time.Second)
		if status, body := get(t, s, "/v1/me", token.AccessToken); status != 401 || !strings.Contains(body, "The access token expired") {
			t.Errorf("after the hour: %d %s", status, body)
		}
		time.Sleep(180 * 24 * time.Hour)
		if _, err := refresh(s, token.RefreshToken); err != nil {
			t.Error(err)
		}
		time.Sleep(5 * 24 * time.Hour)
		_, err := refresh(s, token.RefreshToken)
		wantRefusal(t, err, "invalid_grant", "Refresh token expired")
	})
}

func TestCodeIsRefused(t *testing.T) {
	good := oauth2.GenerateVerifier()
	for name, c := range map[string]struct {
		verifier, redirect string
		wait               time.Duration
		twice              bool
		want               string
	}{
		"replayed":          {verifier: good, twice: true, want: "Invalid authorization code"},
		"stale":             {verifier: good, wait: 11 * time.Minute, want: "Authorization code expired"},
		"another verifier":  {verifier: oauth2.GenerateVerifier(), want: "code_verifier was incorrect"},
		"another redirect":  {verifier: good, redirect: "http://127.0.0.1:4712/callback", want: "Invalid redirect URI"},
		"too short a proof": {verifier: "short", want: "code_verifier was incorrect"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := NewSpotify()
				conf, ctx := client(s)
				back, err := s.Agree(conf.AuthCodeURL("x", oauth2.S256ChallengeOption(good)))
				if err != nil {
					t.Fatal(err)
				}
				time.Sleep(c.wait)
				if c.redirect != "" {
					conf.RedirectURL = c.redirect
				}
				exchange := func() error {
					_, err := conf.Exchange(ctx, back.Query().Get("code"), oauth2.VerifierOption(c.verifier))
					return err
				}
				if c.twice {
					if err := exchange(); err != nil {
						t.Fatal(err)
					}
				}
				wantRefusal(t, exchange(), "invalid_grant", c.want)
			})
		})
	}
}

func TestAuthorizeIsRefused(t *testing.T) {
	s := NewSpotify()
	for name, c := range map[string]struct {
		key, value string
		want       string // in the error, or else in the callback's query
	}{
		"unknown client":    {"client_id", UnknownClientID, "INVALID_CLIENT: Invalid client"},
		"malformed client":  {"client_id", "abc", "INVALID_CLIENT: Invalid client"},
		"localhost":         {"redirect_uri", "http://localhost:1/callback", "INVALID_CLIENT: Insecure redirect URI"},
		"another path":      {"redirect_uri", "http://127.0.0.1:1/callback/", "INVALID_CLIENT: Invalid redirect URI"},
		"a query":           {"redirect_uri", "http://127.0.0.1:1/callback?x=1", "INVALID_CLIENT: Invalid redirect URI"},
		"a stranger's":      {"redirect_uri", "https://example.com/callback", "INVALID_CLIENT: Invalid redirect URI"},
		"a user in it":      {"redirect_uri", "http://u@127.0.0.1/callback", "INVALID_CLIENT: Invalid redirect URI"},
		"implicit":          {"response_type", "token", "error=unsupported_response_type&state=x"},
		"a plain challenge": {"code_challenge_method", "plain", "error=invalid_request&state=x"},
	} {
		t.Run(name, func(t *testing.T) {
			conf, _ := client(s)
			u, err := url.Parse(conf.AuthCodeURL("x", oauth2.S256ChallengeOption(oauth2.GenerateVerifier())))
			if err != nil {
				t.Fatal(err)
			}
			q := u.Query()
			q.Set(c.key, c.value)
			u.RawQuery = q.Encode()
			back, err := s.Agree(u.String())
			if err != nil && err.Error() != c.want || err == nil && back.RawQuery != c.want {
				t.Errorf("got %v, %v, want %s", back, err, c.want)
			}
		})
	}
}

func TestAuthorizePage(t *testing.T) {
	s := NewSpotify()
	conf, _ := client(s)
	conf.RedirectURL = "http://[::1]:4711/callback"
	address := conf.AuthCodeURL(`"><script>`, oauth2.S256ChallengeOption(oauth2.GenerateVerifier()))
	r, err := http.NewRequest("GET", address, nil)
	if err != nil {
		t.Fatal(err)
	}
	status, page := do(t, s, r)
	for _, want := range []string{"DEMO", ">Agree<", ">Cancel<", "user-read-playback-state"} {
		if status != 200 || !strings.Contains(page, want) {
			t.Errorf("%d, page lacks %s:\n%s", status, want, page)
		}
	}
	if strings.Contains(page, "<script") {
		t.Error("the state became markup")
	}
	for answer, want := range map[string]string{"agree": "code=", "cancel": "error=access_denied"} {
		r, err := http.NewRequest("POST", address, strings.NewReader("answer="+answer))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		reply, err := s.Transport().RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		to := reply.Header.Get("Location")
		if !strings.HasPrefix(to, "http://[::1]:4711/callback?") || !strings.Contains(to, want) || !strings.Contains(to, "state=") {
			t.Errorf("%s leads to %q", answer, to)
		}
	}
}

// A form counts only if the stand-in's own page sent it.
func TestFormOfAnotherSite(t *testing.T) {
	for _, path := range []string{"/authorize", "/account/apps/"} {
		for site, foreign := range map[string]bool{"cross-site": true, "same-site": true, "same-origin": false} {
			r, err := http.NewRequest("POST", "http://spotify.demo"+path, strings.NewReader("answer=agree"))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Sec-Fetch-Site", site)
			if status, page := do(t, NewSpotify(), r); (status == http.StatusForbidden) != foreign {
				t.Errorf("%s, %s: %d\n%s", path, site, status, page)
			}
		}
	}
}

func TestClientIsRefused(t *testing.T) {
	s := NewSpotify()
	token := signIn(t, s)
	conf, ctx := client(s)
	conf.ClientID = UnknownClientID
	_, err := conf.TokenSource(ctx, &oauth2.Token{RefreshToken: token.RefreshToken}).Token()
	wantRefusal(t, err, "invalid_client", "Invalid client")
	conf.ClientID = strings.Repeat("a", 32)
	_, err = conf.TokenSource(ctx, &oauth2.Token{RefreshToken: token.RefreshToken}).Token()
	wantRefusal(t, err, "invalid_grant", "Invalid refresh token")
	conf.ClientID, conf.Endpoint.AuthStyle = ClientID, oauth2.AuthStyleInHeader
	_, err = conf.TokenSource(ctx, &oauth2.Token{RefreshToken: token.RefreshToken}).Token()
	wantRefusal(t, err, "invalid_client", "Invalid client")
}

func TestAPI(t *testing.T) {
	s := NewSpotify()
	token := signIn(t, s).AccessToken
	if status, body := get(t, s, "/v1/me", ""); status != 401 || !strings.Contains(body, "Access token missing") {
		t.Errorf("without a token: %d %s", status, body)
	}
	if status, body := get(t, s, "/v1/me", "made up"); status != 401 || !strings.Contains(body, "Invalid access token") {
		t.Errorf("with a wrong token: %d %s", status, body)
	}
	if status, body := get(t, s, "/v1/me", token); status != 200 || !strings.Contains(body, User) || !strings.Contains(body, "jane-demo") {
		t.Errorf("who it is: %d %s", status, body)
	}
	for body, want := range map[string]int{
		`{"device_ids":["demo-kitchen"],"play":true}`: 204,
		`{"device_ids":["nowhere"]}`:                  404,
		`{"device_ids":[]}`:                           400,
		`{`:                                           400,
	} {
		r, err := http.NewRequest("PUT", "https://api.spotify.com/v1/me/player", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+token)
		if status, reply := do(t, s, r); status != want {
			t.Errorf("PUT %s: %d %s", body, status, reply)
		}
	}
	if status, body := get(t, s, "/v1/me/player", token); status != 200 || !strings.Contains(body, "Kitchen") {
		t.Errorf("playback did not move: %d %s", status, body)
	}
	for _, a := range s.access {
		a.grant.scope = "user-read-private"
	}
	if status, body := get(t, s, "/v1/me/player/devices", token); status != 403 || !strings.Contains(body, "Insufficient client scope") {
		t.Errorf("without the scope: %d %s", status, body)
	}
}

func TestOverride(t *testing.T) {
	s := NewSpotify()
	s.Override("/v1/", Answer(403, "text/plain", "all below"))
	s.Override("/v1/me", Answer(200, "application/json", "{}"))
	if status, _ := get(t, s, "/v1/me", ""); status != 200 {
		t.Errorf("the longer path did not win: %d", status)
	}
	if status, body := get(t, s, "/v1/me/player", ""); status != 403 || body != "all below" {
		t.Errorf("the prefix did not hold: %d %s", status, body)
	}
	s.Override("/v1/me", nil)
	if status, _ := get(t, s, "/v1/me", ""); status != 403 {
		t.Errorf("the override did not go: %d", status)
	}
	if s.Count("/v1/me") != 2 || s.Peak("/v1/me") != 1 {
		t.Errorf("counted %d, at once %d", s.Count("/v1/me"), s.Peak("/v1/me"))
	}
	synctest.Test(t, func(t *testing.T) {
		s := NewSpotify()
		s.Override("/v1/me", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		c := http.Client{Transport: s.Transport(), Timeout: 10 * time.Second}
		start := time.Now()
		_, err := c.Get("https://api.spotify.com/v1/me")
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 10*time.Second {
			t.Errorf("silence ended with %v after %v", err, time.Since(start))
		}
	})
}
