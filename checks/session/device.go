package session

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"time"

	"fermata/checks"
	"fermata/checks/web"

	"golang.org/x/oauth2"
)

const (
	deviceLife = 10 * time.Minute // of a device code whose life is not told
	maxDevice  = time.Hour        // that one is waited for
)

// A Device is a sign-in under way in a browser on any device, which need not be this one (RFC 8628).
type Device struct {
	Code string // what the person types there
	URL  string // where they do
	Full string // the same with the code in it; "": there is none

	attempt *Attempt
	auth    *oauth2.DeviceAuthResponse
	life    time.Duration
}

// BeginDevice asks the provider for a code for the person. It puts an earlier attempt out of force.
func (a *Account) BeginDevice(ctx context.Context) (*Device, error) {
	t, err := a.newAttempt(a.config().ClientID)
	if err != nil {
		return nil, err
	}
	if t.conf.Endpoint.DeviceAuthURL == "" {
		return nil, checks.WithHint(fmt.Errorf("%s names no address for signing in with a code", t.provider.Name), "Set device_url in the settings.")
	}
	d := &Device{attempt: t}
	err = a.click(ctx, func(ctx context.Context) (err error) {
		ctx = context.WithValue(ctx, oauth2.HTTPClient, a.client)
		var opts []oauth2.AuthCodeOption
		if t.provider.Secret == SecretInBody && t.conf.ClientSecret != "" { // the library sends none by itself
			opts = append(opts, oauth2.SetAuthURLParam("client_secret", t.conf.ClientSecret))
		}
		d.auth, err = t.conf.DeviceAuth(ctx, opts...)
		if err != nil {
			return t.failure(err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	d.life = time.Until(d.auth.Expiry)
	if d.auth.Expiry.IsZero() {
		d.life = deviceLife
	}
	d.life, d.auth.Expiry = min(d.life, maxDevice), time.Time{} // what is left is counted without the clock
	d.Code, d.URL, d.Full = clean(d.auth.UserCode), page(d.auth.VerificationURI), page(d.auth.VerificationURIComplete)
	if d.Code == "" || d.URL == "" {
		return nil, checks.WithHint(fmt.Errorf("%s gave no code, or no page to enter it on", t.provider.Name), "Try again later.")
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.attempt = t
	return d, nil
}

// page is the address of a page that a browser can be sent to, "" where address is none.
func page(address string) string {
	if u, err := url.Parse(address); err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return ""
	}
	return address
}

// Wait waits until the person has agreed, keeps the grant, and looks up the user's name, as Attempt.Finish does.
func (d *Device) Wait(ctx context.Context) error {
	t := d.attempt
	a := t.account
	wait, cancel := context.WithTimeoutCause(context.WithValue(ctx, oauth2.HTTPClient, a.client), d.life, ErrNoReturn)
	defer cancel()
	for {
		tok, err := t.conf.DeviceAccessToken(wait, d.auth)
		sent := a.clock.Elapsed() - web.Timeout // or later: the library doesn't tell
		switch {
		case err == nil:
			return a.click(ctx, func(ctx context.Context) error {
				return t.holding(ctx, func(outlive context.Context) error { return t.receive(ctx, outlive, tok, sent) })
			})
		case wait.Err() != nil:
			return cmp.Or(ctx.Err(), context.Cause(wait))
		}
		trouble := sortTokenError(t.provider, err, a.clock.Now(), d.auth.DeviceCode, t.conf.ClientSecret)
		switch {
		case trouble.Code == "expired_token":
			return ErrNoReturn
		case trouble.Code == "access_denied":
			return t.refusal("access_denied", "")
		case trouble.Ask:
			return t.failure(err)
		}
		a.mu.Lock()
		err = t.current()
		a.mu.Unlock()
		if err != nil {
			return err
		}
	}
}
