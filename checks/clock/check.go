// Package clock finds out whether this computer's clock is right, by asking several time servers, and
// keeps true time for the rest of the program: time that no clock step, suspend or wrong clock moves.
package clock

import (
	"context"
	"crypto/x509"
	"math/rand/v2"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"fermata/checks/clock/autotime"
)

// How one look goes.
const (
	samples       = 4                      // of each server
	quickSpacing  = 200 * time.Millisecond // between the samples of a look that somebody waits for
	calmSpacing   = 2 * time.Second        // between samples of the usual look
	answerTimeout = 1200 * time.Millisecond
	stragglerTime = 300 * time.Millisecond // for the other servers, once a majority of all agrees
)

// A Config holds the servers to ask and what counts as right.
type Config struct {
	// Servers are hosts, or host:port, or System. Three or more are needed to outvote a lying one. Servers that
	// smear leap seconds (time.google.com) differ from others by up to a second for a day around one,
	// and are named falsetickers then.
	Servers   []string
	Tolerance time.Duration // beyond this the clock is wrong
	Interval  time.Duration // between looks while all is well
	// Pages are https addresses whose Date header is asked for where no majority of the servers agrees, as
	// when a network lets no UDP through. They tell the time to about half a second.
	Pages []string
	// History is the file in which offsets are kept; "" keeps them in memory.
	History string
	// SetClock sets a clock that is not the computer's; nil has the system set its clock.
	SetClock func(ctx context.Context) error
	// Dial makes the connections; nil is a net.Dialer. Where it returns a bare *net.UDPConn the
	// kernel's time stamps are used.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
	// Lookup finds the addresses of a server's name, of which the next is asked where one stays silent; nil
	// is the system's resolver, or, with Dial, leaves names to that.
	Lookup func(ctx context.Context, network, host string) ([]netip.Addr, error)
	// Made is when this program was made: no server that names an earlier time is believed. Zero: all are.
	Made time.Time
}

// System, in the place of a server, stands for those that this computer asks itself, or was told of by its network.
const System = "system"

// A Check looks at the clock.
type Check struct {
	cfg     Config
	time    *Time
	dial    dialer
	roots   *x509.CertPool // of the pages' certificates; nil is the system's choice
	lookup  lookup
	backoff map[string]*backoff // by server
	history *history
	signIn  time.Time       // the newest sign-in that is known of
	keeper  autotime.Keeper // where the last look found the clock wrong
	verdict Verdict         // of the last look
	bad     int             // looks in a row that did not find it right
	due     time.Duration   // Time.Elapsed at which the last look asked for the next

	turnOn, openSettings func(context.Context) error
	mend                 func(context.Context, autotime.Keeper) error
	says                 func(context.Context) (autotime.Keeper, []string)
	system               func(context.Context) []string // the servers that System stands for
}

// New returns a check that also corrects t at each look.
func New(cfg Config, t *Time) *Check {
	c := &Check{
		cfg: cfg, time: t, dial: cfg.Dial,
		lookup: cfg.Lookup, backoff: map[string]*backoff{},
		history: &history{path: cfg.History},
		turnOn:  autotime.TurnOn, openSettings: autotime.OpenSettings, mend: autotime.Mend, system: autotime.Servers,
		says: func(ctx context.Context) (autotime.Keeper, []string) { return autotime.Keeps(ctx), autotime.Says(ctx) },
	}
	if c.dial == nil {
		c.dial = (&net.Dialer{}).DialContext
		if c.lookup == nil {
			c.lookup = net.DefaultResolver.LookupNetIP
		}
	}
	return c
}

// SignedIn tells, between two looks, when somebody signed in last, in true time as it was known then. A time
// server that names an earlier one is not believed before web servers confirm it.
func (c *Check) SignedIn(at time.Time) { c.signIn = at }

// Look asks the servers and returns what they said, and in how long it wants the next look. It never
// fails: a clock that cannot be checked is Unknown. A look takes a second, or seven when it is the usual
// one that nobody waits for; where the pages have to be asked, up to six more. It ends soon after ctx
// does. No two looks may overlap.
func (c *Check) Look(ctx context.Context) (Facts, time.Duration) {
	sources := c.look(ctx, c.spacing())
	now := c.time.read()
	facts := c.facts(sources, now)
	doubtful := !facts.Known || facts.Doubtful() && facts.judge(c.cfg.Tolerance) >= Wrong
	if doubtful && len(c.cfg.Pages) > 0 && !facts.offline() && ctx.Err() == nil {
		facts = c.askWeb(ctx, facts)
		now = c.time.read()
	}
	if facts.Known {
		c.time.set(now.wallBase()+facts.Offset, facts.Error, now.Boot)
		if facts.Offset.Abs() <= absurd || !facts.Doubtful() { // another era would wipe the history
			facts.Drift = c.history.add(now, facts, c.cfg.Tolerance)
		}
	}
	facts.CheckedAt = c.time.Now()
	facts.History = c.history.measured(facts)
	facts.Verdict = facts.judge(c.cfg.Tolerance)
	if facts.Verdict >= Wrong && c.cfg.SetClock == nil {
		facts.Keeper, facts.System = c.says(ctx)
	}
	c.keeper = facts.Keeper
	c.verdict, c.bad = facts.Verdict, c.bad+1
	if facts.Verdict == Right {
		c.bad = 0
	}
	wait := next(facts.Verdict, c.bad, c.cfg.Interval, rand.Float64())
	c.due = c.time.Elapsed() + wait
	return facts, wait
}

// spacing is the time between samples: long only when all was well and this look comes when it was
// due, so that nobody waits for it.
func (c *Check) spacing() time.Duration {
	late := c.time.Elapsed() - c.due
	if c.due > 0 && c.verdict == Right && late >= 0 && late < c.cfg.Interval/10 {
		return calmSpacing
	}
	return quickSpacing
}

// look asks all servers at once and returns when all are done, or soon after a majority of all agrees: one
// silent server must not delay the finding.
func (c *Check) look(ctx context.Context, spacing time.Duration) []*source {
	sampling := (samples - 1) * spacing
	ctx, cancel := context.WithTimeout(ctx, sampling+answerTimeout+time.Second)
	defer cancel()
	servers := c.servers(ctx)
	sources := make([]*source, len(servers))
	var wg sync.WaitGroup
	for i, name := range servers {
		sources[i] = &source{name: name}
		if c.backoff[name].verdict(c.time.Elapsed()) == "" {
			wg.Go(func() { sources[i].ask(ctx, c.time, c.dial, c.lookup, spacing) })
		}
	}
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(sampling + stragglerTime):
		if f := c.facts(sources, c.time.read()); f.Known && !f.few() {
			cancel()
		}
		<-done
	}
	for _, s := range sources {
		if k, ok := s.err.(kiss); ok {
			c.backoff[s.name].take(k, c.time.Elapsed(), c.cfg.Interval)
		} else if s.ok {
			c.backoff[s.name].rates = 0
		}
	}
	return sources
}

// servers are those to ask now.
func (c *Check) servers(ctx context.Context) (all []string) {
	for _, name := range c.cfg.Servers {
		names := []string{name}
		if name == System {
			names = c.system(ctx)
		}
		for _, name := range names {
			if !slices.Contains(all, name) {
				all = append(all, name)
			}
			if c.backoff[name] == nil {
				c.backoff[name] = &backoff{}
			}
		}
	}
	return all
}

// facts weighs the answers of the sources, for a clock that stands at now.
func (c *Check) facts(sources []*source, now Reading) Facts {
	f := Facts{Servers: make([]Server, len(sources))}
	voted := map[string]bool{}
	earliest := c.cfg.Made
	if c.signIn.After(earliest) {
		earliest = c.signIn
	}
	for i, from := range sources {
		s, addr := from.server(now)
		switch v := c.backoff[s.Name].verdict(now.Boot); {
		case v != "" && s.Verdict == "":
			s.Verdict = v
		case s.Verdict == OK && voted[addr]:
			s.Verdict = SameServer
		case s.Verdict == OK && now.Wall.Add(s.Offset+s.Error).Before(earliest.Add(-day)): // whose clock may have been off
			s.Verdict = LongPast
		}
		voted[addr] = voted[addr] || s.Answered()
		f.Servers[i] = s
	}
	if f.weigh(f.Servers, "ntp"); !f.Known {
		f.Reason = f.reason()
	}
	return f
}
