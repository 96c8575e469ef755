package doctor

import (
	"context"
	"errors"
	"net/netip"
	"sync/atomic"
	"time"
)

const (
	// quiet is how long no answer at all may come until that is told. Whoever waits for a music player
	// waits no longer.
	quiet = 1800 * time.Millisecond
	// grace is how long after its deadline a look may take to say what it saw until then.
	grace = 200 * time.Millisecond
)

// A look looks at one thing.
type look struct {
	name   Name
	within time.Duration // its own deadline
	online bool          // it can find nothing without a network
	look   func(o outside, ctx context.Context) Facts
}

// looks are all but Network. The slowest ends, with its grace, within nine seconds.
var looks = []look{
	{Clock, 6 * time.Second, true, outside.clock},
	{Names, 5 * time.Second, true, outside.names},
	{Portal, 5 * time.Second, true, outside.portal},
	{Proxy, 6 * time.Second, true, outside.proxy},
	{TLS, 6 * time.Second, true, outside.tls},
	{IPv6, 6 * time.Second, true, outside.ipv6},
	{Access, 8 * time.Second, true, outside.access},
	{SignIn, 8 * time.Second, true, outside.signIn},
	{API, 8 * time.Second, true, outside.api},
	{Player, 8 * time.Second, true, outside.player},
	{Status, 6 * time.Second, true, outside.status},
	{App, 5 * time.Second, false, outside.app},
	{Hosts, 2 * time.Second, false, outside.hosts},
	{Links, 4 * time.Second, false, outside.links},
}

// outside is Outside with every way out set, and what the looks learn together.
type outside struct {
	Outside
	heard *atomic.Bool // something on the network has answered
}

// errNoNetwork ends the looks that can find nothing without a network.
var errNoNetwork = errors.New("no network")

// Look runs all looks at once and tells each as it ends, all within ten seconds: found is called by one
// goroutine, before Look returns. Network may be told twice: Wrong within two seconds where nothing has
// answered so far, and Fine when something does after all; the last counts. A look that does not end is
// told as TimedOut, and the others go on. Where ctx ends, what has not ended is told as Unknown.
func Look(ctx context.Context, o Outside, found func(Facts)) {
	out := outside{o.filled(), new(atomic.Bool)}
	online, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	told := make(chan Facts)
	for _, l := range looks {
		on := ctx
		if l.online {
			on = online
		}
		go func() { told <- l.run(on, out) }()
	}
	start := time.Now()
	network := out.network(ctx)
	if network.Fault == NoNetwork {
		found(network)
		cancel(errNoNetwork)
	}
	silent := time.After(quiet - time.Since(start))
	for left := len(looks); left > 0; {
		select {
		case f := <-told:
			left--
			if network.Outcome != Fine && out.heard.Load() {
				network = Facts{Name: Network, Outcome: Fine, Took: time.Since(start)}
				found(network)
			}
			found(f)
		case <-silent:
			if network.Outcome == Unknown {
				network = Facts{Name: Network, Outcome: Wrong, Fault: Silence, Took: time.Since(start)}
				found(network)
			}
		}
	}
	if network.Outcome == Unknown { // all has failed at once
		found(Facts{Name: Network, Outcome: Wrong, Fault: Silence, Took: time.Since(start)})
	}
}

// run returns what l finds by its deadline, or that it came to no end.
func (l look) run(all context.Context, o outside) Facts {
	start := time.Now()
	ctx, cancel := context.WithTimeout(all, l.within)
	defer cancel()
	done := make(chan Facts, 1)
	go func() { done <- l.look(o, ctx) }()
	var f Facts
	select {
	case f = <-done:
	case <-ctx.Done():
		select {
		case f = <-done:
		case <-time.After(grace):
			f = Facts{Outcome: TimedOut, Fault: NoAnswer}
		}
	}
	if f.Outcome == TimedOut && all.Err() != nil {
		f = Facts{Outcome: Unknown}
	}
	if errors.Is(context.Cause(all), errNoNetwork) && f.Outcome != Fine {
		f = Facts{Outcome: Unknown, Fault: NoNetwork}
	}
	f.Name, f.Took = l.name, time.Since(start)
	return f
}

// network asks the system for a way out, by addresses that documentation has (RFC 5737, RFC 3849): they
// are taken for any other. It is Unknown where there is one, or a proxy, which may be on this computer: then
// an answer decides.
func (o outside) network(ctx context.Context) Facts {
	if o.proxied() != "" {
		return Facts{Name: Network}
	}
	for _, to := range []string{"192.0.2.1", "2001:db8::1"} {
		if o.Route(ctx, netip.MustParseAddr(to)) == nil {
			return Facts{Name: Network}
		}
	}
	return Facts{Name: Network, Outcome: Wrong, Fault: NoNetwork}
}
