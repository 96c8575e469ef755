package clock

import (
	"testing"
	"time"
)

func TestAhead(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0:                     "right",
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
