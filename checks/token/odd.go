package token

import (
	"time"

	"fermata/checks/text"
)

const (
	year   = 365 * 24 * time.Hour
	leeway = time.Minute // that two computers' clocks may differ by
)

// oddTimes says what is odd about the token's times, each in a sentence.
func (t *Token) oddTimes(r Report) []string {
	var odd []string
	now := r.At
	if !r.TrueTime.IsZero() {
		now = r.TrueTime
	}
	if t.Expires.IsZero() && t.Kind == JWT && !t.unread {
		odd = append(odd, "It has no end (exp): it is good until its issuer refuses it.")
	}
	if d := t.NotBefore.Sub(now); !t.NotBefore.IsZero() && d > leeway {
		odd = append(odd, "It is not good yet (nbf): it begins in "+text.Span(d)+".")
	}
	if d := t.IssuedAt.Sub(now); !t.IssuedAt.IsZero() && d > leeway {
		odd = append(odd, "It was issued in the future (iat), in "+text.Span(d)+": a clock is wrong, the issuer's or this computer's.")
	}
	if t.Expires.IsZero() {
		return odd
	}
	from := t.IssuedAt
	if from.IsZero() {
		from = t.NotBefore
	}
	switch {
	case !t.IssuedAt.IsZero() && t.Expires.Before(t.IssuedAt):
		odd = append(odd, "It ends (exp) before it was issued (iat).")
	case !t.NotBefore.IsZero() && t.Expires.Before(t.NotBefore):
		odd = append(odd, "It ends (exp) before it begins (nbf).")
	case !from.IsZero() && t.Expires.Sub(from) > year:
		odd = append(odd, "It lives "+text.Span(t.Expires.Sub(from))+", which is long for a token.")
	case from.IsZero() && t.Expires.Sub(now) > year:
		odd = append(odd, "It ends more than a year from now, which is long for a token.")
	}
	return odd
}
