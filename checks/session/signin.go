package session

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"

	"fermata/checks"

	"golang.org/x/oauth2"
)

// An Attempt is a sign-in under way in the person's browser.
type Attempt struct {
	URL string // where to send the browser: the provider's page, with state and S256 challenge

	account         *Account
	provider        Provider
	conf            *oauth2.Config
	state, verifier string
	done            bool // guarded by account.mu
}

// Begin starts a sign-in that comes back to redirectURI. It puts an earlier attempt out of force.
// showDialog asks the provider to show its consent page even where everything is allowed already. Where an issuer
// tells the addresses, Discover comes first.
func (a *Account) Begin(redirectURI string, showDialog bool) (*Attempt, error) {
	return a.BeginAs(a.config().ClientID, redirectURI, showDialog)
}

// BeginAs is Begin with another client ID than the settings', which counts for what the sign-in brings.
func (a *Account) BeginAs(clientID, redirectURI string, showDialog bool) (*Attempt, error) {
	t, err := a.newAttempt(clientID)
	if err != nil {
		return nil, err
	}
	if u, err := url.Parse(redirectURI); err != nil || u.Scheme == "" || u.Host == "" {
		return nil, fmt.Errorf("%q is not an address to come back to", redirectURI)
	}
	if t.provider.AuthorizeURL == "" {
		return nil, checks.WithHint(fmt.Errorf("%s names no address for signing in with a browser", t.provider.Name), "Set authorize_url in the settings.")
	}
	// Of the same randomness and alphabet as a verifier, so made the same way.
	t.state, t.verifier = oauth2.GenerateVerifier(), oauth2.GenerateVerifier()
	t.conf.RedirectURL = redirectURI
	params := map[string]string{}
	if showDialog {
		maps.Copy(params, t.provider.Dialog)
	}
	maps.Copy(params, t.provider.Params)
	opts := []oauth2.AuthCodeOption{oauth2.S256ChallengeOption(t.verifier)}
	for name, value := range params {
		opts = append(opts, oauth2.SetAuthURLParam(name, value))
	}
	t.URL = t.conf.AuthCodeURL(t.state, opts...)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.attempt = t
	return t, nil
}

// newAttempt returns an attempt with a client ID, for the rest as the settings say, which is not in force yet.
func (a *Account) newAttempt(clientID string) (*Attempt, error) {
	cfg, secret := a.config(), a.clientSecret()
	switch {
	case clientID == "":
		return nil, checks.WithHint(errors.New("the account has no client ID"), "Connect it first.")
	case cfg.Provider.Secret != NoSecret && secret == "":
		return nil, checks.WithHint(errors.New("the account has no client secret"), "Sign in again, and enter it when you are asked.")
	}
	return &Attempt{account: a, provider: cfg.Provider, conf: cfg.oauth(clientID, secret)}, nil
}

// Finish ends the attempt with the query that the browser brought back: it checks the state, exchanges
// the code, keeps the grant, and looks up the user's name. From then on the account is signed in. An
// attempt can finish once; a query with a wrong state does not count, as any page can send one.
func (t *Attempt) Finish(ctx context.Context, query url.Values) error {
	if err := t.take(query.Get("state")); err != nil {
		return err
	}
	if iss := query.Get("iss"); iss != "" && t.provider.Issuer != "" && !sameIssuer(iss, t.provider.Issuer) { // RFC 9207
		return checks.WithHint(errors.New("the browser came back from another provider than it was sent to"), "Sign in again.")
	}
	if code := query.Get("error"); code != "" {
		return t.refusal(code, query.Get("error_description"))
	}
	code := query.Get("code")
	if code == "" {
		return checks.WithHint(errors.New("the browser came back without a code"), "Sign in again.")
	}
	return t.account.click(ctx, func(ctx context.Context) error { return t.exchange(ctx, code) })
}

// take uses the attempt up, if state is its own and it is still the newest.
func (t *Attempt) take(state string) error {
	a := t.account
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case subtle.ConstantTimeCompare([]byte(state), []byte(t.state)) != 1:
		return checks.WithHint(errors.New("this sign-in page has expired"),
			"Use the most recent sign-in page, or start again.")
	case t.done:
		return errors.New("this sign-in is already finished")
	}
	if err := t.current(); err != nil {
		return err
	}
	t.done = true
	return nil
}

// current is nil while the attempt is in force. The caller holds account.mu.
func (t *Attempt) current() error {
	switch t.account.attempt {
	case t:
		return nil
	case nil:
		return checks.WithHint(errors.New("you signed out in the meantime"), "Sign in again.")
	}
	return checks.WithHint(errors.New("a newer sign-in was started"), "Use the newer page.")
}

// exchange gets the tokens for the code. The caller holds requests. Like a renewal, it outlives ctx.
func (t *Attempt) exchange(ctx context.Context, code string) error {
	return t.holding(ctx, func(outlive context.Context) error {
		sent := t.account.clock.Elapsed()
		tok, err := t.conf.Exchange(outlive, code, oauth2.VerifierOption(t.verifier))
		if err != nil {
			return t.failure(err, code)
		}
		return t.receive(ctx, outlive, tok, sent)
	})
}

// holding has f run while the attempt is in force and no other process has the sign-in in hand. What f gets
// outlives ctx. The caller holds requests.
func (t *Attempt) holding(ctx context.Context, f func(outlive context.Context) error) error {
	a := t.account
	a.mu.Lock()
	err := t.current()
	a.mu.Unlock()
	if err != nil {
		return err
	}
	outlive := a.outliving(ctx)
	_ = a.lock(outlive) // a new sign-in counts, whatever becomes of an older one
	defer a.release()
	a.load(outlive, true) // what is kept may be another user's
	return f(outlive)
}

// failure is the error of a request of the attempt that came to nothing.
func (t *Attempt) failure(err error, secrets ...string) error {
	a := t.account
	trouble := sortTokenError(t.provider, err, a.clock.Now(), append(secrets, t.verifier, t.state, t.conf.ClientSecret)...)
	trouble.At = a.clock.Now()
	a.doubt(trouble, t.conf.ClientSecret)
	if trouble.Refused() || trouble.Reason == ReasonStaleCode {
		return checks.WithHint(fmt.Errorf("the sign-in took too long or was answered twice: %w", trouble), "Sign in again.")
	}
	return fmt.Errorf("signing in: %w", asError(trouble))
}

// receive keeps what the attempt brought, asked for at the elapsed time sent, and looks up the user's name.
func (t *Attempt) receive(ctx, outlive context.Context, tok *oauth2.Token, sent time.Duration) error {
	a := t.account
	before := a.snapshot().grant
	g := a.merge(Grant{
		AuthorizedAt: a.clock.Now().Round(0),
		Scope:        strings.Join(t.provider.Scopes, " "),
		ClientID:     t.conf.ClientID,
		ClientSecret: t.conf.ClientSecret,
		Before:       before.held(),
	}, tok)
	a.update(func(s *state) {
		untilAt := s.untilAt
		*s = stored(g, s.renewals)
		s.untilAt, s.untilHere, s.askedAt, s.asked = untilAt, !g.Until.IsZero(), sent, true
		s.kept = ""
		s.signedIn, s.dirty, s.signedInAt, s.signedInHere = true, g.RefreshToken != "", a.clock.Elapsed(), true
	})
	if g.RefreshToken != "" {
		a.save(outlive)
	}
	a.accept(tok, sent, false)
	if t.provider.HealthURL != "" { // for the user's name; whatever it meets is for the next Look to report
		ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
		defer cancel()
		a.look(ctx)
		a.keepChanges(outlive)
	}
	return nil
}

// Logout forgets the grant, here and where it is kept, and ends a sign-in under way. Then it has the provider take
// the grant back, and reports whether that did: many offer no way to, other than a page of their own.
func (a *Account) Logout(ctx context.Context) (revoked bool, err error) {
	err = a.click(ctx, func(ctx context.Context) error {
		keeping, cancel := keeping(ctx)
		defer cancel()
		_ = a.lock(keeping) // so that no other process saves what it renews after this
		defer a.release()
		a.load(keeping, true)
		gone := a.snapshot()
		if err := a.keeper.Delete(keeping, a.name); err != nil && !errors.Is(err, ErrNoGrant) {
			return checks.WithHint(fmt.Errorf("the sign-in could not be removed: %w", err), "Try again once the keyring is unlocked.")
		}
		_ = a.guard.End(a.name, LostNothing) // it is of a token that is gone
		a.mu.Lock()
		a.state = stored(Grant{}, a.state.renewals)
		a.attempt, a.secret, a.refused = nil, "", ""
		a.mu.Unlock()
		revoked = a.revoke(a.outliving(ctx), gone)
		return nil
	})
	return revoked, err
}

// revoke has the provider take back what s has (RFC 7009), and reports whether it did. With a refresh token go the
// access tokens.
func (a *Account) revoke(ctx context.Context, s state) bool {
	token, hint := s.grant.RefreshToken, "refresh_token"
	if token == "" {
		token, hint = s.token.access, "access_token"
	}
	if token == "" || a.discover(ctx) != nil {
		return false
	}
	cfg := a.config()
	conf := cfg.oauth(s.grant.ClientID, s.grant.ClientSecret)
	if cfg.Provider.RevokeURL == "" {
		return false
	}
	form := url.Values{"token": {token}, "token_type_hint": {hint}}
	if conf.Endpoint.AuthStyle == oauth2.AuthStyleInParams {
		form.Set("client_id", conf.ClientID)
		if conf.ClientSecret != "" {
			form.Set("client_secret", conf.ClientSecret)
		}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, cfg.Provider.RevokeURL, strings.NewReader(form.Encode()))
	if err != nil {
		return false
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if conf.Endpoint.AuthStyle == oauth2.AuthStyleInHeader {
		req.SetBasicAuth(url.QueryEscape(conf.ClientID), url.QueryEscape(conf.ClientSecret)) // RFC 6749 section 2.3.1
	}
	resp, err := a.client.Do(req)
	if err != nil {
		return false
	}
	resp.Body.Close()
	return resp.StatusCode/100 == 2
}

// refusedSignIn is an error in words of its own, with the trouble that it is about.
type refusedSignIn struct {
	error
	met *Trouble
}

func (r refusedSignIn) Unwrap() []error { return []error{r.error, r.met} }

// refusal is what the browser, or the provider in its place, brought back in the place of a sign-in.
func (t *Attempt) refusal(code, text string) error {
	met := &Trouble{Where: AtAuthorize, Code: clean(code, t.state, t.verifier), Text: clean(text, t.state, t.verifier),
		Reason: readRefusal(code, text), At: t.account.clock.Now(), Ask: code != "server_error" && code != "temporarily_unavailable"}
	return refusedSignIn{refusal(t.provider.Name, code, text, t.state, t.verifier), met}
}

// refusal is the error of a browser that came back with one (RFC 6749 section 4.1.2.1).
func refusal(provider, code, description string, secrets ...string) error {
	switch code {
	case "access_denied":
		return checks.WithHint(errors.New("you declined access"),
			"If you didn't mean to, try again and choose Agree.")
	case "server_error", "temporarily_unavailable":
		return checks.WithHint(fmt.Errorf("%s can't sign people in right now (%s)", provider, clean(code)), "Try again in a few minutes.")
	case "invalid_scope":
		return checks.WithHint(fmt.Errorf("%s doesn't know a permission that was asked for", provider), "Check the scopes in the settings.")
	case "unauthorized_client", "invalid_client":
		return checks.WithHint(fmt.Errorf("%s doesn't let this client ID sign in", provider), "Check the client ID.")
	}
	text := clean(code+" "+description, secrets...)
	return checks.WithHint(fmt.Errorf("%s refused the sign-in: %s", provider, text), "Sign in again.")
}
