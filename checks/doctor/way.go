package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"fermata/checks/session"
	"fermata/checks/spotify"
)

// spotifyHosts are those without which nothing plays.
var spotifyHosts = []string{"accounts.spotify.com", "api.spotify.com", "open.spotify.com", "apresolve.spotify.com"}

// names looks up Spotify's hosts. The first that has no usable address is told.
func (o outside) names(ctx context.Context) Facts {
	found := make([]Facts, len(spotifyHosts))
	var wg sync.WaitGroup
	for i, host := range spotifyHosts {
		wg.Go(func() { found[i] = o.name(ctx, host) })
	}
	wg.Wait()
	all := Facts{Outcome: Fine, Asked: len(spotifyHosts)}
	for _, f := range found {
		if f.Outcome == Fine {
			all.Count++
		} else if all.Outcome == Fine {
			f.Asked, f.Count = all.Asked, all.Count
			all = f
		}
	}
	if all.Outcome == Wrong && o.proxied() != "" { // which looks them up itself
		all.Outcome, all.Fault = Unknown, Behind
	}
	return all
}

// name looks up one host.
func (o outside) name(ctx context.Context, host string) Facts {
	addresses, err := o.Resolve(ctx, host)
	switch {
	case err != nil && ctx.Err() != nil:
		return Facts{Outcome: TimedOut, Fault: NoAnswer, Host: host}
	case err != nil:
		f := Facts{Outcome: Wrong, Fault: nameFault(err), Host: host, Said: said(err.Error())}
		return f
	}
	for _, a := range addresses {
		if a.IsLoopback() || a.IsUnspecified() {
			return Facts{Outcome: Wrong, Fault: NameBlocked, Host: host, Address: a.String()}
		}
	}
	return Facts{Outcome: Fine, Host: host}
}

// nameFault says why a name has no address.
func nameFault(err error) Fault {
	if e, ok := errors.AsType[*net.DNSError](err); ok && e.IsNotFound {
		return NameNotFound
	}
	return NameService
}

// proxied is the proxy for what goes to Spotify, without user name and password; "" is none.
func (o outside) proxied() string {
	to, _ := url.Parse(spotify.TokenURL)
	p, err := o.Proxy(&http.Request{URL: to})
	if err != nil || p == nil {
		return ""
	}
	return said((&url.URL{Scheme: p.Scheme, Host: p.Host}).String())
}

// proxy finds out whether the proxy of the system's settings connects to Spotify.
func (o outside) proxy(ctx context.Context) Facts {
	address := o.proxied()
	if address == "" {
		return Facts{Outcome: Fine}
	}
	r, f := o.ask(ctx, http.MethodHead, spotify.TokenURL, "")
	f.Proxy, f.Host = address, ""
	switch {
	case r.Response != nil && r.StatusCode != http.StatusProxyAuthRequired, f.Fault == Certificate, f.Fault == CertificateTime:
		f = Facts{Outcome: Fine, Proxy: address} // it let the request through
	case r.Response != nil, f.Fault == ProxyRefuses:
		f.Outcome, f.Fault = Wrong, ProxyRefuses
	}
	return f
}

const (
	dialTimeout = 3 * time.Second
	player4070  = 4070 // the desktop app's own port, before it tries 443 and 80
)

// ipv6 connects to the sign-in server over IPv6 and over IPv4. Most programs try the one after the other,
// and stand still where the first hangs (RFC 8305 section 1). An IPv6 that fails at once does no harm.
func (o outside) ipv6(ctx context.Context) Facts {
	host := spotifyHosts[0]
	addresses, err := o.Resolve(ctx, host)
	if err != nil {
		return Facts{Fault: nameFault(err), Host: host, Said: said(err.Error())}
	}
	isV4 := func(a netip.Addr) bool { return a.Unmap().Is4() }
	four := slices.IndexFunc(addresses, isV4)
	six := slices.IndexFunc(addresses, func(a netip.Addr) bool { return !isV4(a) })
	if six < 0 {
		return Facts{Outcome: Fine, Host: host}
	}
	f := Facts{Host: host, Address: addresses[six].String()}
	var over4, over6 error = errors.New("no IPv4 address"), nil
	var wg sync.WaitGroup
	wg.Go(func() { over6 = o.reach(ctx, addresses[six].String(), 443) })
	if four >= 0 {
		wg.Go(func() { over4 = o.reach(ctx, addresses[four].String(), 443) })
	}
	wg.Wait()
	switch {
	case over6 == nil, over4 == nil && !isTimeout(over6):
		f.Outcome = Fine
	case over4 == nil && o.proxied() != "":
		f.Fault = Behind
	case over4 == nil:
		f.Outcome, f.Fault = Wrong, Hangs
	default:
		f.Fault, f.Said = NoConnection, said(over6.Error())
	}
	return f
}

// reach connects to a port, and hangs up.
func (o outside) reach(ctx context.Context, host string, port int) error {
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	c, err := o.Dial(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(port)))
	if err != nil {
		return err
	}
	o.heard.Store(true)
	return c.Close()
}

// access asks which access points the desktop app would use, and connects to the first of each port.
func (o outside) access(ctx context.Context) Facts {
	r, f := o.ask(ctx, http.MethodGet, spotify.AccessPointsURL, "")
	if r.Response == nil {
		return f
	}
	if f = judge(r, f, false); f.Outcome != Fine {
		return f
	}
	var points struct {
		AccessPoint []string `json:"accesspoint"`
	}
	_ = json.Unmarshal([]byte(r.body), &points) // then there are none
	ports := []int{player4070, 443}
	reached := make([]error, len(ports))
	var wg sync.WaitGroup
	for i, port := range ports {
		host := accessPoint(points.AccessPoint, port)
		if host == "" {
			return Facts{Fault: Unreadable, Host: f.Host, Status: f.Status, Said: said(r.body)}
		}
		f.Host = host
		wg.Go(func() { reached[i] = o.reach(ctx, host, port) })
	}
	wg.Wait()
	f.Status = 0
	for i, port := range ports {
		if reached[i] == nil {
			f.Ports = append(f.Ports, port)
		} else {
			f.Said = said(reached[i].Error())
		}
	}
	switch {
	case len(f.Ports) > 0:
		f.Said = ""
	case o.proxied() != "":
		f.Outcome, f.Fault = Unknown, Behind
	default:
		f.Outcome, f.Fault = Wrong, Blocked
	}
	return f
}

// accessPoint is the first host of Spotify's for that port in a list from outside; "" is none.
func accessPoint(list []string, port int) string {
	for _, entry := range list {
		host, p, err := net.SplitHostPort(entry)
		if err == nil && p == strconv.Itoa(port) && strings.HasSuffix(host, ".spotify.com") {
			return host
		}
	}
	return ""
}

func isTimeout(err error) bool { return session.OnTheWay(err).Code == session.CodeTimeout }
