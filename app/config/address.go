package config

import (
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// server parses the address of a time server: host, host:port, an IP address with or without a port.
func server(v any) (string, error) {
	s, _ := v.(string)
	host := s
	if h, port, err := net.SplitHostPort(s); err == nil {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return "", expected("a port from 1 to 65535", v)
		}
		host = h
	}
	if _, err := netip.ParseAddr(host); err != nil && !hostName(host) {
		return "", expected(`a time server such as "time.example.org" or "192.0.2.1:123"`, v)
	}
	return s, nil
}

// hostName reports whether s can be the name of a host (RFC 1123 section 2.1; the underscore is not
// in it but in use). A last label of digits alone would be a mistyped IP address.
func hostName(s string) bool {
	s = strings.TrimSuffix(s, ".")
	if s == "" || len(s) > 253 {
		return false
	}
	digits := true
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		digits = true
		for _, c := range []byte(label) {
			letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '-' || c == '_'
			if !letter && (c < '0' || c > '9') {
				return false
			}
			digits = digits && !letter
		}
	}
	return !digits
}

// endpoint parses the address of an OAuth or API endpoint. Tokens go there, so nothing but HTTPS will
// do, except on this machine itself.
func endpoint(v any) (string, error) {
	s, _ := v.(string)
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" || len(s) > 2048 {
		return "", expected(`an address such as "https://auth.example.org/token"`, v)
	}
	if _, err := netip.ParseAddr(u.Hostname()); err != nil && !hostName(u.Hostname()) {
		return "", expected(`an address such as "https://auth.example.org/token"`, v)
	}
	if u.Scheme == "https" || u.Scheme == "http" && loopback(u.Hostname()) {
		return s, nil
	}
	return "", expected(`an address that begins with "https://"`, v)
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}
