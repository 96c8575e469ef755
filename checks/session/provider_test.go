package session

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fermata/checks"
	"fermata/checks/web"
)

// issuer is a provider that describes itself, as its handlers say; what it was asked stands in asked.
type issuer struct {
	handlers map[string]http.HandlerFunc
	asked    []string
	forms    []url.Values
	auth     []string // of each request with a form, the secret's way: "basic ID SECRET", "post ID SECRET", "none ID"
}

func (i *issuer) RoundTrip(r *http.Request) (*http.Response, error) {
	i.asked = append(i.asked, r.Method+" "+r.URL.String())
	if r.Body == nil {
		r.Body = http.NoBody
	}
	w := httptest.NewRecorder()
	if r.Method == http.MethodPost {
		_ = r.ParseForm()
		i.forms = append(i.forms, r.PostForm)
		how := "none " + r.PostForm.Get("client_id")
		if id, secret, ok := r.BasicAuth(); ok {
			how = "basic " + id + " " + secret
		} else if r.PostForm.Has("client_secret") {
			how = "post " + r.PostForm.Get("client_id") + " " + r.PostForm.Get("client_secret")
		}
		i.auth = append(i.auth, how)
	}
	handler := i.handlers[r.URL.Path]
	if handler == nil {
		handler = http.NotFound
	}
	handler(w, r)
	return w.Result(), nil
}

const base = "https://id.example/realm"

func describes(fields string) http.HandlerFunc {
	return answer(200, "application/json", `{"issuer":"`+base+`","authorization_endpoint":"`+base+`/auth","token_endpoint":"`+base+`/token",
"device_authorization_endpoint":"`+base+`/device","revocation_endpoint":"`+base+`/revoke","userinfo_endpoint":"`+base+`/me"`+fields+`}`)
}

func gives(refresh string) http.HandlerFunc {
	return answer(200, "application/json", `{"access_token":"access","token_type":"Bearer","expires_in":3600`+refresh+`}`)
}

// newIssuer returns one, and an account with it that is not signed in.
func newIssuer(t *testing.T, change func(p *Provider)) (*issuer, *Account, *fakeKeeper) {
	t.Helper()
	i := &issuer{handlers: map[string]http.HandlerFunc{
		"/realm/.well-known/openid-configuration": describes(""),
		"/realm/token":  gives(`,"refresh_token":"refresh"`),
		"/realm/me":     answer(200, "application/json", `{"sub":"1234","preferred_username":"jane"}`),
		"/realm/revoke": answer(200, "application/json", ``),
	}}
	p := Provider{Name: "Id", Issuer: base, Scopes: []string{"openid", "offline_access"}}
	if change != nil {
		change(&p)
	}
	k := &fakeKeeper{}
	return i, New(Config{Name: "id", ClientID: "client", Provider: p}, i, newClock(), k), k
}

// signIn signs in, and returns the address that the browser was sent to.
func signIn(t *testing.T, a *Account) (*url.URL, error) {
	t.Helper()
	if err := a.Discover(t.Context()); err != nil {
		return nil, err
	}
	attempt, err := a.Begin(callback, true)
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(attempt.URL)
	if err != nil {
		t.Fatal(err)
	}
	return u, attempt.Finish(t.Context(), url.Values{"code": {"code"}, "state": {u.Query().Get("state")}})
}

func TestIssuer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i, a, k := newIssuer(t, func(p *Provider) {
			p.Params = map[string]string{"audience": "api", "prompt": "consent"}
			p.Dialog = map[string]string{"prompt": "login", "max_age": "0"}
		})
		u, err := signIn(t, a)
		if err != nil {
			t.Fatal(err)
		}
		q := u.Query()
		if !strings.HasPrefix(u.String(), base+"/auth?") || q.Get("audience") != "api" || q.Get("prompt") != "consent" || q.Get("max_age") != "0" {
			t.Errorf("sent to %s", u)
		}
		if f := a.facts(); f.User != "jane" || f.UserID != "1234" || !f.Usable || !f.Renewable || k.token() != "refresh" {
			t.Errorf("%+v, kept %q", f, k.token())
		}
		// Another run of the program asks the issuer before it renews, and once.
		again := New(a.cfg, i, newClock(), k)
		i.asked = nil
		for range 3 {
			time.Sleep(time.Hour)
			again.Look(t.Context())
		}
		if got := strings.Join(i.asked, "\n"); strings.Count(got, "openid-configuration") != 1 || strings.Count(got, "/token") != 3 {
			t.Errorf("asked\n%s", got)
		}
	})
}

// What is no description of this issuer is told, with what to do; what may pass is tried again.
func TestIssuerTrouble(t *testing.T) {
	at := "/.well-known/oauth-authorization-server/realm"
	for name, tt := range map[string]struct {
		path   string
		answer http.HandlerFunc
		reason Reason
		want   string // of the error; "": there is none
	}{
		"RFC 8414":           {at, describes(""), "", ""},
		"a slash":            {at, answer(200, "application/json", `{"issuer":"`+base+`/","authorization_endpoint":"`+base+`/auth","token_endpoint":"`+base+`/token"}`), "", ""},
		"nothing":            {"/elsewhere", nil, ReasonIssuer, "no description of itself"},
		"another":            {at, answer(200, "application/json", `{"issuer":"https://other.example","token_endpoint":"https://other.example/token"}`), ReasonIssuer, "it says that it is https://other.example"},
		"no JSON":            {at, answer(200, "application/json", `hello`), ReasonIssuer, "can't be read"},
		"no token endpoint":  {at, answer(200, "application/json", `{"issuer":"`+base+`"}`), ReasonIssuer, "can't be read"},
		"not private":        {at, answer(200, "application/json", `{"issuer":"`+base+`","token_endpoint":"http://id.example/token"}`), ReasonIssuer, "without HTTPS"},
		"a page on the way":  {at, answer(200, "text/html", `<html>Log in to the Wi-Fi</html>`), "", "a web page came"},
		"down":               {at, answer(503, "text/plain", `later`), "", "HTTP 503"},
		"too many questions": {at, answer(429, "text/plain", `later`), "", "HTTP 429"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				i, a, _ := newIssuer(t, nil)
				delete(i.handlers, "/realm/.well-known/openid-configuration")
				i.handlers[tt.path] = tt.answer
				err := a.Discover(t.Context())
				trouble, _ := errors.AsType[*Trouble](err)
				switch {
				case tt.want == "" && err != nil:
					t.Fatal(err)
				case tt.want == "":
					if _, err := signIn(t, a); err != nil {
						t.Error(err)
					}
				case err == nil || !strings.Contains(err.Error(), tt.want) || checks.Hint(err) == "":
					t.Errorf("%v, hint %q", err, checks.Hint(err))
				case trouble == nil || trouble.Reason != tt.reason || trouble.Ask != (tt.reason != ""):
					t.Errorf("%+v", trouble)
				}
			})
		})
	}
}

// A client secret is asked for once, sent as the provider wants it, kept with the sign-in, and asked for again when
// it was refused.
func TestSecret(t *testing.T) {
	for name, tt := range map[string]struct {
		style  Secret
		fields string
		want   string
	}{
		"as told: nothing is":   {SecretAsTold, "", "basic client s3cret"},
		"as told: both":         {SecretAsTold, `,"token_endpoint_auth_methods_supported":["client_secret_post","client_secret_basic"]`, "basic client s3cret"},
		"as told: in the body":  {SecretAsTold, `,"token_endpoint_auth_methods_supported":["client_secret_post"]`, "post client s3cret"},
		"as the settings say":   {SecretInBody, `,"token_endpoint_auth_methods_supported":["client_secret_basic"]`, "post client s3cret"},
		"as the settings say 2": {SecretInHeader, `,"token_endpoint_auth_methods_supported":["client_secret_post"]`, "basic client s3cret"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				i, a, k := newIssuer(t, func(p *Provider) { p.Secret = tt.style })
				i.handlers["/realm/.well-known/openid-configuration"] = describes(tt.fields)
				if wants, err := a.WantsSecret(t.Context()); err != nil || !wants {
					t.Fatal(wants, err)
				}
				if _, err := signIn(t, a); err == nil || checks.Hint(err) == "" {
					t.Errorf("without a secret: %v", err)
				}
				a.UseSecret("s3cret")
				if _, err := signIn(t, a); err != nil {
					t.Fatal(err)
				}
				if wants, _ := a.WantsSecret(t.Context()); wants || k.grant.ClientSecret != "s3cret" {
					t.Errorf("wants %v, kept %q", wants, k.grant.ClientSecret)
				}
				again := New(a.cfg, i, newClock(), k)
				again.Look(t.Context())
				if err := again.Refresh(t.Context()); err != nil {
					t.Fatal(err)
				}
				i.handlers["/realm/token"] = answer(401, "application/json", `{"error":"invalid_client","error_description":"s3cret is an invalid client secret"}`)
				time.Sleep(time.Minute)
				err := again.Refresh(t.Context())
				if err == nil || strings.Contains(err.Error(), "s3cret") || checks.Hint(err) != "Check the client secret." {
					t.Errorf("%v, hint %q", err, checks.Hint(err))
				}
				if wants, _ := again.WantsSecret(t.Context()); !wants {
					t.Error("a secret that was refused isn't asked for again")
				}
				if _, err := again.Logout(t.Context()); err != nil {
					t.Error(err)
				}
				for n, how := range i.auth {
					if how != tt.want {
						t.Errorf("request %d: %q, want %q", n, how, tt.want)
					}
				}
				if len(i.auth) != 5 || i.forms[4].Get("token") != "refresh" {
					t.Errorf("%d requests, %v", len(i.auth), i.forms)
				}
			})
		})
	}
}

// Signing out tells the provider, and tells whether that did its part. Here it ends whatever the provider says.
func TestRevoke(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*Provider)
		answer http.HandlerFunc
		want   bool
	}{
		"revoked":    {nil, answer(200, "", ""), true},
		"refused":    {nil, answer(400, "application/json", `{"error":"unsupported_token_type"}`), false},
		"no address": {func(p *Provider) { *p = Provider{Name: "Id", AuthorizeURL: base + "/auth", TokenURL: base + "/token"} }, nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				i, a, k := newIssuer(t, tt.change)
				i.handlers["/realm/revoke"] = tt.answer
				if _, err := signIn(t, a); err != nil {
					t.Fatal(err)
				}
				i.forms = nil
				revoked, err := a.Logout(t.Context())
				if err != nil || revoked != tt.want || k.token() != "" || a.facts().SignedIn {
					t.Errorf("%v, %v, kept %q", revoked, err, k.token())
				}
				if tt.answer != nil && (len(i.forms) != 1 || i.forms[0].Encode() != "client_id=client&token=refresh&token_type_hint=refresh_token") {
					t.Errorf("sent %v", i.forms)
				}
			})
		})
	}
}

func TestLacks(t *testing.T) {
	offline := []Setting{{"scopes", "offline_access"}, {"params", "prompt=consent"}}
	for _, tt := range []struct {
		scopes []string
		params map[string]string
		want   Setting
	}{
		{nil, nil, offline[0]},
		{[]string{"offline_access"}, nil, offline[1]},
		{[]string{"offline_access"}, map[string]string{"prompt": "login"}, Setting{}},
		{nil, map[string]string{"prompt": "consent"}, offline[0]},
	} {
		synctest.Test(t, func(t *testing.T) {
			i, a, _ := newIssuer(t, func(p *Provider) { p.Scopes, p.Params, p.Offline = tt.scopes, tt.params, offline })
			i.handlers["/realm/token"] = gives("")
			if _, err := signIn(t, a); err != nil {
				t.Fatal(err)
			}
			if f := a.facts(); f.Lacks != tt.want || f.Renewable {
				t.Errorf("%v, %v: lacks %+v", tt.scopes, tt.params, f.Lacks)
			}
			i.handlers["/realm/token"] = gives(`,"refresh_token":"r"`)
			if _, err := signIn(t, a); err != nil || a.facts().Lacks != (Setting{}) {
				t.Errorf("with a refresh token: %v, %+v", err, a.facts().Lacks)
			}
		})
	}
}

// A sign-in with a code: it waits as the provider says, through what may pass, and ends with a sentence.
func TestDevice(t *testing.T) {
	pending := answer(400, "application/json", `{"error":"authorization_pending"}`)
	for name, tt := range map[string]struct {
		answers []http.HandlerFunc // of the token endpoint, the last for good
		took    time.Duration
		want    string
	}{
		"agreed":      {[]http.HandlerFunc{pending, gives(`,"refresh_token":"refresh"`)}, 14 * time.Second, ""},
		"slower":      {[]http.HandlerFunc{answer(400, "application/json", `{"error":"slow_down"}`), gives(`,"refresh_token":"refresh"`)}, 19 * time.Second, ""},
		"an outage":   {[]http.HandlerFunc{answer(503, "text/plain", "later"), pending, gives(`,"refresh_token":"refresh"`)}, 21 * time.Second, ""},
		"declined":    {[]http.HandlerFunc{answer(400, "application/json", `{"error":"access_denied"}`)}, 7 * time.Second, "you declined access"},
		"expired":     {[]http.HandlerFunc{answer(400, "application/json", `{"error":"expired_token"}`)}, 7 * time.Second, ErrNoReturn.Error()},
		"never":       {[]http.HandlerFunc{pending}, 600 * time.Second, ErrNoReturn.Error()},
		"wrong setup": {[]http.HandlerFunc{answer(401, "application/json", `{"error":"invalid_client"}`)}, 7 * time.Second, "invalid_client"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				i, a, k := newIssuer(t, nil)
				i.handlers["/realm/device"] = answer(200, "application/json", `{"device_code":"secret-device-code","user_code":"WDJB-MJHT",
"verification_uri":"https://id.example/enter","verification_uri_complete":"https://id.example/enter?user_code=WDJB-MJHT","expires_in":600,"interval":7}`)
				n := 0
				i.handlers["/realm/token"] = func(w http.ResponseWriter, r *http.Request) {
					tt.answers[min(n, len(tt.answers)-1)](w, r)
					n++
				}
				if err := a.Discover(t.Context()); err != nil {
					t.Fatal(err)
				}
				d, err := a.BeginDevice(t.Context())
				if err != nil || d.Code != "WDJB-MJHT" || d.URL != "https://id.example/enter" || d.Full != d.URL+"?user_code=WDJB-MJHT" {
					t.Fatalf("%+v, %v", d, err)
				}
				defer time.Sleep(web.Timeout) // the library closes no body
				began := time.Now()
				err = d.Wait(t.Context())
				took := time.Since(began)
				switch {
				case tt.want == "" && (err != nil || k.token() != "refresh" || a.facts().User != "jane" || !a.facts().Usable):
					t.Errorf("%v, kept %q, %+v", err, k.token(), a.facts())
				case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want) || k.token() != ""):
					t.Errorf("%v, kept %q", err, k.token())
				case took != tt.took:
					t.Errorf("took %v, want %v", took, tt.took)
				}
				if err != nil && strings.Contains(err.Error(), "secret-device-code") {
					t.Errorf("a secret in %q", err)
				}
				if got := i.forms[len(i.forms)-1]; got.Get("device_code") != "secret-device-code" || got.Get("client_id") != "client" {
					t.Errorf("sent %v", got)
				}
			})
		})
	}
}

// What can't be shown to a person, or sent a browser to, is no code.
func TestDeviceOdd(t *testing.T) {
	for _, reply := range []string{`{"device_code":"x","user_code":"A","verification_uri":"javascript:alert(1)"}`, `{"device_code":"x","verification_uri":"https://id.example"}`, `[]`} {
		synctest.Test(t, func(t *testing.T) {
			i, a, _ := newIssuer(t, nil)
			i.handlers["/realm/device"] = answer(200, "application/json", reply)
			_ = a.Discover(t.Context())
			defer time.Sleep(web.Timeout)
			if _, err := a.BeginDevice(t.Context()); err == nil || checks.Hint(err) == "" {
				t.Errorf("%s: %v", reply, err)
			}
		})
	}
	synctest.Test(t, func(t *testing.T) {
		_, a, _ := newIssuer(t, func(p *Provider) { *p = Provider{Name: "Id", AuthorizeURL: base, TokenURL: base} })
		if _, err := a.BeginDevice(t.Context()); err == nil || !strings.Contains(checks.Hint(err), "device_url") {
			t.Error(err)
		}
	})
}

// A newer sign-in, or signing out, ends the wait for one with a code.
func TestDeviceSuperseded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i, a, _ := newIssuer(t, nil)
		i.handlers["/realm/device"] = answer(200, "application/json", `{"device_code":"d","user_code":"A","verification_uri":"https://id.example"}`)
		i.handlers["/realm/token"] = answer(400, "application/json", `{"error":"temporarily_unavailable"}`)
		_ = a.Discover(t.Context())
		d, err := a.BeginDevice(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer time.Sleep(web.Timeout)
		ended := make(chan error)
		go func() { ended <- d.Wait(t.Context()) }()
		synctest.Wait()
		if _, err := a.Logout(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := <-ended; err == nil || !strings.Contains(err.Error(), "signed out") {
			t.Error(err)
		}
	})
}
