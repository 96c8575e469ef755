// Package session keeps an OAuth 2 account signed in. An account has two lifetimes: the access token's,
// an hour or so, and that of the grant behind it, which some providers end after months. The package
// renews the access token, asks the provider whether it still accepts it, and signs in. It uses the
// authorization code flow with PKCE (RFC 6749, RFC 7636, RFC 8252), or, where there is no browser to come back
// from, the device authorization grant (RFC 8628). It is a public client, unless a provider insists on a secret,
// and knows no provider by name. It returns Facts; what they mean for a person is decided elsewhere.
//
// No clock step, suspend or later clock measurement moves the lifetimes: the access token's is kept on
// Clock.Elapsed, the grant's in true time.
package session

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"fermata/checks/web"
)

// A Clock is what lifetimes are measured by.
type Clock interface {
	Now() time.Time         // true time; the wall clock's where that is not known
	Elapsed() time.Duration // since an arbitrary start, suspend included, moved by no step
}

// A Grant is one sign-in: what has to be kept over a restart, as one unit.
type Grant struct {
	RefreshToken string    `json:"refresh_token"`
	AuthorizedAt time.Time `json:"authorized_at"`           // true time; no provider can be asked for it later
	Scope        string    `json:"scope"`                   // what was granted, separated by spaces
	ClientID     string    `json:"client_id"`               // the refresh token is good for this client alone
	ClientSecret string    `json:"client_secret,omitempty"` // what that client proves itself with; "": it has none
	User         User      `json:"user,omitzero"`           // whose account it is; zero: not known yet
	Before       Former    `json:"before,omitzero"`         // the sign-in that this one may not replace yet; zero: none
	Until        time.Time `json:"until,omitzero"`          // true time of its end, as the provider told it; zero: it did not
	ToldAt       time.Time `json:"told_at,omitzero"`        // and when it first told that end
}

// A Keeper stores grants. Its methods return soon after ctx ends.
type Keeper interface {
	Load(ctx context.Context, account string) (Grant, error) // ErrNoGrant where there is none
	Save(ctx context.Context, account string, g Grant) error
	Delete(ctx context.Context, account string) error
}

// ErrNoGrant is returned by Keeper.Load when nothing is stored for the account.
var ErrNoGrant = errors.New("no sign-in is kept")

// ErrNoReturn is why a sign-in came to nothing where the browser did not come back from it.
var ErrNoReturn = errors.New("the sign-in was not finished in time")

// A Provider is the service that an account is with.
type Provider struct {
	Name          string // as a person knows it: "Spotify"
	Issuer        string // tells those of the addresses that are empty (RFC 8414); "": none does
	AuthorizeURL  string
	TokenURL      string
	DeviceURL     string // of the device authorization grant; "": there is none
	RevokeURL     string // takes back a token (RFC 7009); "": there is none
	HealthURL     string // answers 2xx to a good access token, 401 to a bad one; "": there is no health look
	Scopes        []string
	GrantLifetime time.Duration // from the authorization; 0: no end
	Secret        Secret        // how the client proves itself
	// Params are sent to AuthorizeURL too, and Dialog, where Params do not say otherwise, when the consent page is
	// to be shown even where everything is allowed already.
	Params, Dialog map[string]string
	// Offline are the settings that bring a refresh token where there is none, in the order to try them.
	Offline []Setting
	// User finds whose account it is in a reply of HealthURL, zero if it does not say. Nil: it never does.
	User func(body []byte) User
	// Sort knows replies, other than 2xx, that mean something else here, or more, than HTTP and OAuth say.
	// It gets the first 4 kB of the body. Nil: there are none.
	Sort func(status int, body string) (Outcome, Reason)
}

// A Setting is a value in one of the lists of the settings: "offline_access" in "scopes".
type Setting struct{ List, Value string }

// Secret is how a client proves itself, with a secret that the person enters.
type Secret string

// The ways that a secret is sent (RFC 6749 section 2.3.1).
const (
	NoSecret       Secret = ""
	SecretAsTold   Secret = "told" // as the issuer says; in the header where it says nothing
	SecretInHeader Secret = "basic"
	SecretInBody   Secret = "post"
)

// Outcome is what follows from a reply that is no success.
type Outcome int

// The outcomes. A reply is sorted once, when it arrives.
const (
	Unsorted     Outcome = iota // nothing peculiar: HTTP's and OAuth's meaning holds
	TryLater                    // it heals by itself: an outage, a limit, the network
	AskPerson                   // it lasts until a person does something
	TokenExpired                // the access token is over: renew once
)

// Reason is what a reply's own words mean; "" where they say no more than the status and the code.
type Reason string

// The reasons that providers give in words of their own.
const (
	ReasonGateway       Reason = "gateway"       // a proxy of the provider's answers, since what is behind it fails
	ReasonTokenExpired  Reason = "token-expired" // the access token
	ReasonRevoked       Reason = "revoked"       // the refresh token, as are the next five
	ReasonExpired       Reason = "expired"
	ReasonUnknownToken  Reason = "unknown-token"  // it is not one of this client's
	ReasonReused        Reason = "reused"         // it was used before: another program renews with it, too
	ReasonIdle          Reason = "idle"           // it was not used for too long, or its session was ended
	ReasonRefused       Reason = "refused"        // it is not accepted, which may have several reasons
	ReasonConfirm       Reason = "confirm"        // the person is to confirm who they are, or to agree again
	ReasonAccount       Reason = "account"        // the person's account is closed
	ReasonSecretMissing Reason = "secret-missing" // the provider wants a client secret
	ReasonSecretExpired Reason = "secret-expired"
	ReasonSecretWrong   Reason = "secret-wrong"
	ReasonStaleCode     Reason = "stale-code" // the authorization code, or its verifier, is no longer good
	ReasonRedirect      Reason = "redirect"   // the redirect address is not registered
	ReasonScope         Reason = "missing-scope"
	ReasonNotListed     Reason = "not-listed"    // the user is not among those that the app may serve
	ReasonOwnerPremium  Reason = "owner-premium" // the app's owner needs Premium
	ReasonPremium       Reason = "premium"       // the user needs Premium
	ReasonIssuer        Reason = "issuer"        // the issuer that the settings name does not describe itself
	ReasonQuota         Reason = "quota"         // what the app may ask in a longer time is used up
)

// Config is what the settings say about an account.
type Config struct {
	Name     string // as it stands in action IDs
	ClientID string
	Provider Provider
	Ask      bool  // never renew without a click
	Guard    Guard // of New alone; nil: no other process knows the sign-ins
}

// An Account is one account as it is now. Its methods may be called from several goroutines.
type Account struct {
	name   string
	client *http.Client
	clock  Clock
	keeper Keeper
	guard  Guard

	// requests serialises requests: one goroutine at a time, the one that has put a value in, talks to the
	// provider or the keeper.
	requests chan struct{}
	tell     func(error) // lets whoever waits for the request under way go on, once
	unlock   func()      // lets go of the Guard's lock, which whoever holds requests has; nil: it is free

	mu        sync.Mutex // guards what follows; never held across a request
	cfg       Config
	state     state
	stopLooks context.CancelFunc // ends the health looks of the newest Look, so that a click need not wait
	attempt   *Attempt           // the newest sign-in begun; nil: none since the last sign-out
	told      metadata           // what the issuer told; zero: nothing so far
	secret    string             // the client secret that the person entered last; "": none, or the provider refused it
	refused   string             // the client secret that the provider refused
}

// state is all that is known of the account. Durations are Clock.Elapsed's.
type state struct {
	loaded       bool // the keeper answered
	signedIn     bool
	grant        Grant
	signedInAt   time.Duration // when the grant was given, if that was in this run of the program
	signedInHere bool          // signedInAt holds
	untilAt      time.Duration // when the grant ends, if the provider told it in this run
	untilHere    bool          // untilAt holds
	rotates      bool          // the last renewal replaced the refresh token
	kept         string        // the refresh token that the keeper has, as far as is known
	dirty        bool          // the keeper does not have grant as it is
	saveErr      *Trouble      // why

	token token

	askedAt  time.Duration // when the token endpoint was asked last
	asked    bool          // it was
	renewals int           // attempts that ended, so that a click can share one
	renewal  *Trouble      // what the last attempt met; nil: it worked
	keyring  *Trouble      // what the last Load met
	retry    bool          // the next Look is to ask the keeper again, whatever it said
	inMemory bool          // a person wants it renewed even if it can't be saved; until it can
	health   *Trouble      // what the last look met

	lookedAt time.Duration // when the last look began
	looked   bool          // there was one
	lastGood time.Duration // when the provider last accepted something
	good     bool          // it did
	jitter   float64       // -0.1…0.1, drawn anew at every attempt
}

// unsaved reports whether the newest refresh token is in memory only.
func (s state) unsaved() bool { return s.kept != s.grant.RefreshToken }

// A token is an access token and its life.
type token struct {
	access    string
	sent, end time.Duration // when it was asked for; from when on it is not to be used
	known     bool          // the reply had an expires_in; otherwise an hour is assumed
	rejected  bool          // the provider refused it before its end
	unproven  bool          // it replaces a rejected one and was not accepted yet
}

func (t token) usable(now time.Duration) bool {
	return t.access != "" && !t.rejected && now < t.end
}

// New returns the account that cfg describes. Requests go through rt, which is to follow no redirects
// and need set no timeouts.
func New(cfg Config, rt http.RoundTripper, c Clock, k Keeper) *Account {
	if cfg.Guard == nil {
		cfg.Guard = unguarded{}
	}
	client := web.Client(rt)
	client.Transport = tokenReplies{client.Transport}
	return &Account{name: cfg.Name, cfg: cfg, client: client, clock: c, keeper: k, guard: cfg.Guard, requests: make(chan struct{}, 1)}
}

// Configure takes over changed settings; the name stays. Tokens, a request under way and a sign-in under
// way stay as they are: a grant is renewed with the client ID that it was given to, and another client
// ID counts from the next sign-in. A new address is asked at once, whatever the old one answered.
func (a *Account) Configure(c Config) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if c.Provider.TokenURL != a.cfg.Provider.TokenURL {
		a.state.renewal, a.state.asked = nil, false
	}
	if c.Provider.HealthURL != a.cfg.Provider.HealthURL {
		a.state.health, a.state.looked = nil, false
	}
	a.cfg = c
}

// acquire waits until no request is under way, or ctx ends. Without an error, none begins until requests is
// received from.
func (a *Account) acquire(ctx context.Context) error {
	select {
	case a.requests <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// exclusively runs f while no other request runs, waits for it under ctx and returns its error. When ctx
// ends first, or f tells an error before its end, f ends by itself, so that a reply with a new refresh token is
// never dropped on the way.
func (a *Account) exclusively(ctx context.Context, f func(ctx context.Context) error) error {
	if err := a.acquire(ctx); err != nil {
		return err
	}
	done := make(chan error, 1)
	tell := func(err error) {
		select {
		case done <- err:
		default: // told before
		}
	}
	a.tell = tell
	go func() {
		err := f(ctx)
		<-a.requests
		tell(err)
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// click is exclusively for what a person asked for: health looks under way are given up for it.
func (a *Account) click(ctx context.Context, f func(ctx context.Context) error) error {
	a.mu.Lock()
	if a.stopLooks != nil {
		a.stopLooks()
	}
	a.mu.Unlock()
	return a.exclusively(ctx, f)
}

// Close waits until no request is under way any more, so that a refresh token that is on its way is kept,
// or until ctx ends. What could not be saved is tried once more. The account makes no request after it: who
// asks for one waits until its context ends.
func (a *Account) Close(ctx context.Context) error {
	if err := a.acquire(ctx); err != nil {
		return err
	}
	if a.snapshot().dirty {
		a.saveAgain(ctx)
	}
	if a.unlock != nil {
		a.unlock()
	}
	return nil
}

// config returns the settings as they are now, with what the issuer told.
func (a *Account) config() Config {
	a.mu.Lock()
	defer a.mu.Unlock()
	cfg := a.cfg
	cfg.Provider = a.told.of(cfg.Provider)
	return cfg
}

// snapshot returns the state as it is now.
func (a *Account) snapshot() state {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.state
}

// update changes the state.
func (a *Account) update(f func(s *state)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	f(&a.state)
}
