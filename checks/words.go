package checks

import "time"

// TimeOfDay is a time as a person reads it, in now's time zone: the time of day, with the date where
// that is neither today nor within twelve hours, and with the year where it is not this one.
func TimeOfDay(t, now time.Time) string {
	t = t.In(now.Location())
	today := t.YearDay() == now.YearDay() && t.Year() == now.Year()
	switch {
	case today, t.Sub(now).Abs() < 12*time.Hour:
		return t.Format("15:04")
	case t.Year() == now.Year():
		return t.Format("15:04 on 2 January")
	}
	return t.Format("15:04 on 2 January 2006")
}
