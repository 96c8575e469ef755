package clock

import (
	"testing"
	"time"
)

func TestHuman(t *testing.T) {
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
		day + 3*time.Hour:                      "1 day 3 h",
		2*day - time.Minute:                    "2 days",
		3*day + 4*time.Hour + 29*time.Minute:   "3 days 4 h",
		20440 * day:                            "20440 days",
	} {
		if got := Human(d); got != want {
			t.Errorf("Human(%v) = %q, want %q", d, got, want)
		}
	}
}

func TestAhead(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0:                     "exact",
		-3 * time.Millisecond: "3 ms ahead",
		3 * time.Millisecond:  "3 ms behind",
		-93 * time.Second:     "1 min 33 s ahead",
	} {
		if got := Ahead(d); got != want {
			t.Errorf("Ahead(%v) = %q, want %q", d, got, want)
		}
	}
}

func TestTimeZone(t *testing.T) {
	for d, named := range map[time.Duration]bool{
		0:                            false,
		93 * time.Second:             false,
		time.Hour:                    true,
		-2*time.Hour - time.Second:   true,
		5*time.Hour + 30*time.Minute: true,
		time.Hour + 5*time.Minute:    false,
		14 * time.Hour:               true,
		15 * time.Hour:               false,
		24 * time.Hour:               false,
	} {
		if got := TimeZone(d); (got != "") != named {
			t.Errorf("TimeZone(%v) = %q", d, got)
		}
	}
}
