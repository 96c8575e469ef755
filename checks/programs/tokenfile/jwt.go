package tokenfile

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"
)

// DecodeJSON reads the value that input begins with, and returns where it ends; whole says that nothing but
// white space may follow. Numbers are json.Numbers, so that each digit is kept.
func DecodeJSON(input string, whole bool) (v any, end int, err error) {
	d := json.NewDecoder(strings.NewReader(input))
	d.UseNumber()
	if err = d.Decode(&v); err != nil {
		return nil, 0, err
	}
	end = int(d.InputOffset())
	if whole && strings.TrimSpace(input[end:]) != "" {
		return nil, 0, ErrNotJSON
	}
	return v, end, nil
}

// Part returns what a part of a JWT holds (RFC 7515 section 2); some issuers pad it.
func Part(part string) ([]byte, error) {
	return base64.RawURLEncoding.DecodeString(strings.TrimRight(part, "="))
}

// Claims reads a part that holds a JSON object.
func Claims(part string) (claims map[string]any, ok bool) {
	data, err := Part(part)
	if err != nil {
		return nil, false
	}
	v, _, err := DecodeJSON(string(data), true)
	claims, ok = v.(map[string]any)
	return claims, ok && err == nil
}

// Parts counts the parts of raw where the first of at least two is a JOSE header; otherwise it is 0.
func Parts(raw string) int {
	first, _, ok := strings.Cut(raw, ".")
	header, err := Part(first)
	if !ok || err != nil || !bytes.HasPrefix(bytes.TrimSpace(header), []byte("{")) {
		return 0
	}
	return strings.Count(raw, ".") + 1
}

// InToken reports whether r may stand in a JWT.
func InToken(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '_' || r == '-' || r == '.'
}

// expiry is when a JWT ends; zero: it does not say, or raw is none.
func expiry(raw string) time.Time {
	if Parts(raw) != 3 {
		return time.Time{}
	}
	claims, _ := Claims(strings.Split(raw, ".")[1])
	end, _, _ := Time(claims["exp"])
	return end
}
