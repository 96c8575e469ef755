package text

import (
	"testing"
	"time"
)

func TestSpan(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0:                                      "under 1 ms",
		400 * time.Microsecond:                 "under 1 ms",
		time.Millisecond:                       "1 ms",
		-12 * time.Millisecond:                 "12 ms",
		999400 * time.Microsecond:              "999 ms",
		999600 * time.Microsecond:              "1 s",
		2345 * time.Millisecond:                "2.3 s",
		9940 * time.Millisecond:                "9.9 s",
		9960 * time.Millisecond:                "10 s",
		59400 * time.Millisecond:               "59 s",
		59600 * time.Millisecond:               "1 min",
		93 * time.Second:                       "1 min 33 s",
		-93*time.Second - 400*time.Millisecond: "1 min 33 s",
		time.Hour - time.Second:                "59 min 59 s",
		time.Hour - time.Millisecond:           "1 h",
		2*time.Hour + 5*time.Minute:            "2 h 5 min",
		day - time.Second:                      "1 day",
		day + 29*time.Minute:                   "1 day",
		day + 3*time.Hour:                      "1 day 3 h",
		2*day - time.Minute:                    "2 days",
		3*day + 4*time.Hour + 29*time.Minute:   "3 days 4 h",
		30 * day:                               "30 days",
		729 * day:                              "729 days",
		1096 * day:                             "3 years",
		20400 * day:                            "55 years",
		20440 * day:                            "56 years", // nearly
	} {
		if got := Span(d); got != want {
			t.Errorf("Span(%v) = %q, want %q", d, got, want)
		}
	}
}

func TestWait(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "a minute", time.Minute: "a minute", 61 * time.Second: "2 minutes", 119 * time.Minute: "119 minutes",
		2 * time.Hour: "2 hours", 121 * time.Minute: "3 hours",
	} {
		if got := Wait(d); got != want {
			t.Errorf("Wait(%v) = %q, want %q", d, got, want)
		}
	}
}

func TestDays(t *testing.T) {
	for d, want := range map[time.Duration]string{
		30 * day: "30 days", 36*time.Hour - 1: "1 day", 36 * time.Hour: "2 days", day: "less than a day", -day: "less than a day",
	} {
		if got := Days(d); got != want {
			t.Errorf("Days(%v) = %q, want %q", d, got, want)
		}
	}
}

func TestStyle(t *testing.T) {
	zone := time.FixedZone("", 2*3600)
	now := time.Date(2026, time.November, 22, 23, 30, 0, 0, zone)
	american := Style{Hours12: true, MonthFirst: true}
	for _, tt := range []struct {
		t              time.Time
		want, american string
	}{
		{now.Add(20 * time.Minute), "23:50", "11:50 PM"},
		{now.Add(time.Hour), "00:30", "12:30 AM"},
		{now.Add(-23 * time.Hour), "00:30", "12:30 AM"},
		{now.Add(-12 * time.Hour).UTC(), "11:30", "11:30 AM"},
		{now.Add(13 * time.Hour), "12:30 on 23 November", "12:30 PM on November 23"},
		{now.Add(-48 * time.Hour), "23:30 on 20 November", "11:30 PM on November 20"},
		{now.AddDate(0, 2, 0), "23:30 on 22 January 2027", "11:30 PM on January 22, 2027"},
	} {
		if got := (Style{}).TimeOfDay(tt.t, now); got != tt.want {
			t.Errorf("%v at %v: %q, want %q", tt.t, now, got, tt.want)
		}
		if got := american.TimeOfDay(tt.t, now); got != tt.american {
			t.Errorf("%v at %v: %q, want %q", tt.t, now, got, tt.american)
		}
	}
	for _, tt := range []struct{ got, want string }{
		{Style{}.Date(now.Add(time.Hour).UTC(), now), "23 November"},
		{Style{}.Date(now.AddDate(1, 0, 0), now), "22 November 2027"},
		{Style{}.FullDate(now.Add(time.Hour).UTC(), now), "23 November 2026"},
		{Style{}.Weekday(now), "Sunday, 22 November"},
		{Style{}.ShortDate(now), "22 Nov"},
		{Style{}.Clock(now), "23:30"},
		{american.Date(now.Add(time.Hour).UTC(), now), "November 23"},
		{american.Date(now.AddDate(1, 0, 0), now), "November 22, 2027"},
		{american.FullDate(now.Add(time.Hour).UTC(), now), "November 23, 2026"},
		{american.Weekday(now), "Sunday, November 22"},
		{american.ShortDate(now), "Nov 22"},
		{american.Clock(now), "11:30 PM"},
		{Style{MonthFirst: true}.TimeOfDay(now.Add(13*time.Hour), now), "12:30 on November 23"},
		{Style{Hours12: true}.TimeOfDay(now.Add(13*time.Hour), now), "12:30 PM on 23 November"},
	} {
		if tt.got != tt.want {
			t.Errorf("%q, want %q", tt.got, tt.want)
		}
	}
}
