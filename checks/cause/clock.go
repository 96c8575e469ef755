package cause

import (
	"cmp"
	"crypto/x509"
	"errors"
	"strings"

	"fermata/checks"
	"fermata/checks/clock"
	"fermata/checks/session"
	"fermata/checks/text"
)

var clockRows = []row{{
	id: ClockWrong,
	clues: []clue{
		{100, func(e Evidence) string { return only(e.clockWrong(), agreeing(e)) }},
		{60, unlessRight(network("by this computer’s clock a certificate isn’t valid now", session.CodeCertTime))},
		{40, unlessRight(when("in true time that certificate is valid", certificateInTrueTime))},
		{20, looksOtherwise},
	},
	say: func(e Evidence) said {
		if e.clockWrong() {
			return said{clockLevel(e.Clock), e.Clock.Summary(e.Style), clockEvidence(e.Clock) + "With a wrong clock, valid sign-ins can be treated as expired (“JWT expired”)."}
		}
		return said{checks.Warning, "Your clock may be wrong", "By this computer’s clock, the certificate of %s isn’t valid now."}
	},
	about: "Every sign-in says from when and until when it is valid. It may be a JWT, a signed note with those times in it. " +
		"A computer with a wrong clock may reject valid sign-ins and accept expired ones. Nothing is lost: once the clock is set, they work again.",
	fixes: try(Clock, Refresh, Restart), because: "set the clock first",
}}

// JudgeClock returns how the clock stands, and where it is wrong the cause, without an account's evidence.
func JudgeClock(f clock.Facts, style text.Style) (checks.Level, Cause) {
	e := Evidence{Clock: f, Style: style}
	if !e.clockWrong() {
		return clockLevel(f), Cause{}
	}
	r := clockRows[0]
	c := r.weigh(e)
	r.describe(e, &c)
	return c.Level, c
}

// clockLevels are how bad each verdict is.
var clockLevels = [...]checks.Level{
	clock.Unknown: checks.Unknown, clock.Vague: checks.Unknown, clock.Right: checks.OK,
	clock.Wrong: checks.Warning, clock.Harmful: checks.Critical,
}

// clockLevel is how bad it is that the clock is wrong: one level less where that is doubtful.
func clockLevel(f clock.Facts) checks.Level {
	l := clockLevels[f.Verdict]
	if l >= checks.Warning && f.Doubtful() {
		l--
	}
	return l
}

// clockWrong reports whether the clock is known well enough to be wrong to be blamed.
func (e Evidence) clockWrong() bool { return clockLevel(e.Clock) >= checks.Warning }

// clockRight reports whether the clock was found right, so that it is not to blame.
func (e Evidence) clockRight() bool { return e.Clock.Verdict == clock.Right }

// clockEvidence is who vouches for the offset, and the mistake with the time zone, each a sentence.
func clockEvidence(f clock.Facts) string {
	why := ""
	for _, sentence := range []string{f.Evidence(), clock.TimeZone(f.Offset)} {
		if sentence != "" {
			why += sentence + " "
		}
	}
	return why
}

// agreeing names the servers that the offset rests on.
func agreeing(e Evidence) string {
	f := e.Clock
	var names []string
	for _, s := range f.Servers {
		if s.Verdict == clock.OK {
			names = append(names, line(s.Name))
		}
	}
	switch len(names) {
	case 0:
		return text.Lower(cmp.Or(strings.TrimSuffix(f.Evidence(), "."), f.Summary(e.Style)))
	case 1:
		return "one says so: " + names[0]
	default:
		return "these agree: " + strings.Join(names, ", ")
	}
}

// unlessRight returns a clue that fires as sees does, unless the clock was found right: then the
// certificate is to blame.
func unlessRight(sees func(Evidence) string) func(Evidence) string {
	return with(when("not known to be right", func(e Evidence) bool { return !e.clockRight() }), sees)
}

// certificateInTrueTime reports whether true time is within the bounds of a certificate that was refused.
func certificateInTrueTime(e Evidence) bool {
	t := e.at(session.AtNetwork)
	if t == nil || !e.Clock.Known {
		return false
	}
	refused, ok := errors.AsType[x509.CertificateInvalidError](t.Err)
	return ok && refused.Cert != nil && !e.Now.Before(refused.Cert.NotBefore) && e.Now.Before(refused.Cert.NotAfter)
}

// looksOtherwise fires on a session that by this computer's clock has ended and in true time has not, or
// the contrary.
func looksOtherwise(e Evidence) string {
	until := e.Session.Until
	ended, looksEnded := !e.Now.Before(until), !e.Now.Add(-e.Clock.Offset).Before(until)
	switch {
	case !e.clockWrong(), until.IsZero(), ended == looksEnded:
		return ""
	case ended:
		return "by this clock the session is still good, but in true time it ended at " + e.Style.TimeOfDay(until, e.Now)
	}
	return "by this clock the session has ended, but in true time it is good until " + e.Style.TimeOfDay(until, e.Now)
}
