package clock

import (
	"errors"
	"fmt"
	"net"
	"syscall"
	"time"

	"github.com/beevik/ntp"
)

// A Verdict compares the offset and its error bound with the tolerance.
type Verdict int

// The verdicts.
const (
	Unknown Verdict = iota // no majority of the servers agrees on a time
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
	OK                 ServerVerdict = "ok"          // the server agrees with what is known
	Falseticker        ServerVerdict = "falseticker" // it gave a time that the agreed one contradicts
	NoAnswer           ServerVerdict = "no answer"
	Refused            ServerVerdict = "refused"
	Unreachable        ServerVerdict = "unreachable"
	NameNotFound       ServerVerdict = "name not found"
	NameServiceFailed  ServerVerdict = "name service failed"
	NotSynchronised    ServerVerdict = "not synchronised" // by its own account
	BadAnswer          ServerVerdict = "bad answer"
	OtherAnswer        ServerVerdict = "answer to another question"
	ClockSet           ServerVerdict = "clock set meanwhile" // every sample was taken across a clock step
	SleptMeanwhile     ServerVerdict = "slept meanwhile"     // or across a suspend
	Denies             ServerVerdict = "refuses us"          // it answered DENY or RSTR once
	AskedToWait        ServerVerdict = "asked us to wait"    // it answered RATE, and the wait is not over
	CertificateRefused ServerVerdict = "certificate refused"
	NoDate             ServerVerdict = "no usable date" // in the answer of a web server
)

// serverVerdict sorts the outcome of an exchange.
func serverVerdict(err error) ServerVerdict {
	var dns *net.DNSError
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
	case errors.Is(err, ntp.ErrInvalidStratum), errors.Is(err, ntp.ErrInvalidLeapSecond),
		errors.Is(err, ntp.ErrServerClockFreshness), errors.Is(err, ntp.ErrInvalidDispersion):
		return NotSynchronised
	case errors.Is(err, errAnswer), errors.Is(err, ntp.ErrInvalidMode), errors.Is(err, ntp.ErrInvalidTime),
		errors.Is(err, ntp.ErrInvalidTransmitTime), errors.Is(err, ntp.ErrServerTickedBackwards):
		return BadAnswer
	}
	return NoAnswer
}

// Summary is the finding in one line: "Clock is right (within 12 ms; 4 of 4 servers agree)", "Clock not
// checked: no time server answered", "Your clock is 1 min 33 s ahead".
func (f Facts) Summary() string {
	switch {
	case f.Verdict >= Wrong && f.Error <= f.Offset.Abs()/10:
		return "Your clock is " + Ahead(f.Offset)
	case f.Verdict >= Wrong && f.Offset < 0:
		return "Your clock is at least " + Ahead(f.Offset+f.Error)
	case f.Verdict >= Wrong:
		return "Your clock is at least " + Ahead(f.Offset-f.Error)
	case f.Verdict == Right:
		return fmt.Sprintf("Clock is right (within %s; %d of %s agree)", bound(f.Offset.Abs()+f.Error), f.Agree, f.servers(f.Asked))
	case f.Verdict == Vague:
		return fmt.Sprintf("Clock not checked closely enough: %s (within %s)", Ahead(f.Offset), bound(f.Error))
	case f.Reason == "":
		return "Clock not checked yet"
	}
	return "Clock not checked: " + f.Reason
}

// servers counts servers of the deciding kind: "4 servers", "1 web server".
func (f Facts) servers(n int) string {
	name := "server"
	if f.Via == "https" {
		name = "web server"
	}
	if n != 1 {
		name += "s"
	}
	return fmt.Sprint(n, " ", name)
}

// Evidence says who vouches for the offset: "4 time servers agree.", which ones do not, and what
// else speaks for it. It is "" where nothing is known.
func (f Facts) Evidence() string {
	if !f.Known {
		return ""
	}
	kind := "time server"
	if f.Via == "https" {
		kind = "web server"
	}
	s := fmt.Sprintf("%d %ss agree.", f.Agree, kind)
	if f.Agree == 1 {
		s = fmt.Sprintf("One %s says so.", kind)
	}
	certificates := map[string]int{}
	for _, server := range f.Servers {
		if server.Verdict == Falseticker {
			s += fmt.Sprintf(" %s differs: by it this clock is %s.", server.Name, Ahead(server.Offset))
		}
		certificates[server.Certificate]++
	}
	for _, fault := range []string{"not yet valid", "expired"} {
		if n := certificates[fault]; n == 1 {
			s += fmt.Sprintf(" By this clock one web server's certificate is %s.", fault)
		} else if n > 1 {
			s += fmt.Sprintf(" By this clock the certificates of %d web servers are %s.", n, fault)
		}
	}
	return s
}

// offline reports whether not one of the servers could be reached.
func (f Facts) offline() bool {
	for _, s := range f.Servers {
		switch s.Verdict {
		case Unreachable, NameServiceFailed, NameNotFound:
		default:
			return false
		}
	}
	return len(f.Servers) > 0
}

// reason is why the time servers make nothing known; answered is how many of them gave a time.
func (f Facts) reason(answered int) string {
	all := len(f.Servers)
	switch {
	case all == 0:
		return "no time server is configured"
	case f.offline():
		return "no time server could be reached"
	case answered == 0:
		return "no time server answered"
	case 2*answered <= all:
		return fmt.Sprintf("only %d of %d time servers answered", answered, all)
	case f.Agree == 0:
		return fmt.Sprintf("%d of %d time servers answered, but no majority agrees", answered, all)
	}
	return fmt.Sprintf("only %d of %d time servers agree", f.Agree, all)
}
