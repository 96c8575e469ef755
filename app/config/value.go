package config

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"fermata/checks/text"
	"fermata/checks/web"
)

// consists reports whether s is of 1 to most bytes that are all in the set.
func consists(s string, most int, in func(rune) bool) bool {
	return s != "" && len(s) <= most && !strings.ContainsFunc(s, func(r rune) bool { return !in(r) })
}

func isWord(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '-' || r == '_'
}

// expected is the form that most complaints about a value have.
func expected(what, got string) error {
	return fmt.Errorf("expected %s, got %q", what, text.Line(got, 60))
}

// oneOf returns a parser of one of a few words.
func oneOf(words ...string) func(string) (string, error) {
	return func(s string) (string, error) {
		if !slices.Contains(words, s) {
			last := len(words) - 1
			return "", expected(`"`+strings.Join(words[:last], `", "`)+`" or "`+words[last]+`"`, s)
		}
		return s, nil
	}
}

// between returns a parser of durations from low to high, both included, which are durations themselves.
func between(low, high string) func(string) (time.Duration, error) {
	least, _ := duration(low)
	most, _ := duration(high)
	return func(s string) (time.Duration, error) {
		d, err := duration(s)
		if err != nil {
			return 0, expected(`a duration such as "2s", "30m" or "7d"`, s)
		}
		if d < least || d > most {
			return 0, expected(low+" to "+high, s)
		}
		return d, nil
	}
}

// duration is time.ParseDuration with whole days in front: "7d", "1d12h".
func duration(s string) (time.Duration, error) {
	days, rest, ok := strings.Cut(s, "d")
	if !ok {
		return time.ParseDuration(s)
	}
	const day = 24 * time.Hour
	n, err := strconv.ParseUint(days, 10, 16)
	more, restErr := time.ParseDuration(cmp.Or(rest, "0s"))
	if more < 0 || more >= day {
		restErr = errors.New("a day has 24 hours")
	}
	return time.Duration(n)*day + more, cmp.Or(err, restErr)
}

// accountName parses a name that is not one of Fermata's own action IDs.
func accountName(s string) (string, error) {
	switch {
	case !consists(s, 64, func(r rune) bool { return isWord(r) || r == '.' }): // it stands in action IDs
		return "", expected(`a name of at most 64 letters, digits, "-", "_" and "."`, s)
	case slices.Contains([]string{"app", "clock", "demo"}, s):
		return "", expected("another name, Fermata uses this one itself", s)
	}
	return s, nil
}

// programValue returns a parser of what stands under a key of [[program]].
func programValue(key string) func(string) (string, error) {
	return func(s string) (string, error) {
		shown := text.Line(s, 500)
		_, badGlob := path.Match(s, "")
		switch {
		case shown != s:
			return "", errors.New("expected one line of at most 500 characters")
		case key == "path" || key == "glob":
			if !filepath.IsAbs(s) && s != "~" && !strings.HasPrefix(filepath.ToSlash(s), "~/") {
				return "", expected(`a whole path such as "~/projects/bot/.cache"`, s)
			}
			if key == "glob" && badGlob != nil {
				return "", expected(`a pattern such as "~/projects/*/.cache"`, s)
			}
		}
		return s, nil
	}
}

// clientID parses a client ID of any provider. What stands there instead is not repeated: it may be a
// secret in the wrong place.
func clientID(s string) (string, error) {
	if !consists(s, 512, func(r rune) bool { return ' ' <= r && r <= '~' }) { // RFC 6749 section A.1
		return "", errors.New("expected the client ID that the provider gave this program")
	}
	return s, nil
}

// argument parses a word of a command.
func argument(s string) (string, error) {
	if len(s) > 4096 || strings.ContainsFunc(s, unicode.IsControl) {
		return "", expected("a program or an argument on one line", s)
	}
	return s, nil
}

func scope(s string) (string, error) {
	if !consists(s, 256, func(r rune) bool { return '!' <= r && r <= '~' && r != '"' && r != '\\' }) { // RFC 6749 section 3.3
		return "", expected(`a scope such as "offline_access"`, s)
	}
	return s, nil
}

// server parses the address of a time server: host, host:port, an IP address with or without a port.
func server(s string) (string, error) {
	host := s
	if h, port, err := net.SplitHostPort(s); err == nil {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return "", expected("a port from 1 to 65535", s)
		}
		host = h
	}
	if !isHost(host) {
		return "", expected(`a time server such as "time.example.org" or "192.0.2.1:123"`, s)
	}
	return s, nil
}

// endpoint parses the address of an OAuth or API endpoint. Tokens go there, so nothing but HTTPS will
// do, except on this computer itself.
func endpoint(s string) (string, error) {
	u, err := url.Parse(s)
	if err != nil || !isHost(u.Hostname()) || u.User != nil || u.Fragment != "" || len(s) > 2048 {
		return "", expected(`an address such as "https://auth.example.org/token"`, s)
	}
	if !web.Private(u) {
		return "", expected(`an address that begins with "https://"`, s)
	}
	return s, nil
}

// redirect parses where a sign-in comes back to: an address of this computer, as it is registered with the provider.
func redirect(s string) (string, error) {
	u, err := url.Parse(s)
	plain := err == nil && consists("/"+u.Path, 256, func(r rune) bool { return isWord(r) || strings.ContainsRune("/.~", r) })
	if !plain || u.Scheme != "http" || s != "http://"+u.Host+u.Path || strings.Contains(u.Path, "//") ||
		!slices.Contains([]string{"localhost", "127.0.0.1", "::1"}, u.Hostname()) {
		return "", expected(`an address of this computer such as "http://localhost:8765/callback"`, s)
	}
	if _, err := strconv.ParseUint(cmp.Or(u.Port(), "1"), 10, 16); err != nil || u.Port() == "0" {
		return "", expected("a port from 1 to 65535", s)
	}
	return s, nil
}

// ours are the parameters of an authorization request that are Fermata's own.
var ours = []string{"client_id", "client_secret", "code_challenge", "code_challenge_method", "redirect_uri", "response_mode", "response_type", "scope", "state"}

// param parses a parameter for the authorization request.
func param(s string) (string, error) {
	name, value, _ := strings.Cut(s, "=")
	if !consists(name, 64, func(r rune) bool { return isWord(r) || r == '.' }) || !consists(value, 1024, func(r rune) bool { return ' ' <= r && r <= '~' }) {
		return "", expected(`a parameter such as "access_type=offline"`, s)
	}
	if slices.Contains(ours, name) {
		return "", expected("another parameter, Fermata sets this one itself", s)
	}
	return s, nil
}

// isHost reports whether s is an IP address or can be the name of a host (RFC 1123 section 2.1; the
// underscore is in use too). A last label of digits alone would be a mistyped IP address.
func isHost(s string) bool {
	if _, err := netip.ParseAddr(s); err == nil {
		return true
	}
	s = strings.TrimSuffix(s, ".")
	last := ""
	for last = range strings.SplitSeq(s, ".") {
		if !consists(last, 63, isWord) || last[0] == '-' || last[len(last)-1] == '-' {
			return false
		}
	}
	return len(s) <= 253 && strings.Trim(last, "0123456789") != ""
}
