package webdate

import "time"

// A bracket holds what is known of the server's clock: its Unix time minus Elapsed lies between low
// and high. The zero bracket knows nothing.
type bracket struct {
	low, high time.Duration
	some      bool
}

// narrow takes an answer and says whether it is consistent with the ones before. The date was
// written between sent and received, when the server's clock stood in that second.
func (b *bracket) narrow(a answer) bool {
	low, high := a.date-a.received, a.date+time.Second-a.sent
	if !b.some {
		*b = bracket{low, high, true}
		return true
	}
	b.low, b.high = max(b.low, low), min(b.high, high)
	return b.low <= b.high
}

// wait is how long to wait from now until a question reaches the server when its clock, as far as
// known, is as likely before the edge of a second as after it.
func (b *bracket) wait(now, rtt time.Duration) time.Duration {
	there := now + rtt/2 + b.low + (b.high-b.low)/2
	return (time.Second - there%time.Second) % time.Second
}
