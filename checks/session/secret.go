package session

import (
	"context"
	"slices"
)

// WantsSecret reports whether the person is to enter a client secret before they sign in: the provider insists
// on one, and none is kept with the sign-in, or it was refused.
func (a *Account) WantsSecret(ctx context.Context) (wants bool, err error) {
	err = a.click(ctx, func(ctx context.Context) error {
		a.load(ctx, true)
		wants = a.config().Provider.Secret != NoSecret && a.clientSecret() == ""
		return nil
	})
	return wants, err
}

// UseSecret has the sign-ins that are begun from now on use a client secret. It is kept with the first that works.
func (a *Account) UseSecret(secret string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.secret, a.refused = secret, ""
}

// clientSecret is what the next sign-in proves itself with; "": there is none, or none that is any good.
func (a *Account) clientSecret() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	g := a.state.grant
	switch {
	case a.cfg.Provider.Secret == NoSecret:
		return ""
	case a.secret != "":
		return a.secret
	case g.ClientID == a.cfg.ClientID && g.ClientSecret != a.refused:
		return g.ClientSecret
	}
	return ""
}

// doubt notes that the provider refused a client secret, if that is what t says.
func (a *Account) doubt(t *Trouble, secret string) {
	if secret == "" || !t.ofSecret() && t.Code != "invalid_client" {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.refused = secret; a.secret == secret {
		a.secret = ""
	}
}

// ofSecret reports whether a refusal is about the client secret.
func (t *Trouble) ofSecret() bool {
	return slices.Contains([]Reason{ReasonSecretMissing, ReasonSecretExpired, ReasonSecretWrong}, t.Reason)
}
