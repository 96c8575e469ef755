package token

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"fermata/checks/programs/tokenfile"
)

// readJWT explains a signed or unsigned JWT (RFC 7519, RFC 7515), or a JWE (RFC 7516), of which only the
// header can be read. What it says is only what the token says: nothing is verified.
func readJWT(raw string) Token {
	t := Token{Kind: JWT, unread: true}
	cut := strings.Split(raw, ".")
	switch len(cut) {
	case 2:
		t.odd("Its third part, the signature, is missing: it was cut off.")
		cut = append(cut, "")
	case 3:
	case 5:
		t.Kind = Encrypted
	default:
		t.odd("It has more parts than a JWT.")
		return t
	}
	header, ok := tokenfile.Claims(cut[0])
	if !ok {
		t.odd("Its header cannot be read: it is damaged.")
		return t
	}
	for name, to := range map[string]*string{"alg": &t.Algorithm, "enc": &t.Encryption, "typ": &t.Type, "kid": &t.KeyID} {
		*to, _ = header[name].(string)
	}
	if t.Kind == Encrypted {
		return t
	}
	claims, ok := tokenfile.Claims(cut[1])
	if !ok {
		if data, err := tokenfile.Part(cut[1]); err == nil && !bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) {
			t.Kind = Signed
			return t
		}
		t.odd("Its claims cannot be read: it is damaged or cut off.")
		return t
	}
	t.unread = false
	signature, err := tokenfile.Part(cut[2])
	if err != nil {
		t.odd("Its signature is damaged or cut off.")
	} else if want := lengths[t.Algorithm]; len(signature) > 0 && want != nil && !slices.Contains(want, len(signature)) {
		t.odd(fmt.Sprintf("Its signature has %d bytes, and %s makes %d: a part is missing, or it is another algorithm's.", len(signature), t.Algorithm, want[0]))
	}
	t.setClaims(claims)
	switch {
	case t.Algorithm == "":
		t.odd("It names no algorithm (alg).")
	case strings.EqualFold(t.Algorithm, "none"):
		t.odd("It is not signed (alg none): anybody can write such a token.")
	case cut[2] == "" && len(t.Odd) == 0:
		t.odd("It names an algorithm but has no signature.")
	}
	return t
}

// lengths are the bytes of a signature, the usual number first (RFC 7518 section 3; RFC 8037; RFC 8812; RFC 9864).
// RSA's is as long as the key, which no token tells.
var lengths = map[string][]int{
	"HS256": {32}, "HS384": {48}, "HS512": {64},
	"ES256": {64}, "ES384": {96}, "ES512": {132}, "ES256K": {64},
	"EdDSA": {64, 114}, "Ed25519": {64}, "Ed448": {114},
}

func (t *Token) odd(sentence string) { t.Odd = append(t.Odd, sentence) }

func (t *Token) setClaims(claims map[string]any) {
	t.Subject, _ = claims["sub"].(string)
	t.service = strings.HasPrefix(t.Subject, "system:serviceaccount:") // Kubernetes
	t.Issuer, _ = claims["iss"].(string)
	t.Audience = listOf(claims["aud"])
	for _, name := range []string{"scope", "scp"} { // RFC 8693 section 4.2; Microsoft's
		if scopes := strings.Fields(strings.Join(listOf(claims[name]), " ")); len(scopes) > 0 {
			t.Scopes = scopes
		}
	}
	t.IssuedAt = t.time(claims, "iat")
	t.NotBefore = t.time(claims, "nbf")
	t.Expires = t.time(claims, "exp")
	for _, name := range slices.Sorted(maps.Keys(claims)) {
		if !slices.Contains(explained, name) {
			t.Claims = append(t.Claims, Claim{name, shown(name, claims[name])})
		}
	}
}

// explained are the claims that fields of their own have.
var explained = []string{"sub", "iss", "aud", "scope", "scp", "iat", "nbf", "exp"}

// harmless are the claims whose values tell nothing of a person (OpenID Connect Core sections 2 and 5.1; RFC 9068).
var harmless = []string{"acr", "amr", "auth_time", "azp", "client_id", "events", "grant_type", "gty", "token_type", "token_use", "typ", "use", "ver", "version"}

// shown is a claim's value as far as it may be shown: yes and no, and those of harmless ones.
func shown(name string, value any) string {
	if is, ok := value.(bool); ok {
		return strconv.FormatBool(is)
	}
	if !slices.Contains(harmless, name) {
		return ""
	}
	if n, ok := value.(json.Number); ok {
		if at, _, ok := tokenfile.Unix(n); ok && name == "auth_time" {
			return at.Format(time.RFC3339)
		}
		return n.String()
	}
	return strings.Join(listOf(value), " ")
}

// listOf returns the texts of a claim that may be one text or a list of them.
func listOf(claim any) (all []string) {
	list, ok := claim.([]any)
	if !ok {
		list = []any{claim}
	}
	for _, v := range list {
		if s, ok := v.(string); ok {
			all = append(all, s)
		}
	}
	return all
}

// time reads a NumericDate (RFC 7519 section 2), and what people write in its place.
func (t *Token) time(claims map[string]any, name string) time.Time {
	value := claims[name]
	if value == nil {
		return time.Time{}
	}
	_, isNumber := value.(json.Number)
	at, unit, ok := tokenfile.Time(value)
	switch {
	case !ok:
		t.odd("Its " + name + " is no time.")
		return time.Time{}
	case !isNumber:
		t.odd("Its " + name + " is a text; the standard has a number.")
	case unit < time.Second:
		t.odd("Its " + name + " does not count seconds but " + units[unit] + "; programs that keep to the standard misread it.")
	}
	return at
}

var units = map[time.Duration]string{
	time.Millisecond: "milliseconds", time.Microsecond: "microseconds", time.Nanosecond: "nanoseconds",
}
