package session

import (
	"testing"
	"time"
)

func TestNext(t *testing.T) {
	const s, m, h = time.Second, time.Minute, time.Hour
	now := 10 * h
	signedIn := func(f func(st *state)) state {
		st := state{loaded: true, signedIn: true, grant: Grant{RefreshToken: "r"},
			token:    token{access: "a", sent: now, end: now + h, known: true},
			lookedAt: now, looked: true}
		if f != nil {
			f(&st)
		}
		return st
	}
	life := func(d time.Duration) func(st *state) {
		return func(st *state) { st.token.end = st.token.sent + d; st.lookedAt = now + 24*h }
	}
	renewal := func(tr Trouble) func(st *state) {
		return func(st *state) { tr.at = now; st.renewal = &tr; st.lookedAt = now + 24*h }
	}
	health := func(tr Trouble) func(st *state) {
		return func(st *state) { tr.at = now; st.health = &tr }
	}
	for _, tt := range []struct {
		name    string
		s       state
		ask     bool
		noLook  bool
		early   bool
		what    step
		in      time.Duration
		forever bool
	}{
		{name: "not signed in", s: state{loaded: true}, what: none, forever: true},
		{name: "no token yet", s: signedIn(func(st *state) { st.token = token{} }), what: renew, in: -now},
		{name: "no token yet, ask", s: signedIn(func(st *state) { st.token = token{} }), ask: true, what: none, forever: true},
		{name: "a look first", s: signedIn(nil), what: look, in: 5 * m},
		{name: "early", s: signedIn(nil), early: true, what: look, in: 2 * s},
		{name: "an hour", s: signedIn(nil), noLook: true, what: renew, in: 50 * m},
		{name: "an hour, late", s: signedIn(func(st *state) { st.jitter = -0.1 }), noLook: true, what: renew, in: 51 * m},
		{name: "an hour, early", s: signedIn(func(st *state) { st.jitter = 0.1 }), noLook: true, what: renew, in: 49 * m},
		{name: "a day", s: signedIn(life(24 * h)), what: renew, in: 24*h - 10*m},
		{name: "a minute", s: signedIn(life(m)), what: renew, in: 50 * s},
		{name: "a second", s: signedIn(life(s)), noLook: true, what: renew, in: 15 * s},
		{name: "no time at all", s: signedIn(life(0)), noLook: true, what: renew, in: 15 * s},
		{name: "68 years", s: signedIn(life((1<<31 - 1) * s)), noLook: true, what: renew, in: (1<<31-1)*s - 10*m},
		{name: "ask", s: signedIn(nil), ask: true, noLook: true, what: none, forever: true},
		{name: "no refresh token", s: signedIn(func(st *state) { st.grant = Grant{} }), noLook: true, what: none, forever: true},
		{name: "refused early", s: signedIn(func(st *state) { st.token.rejected = true }), what: renew, in: -now},
		{name: "refused early, ask", s: signedIn(func(st *state) { st.token.rejected = true }), ask: true, what: none, forever: true},

		{name: "first failure", s: signedIn(renewal(Trouble{Tries: 1})), what: renew, in: 15 * s},
		{name: "fourth failure", s: signedIn(renewal(Trouble{Tries: 4})), what: renew, in: 2 * m},
		{name: "thousandth failure", s: signedIn(renewal(Trouble{Tries: 1000})), noLook: true, what: renew, in: 15 * m},
		{name: "network, early", s: signedIn(renewal(Trouble{Where: AtNetwork, Tries: 9})), early: true, noLook: true, what: renew, in: 2 * s},
		{name: "503, early", s: signedIn(renewal(Trouble{Where: AtToken, Tries: 9})), early: true, noLook: true, what: renew, in: 15 * m},
		{name: "asked to wait", s: signedIn(renewal(Trouble{Tries: 1, RetryAfter: 3 * h})), noLook: true, what: renew, in: 3 * h},
		{name: "asked to wait, early jitter", s: signedIn(func(st *state) {
			renewal(Trouble{Tries: 1, RetryAfter: 3 * h})(st)
			st.jitter = -0.1
		}), noLook: true, what: renew, in: 3*h + 18*m},
		{name: "refused once", s: signedIn(renewal(Trouble{Ask: true, Tries: 1})), noLook: true, what: renew, in: 5 * m},
		{name: "refused twice", s: signedIn(renewal(Trouble{Ask: true, Tries: 2})), noLook: true, what: renew, in: 30 * m},
		{name: "refused often", s: signedIn(renewal(Trouble{Ask: true, Tries: 40})), noLook: true, early: true, what: renew, in: 6 * h},

		{name: "never lookedAt", s: signedIn(func(st *state) { st.looked = false }), what: look, in: -now},
		{name: "look failed", s: signedIn(health(Trouble{Tries: 3})), what: look, in: m},
		{name: "look failed, early", s: signedIn(health(Trouble{Tries: 3})), early: true, what: look, in: 2 * s},
		{name: "look limited, early", s: signedIn(health(Trouble{Tries: 1, RetryAfter: 20 * m})), early: true, what: look, in: 20 * m},
		{name: "look refused", s: signedIn(health(Trouble{Tries: 2, Ask: true})), what: look, in: 30 * m},
	} {
		what, in := next(tt.s, tt.ask, !tt.noLook, tt.early, now)
		if tt.forever {
			tt.in = never
		}
		if what != tt.what || in != tt.in {
			t.Errorf("%s: step %d in %v, want %d in %v", tt.name, what, in, tt.what, tt.in)
		}
	}
}
