package account

import (
	"bufio"
	"context"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"fermata/app/config"
	"fermata/app/core"
	"fermata/app/page"
	"fermata/app/secrets"
	"fermata/checks/clock"
	"fermata/checks/session"
)

// otherPeoples starts npm's oidc-provider, whose module OIDC_PROVIDER names, and returns its issuer. Without it the test
// is skipped; where Node is there and nothing may be missing, it fails.
func otherPeoples(t *testing.T) string {
	t.Helper()
	module := os.Getenv("OIDC_PROVIDER")
	if module == "" {
		const line = "needs oidc-provider: npm install oidc-provider, and OIDC_PROVIDER=node_modules/oidc-provider/lib/index.js"
		if _, err := exec.LookPath("npm"); err == nil && os.Getenv("CI") == "true" {
			t.Fatal(line)
		}
		t.Skip(line)
	}
	node := exec.CommandContext(t.Context(), "node", "testdata/provider.mjs", module)
	out, err := node.StdoutPipe()
	if err == nil {
		err = node.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = node.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(line)
}

// A person signs in with a browser of their own, filling in every form that they meet.
type person struct {
	t       *testing.T
	secret  string
	seen    []string // the addresses that the browser was sent to, without their queries
	browser http.Client
}

var (
	forms      = regexp.MustCompile(`(?s)<form(.*?)>(.*?)</form>`)
	inputs     = regexp.MustCompile(`(?s)<input(.*?)/?>`)
	attributes = regexp.MustCompile(`(\w+)="([^"]*)"`)
)

func named(tag string) map[string]string {
	all := map[string]string{}
	for _, a := range attributes.FindAllStringSubmatch(tag, -1) {
		all[a[1]] = html.UnescapeString(a[2])
	}
	return all
}

// open browses, and comes back when there is nothing more to fill in.
func (p *person) open(ctx context.Context, address string) error {
	p.browser.Jar, _ = cookiejar.New(nil)
	p.browser.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		p.seen = append(p.seen, r.URL.Scheme+"://"+r.URL.Host+r.URL.Path)
		return nil
	}
	go p.browse(ctx, http.MethodGet, address, nil)
	return nil
}

func (p *person) browse(ctx context.Context, method, address string, form url.Values) {
	r, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(form.Encode()))
	if err != nil {
		p.t.Error(err)
		return
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", r.URL.Scheme+"://"+r.URL.Host)
	}
	resp, err := p.browser.Do(r)
	if err != nil {
		return // the visit is over
	}
	body, _ := io.ReadAll(resp.Body)
	resp.Body.Close()
	if enter := resp.Header.Get(page.EnterHeader); enter != "" {
		enter, _ = url.PathUnescape(enter)
		p.browse(ctx, http.MethodGet, enter, nil)
		return
	}
	if f := forms.FindStringSubmatch(string(body)); f != nil {
		fields := url.Values{}
		for _, input := range inputs.FindAllStringSubmatch(f[2], -1) {
			switch a := named(input[1]); a["name"] {
			case "login", "password":
				fields.Set(a["name"], "jane")
			case "client_secret":
				fields.Set(a["name"], p.secret)
			default:
				fields.Set(a["name"], a["value"])
			}
		}
		to, err := resp.Request.URL.Parse(named(f[1])["action"])
		if err != nil {
			p.t.Error(err)
			return
		}
		p.browse(ctx, http.MethodPost, to.String(), fields)
		return
	}
	if _, next, ok := strings.Cut(resp.Header.Get("Refresh"), "url="); ok {
		to, _ := resp.Request.URL.Parse(next)
		p.browse(ctx, http.MethodGet, to.String(), nil)
	}
}

// TestProviders signs in to a provider by other people, renews, and signs out, in every way that the settings have.
func TestProviders(t *testing.T) {
	issuer := otherPeoples(t)
	for name, tt := range map[string]struct {
		c      config.Account
		secret string
		back   string // where the browser comes back to, "PORT" for any port; "": it doesn't
		lacks  session.Setting
	}{
		"discovery":               {config.Account{ClientID: "public"}, "", "http://127.0.0.1:PORT/callback", session.Setting{}},
		"addresses":               {config.Account{ClientID: "public", AuthorizeURL: issuer + "/auth", TokenURL: issuer + "/token", RevokeURL: issuer + "/token/revocation", APIURL: issuer + "/me"}, "", "http://127.0.0.1:PORT/callback", session.Setting{}},
		"localhost and a path":    {config.Account{ClientID: "elsewhere", Redirect: "http://localhost/back/here"}, "", "http://localhost:PORT/back/here", session.Setting{}},
		"localhost without one":   {config.Account{ClientID: "elsewhere", Redirect: "http://localhost"}, "", "http://localhost:PORT/", session.Setting{}},
		"IPv6":                    {config.Account{ClientID: "elsewhere", Redirect: "http://[::1]/callback"}, "", "http://[::1]:PORT/callback", session.Setting{}},
		"a secret in the header":  {config.Account{ClientID: "basic", Secret: "told"}, "s3cret+of/basic&%", "http://127.0.0.1:PORT/callback", session.Setting{}},
		"a secret in the body":    {config.Account{ClientID: "post", Secret: "post"}, "s3cret+of/post&%", "http://127.0.0.1:PORT/callback", session.Setting{}},
		"a code":                  {config.Account{ClientID: "public", Device: true}, "", "", session.Setting{}},
		"a code and a secret":     {config.Account{ClientID: "post", Secret: "post", Device: true}, "s3cret+of/post&%", "", session.Setting{}},
		"without a refresh token": {config.Account{ClientID: "public", Params: []string{}}, "", "http://127.0.0.1:PORT/callback", session.Setting{List: "params", Value: "prompt=consent"}},
	} {
		t.Run(name, func(t *testing.T) {
			tt.c.Name, tt.c.Provider, tt.c.Renew, tt.c.Scopes = "id", "oauth2", "auto", []string{"openid", "profile", "offline_access"}
			if tt.c.TokenURL == "" {
				tt.c.Issuer = issuer
			}
			if tt.c.Params == nil {
				tt.c.Params = []string{"prompt=consent"}
			}
			jane := &person{t: t, secret: tt.secret}
			keeper := secrets.NewMemory()
			a := New(&Outside{Time: clock.NewTime(), Keeper: keeper, Transport: http.DefaultTransport, Provider: Provider, Open: jane.open}, tt.c)
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			if _, err := a.Do(ctx, "login", Request{}); err != nil {
				t.Fatal(err)
			}
			f, _ := a.Look(ctx)
			if !f.SignedIn || !f.Usable || f.Trouble != nil || f.Lacks != tt.lacks || f.Renewable != (tt.lacks == session.Setting{}) {
				t.Fatalf("%+v, %v", f.Facts, f.Trouble)
			}
			if tt.c.Issuer != "" && f.User != "Jane" {
				t.Errorf("the user is %q", f.User)
			}
			if back := regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(tt.back), "PORT", "[0-9]+") + "$"); tt.back != "" && !matches(jane.seen, back) {
				t.Errorf("the browser came by %q", jane.seen)
			}
			if f.Renewable {
				kept, _ := keeper.Load(ctx, "id")
				if kept.ClientSecret != tt.secret {
					t.Errorf("kept the secret %q", kept.ClientSecret)
				}
				again := a.Anew() // a restart
				if f, _ := again.Look(ctx); !f.Usable || f.Trouble != nil || f.User != "Jane" && tt.c.Issuer != "" {
					t.Errorf("after a restart: %+v, %v", f.Facts, f.Trouble)
				}
				a = again
			}
			before, _ := keeper.Load(ctx, "id")
			found, err := a.Do(ctx, "logout", Request{})
			if out, ok := found.(core.SignedOut); err != nil || !ok || !out.Revoked || out.Provider != "id" {
				t.Errorf("signing out: %+v, %v", found, err)
			}
			if f.Renewable { // what was given is of no use to anybody
				_ = keeper.Save(ctx, "id", before)
				if f, _ := a.Anew().Look(ctx); f.Usable || f.Trouble == nil || !f.Trouble.Refused() {
					t.Errorf("after signing out: %+v, %v", f.Facts, f.Trouble)
				}
			}
		})
	}
}

func matches(all []string, re *regexp.Regexp) bool {
	for _, s := range all {
		if re.MatchString(s) {
			return true
		}
	}
	return false
}

// What the settings say goes before a provider's row, and before what the issuer tells.
func TestProvider(t *testing.T) {
	google := Provider(config.Account{Name: "mail", Provider: "google", ClientID: "id", Params: []string{"login_hint=jane", "prompt=login"}, Scopes: []string{"https://mail.google.com/"}, Secret: "basic", APIURL: "https://api.example/me"})
	if google.Name != "Google" || google.Params["access_type"] != "offline" || google.Params["prompt"] != "login" || google.Params["login_hint"] != "jane" ||
		len(google.Scopes) != 1 || google.Secret != session.SecretInHeader || google.HealthURL != "https://api.example/me" || google.User != nil {
		t.Errorf("%+v", google)
	}
	if again := Provider(config.Account{Provider: "google"}); again.Params["prompt"] != "consent" || again.Params["login_hint"] != "" || again.Secret != session.SecretInBody {
		t.Errorf("one account's settings are another's: %+v", again)
	}
	if p := Provider(config.Account{Provider: "spotify"}); p.Name != "Spotify" || p.Sort == nil || p.Secret != session.NoSecret || p.Dialog["show_dialog"] != "true" {
		t.Errorf("%+v", p)
	}
	own := Provider(config.Account{Name: "work", Provider: "oauth2", Issuer: "https://id.example", TokenURL: "https://id.example/t"})
	if own.Name != "work" || own.Issuer != "https://id.example" || own.TokenURL != "https://id.example/t" || len(own.Offline) == 0 || own.Dialog["prompt"] != "consent" {
		t.Errorf("%+v", own)
	}
}
