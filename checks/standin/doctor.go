package standin

import (
	"cmp"
	"context"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"fermata/checks/doctor"
	"fermata/checks/spotify"
)

// Paths of what is at Spotify the root of a host of its own.
const (
	playerPath   = "/web-player"
	insecurePath = "/web-player/insecure" // the web player without encryption
	statusPath   = "/status"
	accessPath   = "/access-points"
)

// blockedHost is whom the hosts file leads nowhere, where it does.
const blockedHost = "accounts.spotify.com"

// The one address that every host here has, of the ranges for documentation (RFC 5737, RFC 3849).
var (
	over4 = netip.MustParseAddr("192.0.2.1")
	over6 = netip.MustParseAddr("2001:db8::1")
)

// Doctor is this World, and the computer in it, for looks without a sign-in.
func (w *World) Doctor() doctor.Outside {
	started := time.Now()
	return doctor.Outside{
		Transport: byHost{w, w.Transport()},
		Proxy: func(*http.Request) (*url.URL, error) {
			if w.has("proxy") {
				return &url.URL{Scheme: "http", Host: "proxy.demo:8080"}, nil
			}
			return nil, nil
		},
		Dial:    w.dialSpotify,
		Resolve: w.resolve,
		Route: func(_ context.Context, to netip.Addr) error {
			if w.cut.Load() {
				return noNetwork("udp", netip.AddrPortFrom(to, 443).String())
			}
			return nil
		},
		Hosts: func() ([]byte, error) {
			if w.has("hosts-file") {
				return []byte("127.0.0.1 localhost\n0.0.0.0 " + blockedHost + "\n"), nil
			}
			return []byte("127.0.0.1 localhost\n"), nil
		},
		App: func(context.Context) (spotify.App, error) {
			if w.has("no-app") {
				return spotify.App{}, nil
			}
			return spotify.App{Installed: true, Running: true, Since: started, Install: "package"}, nil
		},
		Links: func(context.Context) (string, error) {
			if w.has("no-app") {
				return "", nil
			}
			return "spotify", nil
		},
	}
}

// dialSpotify connects to one of Spotify's servers, which hangs up at once.
func (w *World) dialSpotify(ctx context.Context, network, addr string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(addr)
	switch {
	case err != nil:
		return nil, err
	case w.cut.Load():
		return nil, noNetwork(network, addr)
	case w.has("ports") && strings.HasPrefix(host, "ap-"), w.has("unreachable"), w.has("hosts-file") && host == netip.IPv4Unspecified().String():
		return nil, refused()
	case w.has("ipv6") && host == over6.String():
		<-ctx.Done()
		return nil, ctx.Err()
	}
	client, server := net.Pipe()
	return client, server.Close()
}

// resolve looks up a name of Spotify's.
func (w *World) resolve(_ context.Context, host string) ([]netip.Addr, error) {
	switch {
	case w.cut.Load(), w.has("names"):
		return nil, noNetwork("udp", host)
	case w.has("hosts-file") && host == blockedHost:
		return []netip.Addr{netip.IPv4Unspecified()}, nil
	}
	return []netip.Addr{over4, over6}, nil
}

// byHost finds by the host what Spotify has there, since the World looks at paths only.
type byHost struct {
	world *World
	next  http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (b byHost) RoundTrip(r *http.Request) (*http.Response, error) {
	if b.world.has("hosts-file") && r.URL.Host == blockedHost {
		if r.Body != nil {
			r.Body.Close()
		}
		return nil, refused()
	}
	path := map[string]string{"open.spotify.com": playerPath, "apresolve.spotify.com": accessPath, "status.spotify.dev": statusPath}[r.URL.Host]
	if r.URL.Scheme == "http" {
		path = insecurePath
	}
	r = r.Clone(r.Context())
	r.URL.Path = cmp.Or(path, r.URL.Path)
	return b.next.RoundTrip(r)
}
