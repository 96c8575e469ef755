package clock

import (
	"fmt"
	"time"

	"fermata/checks/text"
)

// Summary is the finding in one line: "Clock is right (within 12 ms; 4 of 4 servers agree)", "Clock not
// checked: no time server answered", "Your clock is 1 min 33 s ahead".
func (f Facts) Summary(style text.Style) string {
	near := f.Offset - f.Error // the least that it is off
	if f.Offset < 0 {
		near = f.Offset + f.Error
	}
	exact := f.Error <= f.Offset.Abs()/10
	switch {
	case f.Verdict >= Wrong && near.Abs() > day && exact:
		return fmt.Sprintf("Your clock says %s, %ss say %s", style.FullDate(f.CheckedAt.Add(-f.Offset), f.CheckedAt), f.kind(), style.FullDate(f.CheckedAt, f.CheckedAt)) + f.outOf()
	case f.Verdict >= Wrong && f.few() && exact:
		return "Your clock seems to be " + Ahead(f.Offset) + f.outOf()
	case f.Verdict >= Wrong && f.few():
		return "Your clock seems to be at least " + Ahead(near) + f.outOf()
	case f.Verdict >= Wrong && exact:
		return "Your clock is " + Ahead(f.Offset)
	case f.Verdict >= Wrong:
		return "Your clock is at least " + Ahead(near)
	case f.Verdict == Right && f.few():
		return fmt.Sprintf("Clock is right (within %s; %d of %d that answered agree)", bound(f.Offset.Abs()+f.Error), f.Agree, f.Answered)
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
		name = f.kind()
	}
	if n != 1 {
		name += "s"
	}
	return fmt.Sprint(n, " ", name)
}

// kind is the deciding kind of server.
func (f Facts) kind() string {
	if f.Via == "https" {
		return "web server"
	}
	return "time server"
}

// outOf says on how many servers a verdict rests, where they are few.
func (f Facts) outOf() string {
	if !f.few() {
		return ""
	}
	return fmt.Sprintf(" (%d of %d that answered agree)", f.Agree, f.Answered)
}

// Evidence names what the offset rests on: "4 time servers agree.", the servers that differ, and the
// certificates that this clock finds invalid. It is "" where nothing is known.
func (f Facts) Evidence() string {
	if !f.Known {
		return ""
	}
	s := fmt.Sprintf("%d %ss agree.", f.Agree, f.kind())
	switch {
	case f.Agree == 1:
		s = fmt.Sprintf("One %s says so.", f.kind())
	case f.few():
		s = fmt.Sprintf("Only %d of %d %ss answered.", f.Answered, f.Asked, f.kind())
	}
	if f.Confirmed == 1 {
		s += " One web server says the same."
	} else if f.Confirmed > 1 {
		s += fmt.Sprintf(" %d web servers say the same.", f.Confirmed)
	} else if f.Doubtful() && !f.few() {
		s += " No web server could confirm it."
	}
	certificates := map[string]int{}
	for _, server := range f.Servers {
		if server.Verdict == Falseticker {
			s += fmt.Sprintf(" %s differs: by it this clock is %s.", server.Name, Ahead(server.Offset))
		}
		certificates[server.Certificate]++
	}
	if kept := f.Keeper.String(); kept != "" {
		s += " " + kept
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

// reason is why the time servers make nothing known.
func (f Facts) reason() string {
	ignorant, past := 0, 0
	for _, s := range f.Servers {
		switch s.Verdict {
		case NotSynchronised:
			ignorant++
		case LongPast:
			past++
		}
	}
	switch {
	case len(f.Servers) == 0:
		return "no time server is known" // the settings have none, or only those of a system that has none
	case f.offline():
		return "no time server could be reached"
	case f.Answered > 1:
		return fmt.Sprintf("%d of %d time servers answered, but no majority agrees", f.Answered, f.Asked)
	case f.Answered == 1:
		return fmt.Sprintf("only one of %d time servers told the time", f.Asked)
	case past == 1:
		return "one time server answered, with a time long past"
	case past > 1:
		return fmt.Sprintf("%d time servers answered, all with a time long past", past)
	case ignorant == 1:
		return "one time server answered, and it doesn't know the time"
	case ignorant > 1:
		return fmt.Sprintf("%d time servers answered, none of them knows the time", ignorant)
	}
	return "no time server answered"
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
