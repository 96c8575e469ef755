package clock

import (
	"fmt"
	"time"

	"fermata/checks"
)

// harmful is where a wrong clock breaks things: the usual leeway of those who check a token's times.
const harmful = time.Minute

// verdict says what the facts amount to: wrong only where the offset exceeds the tolerance by more
// than its bound, right only where both are within it.
func (f Facts) verdict(tolerance time.Duration) (checks.Level, string) {
	off := f.Offset.Abs()
	switch {
	case !f.Known:
		return checks.Unknown, "Clock not known: " + f.Reason
	case off-f.Error > max(tolerance, harmful):
		return checks.Critical, f.wrong()
	case off-f.Error > tolerance:
		return checks.Warning, f.wrong()
	case off > tolerance || f.Error > tolerance:
		return checks.Unknown, fmt.Sprintf("Clock not known: %s ± %s is too vague to say", Ahead(f.Offset), bound(f.Error))
	}
	return checks.OK, fmt.Sprintf("Clock right: %s ± %s, %d of %d %s", Ahead(f.Offset), bound(f.Error), f.Agree, f.Asked, f.kind(f.Asked))
}

// wrong says how wrong the clock is, or at least is where that is known coarsely only.
func (f Facts) wrong() string {
	if f.Error <= f.Offset.Abs()/10 {
		return "Your clock is " + Ahead(f.Offset)
	}
	least := f.Offset - f.Error
	if f.Offset < 0 {
		least = f.Offset + f.Error
	}
	return "Your clock is at least " + Ahead(least)
}

// kind is what n servers of the deciding kind are called beside their number.
func (f Facts) kind(n int) string {
	name := "server"
	if f.Via == "https" {
		name = "web server"
	}
	if n != 1 {
		name += "s"
	}
	return name
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
		if server.Verdict == "falseticker" {
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

// offline says that the servers could not even be reached for.
func (f Facts) offline() bool {
	for _, s := range f.Servers {
		switch s.Verdict {
		case "unreachable", "name service failed", "name not found":
		default:
			return false
		}
	}
	return len(f.Servers) > 0
}

// reason says for a person why the time servers make nothing known, of which some answered.
func (f Facts) reason(answered int) string {
	all := len(f.Servers)
	switch {
	case all == 0:
		return "no time server is configured"
	case f.offline():
		return "no connection to any time server"
	case answered == 0:
		return "no time server answered"
	case 2*answered <= all:
		return fmt.Sprintf("only %d of %d time servers answered", answered, all)
	case f.Agree == 0:
		return fmt.Sprintf("%d of %d time servers answered, and no majority agrees", answered, all)
	}
	return fmt.Sprintf("only %d of %d time servers agree", f.Agree, all)
}
