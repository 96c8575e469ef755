package clock

import "time"

// A kiss is a server's answer that holds no time but a reason (RFC 5905, section 7.4).
type kiss string

// Error names the reason only where it is one of those that servers use: it comes from outside.
func (k kiss) Error() string {
	switch k {
	case kissRate, kissDeny, kissRstr, "INIT", "STEP", "ACST", "AUTH", "CRYP", "DROP", "NKEY", "NTSN":
		return "kiss of death " + string(k)
	}
	return "kiss of death"
}

const (
	kissRate kiss = "RATE" // asked too often: ask less
	kissDeny kiss = "DENY" // do not ask
	kissRstr kiss = "RSTR" // do not ask
)

// maxQuiet bounds how long a server that asked for fewer questions is left alone.
const maxQuiet = 24 * time.Hour

// manners is what a server asked of us, kept from look to look.
type manners struct {
	denied bool
	rates  int           // RATE answers in a row
	until  time.Duration // Time.Elapsed before which it is not to be asked
}

// take obeys a kiss received at now.
func (m *manners) take(k kiss, now, interval time.Duration) {
	switch k {
	case kissDeny, kissRstr:
		m.denied = true
	case kissRate:
		m.rates++
		m.until = now + min(interval<<min(m.rates, 10), maxQuiet)
	}
}

// verdict is why the server must not be asked at now, or "".
func (m *manners) verdict(now time.Duration) ServerVerdict {
	switch {
	case m.denied:
		return Denies
	case now < m.until:
		return AskedToWait
	}
	return ""
}
