package clock

import "time"

// Facts are what a look found.
type Facts struct {
	Verdict   Verdict
	Known     bool          // a majority of the servers agrees: Offset and Error mean something
	Offset    time.Duration // true time minus this clock: positive when this clock is behind (RFC 5905's sign)
	Error     time.Duration // the true offset is within Offset ± Error, if the agreeing servers are honest
	CheckedAt time.Time     // true time of the look
	Via       string        // the deciding kind of server: "ntp", or "https" where the time servers did not suffice
	Agree     int           // servers of that kind whose intervals share the agreed one
	Asked     int           // servers of that kind
	Reason    string        // why nothing is known: "no time server answered"; "" when Known
	Servers   []Server
	System    []string // what the system reports of its own clock, where that is wrong: evidence only
	Drift     Drift
	// History is what was measured in the last week, the oldest first: at most one measurement an hour, and
	// this look's where it made something known. Nobody changes it.
	History []Measured
}

// Measured is what one look found.
type Measured struct {
	At            time.Time     // true time
	Offset, Error time.Duration // as in Facts
}

// A Server is the result of asking one server in the last look.
type Server struct {
	Name        string
	Via         string        // "ntp" or "https"
	Offset      time.Duration // as in Facts
	Error       time.Duration // root distance (RFC 5905, section 11.2.1) with the sample's age; 0 without a time
	RTT         time.Duration
	Stratum     int           // 1 to 15; 0 for https, and without a time
	Age         time.Duration // of the sample when the look ended
	Verdict     ServerVerdict
	Certificate string // NotYetValid or Expired where it is so by this clock, and genuine otherwise; else ""
}

// The faults of a certificate that only a wrong clock finds.
const (
	NotYetValid = "not yet valid"
	Expired     = "expired"
)

// Answered reports whether the server gave a time, right or wrong.
func (s Server) Answered() bool { return s.Error > 0 }

func (s Server) interval() interval { return interval{s.Offset, s.Error} }

// weigh finds the offset on which the servers of one kind agree, gives each its verdict, and returns how
// many gave a time. Only a majority of all makes true time known: a silent one may be the honest one.
func (f *Facts) weigh(servers []Server, via string) (answered int) {
	var said []interval
	for _, s := range servers {
		if s.Answered() {
			said = append(said, s.interval())
		}
	}
	low, high, ok := intersect(said)
	agree := 0
	for i := range servers {
		if s := &servers[i]; s.Answered() && ok && s.interval().meets(low, high) {
			agree++
		} else if s.Answered() {
			s.Verdict = Falseticker
		}
	}
	f.Agree, f.Asked, f.Via = agree, len(servers), via
	if f.Known = 2*agree > len(servers); f.Known {
		best := combine(said, low, high)
		f.Offset, f.Error = best.mid, best.err
	}
	return len(said)
}

// compare gives a server that had no vote its verdict by what f knows.
func (s *Server) compare(f Facts) {
	if !s.Answered() || !f.Known {
		return
	}
	s.Verdict = Falseticker
	if s.interval().meets(f.Offset-f.Error, f.Offset+f.Error) {
		s.Verdict = OK
	}
}
