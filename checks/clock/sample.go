package clock

import (
	"bytes"
	"context"
	"errors"
	"net"
	"time"

	"github.com/beevik/ntp"
)

// torn is how far the wall clock and the boot clock, or the boot clock and the awake one, may part
// while a sample is taken. Slewing stays far below it; a step or a suspend spoils the sample, and
// would even make it look like the best one (its round trip comes out as nought).
const torn = 5 * time.Millisecond

var (
	errStepped = errors.New("the clock was set during the sample")
	errSlept   = errors.New("the computer slept during the sample")
	errAnswer  = errors.New("the figures cannot be true")
)

// A sample is what one exchange with a server tells. It speaks of true time against the boot
// clock, so that a step of the wall clock after it does not spoil it.
type sample struct {
	base    time.Duration // true Unix time minus Reading.Boot
	error   time.Duration // bound of base, at boot
	rtt     time.Duration
	boot    time.Duration // Reading.Boot when the answer came
	stratum int
}

// A dialer makes connections as net.Dialer's DialContext does.
type dialer func(ctx context.Context, network, addr string) (net.Conn, error)

// exchange asks the server at addr once and waits for its answer for at most timeout; ctx bounds
// the dialing, the resolution of the name included. RFC 5905, section 8.
func exchange(ctx context.Context, t *Time, dial dialer, addr string, timeout time.Duration) (sample, error) {
	stop := func() bool { return true }
	defer func() { stop() }()
	opt := ntp.QueryOptions{
		Timeout:    timeout,
		Extensions: []ntp.Extension{sieve{}},
		// The library resolves names outside of any deadline, and reads the kernel's time stamps
		// only off a bare *net.UDPConn: so the dialing is done here, and what it gave is not wrapped.
		Dialer: func(_, addr string) (net.Conn, error) {
			conn, err := dial(ctx, "udp", addr)
			if err == nil {
				// Closed, not given a past deadline: the library sets its own deadline after this.
				stop = context.AfterFunc(ctx, func() { conn.Close() })
			}
			return conn, err
		},
	}
	if t.given {
		opt.GetSystemTime = func() time.Time { return t.read().Wall.Round(0) }
	}
	before := t.read()
	r, err := ntp.QueryWithOptions(addr, opt)
	after := t.read()
	if err != nil {
		return sample{}, err
	}
	return judge(r, before, after)
}

// A sieve keeps from the library what it cannot stand: beevik/ntp v1.6.0 panics on a poll interval
// or a precision of 2^-128 s, since -(-128) is no int8.
type sieve struct{}

// ProcessQuery implements ntp.Extension.
func (sieve) ProcessQuery(*bytes.Buffer) error { return nil }

// ProcessResponse implements ntp.Extension.
func (sieve) ProcessResponse(b []byte) error {
	if len(b) < 48 || b[2] == 0x80 || b[3] == 0x80 {
		return errAnswer
	}
	return nil
}

// judge turns an answer into a sample, or says why it is none. Nothing in r is trusted.
func judge(r *ntp.Response, before, after Reading) (sample, error) {
	jolt := after.Since(before)
	if jolt.Slept.Abs() > torn {
		return sample{}, errSlept
	}
	if jolt.Step.Abs() > torn {
		return sample{}, errStepped
	}
	if r.Stratum == 0 {
		return sample{}, kiss(r.KissCode)
	}
	if err := r.Validate(); err != nil {
		return sample{}, err
	}
	ts := r.Timestamps
	// The library's own figures are clamped and may overflow; these may not: NTP's eras as the
	// library reads them span 136 years.
	away, server := wall(ts.ClientXmit, ts.ClientRecv), wall(ts.ServerRecv, ts.ServerXmit)
	rtt := away - server
	// server is negative when the two times lie on both sides of 2036, where NTP's era ends.
	if server < 0 || rtt < -time.Millisecond || away > after.Boot-before.Boot+torn || r.Precision < 0 || r.Precision > time.Second {
		return sample{}, errAnswer
	}
	rtt = max(rtt, 0)
	offset := wall(ts.ClientXmit, ts.ServerRecv)/2 + wall(ts.ClientRecv, ts.ServerXmit)/2
	unstepped := before.wallBase() + jolt.Step/2
	return sample{
		base: unstepped + offset,
		error: rtt/2 + r.RootDelay/2 + r.RootDispersion + r.Precision + localPrecision +
			jolt.Step.Abs() + age(away),
		rtt:     rtt,
		boot:    after.Boot,
		stratum: int(r.Stratum),
	}, nil
}

// localPrecision is how finely this computer's wall clock is read.
const localPrecision = time.Microsecond

// wall is b - a by the wall clock, whatever monotonic readings the two carry.
func wall(a, b time.Time) time.Duration { return b.Round(0).Sub(a.Round(0)) }
