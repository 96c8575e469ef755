package token

import (
	"cmp"
	"time"

	"fermata/checks/text"
)

const (
	year   = 365 * 24 * time.Hour
	leeway = time.Minute // that two computers' clocks may differ by
)

// measure puts the token beside the time.
func (t *Token) measure(r Report) {
	for _, at := range []*time.Time{&t.IssuedAt, &t.NotBefore, &t.Expires} {
		if !at.IsZero() {
			*at = at.In(r.At.Location())
		}
	}
	t.LeftLocal, t.LeftTrue = left(t.Expires, r.At), left(t.Expires, r.TrueTime)
	if t.Kind == JWT || t.Kind == Object {
		t.setOddTimes(cmp.Or(r.TrueTime, r.At))
	}
}

// left is nil where one of the two is not known.
func left(end, now time.Time) *int64 {
	if end.IsZero() || now.IsZero() {
		return nil
	}
	s := end.Unix() - now.Unix()
	return &s
}

// setOddTimes says what is odd about the token's times. One that is not known lies before all others.
func (t *Token) setOddTimes(now time.Time) {
	if t.Expires.IsZero() && t.Kind == JWT && !t.unread {
		t.odd("It has no expiry (exp): it is valid until its issuer rejects it.")
	}
	if d := t.NotBefore.Sub(now); d > leeway {
		t.odd("It isn't valid yet (nbf): it will be in " + text.Span(d) + ".")
	}
	if d := t.IssuedAt.Sub(now); d > leeway {
		t.odd("It was issued in the future (iat), in " + text.Span(d) + ": a clock is wrong, the issuer's or this computer's.")
	}
	from := cmp.Or(t.IssuedAt, t.NotBefore)
	switch {
	case t.Expires.IsZero():
	case t.Expires.Before(t.IssuedAt):
		t.odd("It expires (exp) before it was issued (iat).")
	case t.Expires.Before(t.NotBefore):
		t.odd("It expires (exp) before it becomes valid (nbf).")
	case !from.IsZero() && t.Expires.Sub(from) > year:
		t.odd("It lasts " + text.Span(t.Expires.Sub(from)) + ", which is long for a token.")
	case from.IsZero() && t.Expires.Sub(now) > year:
		t.odd("It expires more than a year from now, which is long for a token.")
	}
}
