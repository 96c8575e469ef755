package session

import (
	"context"
	"io"
	"net/http"
	"time"
)

// look asks the provider whether it still accepts the access token. The caller holds requests. It
// reports false if ctx ended before the answer.
func (a *Account) look(ctx context.Context) bool {
	provider := a.config().Provider
	access := a.snapshot().token.access
	began := a.clock.Elapsed()
	r, err := a.ask(ctx, provider.HealthURL, access)
	now, trueNow := a.clock.Elapsed(), a.clock.Now()
	if ctx.Err() != nil {
		return false
	}
	a.update(func(s *state) {
		s.lookedAt, s.looked, s.jitter = began, true, draw()
		t := sortLook(provider, r, err, trueNow, access, s.grant.RefreshToken)
		switch {
		case t == nil:
			s.health, s.token.unproven = nil, false
			s.lastGood, s.good = now, true
			if user := provider.User; user != nil {
				s.user = clean(user(r.body), access)
			}
		case t.expired && !(s.token.unproven && now-s.token.sent < time.Minute):
			// Ended early. A renewal follows, and another look at what it brings.
			s.token.rejected, s.token.end = true, min(s.token.end, now)
			s.looked = false
		default:
			// The token is new, and refused all the same: another one would be, too.
			t.Ask = t.Ask || t.expired
			s.health = t.follow(s.health, now)
		}
	})
	return true
}

// ask makes the request of a look.
func (a *Account) ask(ctx context.Context, address, access string) (reply, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return reply{}, err
	}
	req.Header.Set("Authorization", "Bearer "+access)
	req.Header.Set("Accept", "application/json")
	resp, err := a.client.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body) // at most 1 MB, see bounded
	return reply{AtAPI, resp.StatusCode, resp.Header, body}, err
}

// sortLook sorts a look's outcome; nil is a success.
func sortLook(p Provider, r reply, err error, now time.Time, secrets ...string) *Trouble {
	switch {
	case err != nil:
		return sortTransportError(err, secrets...)
	case r.status/100 != 2:
		return sortReply(p, r, now, secrets...)
	case isPage(r):
		return &Trouble{Where: AtNetwork, Code: CodePortal, Status: r.status, Text: "a web page came instead of a reply"}
	}
	return nil
}
