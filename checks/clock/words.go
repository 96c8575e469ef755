package clock

import (
	"fmt"
	"time"

	"fermata/checks/text"
)

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

// Evidence names what the offset rests on: "4 time servers agree.", the servers that differ, and the
// certificates that this clock finds invalid. It is "" where nothing is known.
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
	for _, fault := range []string{NotYetValid, Expired} {
		if n := certificates[fault]; n == 1 {
			s += fmt.Sprintf(" By this clock one web server's certificate is %s.", fault)
		} else if n > 1 {
			s += fmt.Sprintf(" By this clock the certificates of %d web servers are %s.", n, fault)
		}
	}
	return s
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

// bound writes an error bound, rounded up: "12 ms".
func bound(d time.Duration) string {
	const ms = time.Millisecond
	return text.Span(max((d+ms-1)/ms*ms, ms))
}

// Ahead is how a clock with this offset stands: "3 ms behind", "1 min 33 s ahead", or "right" for
// less than a millisecond.
func Ahead(offset time.Duration) string {
	switch {
	case offset.Abs() < time.Millisecond:
		return "right"
	case offset < 0:
		return text.Span(offset) + " ahead"
	}
	return text.Span(offset) + " behind"
}

// TimeZone names the likely mistake where the offset is a whole number of hours or half hours, up
// to the 14 hours that zones differ from UTC, give or take a minute; otherwise it is "".
func TimeZone(offset time.Duration) string {
	const half = 30 * time.Minute
	zone := offset.Abs().Round(half)
	if zone == 0 || zone > 14*time.Hour || (offset.Abs()-zone).Abs() > time.Minute {
		return ""
	}
	return fmt.Sprintf("A whole %s looks like a time zone mistake, or like a second system that sets the hardware clock to local time.", text.Span(zone))
}
