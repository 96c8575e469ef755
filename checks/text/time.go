package text

import (
	"fmt"
	"time"
)

// day is no unit of package time, since some have 23 hours; a span has none of those.
const day = 24 * time.Hour

// Span writes a duration as a person reads it, in at most two units: "under 1 ms", "12 ms", "2.3 s",
// "1 min 33 s", "2 h 5 min", "3 days 4 h", "260 years". The sign is left out.
func Span(d time.Duration) string {
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
	case d < 2*day-time.Hour/2:
		return two(d.Round(time.Hour), day, "day", time.Hour, "h")
	case d < 30*day:
		return two(d.Round(time.Hour), day, "days", time.Hour, "h")
	case d < 3*365*day:
		return fmt.Sprintf("%d days", d.Round(day)/day)
	}
	return fmt.Sprintf("%d years", (d+30*day)/(365*day+day/4)) // a month short of a year does not count
}

// two writes d in a big and a small unit, the small one only where there is any of it.
func two(d, big time.Duration, bigName string, small time.Duration, smallName string) string {
	s := fmt.Sprintf("%d %s", d/big, bigName)
	if rest := d % big / small; rest > 0 {
		s += fmt.Sprintf(" %d %s", rest, smallName)
	}
	return s
}

// Wait writes how long to wait, rounded up: "a minute", "5 minutes", "3 hours".
func Wait(d time.Duration) string {
	minutes := int((d + time.Minute - 1) / time.Minute)
	switch {
	case minutes <= 1:
		return "a minute"
	case minutes < 120:
		return fmt.Sprintf("%d minutes", minutes)
	}
	return fmt.Sprintf("%d hours", (minutes+59)/60)
}

// Days writes how long it is until an end that is d away: "30 days", "1 day", "less than a day".
func Days(d time.Duration) string {
	switch days := int(d.Round(day) / day); {
	case days > 1:
		return fmt.Sprintf("%d days", days)
	case d > day:
		return "1 day"
	}
	return "less than a day"
}

// A Style is how the desktop writes times and dates. The zero Style writes "15:04" and "20 May 2027".
type Style struct {
	Hours12    bool // "3:04 PM"
	MonthFirst bool // "May 20, 2027"
}

// Clock is the time of day alone, in t's time zone.
func (s Style) Clock(t time.Time) string {
	if s.Hours12 {
		return t.Format("3:04 PM")
	}
	return t.Format("15:04")
}

// TimeOfDay is a time as a person reads it, in now's time zone: the time of day, with the date where
// that is neither today nor within twelve hours, and with the year where it is not this one.
func (s Style) TimeOfDay(t, now time.Time) string {
	t = t.In(now.Location())
	today := t.YearDay() == now.YearDay() && t.Year() == now.Year()
	if today || t.Sub(now).Abs() < 12*time.Hour {
		return s.Clock(t)
	}
	return s.Clock(t) + " on " + s.Date(t, now)
}

// Date is a day as a person reads it, in now's time zone, with the year where it is not this one.
func (s Style) Date(t, now time.Time) string {
	t = t.In(now.Location())
	if t.Year() != now.Year() {
		return s.FullDate(t, now)
	}
	return s.day(t, "2 January", "January 2")
}

// FullDate is a day with its year, in now's time zone.
func (s Style) FullDate(t, now time.Time) string {
	return s.day(t.In(now.Location()), "2 January 2006", "January 2, 2006")
}

// Weekday is a day with its name and without its year, in t's time zone.
func (s Style) Weekday(t time.Time) string {
	return s.day(t, "Monday, 2 January", "Monday, January 2")
}

// ShortDate is a day as a chart has room for, in t's time zone: "20 May".
func (s Style) ShortDate(t time.Time) string { return s.day(t, "2 Jan", "Jan 2") }

func (s Style) day(t time.Time, dayFirst, monthFirst string) string {
	if s.MonthFirst {
		return t.Format(monthFirst)
	}
	return t.Format(dayFirst)
}
