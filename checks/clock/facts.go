package clock

import "time"

// Facts are the figures behind a finding.
type Facts struct {
	Known     bool          // enough servers agree: Offset and Error mean something
	Offset    time.Duration // true time minus this clock: positive when this clock is behind (RFC 5905's sign)
	Error     time.Duration // the true offset is within Offset ± Error, as far as the servers are honest
	CheckedAt time.Time     // true time of the look
	Agree     int           // servers whose intervals share the agreed one
	Reason    string        // why nothing is known: "no time server answered"; "" when Known
	Servers   []Server
}

// A Server is what one time server said in the last look.
type Server struct {
	Name    string
	Offset  time.Duration // as in Facts; meaningful only where RTT or Stratum is not zero
	Error   time.Duration // root distance (RFC 5905, section 11.2.1) with the sample's age
	RTT     time.Duration
	Stratum int           // 1 to 15; 0 when it gave no time
	Age     time.Duration // of the sample when the look ended
	Verdict string        // "ok", "falseticker", "no answer", "not synchronised", "kiss of death RATE", …
}

// Answered says whether the server gave a time, true or false.
func (s Server) Answered() bool { return s.Stratum > 0 }

func (s Server) interval() interval { return interval{s.Offset, s.Error} }
