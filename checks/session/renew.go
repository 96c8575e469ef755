package session

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"syscall"
	"time"

	"fermata/checks"
	"fermata/checks/text"
	"fermata/checks/web"

	"golang.org/x/oauth2"
)

// answerTimeout is how long the answer to a renewal is waited for: longer than servers on the way, which give up
// after a minute or so, and than a minute for which this process does not run.
const answerTimeout = 2 * time.Minute

var errNotSignedIn = checks.WithHint(errors.New("not signed in"), "Sign in first.")

// Refresh renews the access token for a person who asked for it, now or, if another request was made just before,
// some seconds later. It shares a renewal that is under way. Only a rate limit puts it off: more requests would
// prolong that.
func (a *Account) Refresh(ctx context.Context) error {
	before := a.snapshot().renewals
	return a.click(ctx, func(ctx context.Context) error {
		a.load(ctx, true)
		s := a.snapshot()
		t, now := s.renewal, a.clock.Elapsed()
		limited := t != nil && t.Status == http.StatusTooManyRequests && now < t.at+t.RetryAfter
		if limited || s.renewals != before {
			return asError(t)
		}
		return a.renew(ctx)
	})
}

// RefreshInMemory is Refresh even where what replaces the refresh token can't be saved. From then on the account
// renews so by itself, until it can be saved again.
func (a *Account) RefreshInMemory(ctx context.Context) error {
	a.update(func(s *state) { s.inMemory = true })
	return a.Refresh(ctx)
}

// An Access is an access token and how long it is good for.
type Access struct {
	Token string
	Left  time.Duration // above 0; an hour from its reply on where that told no end
}

// fresh is how much of its life an access token must have left to be handed out without a renewal.
const fresh = 10 * time.Second

// AccessToken returns an access token that the provider has not refused, renewing it if need be: where less
// than least of its life is left, too, though what can be had may have less all the same. It asks the provider no more
// often than Look does.
func (a *Account) AccessToken(ctx context.Context, least time.Duration) (Access, error) {
	least = max(least, fresh)
	if t, now := a.snapshot().token, a.clock.Elapsed(); t.usable(now + least) {
		return t.handOut(now), nil
	}
	var access Access
	err := a.exclusively(ctx, func(ctx context.Context) (err error) {
		a.load(ctx, false)
		access, err = a.validToken(ctx, least)
		return err
	})
	return access, err
}

// Held returns the access token that there is, and whether it is valid. It asks nobody.
func (a *Account) Held() (Access, bool) {
	t, now := a.snapshot().token, a.clock.Elapsed()
	return t.handOut(now), t.usable(now)
}

func (t token) handOut(now time.Duration) Access { return Access{t.access, t.end - now} }

// validToken returns the access token, after a renewal where one is due.
func (a *Account) validToken(ctx context.Context, least time.Duration) (Access, error) {
	s, ask := a.snapshot(), a.config().Ask
	now := a.clock.Elapsed()
	putOff := s.renewal != nil && nextRenewal(s, false) > now
	switch {
	case s.token.usable(now + least), s.token.usable(now) && (putOff || ask || now < s.floor()):
		return s.token.handOut(now), nil
	case putOff:
		return Access{}, asError(s.renewal)
	case ask && s.signedIn:
		return Access{}, checks.WithHint(errors.New("the session has expired, and is set to be renewed on a click"), "Refresh it first.")
	}
	if err := a.renew(ctx); err != nil {
		if t := a.snapshot().token; t.usable(now) {
			return t.handOut(now), nil
		}
		return Access{}, err
	}
	return a.snapshot().token.handOut(a.clock.Elapsed()), nil
}

// renew asks for a new access token, once it is sure that the reply can be saved and that nobody else asks. The
// caller holds requests. The request outlives ctx: its reply may have the only good refresh token in it.
func (a *Account) renew(ctx context.Context) error {
	s := a.snapshot()
	switch {
	case s.keyring != nil:
		return asError(s.keyring)
	case !s.signedIn:
		return errNotSignedIn
	case s.grant.RefreshToken == "":
		return checks.WithHint(errors.New("this sign-in can't be renewed: the provider gave no refresh token"), "Sign in again.")
	}
	if err := a.rest(ctx); err != nil {
		return err
	}
	s = a.snapshot()
	if err := a.lock(ctx); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if _, disk := errors.AsType[syscall.Errno](err); !disk || !s.inMemory { // else no other process gets it either
			return a.failed(keyringTrouble(err))
		}
	}
	defer a.release()
	ctx = a.outliving(ctx)
	if t := a.discover(ctx); t != nil {
		return a.failed(t)
	}
	sent := a.clock.Elapsed()
	r, tok, t := a.try(ctx)
	if t != nil && t.Refused() {
		if other, _ := a.takeOver(ctx); other { // kept by a process that takes no locks
			sent = a.clock.Elapsed()
			r, tok, t = a.try(ctx)
		}
	}
	if tok != nil {
		g := a.merge(r.grant, tok)
		a.update(func(s *state) { s.rotates = g.RefreshToken != r.grant.RefreshToken })
		if g != r.grant {
			a.update(func(s *state) { s.grant, s.dirty = g, true })
			a.save(ctx)
		}
	}
	if t != nil {
		a.ended(r, t)
		return a.failed(t)
	}
	if !a.snapshot().unsaved() {
		a.ended(r, nil)
	}
	a.accept(tok, sent, s.token.rejected)
	return nil
}

// rest waits until the token endpoint may be asked again, or ctx ends.
func (a *Account) rest(ctx context.Context) error {
	left := time.NewTimer(a.snapshot().floor() - a.clock.Elapsed())
	defer left.Stop()
	select {
	case <-left.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// asking notes that a token endpoint is asked now, and returns what takes that back where nobody was reached.
func (a *Account) asking() (unsent func(*Trouble)) {
	before, now := a.snapshot(), a.clock.Elapsed()
	a.update(func(s *state) { s.askedAt, s.asked = now, true })
	return func(t *Trouble) {
		if t != nil && t.unsent() {
			a.update(func(s *state) { s.askedAt, s.asked = before.askedAt, before.asked })
		}
	}
}

// try makes one request for a new access token. Whoever waits is told after web.Timeout that there is no answer,
// and an answer that comes later still counts: the refresh token in it may be the only good one. That is returned
// also where nothing else of the answer is of use.
func (a *Account) try(ctx context.Context) (renewal, *oauth2.Token, *Trouble) {
	r, t := a.prepare(ctx)
	if t != nil {
		return renewal{}, nil, t
	}
	client := *a.client
	client.Timeout = answerTimeout
	ctx = context.WithValue(ctx, oauth2.HTTPClient, &client)
	tell, told := a.tell, make(chan struct{})
	late := time.AfterFunc(web.Timeout, func() {
		tell(a.failed(&Trouble{Where: AtNetwork, Code: CodeTimeout, Text: "no answer so far"}))
		close(told)
	})
	cfg, unsent := a.config(), a.asking()
	tok, err := cfg.oauth(r.grant.ClientID, r.grant.ClientSecret).TokenSource(ctx, &oauth2.Token{RefreshToken: r.grant.RefreshToken}).Token()
	if !late.Stop() {
		<-told
	}
	if err != nil {
		tok = nil
		if none, ok := errors.AsType[*noToken](err); ok && none.refresh != "" {
			tok = &oauth2.Token{RefreshToken: none.refresh}
		}
		t = sortTokenError(cfg.Provider, err, a.clock.Now(), r.grant.RefreshToken, a.snapshot().token.access, cmp.Or(tok, &oauth2.Token{}).RefreshToken, r.grant.ClientSecret)
		unsent(t)
		a.doubt(t, r.grant.ClientSecret)
	}
	return r, tok, t
}

// failed notes that a renewal met t.
func (a *Account) failed(t *Trouble) error {
	now := a.clock.Elapsed()
	a.update(func(s *state) {
		s.renewals++
		s.jitter = draw()
		s.renewal = t.follow(s.renewal, now)
	})
	return asError(t)
}

// accept takes over the access token of a reply to a request sent at the elapsed time sent. The
// grant has been saved by then.
func (a *Account) accept(tok *oauth2.Token, sent time.Duration, unproven bool) {
	life := lifetime(tok)
	t := token{access: tok.AccessToken, sent: sent, end: sent + max(cmp.Or(life, assumedLife), minRenewal), known: life > 0, unproven: unproven}
	now := a.clock.Elapsed()
	a.update(func(s *state) {
		s.renewals++
		s.jitter = draw()
		s.token, s.renewal = t, nil
		s.lastGood, s.good = now, true
	})
}

// merge returns g with what a token reply changes of it. A reply without a refresh token or a scope
// leaves them as they are (RFC 6749 sections 5.1 and 6). The end of a refresh token is that token's own.
func (a *Account) merge(g Grant, tok *oauth2.Token) Grant {
	if tok.RefreshToken != "" && tok.RefreshToken != g.RefreshToken {
		g.RefreshToken, g.Until, g.ToldAt = tok.RefreshToken, time.Time{}, time.Time{}
		a.update(func(s *state) { s.untilHere = false })
	}
	if scope, ok := tok.Extra("scope").(string); ok && scope != "" {
		g.Scope = scope
	}
	if life, ok := tok.Extra(refreshLife).(float64); ok && life > 0 {
		now := a.clock.Now().Round(0)
		until := now.Add(time.Duration(life) * time.Second)
		a.update(func(s *state) { s.untilAt, s.untilHere = a.clock.Elapsed()+time.Duration(life)*time.Second, true })
		if until.Sub(g.Until).Abs() > time.Minute { // else it is the same, but for the time the answer took
			g.Until, g.ToldAt = until, now
		}
	}
	return g
}

// lifetime is a reply's expires_in, 0 where it has none or one that makes no sense.
func lifetime(tok *oauth2.Token) time.Duration { return time.Duration(tok.ExpiresIn) * time.Second }

// oauth is the library's form of the settings. The grant's own client ID counts, if it has one: its
// refresh token is good for no other.
func (c Config) oauth(clientID, secret string) *oauth2.Config {
	p, style := c.Provider, oauth2.AuthStyleInParams // detecting it would post a code twice
	if secret != "" && p.Secret != SecretInBody {
		style = oauth2.AuthStyleInHeader
	}
	return &oauth2.Config{
		ClientID: cmp.Or(clientID, c.ClientID), ClientSecret: secret,
		Scopes:   p.Scopes,
		Endpoint: oauth2.Endpoint{AuthURL: p.AuthorizeURL, TokenURL: p.TokenURL, DeviceAuthURL: p.DeviceURL, AuthStyle: style},
	}
}

// outliving is the context of a request for tokens, which goes on when ctx ends.
func (a *Account) outliving(ctx context.Context) context.Context {
	return context.WithValue(context.WithoutCancel(ctx), oauth2.HTTPClient, a.client)
}

// keyringHint is what to do about trouble with the keeper.
func keyringHint(t *Trouble) string {
	return cmp.Or(checks.Hint(t.Err), "Unlock the keyring, then try again.")
}

// interrupted says of a refusal what explains it.
var interrupted = map[Loss]string{
	LostEnd:    "the renewal %s earlier was interrupted before its answer was saved: %w",
	LostAnswer: "the answer to the renewal %s earlier never arrived: %w",
	LostSave:   "the renewal %s earlier couldn’t be saved: %w",
}

// asError returns t as an error with its hint, nil for nil.
func asError(t *Trouble) error {
	if t == nil {
		return nil
	}
	switch {
	case t.Where == AtKeyring:
		return checks.WithHint(t, keyringHint(t))
	case !t.Interrupted.Began.IsZero():
		return checks.WithHint(fmt.Errorf(interrupted[t.Interrupted.Lost], text.Span(t.At.Sub(t.Interrupted.Began)), t), "Sign in again.")
	case t.Where == AtNetwork && t.Code == CodeCertTime:
		return checks.WithHint(t, "Check this computer's clock.")
	case t.Where == AtNetwork && (t.Code == CodePortal || t.Code == CodeRedirect):
		return checks.WithHint(t, "Open a web page: the network may want you to sign in to it first.")
	case t.Where == AtNetwork:
		return checks.WithHint(t, "Check the network connection.")
	case t.RetryAfter > 0:
		return checks.WithHint(t, "The provider asks to wait "+text.Wait(t.RetryAfter)+".")
	case t.Refused():
		return checks.WithHint(t, "Sign in again.")
	case t.ofSecret():
		return checks.WithHint(t, "Check the client secret.")
	case t.Reason == ReasonIssuer:
		return checks.WithHint(t, "Check the issuer in the settings.")
	case t.Code == "invalid_client" || t.Code == "unauthorized_client":
		return checks.WithHint(t, "Check the client ID.")
	case t.Ask:
		return checks.WithHint(t, "Sign in again.")
	}
	return checks.WithHint(t, "Try again in a few minutes.")
}
