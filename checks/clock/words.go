package clock

import (
	"fmt"
	"time"
)

// day is no unit of package time, since some have 23 hours; a clock's offset has none of those.
const day = 24 * time.Hour

// Human writes a duration as a person reads it, in at most two units: "under 1 ms", "12 ms",
// "2.3 s", "1 min 33 s", "2 h 5 min", "3 days 4 h". The sign is left out.
func Human(d time.Duration) string {
	d = d.Abs()
	switch {
	case d < time.Millisecond:
		return "under 1 ms"
	case d < 999500*time.Microsecond:
		return fmt.Sprintf("%d ms", d.Round(time.Millisecond)/time.Millisecond)
	case d < 9950*time.Millisecond:
		if d = d.Round(100 * time.Millisecond); d%time.Second != 0 {
			return fmt.Sprintf("%.1f s", d.Seconds())
		}
		return fmt.Sprintf("%d s", d/time.Second)
	case d < time.Minute-time.Second/2:
		return fmt.Sprintf("%d s", d.Round(time.Second)/time.Second)
	case d < time.Hour-time.Second/2:
		return two(d.Round(time.Second), time.Minute, "min", time.Second, "s")
	case d < day-time.Minute/2:
		return two(d.Round(time.Minute), time.Hour, "h", time.Minute, "min")
	case d < day+time.Hour/2:
		return "1 day"
	case d < 2*day-time.Hour/2:
		return two(d.Round(time.Hour), day, "day", time.Hour, "h")
	}
	return two(d.Round(time.Hour), day, "days", time.Hour, "h")
}

// two writes d in a big and a small unit, the small one only where there is any of it.
func two(d, big time.Duration, bigName string, small time.Duration, smallName string) string {
	s := fmt.Sprintf("%d %s", d/big, bigName)
	if rest := d % big / small; rest > 0 {
		s += fmt.Sprintf(" %d %s", rest, smallName)
	}
	return s
}

// Ahead says how a clock with this offset stands: "3 ms behind", "1 min 33 s ahead", or "exact" for
// less than a millisecond.
func Ahead(offset time.Duration) string {
	switch {
	case offset.Abs() < time.Millisecond:
		return "exact"
	case offset < 0:
		return Human(offset) + " ahead"
	}
	return Human(offset) + " behind"
}

// TimeZone names the likely mistake where the offset is a whole number of hours or half hours, up
// to the 14 hours that zones differ from UTC, give or take a minute; otherwise it is "".
func TimeZone(offset time.Duration) string {
	const half = 30 * time.Minute
	zone := offset.Abs().Round(half)
	if zone == 0 || zone > 14*time.Hour || (offset.Abs()-zone).Abs() > time.Minute {
		return ""
	}
	return fmt.Sprintf("That is %s to the minute: the time zone is wrong rather than the clock, or was put right by moving the clock.", Human(zone))
}

// servers counts them: "4 of 4 servers".
func (f Facts) servers() string {
	if len(f.Servers) == 1 {
		return fmt.Sprintf("%d of 1 server", f.Agree)
	}
	return fmt.Sprintf("%d of %d servers", f.Agree, len(f.Servers))
}

// Evidence says who vouches for the offset: "4 time servers agree." and which ones do not.
func (f Facts) Evidence() string {
	if !f.Known {
		return ""
	}
	s := fmt.Sprintf("%d time servers agree.", f.Agree)
	if f.Agree == 1 {
		s = "One time server says so."
	}
	for _, server := range f.Servers {
		if server.Verdict == "falseticker" {
			s += fmt.Sprintf(" %s differs: it says %s.", server.Name, Ahead(server.Offset))
		}
	}
	return s
}

// reason says why nothing is known, for a person.
func (f Facts) reason(answered int) string {
	all, offline := len(f.Servers), 0
	for _, s := range f.Servers {
		switch s.Verdict {
		case "unreachable", "name service failed", "name not found":
			offline++
		}
	}
	switch {
	case all == 0:
		return "no time server is configured"
	case offline == all:
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
