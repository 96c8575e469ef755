package clock

import (
	"crypto/tls"
	"errors"
	"net"
	"slices"
	"syscall"
	"time"

	"fermata/checks/clock/webdate"

	"github.com/beevik/ntp"
)

// A Verdict compares the offset and its error bound with the tolerance.
type Verdict int

// The verdicts.
const (
	Unknown Verdict = iota // no majority of the servers that answered agrees on a time
	Vague                  // the error bound reaches across the tolerance
	Right                  // the offset and its bound are within the tolerance
	Wrong                  // the offset exceeds the tolerance by more than its bound
	Harmful                // the same for the tolerance or a minute, whichever is more
)

// harmful is from where a wrong clock breaks things: the usual leeway of those who check a token's times.
const harmful = time.Minute

// judge compares what is known with the tolerance.
func (f Facts) judge(tolerance time.Duration) Verdict {
	off := f.Offset.Abs()
	switch {
	case !f.Known:
		return Unknown
	case off-f.Error > max(tolerance, harmful):
		return Harmful
	case off-f.Error > tolerance:
		return Wrong
	case off > tolerance || f.Error > tolerance:
		return Vague
	}
	return Right
}

// A ServerVerdict is what became of asking one server. Status and metrics show it as it stands here.
type ServerVerdict string

// The verdicts on a server. A kiss-o'-death is "kiss of death", with its code where that is a known one.
const (
	OK                 ServerVerdict = "ok"                         // the server agrees with what is known
	Falseticker        ServerVerdict = "falseticker"                // it gave a time that the agreed one contradicts
	Unconfirmed        ServerVerdict = "unconfirmed"                // it gave a time, and nothing is known
	LongPast           ServerVerdict = "a time long past"           // before this program was made, or the newest sign-in
	SameServer         ServerVerdict = "the same server as another" // behind the same address, so it has no vote of its own
	NoAnswer           ServerVerdict = "no answer"
	Refused            ServerVerdict = "refused"
	Unreachable        ServerVerdict = "unreachable"
	NameNotFound       ServerVerdict = "name not found"
	NameServiceFailed  ServerVerdict = "name service failed"
	NotSynchronised    ServerVerdict = "not synchronised" // by its own account
	BadAnswer          ServerVerdict = "bad answer"
	OtherAnswer        ServerVerdict = "answer to another question"
	ClockSet           ServerVerdict = "clock set in the meantime" // every sample was taken across a clock step
	SleptMeanwhile     ServerVerdict = "slept in the meantime"     // or across a suspend
	Denies             ServerVerdict = "refused to answer"         // it answered DENY or RSTR once
	AskedToWait        ServerVerdict = "asked us to wait"          // it answered RATE, and the wait is not over
	CertificateRefused ServerVerdict = "certificate refused"
	NoDate             ServerVerdict = "no usable date" // in the answer of a web server
)

// serverVerdict sorts the outcome of asking a time server or a page.
func serverVerdict(err error) ServerVerdict {
	var dns *net.DNSError
	var refused *tls.CertificateVerificationError
	var k kiss
	switch {
	case err == nil:
		return OK
	case errors.As(err, &k):
		return ServerVerdict(k.Error())
	case errors.As(err, &dns) && dns.IsNotFound:
		return NameNotFound
	case errors.As(err, &dns):
		return NameServiceFailed
	case errors.As(err, &refused):
		return CertificateRefused
	case errors.Is(err, webdate.ErrNoDate):
		return NoDate
	case errors.Is(err, errStepped):
		return ClockSet
	case errors.Is(err, errSlept):
		return SleptMeanwhile
	case errors.Is(err, syscall.ECONNREFUSED):
		return Refused
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETDOWN):
		return Unreachable
	case errors.Is(err, ntp.ErrServerResponseMismatch):
		return OtherAnswer
	case errors.Is(err, errUnset), errors.Is(err, ntp.ErrInvalidStratum), errors.Is(err, ntp.ErrInvalidLeapSecond),
		errors.Is(err, ntp.ErrServerClockFreshness), errors.Is(err, ntp.ErrInvalidDispersion):
		return NotSynchronised
	case errors.Is(err, errAnswer), errors.Is(err, ntp.ErrInvalidMode), errors.Is(err, ntp.ErrInvalidTime),
		errors.Is(err, ntp.ErrInvalidTransmitTime), errors.Is(err, ntp.ErrServerTickedBackwards):
		return BadAnswer
	}
	return NoAnswer
}

// offline reports whether not one of the servers could be reached.
func (f Facts) offline() bool {
	reached := func(s Server) bool {
		return s.Verdict != Unreachable && s.Verdict != NameServiceFailed && s.Verdict != NameNotFound
	}
	return len(f.Servers) > 0 && !slices.ContainsFunc(f.Servers, reached)
}
