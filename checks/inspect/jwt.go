package inspect

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"fermata/checks/cache/tokenfile"
)

// readJWT explains a signed or unsigned JWT (RFC 7519, RFC 7515). What it says is only what it says:
// nothing is verified.
func readJWT(raw string, secrets []string) Token {
	t := Token{Kind: JWT, unread: true}
	if parts(raw) == 2 {
		raw += "."
		t.Odd = append(t.Odd, "Its third part, the signature, is missing: it was cut off.")
	}
	claims := jwt.MapClaims{}
	parser := jwt.NewParser(jwt.WithPaddingAllowed(), jwt.WithJSONNumber())
	token, raws, err := parser.ParseUnverified(raw, claims)
	if token == nil {
		t.Odd = append(t.Odd, "It has more parts than a JWT.")
		return t
	}
	t.setHeader(token.Header, secrets)
	switch {
	case !errors.Is(err, jwt.ErrTokenMalformed): // an algorithm that nobody here knows is no matter
	case token.Header == nil:
		t.Odd = append(t.Odd, "Its header cannot be read: it is damaged.")
		return t
	case token.Method == nil:
		t.Odd = append(t.Odd, "Its claims cannot be read: it is damaged or cut off.")
		return t
	default:
		t.Odd = append(t.Odd, "Its signature is damaged or cut off.")
	}
	t.unread = false
	t.setClaims(claims, secrets)
	unsigned := raws[2] == ""
	switch {
	case t.Algorithm == "":
		t.Odd = append(t.Odd, "It names no algorithm (alg).")
	case strings.EqualFold(t.Algorithm, "none"):
		t.Odd = append(t.Odd, "It is not signed (alg none): anybody can write such a token.")
	case unsigned && len(t.Odd) == 0:
		t.Odd = append(t.Odd, "It names an algorithm but has no signature.")
	}
	return t
}

// readEncrypted explains a JWE (RFC 7516): only its header can be read.
func readEncrypted(raw string, secrets []string) Token {
	t := Token{Kind: Encrypted}
	first, _, _ := strings.Cut(raw, ".")
	plain, _ := base64.RawURLEncoding.DecodeString(strings.TrimRight(first, "="))
	var header map[string]any
	if json.Unmarshal(plain, &header) != nil {
		t.Odd = append(t.Odd, "Its header cannot be read: it is damaged.")
	}
	t.setHeader(header, secrets)
	return t
}

func (t *Token) setHeader(header map[string]any, secrets []string) {
	for name, to := range map[string]*string{"alg": &t.Algorithm, "enc": &t.Encryption, "typ": &t.Type, "kid": &t.KeyID} {
		text, _ := header[name].(string)
		*to = clean(text, secrets)
	}
}

func (t *Token) setClaims(claims jwt.MapClaims, secrets []string) {
	if subject, err := claims.GetSubject(); err == nil && subject != "" {
		if len(subject) >= 4 {
			secrets = append(secrets[:len(secrets):len(secrets)], subject)
		}
		t.Subject = beginning(subject)
	}
	if issuer, err := claims.GetIssuer(); err == nil {
		t.Issuer = clean(issuer, secrets)
	}
	audience, _ := claims.GetAudience()
	t.Audience = cleanAll(audience, secrets)
	for _, name := range []string{"scope", "scp"} { // RFC 8693 section 4.2; Microsoft's
		switch v := claims[name].(type) {
		case string:
			t.Scopes = cleanAll(strings.Fields(v), secrets)
		case []any:
			for _, scope := range v[:min(len(v), maxList)] {
				if text, ok := scope.(string); ok {
					t.Scopes = append(t.Scopes, clean(text, secrets))
				}
			}
		}
	}
	t.IssuedAt = t.time(claims, "iat")
	t.NotBefore = t.time(claims, "nbf")
	t.Expires = t.time(claims, "exp")
}

// time reads a NumericDate (RFC 7519 section 2), and what people write in its place.
func (t *Token) time(claims jwt.MapClaims, name string) time.Time {
	value, ok := claims[name]
	if !ok || value == nil {
		return time.Time{}
	}
	number, isNumber := value.(json.Number)
	if text, ok := value.(string); ok {
		number = json.Number(strings.TrimSpace(text))
	}
	at, unit, ok := tokenfile.Unix(number)
	switch {
	case !ok:
		t.Odd = append(t.Odd, "Its "+name+" is no time.")
		return time.Time{}
	case !isNumber:
		t.Odd = append(t.Odd, "Its "+name+" is a text; the standard has a number.")
	case unit < time.Second:
		t.Odd = append(t.Odd, "Its "+name+" does not count seconds but "+units[unit]+"; programs that keep to the standard misread it.")
	}
	return at
}

var units = map[time.Duration]string{
	time.Millisecond: "milliseconds", time.Microsecond: "microseconds", time.Nanosecond: "nanoseconds",
}
