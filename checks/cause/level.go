package cause

import (
	"crypto/x509"
	"errors"
	"slices"
	"time"

	"fermata/checks"
	"fermata/checks/session"
)

// grace is how long something that may heal by itself goes unmentioned: a resume, a minute without
// network.
const grace = 90 * time.Second

const day = 24 * time.Hour

// judge returns how the account stands.
func (e Evidence) judge() checks.Level {
	s := e.Session
	switch {
	case s.Keyring != nil, !s.Loaded:
		return checks.Unknown
	case !s.SignedIn:
		return checks.Warning
	case !e.usable():
		return e.judgeEnded()
	case s.Renewal != nil && s.Renewal.Ask:
		return checks.Warning
	case s.Health != nil && s.Health.Ask:
		return checks.Critical
	case e.nearsEnd(), e.grantNearsEnd(), e.otherUser(), e.lacking():
		return checks.Warning
	case e.lasts(s.Renewal), e.lasts(s.Health):
		return checks.Unknown
	}
	return checks.OK
}

// judgeEnded is judge where there is no access token to use.
func (e Evidence) judgeEnded() checks.Level {
	s := e.Session
	none := s.RenewedAt.IsZero() // there was none at all
	switch {
	case s.Renewal != nil && s.Renewal.Ask:
		return checks.Critical
	case s.Renewal != nil && (none || !e.lasts(s.Renewal)), s.Renewal == nil && s.Renews:
		return checks.Unknown
	case s.Renewable && s.Ask && none:
		return checks.Warning
	}
	return checks.Critical
}

// usable reports whether the access token is good now.
func (e Evidence) usable() bool {
	return e.Session.Usable && e.Now.Before(e.Session.UsableUntil)
}

// nearsEnd reports whether a session that is good will soon end without being renewed.
func (e Evidence) nearsEnd() bool {
	s := e.Session
	renews := s.Renews && !e.lasts(s.Renewal)
	return e.usable() && !renews && s.UsableUntil.Sub(e.Now) <= e.WarnSession
}

// lacking reports whether a session that is good can't be renewed, for want of something in the settings.
func (e Evidence) lacking() bool {
	s := e.Session
	return s.Loaded && s.SignedIn && s.Trouble == nil && s.Lacks != session.Setting{}
}

// grantNearsEnd reports whether the time has come to tell of the sign-in's end. It may be past: providers
// are not exact.
func (e Evidence) grantNearsEnd() bool {
	end := e.Session.GrantUntil
	return !end.IsZero() && end.Sub(e.Now) <= slices.Max(e.leads())
}

// leads are the times before the sign-in's end at which to say so.
func (e Evidence) leads() []time.Duration {
	return Leads(e.WarnGrant, e.WarnSession, e.Session.GrantLife)
}

// Leads are those of the wanted times before the end of a sign-in which is good for life that come in its second half.
// Where none does, there is one: a tenth of life, and no less than session, which is that of a session's end.
func Leads(wanted []time.Duration, session, life time.Duration) []time.Duration {
	leads := slices.DeleteFunc(slices.Clone(wanted), func(d time.Duration) bool { return life > 0 && d > life/2 })
	if len(leads) == 0 && life > 0 {
		leads = append(leads, min(max(session, life/10), life/2))
	}
	return leads
}

// lasts reports whether trouble has gone on for so long that it is mentioned.
func (e Evidence) lasts(t *session.Trouble) bool { return t != nil && e.Now.Sub(t.Since) >= grace }

// Next returns after how long Judge may say something else with the same facts; 0: never. That is about
// the levels, the causes and their fixes, and in how many days a sign-in ends. Other times of day in the
// texts may be written otherwise from midnight on.
func Next(e Evidence) time.Duration {
	e = e.tidy()
	s := e.Session
	at := []time.Time{s.Until, s.UsableUntil, s.UsableUntil.Add(-e.WarnSession), s.Until.Add(e.Clock.Offset), s.GrantUntil, e.LastOutage.Add(persists)}
	for _, w := range e.leads() {
		at = append(at, s.GrantUntil.Add(-w))
	}
	for _, t := range []*session.Trouble{s.Trouble, s.Renewal, s.Health} {
		if t == nil {
			continue
		}
		at = append(at, t.Since.Add(grace), t.Since.Add(persists), t.At.Add(persists))
		if refused, ok := errors.AsType[x509.CertificateInvalidError](t.Err); ok && refused.Cert != nil {
			at = append(at, refused.Cert.NotBefore, refused.Cert.NotAfter)
		}
	}
	if left := s.GrantUntil.Sub(e.Now); e.grantNearsEnd() { // its title counts the days, rounded
		at = append(at, s.GrantUntil.Add(-day))
		if left >= day+day/2 {
			at = append(at, e.Now.Add((left-day/2)%day+1))
		}
	}
	next := time.Duration(0)
	for _, t := range at {
		if d := t.Sub(e.Now); d > 0 && (next == 0 || d < next) {
			next = d
		}
	}
	return next
}
