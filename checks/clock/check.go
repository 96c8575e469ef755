// Package clock says whether this computer's clock is right, by asking several time servers, and
// keeps true time for the rest of the program: time that no clock step, suspend or wrong clock
// moves.
package clock

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
	"time"

	"fermata/checks"
)

// harmful is where a wrong clock breaks things: the usual leeway of those who check a token's times.
const harmful = time.Minute

// The samples of one look. A look that was asked for or that follows bad news hurries.
const (
	defaultSamples = 4
	hurried        = 200 * time.Millisecond // between samples
	unhurried      = 2 * time.Second
	patience       = 1200 * time.Millisecond // for one answer
	grace          = 300 * time.Millisecond  // for the others, once a majority of all servers agrees
)

// A Config says whom to ask and what to make of it.
type Config struct {
	// Servers are hosts, or host:port. Three or more are needed to outvote a lying one. Servers that
	// smear leap seconds (time.google.com) differ from others by up to a second for a day around one,
	// and are named falsetickers then.
	Servers   []string
	Tolerance time.Duration // beyond this the clock is wrong
	Interval  time.Duration // between looks while all is well
	Samples   int           // for each server and look; 0 is 4
	// Dial makes the connections; nil is a net.Dialer. Where it returns a bare *net.UDPConn the
	// kernel's time stamps are used.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
}

// A Check looks at the clock. It implements checks.Check.
type Check struct {
	cfg     Config
	time    *Time
	manners []manners     // by server, what it asked of us
	level   checks.Level  // of the last look
	bad     int           // looks in a row that did not end well
	due     time.Duration // Time.Elapsed at which the last look asked for the next
}

// New returns a check that also sets t right.
func New(cfg Config, t *Time) *Check {
	if cfg.Samples == 0 {
		cfg.Samples = defaultSamples
	}
	if cfg.Dial == nil {
		cfg.Dial = (&net.Dialer{}).DialContext
	}
	return &Check{cfg: cfg, time: t, manners: make([]manners, len(cfg.Servers))}
}

// Name implements checks.Check.
func (c *Check) Name() string { return "clock" }

// Run asks the servers and says how the clock stands. A look takes a second, or seven when it is
// the usual one that nobody waits for.
func (c *Check) Run(ctx context.Context) checks.Finding {
	sources := c.look(ctx, c.spacing())
	now := c.time.read()
	facts := c.facts(sources, now)
	if facts.Known {
		c.time.set(now.wallBase()+facts.Offset, facts.Error, now.Boot)
	}
	facts.CheckedAt = c.time.Now()
	f := c.finding(facts)
	if c.level = f.Level; f.Level == checks.OK {
		c.bad = 0
	} else {
		c.bad++
	}
	f.Next = next(f.Level, c.bad, c.cfg.Interval, rand.Float64())
	c.due = c.time.Elapsed() + f.Next
	return f
}

// spacing is the time between samples: long only when all was well and this look comes when it was
// due, so that nobody waits for it.
func (c *Check) spacing() time.Duration {
	late := c.time.Elapsed() - c.due
	if c.due > 0 && c.level == checks.OK && late.Abs() < c.cfg.Interval/10 {
		return unhurried
	}
	return hurried
}

// look asks all servers at once and returns when all are done, or soon after a majority of all
// agrees: a silent server must not hold up the others' news.
func (c *Check) look(ctx context.Context, spacing time.Duration) []*source {
	sampling := time.Duration(c.cfg.Samples-1) * spacing
	ctx, cancel := context.WithTimeout(ctx, sampling+patience+time.Second)
	defer cancel()
	sources := make([]*source, len(c.cfg.Servers))
	var wg sync.WaitGroup
	for i, name := range c.cfg.Servers {
		sources[i] = &source{name: name}
		if c.manners[i].verdict(c.time.Elapsed()) == "" {
			wg.Go(func() { sources[i].ask(ctx, c.time, c.cfg.Dial, c.cfg.Samples, spacing, patience) })
		}
	}
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()
	enough := time.NewTimer(sampling + grace)
	defer enough.Stop()
	select {
	case <-done:
	case <-enough.C:
		if c.facts(sources, c.time.read()).Known {
			cancel()
		}
		<-done
	}
	for i, s := range sources {
		if k, ok := s.err.(kiss); ok {
			c.manners[i].take(k, c.time.Elapsed(), c.cfg.Interval)
		} else if s.ok {
			c.manners[i].rates = 0
		}
	}
	return sources
}

// facts weighs what the sources said, for a clock that stands at now. Only a majority of all
// servers makes true time known: a silent one may be the honest one.
func (c *Check) facts(sources []*source, now Reading) Facts {
	f := Facts{Servers: make([]Server, len(sources))}
	var said []interval
	for i, s := range sources {
		f.Servers[i] = s.server(now)
		if v := c.manners[i].verdict(now.Boot); v != "" && f.Servers[i].Verdict == "" {
			f.Servers[i].Verdict = v
		}
		if f.Servers[i].Answered() {
			said = append(said, f.Servers[i].interval())
		}
	}
	low, high, ok := intersect(said)
	for i := range f.Servers {
		if s := &f.Servers[i]; s.Answered() && ok && s.interval().meets(low, high) {
			f.Agree++
		} else if s.Answered() {
			s.Verdict = "falseticker"
		}
	}
	if 2*f.Agree <= len(sources) {
		f.Reason = f.reason(len(said))
		return f
	}
	best := combine(said, low, high)
	f.Known, f.Offset, f.Error = true, best.mid, best.err
	return f
}

// finding says what the facts amount to.
func (c *Check) finding(f Facts) checks.Finding {
	off, tolerance := f.Offset.Abs(), c.cfg.Tolerance
	v := checks.Finding{Facts: f, Actions: []checks.Action{c.lookAgain()}}
	switch {
	case !f.Known:
		v.Level = checks.Unknown
		v.Summary = "Clock not known: " + f.Reason
	case off-f.Error > max(tolerance, harmful):
		v.Level = checks.Critical
		v.Summary = "Your clock is " + Ahead(f.Offset)
	case off-f.Error > tolerance:
		v.Level = checks.Warning
		v.Summary = "Your clock is " + Ahead(f.Offset)
	case off > tolerance || f.Error > tolerance:
		v.Level = checks.Unknown
		v.Summary = fmt.Sprintf("Clock not known: %s ± %s is too vague to say", Ahead(f.Offset), Human(f.Error))
	default:
		v.Level = checks.OK
		v.Summary = fmt.Sprintf("Clock right: %s ± %s, %s", Ahead(f.Offset), Human(f.Error), f.servers())
	}
	return v
}

// lookAgain is the action that a person starts a look with. It has nothing to do: after every
// action the check runs.
func (c *Check) lookAgain() checks.Action {
	return checks.Action{ID: "clock/check", Label: "Check the clock now", Do: func(context.Context) error { return nil }}
}
