package clock

import "time"

// A kiss is the code of a kiss-o'-death: an answer without a time (RFC 5905, section 7.4).
type kiss string

// Error contains the code only where servers are known to use it: it comes from outside.
func (k kiss) Error() string {
	if k.known() {
		return "kiss of death " + string(k)
	}
	return "kiss of death"
}

// known reports whether the code says why the server keeps the time to itself. INIT and STEP don't: it has
// not got it yet.
func (k kiss) known() bool {
	switch k {
	case kissRate, kissDeny, kissRstr, "ACST", "AUTH", "CRYP", "DROP", "NKEY", "NTSN":
		return true
	}
	return false
}

const (
	kissRate kiss = "RATE" // asked too often: ask less
	kissDeny kiss = "DENY" // do not ask
	kissRstr kiss = "RSTR" // do not ask
)

// maxBackoff is the longest pause after RATE.
const maxBackoff = 24 * time.Hour

// backoff remembers a server's kiss-o'-death (RFC 5905 §7.4) between looks.
type backoff struct {
	denied bool
	rates  int           // RATE answers in a row
	until  time.Duration // Time.Elapsed before which it is not to be asked
}

// take obeys a kiss received at now: DENY and RSTR for good, RATE for longer each time.
func (b *backoff) take(k kiss, now, interval time.Duration) {
	switch k {
	case kissDeny, kissRstr:
		b.denied = true
	case kissRate:
		b.rates++
		b.until = now + min(interval<<min(b.rates, 10), maxBackoff)
	}
}

// verdict is why the server must not be asked at now, or "".
func (b *backoff) verdict(now time.Duration) ServerVerdict {
	switch {
	case b.denied:
		return Denies
	case now < b.until:
		return AskedToWait
	}
	return ""
}
