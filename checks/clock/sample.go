package clock

import (
	"bytes"
	"context"
	"errors"
	"net"
	"time"

	"github.com/beevik/ntp"
)

// maxSkew is how far the wall clock and the boot clock, or the boot clock and the awake one, may part
// while a sample is taken. Slewing stays far below it. A step or a suspend exceeds it, and a sample
// spoiled by a step can show a round trip of 0, which the filter would prefer.
const maxSkew = 5 * time.Millisecond

var (
	errStepped = errors.New("the clock was set during the sample")
	errSlept   = errors.New("the computer slept during the sample")
	errAnswer  = errors.New("the figures cannot be true")
	errUnset   = errors.New("the server does not know the time")
)

// A sample is the result of one exchange with a server. It measures true time against the boot clock,
// so that a later step of the wall clock does not spoil it.
type sample struct {
	base    time.Duration // true Unix time minus Reading.Boot
	error   time.Duration // bound of base, at boot
	rtt     time.Duration
	boot    time.Duration // Reading.Boot when the answer came
	stratum int
}

// A dialer makes connections as net.Dialer's DialContext does.
type dialer func(ctx context.Context, network, addr string) (net.Conn, error)

// exchange asks the server at addr once and waits at most answerTimeout for its answer; ctx bounds the dialing,
// the resolution of the name included. RFC 5905, section 8.
func exchange(ctx context.Context, t *Time, dial dialer, addr string) (sample, error) {
	stop := func() bool { return true }
	defer func() { stop() }()
	opt := ntp.QueryOptions{
		Timeout:    answerTimeout,
		Extensions: []ntp.Extension{packetGuard{}},
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
	return newSample(r, before, after)
}

// A packetGuard rejects packets on which beevik/ntp v1.6.0 panics: a poll interval or a precision of
// 2^-128 s, since -(-128) is no int8.
type packetGuard struct{}

// ProcessQuery implements ntp.Extension.
func (packetGuard) ProcessQuery(*bytes.Buffer) error { return nil }

// ProcessResponse implements ntp.Extension.
func (packetGuard) ProcessResponse(b []byte) error {
	if len(b) < 48 || b[2] == 0x80 || b[3] == 0x80 {
		return errAnswer
	}
	return nil
}

// newSample makes a sample of an answer, or returns why it cannot. Nothing in r is trusted.
func newSample(r *ntp.Response, before, after Reading) (sample, error) {
	change := after.since(before)
	if change.Slept.Abs() > maxSkew {
		return sample{}, errSlept
	}
	if change.Step.Abs() > maxSkew {
		return sample{}, errStepped
	}
	if k := kiss(r.KissCode); r.Stratum == 0 && r.Leap == ntp.LeapNotInSync && !k.known() {
		return sample{}, errUnset // chronyd's and ntpd's stratum 16 is a 0 in the packet
	} else if r.Stratum == 0 {
		return sample{}, k
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
	if server < 0 || rtt < -time.Millisecond || away > after.Boot-before.Boot+maxSkew || r.Precision < 0 || r.Precision > time.Second {
		return sample{}, errAnswer
	}
	rtt = max(rtt, 0)
	offset := wall(ts.ClientXmit, ts.ServerRecv)/2 + wall(ts.ClientRecv, ts.ServerXmit)/2
	unstepped := before.wallBase() + change.Step/2
	return sample{
		base: unstepped + offset,
		error: rtt/2 + r.RootDelay/2 + r.RootDispersion + r.Precision + localPrecision +
			change.Step.Abs() + age(away),
		rtt:     rtt,
		boot:    after.Boot,
		stratum: int(r.Stratum),
	}, nil
}

// localPrecision is how finely this computer's wall clock is read.
const localPrecision = time.Microsecond

// wall is b - a by the wall clock, whatever monotonic readings the two carry.
func wall(a, b time.Time) time.Duration { return b.Round(0).Sub(a.Round(0)) }
