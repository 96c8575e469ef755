package session

import (
	"errors"
	"math"
	"syscall"
	"time"
)

const (
	lookInterval = 5 * time.Minute  // between health looks while all is well
	spacing      = 2 * time.Second  // between requests made ahead of their time
	minRenewal   = 15 * time.Second // between requests at the token endpoint, whoever wants them and whatever came
	maxMargin    = 10 * time.Minute // before a token's end
	firstRetry   = 15 * time.Second // doubles with every try
	maxRetry     = 15 * time.Minute
	keyringRetry = time.Minute // doubles with every try
	diskRetry    = 30 * time.Second
	assumedLife  = time.Hour // of a token whose end is not known

	never = time.Duration(math.MaxInt64)
)

// askPauses are the pauses before what was refused for good is tried again all the same: outages have
// answered invalid_grant to good tokens, and such an outage should end without the user doing anything.
var askPauses = [...]time.Duration{5 * time.Minute, 30 * time.Minute, 3 * time.Hour, 6 * time.Hour}

// A step is a request that can be due.
type step int

const (
	none  step = iota
	renew      // get a new access token
	look       // ask whether the access token is accepted
)

// next decides which request is the next, and in how long it is due: 0 or less is now, never is not at
// all. Where early holds, something asked for it ahead of its time (a click, a resume, another network):
// then the health look and a renewal that never reached the provider are due at once, but what the
// provider put off is not.
func next(s state, ask, healthy, early bool, now time.Duration) (step, time.Duration) {
	renewAt, lookAt := never, never
	if s.signedIn && s.grant.RefreshToken != "" && !ask {
		renewAt = nextRenewal(s, early)
	}
	if s.signedIn && healthy && s.token.usable(now) {
		lookAt = nextLook(s, early)
	}
	what, at := renew, renewAt
	if lookAt < renewAt {
		what, at = look, lookAt
	}
	if at == never {
		return none, never
	}
	return what, at - now
}

// floor is when the token endpoint may be asked again.
func (s state) floor() time.Duration {
	if !s.asked {
		return 0
	}
	return s.askedAt + minRenewal
}

func nextRenewal(s state, early bool) time.Duration {
	due := renewalDue(s, early)
	if s.token.usable(due) { // else it is worth the wait
		due = max(due, s.floor())
	}
	return due
}

// renewalDue is nextRenewal but for what other requests there were.
func renewalDue(s state, early bool) time.Duration {
	switch t := s.token; {
	case s.renewal != nil && early && s.renewal.Where == AtNetwork:
		return s.renewal.at + spacing
	case s.renewal != nil && s.renewal.Where == AtKeyring:
		return nextKeeping(s.renewal)
	case s.renewal != nil:
		return s.renewal.at + pause(s.renewal, s.jitter)
	case t.access == "" || t.rejected:
		return 0
	default:
		life := t.end - t.sent
		margin := vary(min(life/6, maxMargin), s.jitter)
		return t.sent + max(life-margin, minRenewal)
	}
}

func nextLook(s state, early bool) time.Duration {
	switch {
	case !s.looked:
		return 0
	case early && (s.health == nil || s.health.RetryAfter == 0):
		return s.lookedAt + spacing
	case s.health != nil:
		return s.health.at + pause(s.health, s.jitter)
	default:
		return s.lookedAt + vary(lookInterval, s.jitter)
	}
}

// nextKeeping is when the keeper is to be asked again after the trouble t with it. A keyring tells by itself
// when it may answer, and asking it may put a question to the person; that a disk has room again nobody tells.
func nextKeeping(t *Trouble) time.Duration {
	if _, disk := errors.AsType[syscall.Errno](t.Err); disk {
		return t.at + diskRetry
	}
	return t.at + min(keyringRetry<<min(t.Tries-1, 10), maxRetry)
}

// pause is the time from one try to the next: growing, never less than the reply asked for.
func pause(t *Trouble, jitter float64) time.Duration {
	p := askPauses[min(max(t.Tries, 1), len(askPauses))-1]
	if !t.Ask {
		p = min(firstRetry<<min(max(t.Tries-1, 0), 10), maxRetry)
	}
	return max(vary(p, jitter), vary(t.RetryAfter, math.Abs(jitter)))
}

// vary adds the part of d that jitter is, so that many programs do not ask in step.
func vary(d time.Duration, jitter float64) time.Duration {
	return d + time.Duration(float64(d)*jitter)
}
