package clock

import (
	"slices"
	"time"

	"fermata/checks/clock/autotime"
)

// Facts are what a look found.
type Facts struct {
	Verdict   Verdict
	Known     bool          // a majority of the servers that answered agrees: Offset and Error mean something
	Offset    time.Duration // true time minus this clock: positive when this clock is behind (RFC 5905's sign)
	Error     time.Duration // the true offset is within Offset ± Error, if the agreeing servers are honest
	CheckedAt time.Time     // true time of the look
	Via       string        // the deciding kind of server: "ntp", or "https" where the time servers did not suffice
	Agree     int           // servers of that kind whose intervals share the agreed one
	Answered  int           // servers of that kind that told a time which can be true
	Asked     int           // servers of that kind, those behind one address counted once
	Confirmed int           // web servers that say the same, where the time servers' word alone was not enough
	Reason    string        // why nothing is known: "no time server answered"; "" when Known
	Servers   []Server
	Keeper    autotime.Keeper // the service that keeps this clock, where that is wrong
	System    []string        // what the system reports of its own clock, where that is wrong: evidence only
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

// weigh finds the offset on which the servers of one kind agree, and gives each that votes its verdict. A
// majority of those that told the time makes it known, but a single one only where it is the only one asked.
func (f *Facts) weigh(servers []Server, via string) {
	var said []interval
	f.Via, f.Asked, f.Agree = via, 0, 0
	for _, s := range servers {
		if s.Verdict != SameServer {
			f.Asked++
		}
		if s.Verdict == OK {
			said = append(said, s.interval())
		}
	}
	low, high, ok := intersect(said)
	for _, s := range said {
		if ok && s.meets(low, high) {
			f.Agree++
		}
	}
	f.Answered, f.Known = len(said), f.Agree > 1 || f.Agree == 1 && f.Asked == 1
	if f.Known {
		best := combine(said, low, high)
		f.Offset, f.Error = best.mid, best.err
	}
	for i := range servers {
		switch s := &servers[i]; {
		case s.Verdict != OK:
		case !f.Known:
			s.Verdict = Unconfirmed
		case !s.interval().meets(low, high):
			s.Verdict = Falseticker
		}
	}
}

// few reports whether the servers that agree are no majority of those asked: a silent one may be the honest one.
func (f Facts) few() bool { return f.Known && 2*f.Agree <= f.Asked }

// absurd is from where an offset is more than a clock can have gone wrong by itself: somebody, or a time
// server, has the wrong date.
const absurd = day

// Doubtful reports whether more should speak for the offset than does: few servers, or time servers that name
// another date than this clock, with no web server to confirm it.
func (f Facts) Doubtful() bool {
	return f.Known && f.Confirmed == 0 && (f.few() || f.Via == "ntp" && f.Offset.Abs() > absurd)
}

// Stepped returns what is known at now, in true time, of a clock that was set by step since, positive when
// forward. That takes no server, and so no time.
func (f Facts) Stepped(step time.Duration, now time.Time, tolerance time.Duration) Facts {
	if !f.Known {
		return f
	}
	f.Offset -= step
	f.Error += age(now.Sub(f.CheckedAt))
	f.Servers = slices.Clone(f.Servers)
	for i := range f.Servers {
		if s := &f.Servers[i]; s.Answered() {
			s.Offset -= step
		}
	}
	f.Verdict = f.judge(tolerance)
	return f
}

// compare gives a server that told a time its verdict by what f knows.
func (s *Server) compare(f Facts) {
	switch {
	case !s.Answered() || s.Verdict == SameServer:
	case s.interval().meets(f.Offset-f.Error, f.Offset+f.Error):
		s.Verdict = OK
	case s.Verdict != LongPast:
		s.Verdict = Falseticker
	}
}
