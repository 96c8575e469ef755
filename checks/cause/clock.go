package cause

import (
	"crypto/x509"
	"errors"

	"fermata/checks"
	"fermata/checks/clock"
	"fermata/checks/session"
)

var clockRows = []row{{
	id: ClockWrong,
	clues: []clue{
		{100, clockWrong},
		{60, certificateTime},
		{40, certificateInTrueTime},
		{20, looksDead},
		{20, looksAlive},
	},
	say: func(e Evidence) said {
		if e.ClockLevel >= checks.Warning {
			return said{e.ClockLevel, e.ClockSays, clockEvidence(e) + "%s may treat good tokens as expired."}
		}
		return said{checks.Warning, "Your clock may be wrong", "By this computer's clock %s's certificate is not valid now."}
	},
	about: "Every sign-in says from when and until when it is good. It may be a JWT, a signed note with those times in it. " +
		"A computer whose clock is wrong takes good ones for ended and ended ones for good. Nothing is lost: once the clock is set, they count again.",
	fixes:   try(Clock, Refresh, Restart),
	because: "this computer's clock must be set first",
}}

// clockEvidence says who vouches for it, and names the mistake with the time zone.
func clockEvidence(e Evidence) string {
	why := ""
	for _, sentence := range []string{e.Clock.Evidence(), clock.TimeZone(e.Clock.Offset)} {
		if sentence != "" {
			why += sentence + " "
		}
	}
	return why
}

func clockWrong(e Evidence) string {
	if e.ClockLevel < checks.Warning {
		return ""
	}
	return e.ClockSays
}

// certificateTime sees a certificate that this computer's clock finds out of date. Where the clock
// was found right, the certificate is to blame.
func certificateTime(e Evidence) string {
	if e.clockRight() {
		return ""
	}
	return network("by this computer's clock a certificate is not valid now", session.CodeCertTime)(e)
}

// certificateInTrueTime sees that true time is within the bounds of a certificate that was refused.
func certificateInTrueTime(e Evidence) string {
	t := e.at(session.AtNetwork)
	if t == nil || !e.Clock.Known || e.clockRight() {
		return ""
	}
	var refused x509.CertificateInvalidError
	if !errors.As(t.Err, &refused) || refused.Cert == nil || e.Now.Before(refused.Cert.NotBefore) || e.Now.After(refused.Cert.NotAfter) {
		return ""
	}
	return "in true time that certificate is valid"
}

// looksDead sees a session that is good in true time and over by this computer's clock.
func looksDead(e Evidence) string {
	until, local := e.Session.Until, e.Now.Add(-e.Clock.Offset)
	if e.ClockLevel < checks.Warning || until.IsZero() || !e.Now.Before(until) || local.Before(until) {
		return ""
	}
	return "by this clock the session has ended, in true time it is good until " + checks.TimeOfDay(until, e.Now)
}

// looksAlive sees the contrary.
func looksAlive(e Evidence) string {
	until, local := e.Session.Until, e.Now.Add(-e.Clock.Offset)
	if e.ClockLevel < checks.Warning || until.IsZero() || e.Now.Before(until) || !local.Before(until) {
		return ""
	}
	return "by this clock the session is still good, in true time it ended at " + checks.TimeOfDay(until, e.Now)
}
