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

// bound writes an error bound, rounded up: "12 ms".
func bound(d time.Duration) string {
	const ms = time.Millisecond
	return Human(max((d+ms-1)/ms*ms, ms))
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
	return fmt.Sprintf("A whole %s looks like a time zone mistake, or like a second system that keeps the hardware clock in local time.", Human(zone))
}
