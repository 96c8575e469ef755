package autotime

import (
	"context"
	"path/filepath"
	"strings"

	"fermata/checks/files"
)

// leases are the files in which DHCP clients keep what a network said: systemd-networkd's, dhclient's.
var leases = []string{"/run/systemd/netif/leases/*", "/var/lib/dhcp/*.leases"}

// maxLease is how much of one is read, in bytes.
const maxLease = 64 << 10

// Servers are the time servers that this computer was told to ask: systemd-timesyncd's, or chronyd's, or those
// that the network named. They are in the order to try, and may be none.
func Servers(ctx context.Context) []string {
	ctx, cancel := context.WithTimeout(ctx, answer)
	defer cancel()
	var all []string
	props := timesyncd(ctx)
	for _, kind := range []string{"RuntimeNTPServers", "LinkNTPServers", "SystemNTPServers"} {
		names, _ := props[kind].Value().([]string)
		all = append(all, names...)
	}
	for _, row := range chronyc(ctx, "sources") {
		if len(row) > 2 && row[0] == "^" { // a server; others are peers and clocks of its own
			all = append(all, row[2])
		}
	}
	for _, pattern := range leases {
		found, _ := filepath.Glob(pattern)
		for _, path := range found {
			if data, err := files.Read(path, maxLease); err == nil {
				all = append(all, leased(string(data))...)
			}
		}
	}
	if fallback, _ := props["FallbackNTPServers"].Value().([]string); len(all) == 0 {
		all = fallback
	}
	return distinct(all)
}

// leased are the servers in a lease: "NTP=192.0.2.1 192.0.2.2", "option ntp-servers 192.0.2.1, 192.0.2.2;". A
// later line replaces those before.
func leased(lease string) (servers []string) {
	for line := range strings.Lines(lease) {
		line = strings.TrimSpace(line)
		for _, begin := range []string{"NTP=", "option ntp-servers "} {
			if rest, ok := strings.CutPrefix(line, begin); ok {
				servers = strings.FieldsFunc(rest, func(r rune) bool { return r == ' ' || r == ',' || r == ';' })
			}
		}
	}
	return servers
}
