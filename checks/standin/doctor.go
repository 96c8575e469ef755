package standin

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"net/url"

	"fermata/checks/doctor"
	"fermata/checks/spotify"
)

// addresses are those of every host here, of the ranges for documentation (RFC 5737, RFC 3849).
var addresses = []netip.Addr{netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8::1")}

// Doctor is this World as the looks without a sign-in see it.
func (w *World) Doctor() doctor.Outside {
	return doctor.Outside{
		Transport: w.Transport(),
		Proxy:     func(*http.Request) (*url.URL, error) { return nil, nil },
		Dial: func(_ context.Context, network, addr string) (net.Conn, error) {
			if w.cut.Load() {
				return nil, noNetwork(network, addr)
			}
			client, server := net.Pipe()
			return client, server.Close()
		},
		Resolve: func(_ context.Context, host string) ([]netip.Addr, error) {
			if w.cut.Load() {
				return nil, noNetwork("udp", host)
			}
			return addresses, nil
		},
		Route: func(_ context.Context, to netip.Addr) error {
			if w.cut.Load() {
				return noNetwork("udp", to.String())
			}
			return nil
		},
		App:   func(context.Context) (spotify.App, error) { return spotify.App{}, nil },
		Links: func(context.Context) (string, error) { return "", nil },
	}
}
