package session

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
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
// showDialog asks the provider to show its consent page even where everything is allowed already.
func (a *Account) Begin(redirectURI string, showDialog bool) (*Attempt, error) {
	return a.BeginAs(a.config().ClientID, redirectURI, showDialog)
}

// BeginAs is Begin with another client ID than the settings', which counts for what the sign-in brings.
func (a *Account) BeginAs(clientID, redirectURI string, showDialog bool) (*Attempt, error) {
	cfg := a.config()
	cfg.ClientID = clientID
	if cfg.ClientID == "" {
		return nil, checks.WithHint(errors.New("the account has no client ID"), "Connect it first.")
	}
	if u, err := url.Parse(redirectURI); err != nil || u.Scheme == "" || u.Host == "" {
		return nil, fmt.Errorf("%q is not an address to come back to", redirectURI)
	}
	// Of the same randomness and alphabet as a verifier, so made the same way.
	t := &Attempt{account: a, provider: cfg.Provider, conf: cfg.oauth(cfg.ClientID),
		state: oauth2.GenerateVerifier(), verifier: oauth2.GenerateVerifier()}
	t.conf.RedirectURL = redirectURI
	opts := []oauth2.AuthCodeOption{oauth2.S256ChallengeOption(t.verifier)}
	if showDialog {
		opts = append(opts, oauth2.SetAuthURLParam("show_dialog", "true"))
	}
	t.URL = t.conf.AuthCodeURL(t.state, opts...)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.attempt = t
	return t, nil
}

// Finish ends the attempt with the query that the browser brought back: it checks the state, exchanges
// the code, keeps the grant, and looks up the user's name. From then on the account is signed in. An
// attempt can finish once; a query with a wrong state does not count, as any page can send one.
func (t *Attempt) Finish(ctx context.Context, query url.Values) error {
	if err := t.take(query.Get("state")); err != nil {
		return err
	}
	if code := query.Get("error"); code != "" {
		text := query.Get("error_description")
		met := &Trouble{Where: AtAuthorize, Code: clean(code, t.state, t.verifier), Text: clean(text, t.state, t.verifier),
			Reason: readRefusal(code, text), At: t.account.clock.Now(), Ask: code != "server_error" && code != "temporarily_unavailable"}
		return refusedSignIn{refusal(t.provider.Name, code, text, t.state, t.verifier), met}
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
	before := a.snapshot().grant
	sent := a.clock.Elapsed()
	tok, err := t.conf.Exchange(outlive, code, oauth2.VerifierOption(t.verifier))
	if err != nil {
		trouble := sortTokenError(t.provider, err, a.clock.Now(), code, t.verifier, t.state)
		trouble.At = a.clock.Now()
		if trouble.Refused() || trouble.Reason == ReasonStaleCode {
			return checks.WithHint(fmt.Errorf("the sign-in took too long or was answered twice: %w", trouble), "Sign in again.")
		}
		return fmt.Errorf("signing in: %w", asError(trouble))
	}
	g := a.merge(Grant{
		AuthorizedAt: a.clock.Now().Round(0),
		Scope:        strings.Join(t.provider.Scopes, " "),
		ClientID:     t.conf.ClientID,
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

// Logout forgets the grant, here and where it is kept, and ends a sign-in under way. It does not revoke
// the grant: many providers offer no way to, other than their own page.
func (a *Account) Logout(ctx context.Context) error {
	return a.click(ctx, func(ctx context.Context) error {
		ctx, cancel := keeping(ctx)
		defer cancel()
		_ = a.lock(ctx) // so that no other process saves what it renews after this
		defer a.release()
		if err := a.keeper.Delete(ctx, a.name); err != nil && !errors.Is(err, ErrNoGrant) {
			return checks.WithHint(fmt.Errorf("the sign-in could not be removed: %w", err), "Try again once the keyring is unlocked.")
		}
		_ = a.guard.End(a.name, LostNothing) // it is of a token that is gone
		a.mu.Lock()
		a.state = stored(Grant{}, a.state.renewals)
		a.attempt = nil
		a.mu.Unlock()
		return nil
	})
}

// refusedSignIn is an error in words of its own, with the trouble that it is about.
type refusedSignIn struct {
	error
	met *Trouble
}

func (r refusedSignIn) Unwrap() []error { return []error{r.error, r.met} }

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
