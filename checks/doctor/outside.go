package doctor

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"fermata/checks/files"
	"fermata/checks/spotify"
)

// Outside is every way out that the looks have. What is not set is the real one.
type Outside struct {
	// Transport carries requests to Spotify. It goes through the proxy that Proxy names.
	Transport http.RoundTripper
	// Proxy says which proxy a request goes through; nil is none.
	Proxy func(*http.Request) (*url.URL, error)
	// Dial connects to an address, without a proxy.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
	// Resolve looks up the addresses of a host.
	Resolve func(ctx context.Context, host string) ([]netip.Addr, error)
	// Route reports whether the system knows a way to an address at all; nothing is sent.
	Route func(ctx context.Context, to netip.Addr) error
	// Hosts reads the hosts file.
	Hosts func() ([]byte, error)
	// Now is this computer's clock.
	Now func() time.Time
	// App looks for Spotify's desktop app.
	App func(context.Context) (spotify.App, error)
	// Links names the program that opens spotify: links; "" is none.
	Links func(context.Context) (string, error)
}

// filled returns o with the real ways out where none is set.
func (o Outside) filled() Outside {
	if o.Proxy == nil {
		o.Proxy = http.ProxyFromEnvironment
	}
	if o.Transport == nil {
		t := http.DefaultTransport.(*http.Transport).Clone()
		t.Proxy = o.Proxy
		t.DisableKeepAlives = true // each look makes a connection of its own, as a player does
		o.Transport = t
	}
	if o.Dial == nil {
		o.Dial = (&net.Dialer{}).DialContext
	}
	if o.Resolve == nil {
		o.Resolve = func(ctx context.Context, host string) ([]netip.Addr, error) {
			return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
		}
	}
	if o.Route == nil {
		o.Route = route
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.App == nil {
		o.App = spotify.FindApp
	}
	if o.Links == nil {
		o.Links = linkHandler
	}
	if o.Hosts == nil {
		o.Hosts = func() ([]byte, error) { return files.Read(hostsFile(), maxHosts) }
	}
	return o
}

// route asks the system for a way to an address: connecting a UDP socket sends nothing.
func route(ctx context.Context, to netip.Addr) error {
	c, err := (&net.Dialer{}).DialContext(ctx, "udp", netip.AddrPortFrom(to, 443).String())
	if err == nil {
		c.Close()
	}
	return err
}
