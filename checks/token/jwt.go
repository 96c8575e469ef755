package token

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"fermata/checks/programs/tokenfile"
	"fermata/checks/text"
)

// readJWT explains a signed or unsigned JWT (RFC 7519, RFC 7515). What it says is only what it says:
// nothing is verified.
func readJWT(raw string, secrets []string) Token {
	t := Token{Kind: JWT, unread: true}
	cut := strings.Split(raw, ".")
	switch len(cut) {
	case 2:
		t.Odd = append(t.Odd, "Its third part, the signature, is missing: it was cut off.")
		cut = append(cut, "")
	case 3:
	default:
		t.Odd = append(t.Odd, "It has more parts than a JWT.")
		return t
	}
	header, err := claimsIn(cut[0])
	if err != nil {
		t.Odd = append(t.Odd, "Its header cannot be read: it is damaged.")
		return t
	}
	t.setHeader(header, secrets)
	claims, err := claimsIn(cut[1])
	if err != nil {
		if data, err := decode(cut[1]); err == nil && !bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) {
			t.Kind = Signed
			return t
		}
		t.Odd = append(t.Odd, "Its claims cannot be read: it is damaged or cut off.")
		return t
	}
	t.unread = false
	if _, err := decode(cut[2]); err != nil {
		t.Odd = append(t.Odd, "Its signature is damaged or cut off.")
	}
	t.setClaims(claims, secrets)
	switch {
	case t.Algorithm == "":
		t.Odd = append(t.Odd, "It names no algorithm (alg).")
	case strings.EqualFold(t.Algorithm, "none"):
		t.Odd = append(t.Odd, "It is not signed (alg none): anybody can write such a token.")
	case cut[2] == "" && len(t.Odd) == 0:
		t.Odd = append(t.Odd, "It names an algorithm but has no signature.")
	}
	return t
}

// decode returns what a part of a token holds (RFC 7515 section 2); some issuers pad it.
func decode(part string) ([]byte, error) {
	return base64.RawURLEncoding.DecodeString(strings.TrimRight(part, "="))
}

// claimsIn reads a part that holds a JSON object. Its numbers are json.Numbers, so that each digit is kept.
func claimsIn(part string) (map[string]any, error) {
	data, err := decode(part)
	if err != nil {
		return nil, err
	}
	v, _, err := decodeJSON(string(data), true)
	if err != nil {
		return nil, err
	}
	claims, ok := v.(map[string]any)
	if !ok {
		return nil, errNoObject
	}
	return claims, nil
}

var errNoObject = errors.New("no JSON object")

// readEncrypted explains a JWE (RFC 7516): only its header can be read.
func readEncrypted(raw string, secrets []string) Token {
	t := Token{Kind: Encrypted}
	first, _, _ := strings.Cut(raw, ".")
	header, err := claimsIn(first)
	if err != nil {
		t.Odd = append(t.Odd, "Its header cannot be read: it is damaged.")
	}
	t.setHeader(header, secrets)
	return t
}

func (t *Token) setHeader(header map[string]any, secrets []string) {
	for name, to := range map[string]*string{"alg": &t.Algorithm, "enc": &t.Encryption, "typ": &t.Type, "kid": &t.KeyID} {
		value, _ := header[name].(string)
		*to = text.Line(value, maxText, secrets...)
	}
}

func (t *Token) setClaims(claims map[string]any, secrets []string) {
	switch subject, _ := claims["sub"].(string); {
	case subject == "":
	case strings.HasPrefix(subject, "system:serviceaccount:"): // Kubernetes
		t.Subject, t.service = text.Line(subject, maxText, secrets...), true
	default:
		if len(subject) >= 4 {
			secrets = append(secrets[:len(secrets):len(secrets)], subject, text.Line(subject, len(subject)))
		}
		t.Subject = beginning(subject)
	}
	issuer, _ := claims["iss"].(string)
	t.Issuer = text.Line(issuer, maxText, secrets...)
	t.Audience = lines(listOf(claims["aud"]), secrets)
	for _, name := range []string{"scope", "scp"} { // RFC 8693 section 4.2; Microsoft's
		if scopes := strings.Fields(strings.Join(listOf(claims[name]), " ")); len(scopes) > 0 {
			t.Scopes = lines(scopes, secrets)
		}
	}
	t.IssuedAt = t.time(claims, "iat")
	t.NotBefore = t.time(claims, "nbf")
	t.Expires = t.time(claims, "exp")
}

// time reads a NumericDate (RFC 7519 section 2), and what people write in its place.
func (t *Token) time(claims map[string]any, name string) time.Time {
	value, ok := claims[name]
	if !ok || value == nil {
		return time.Time{}
	}
	number, isNumber := value.(json.Number)
	if written, ok := value.(string); ok {
		number = json.Number(strings.TrimSpace(written))
	}
	at, unit, ok := tokenfile.Unix(number)
	if written, err := time.Parse(time.RFC3339, string(number)); err == nil {
		at, unit, ok = written, time.Second, true
	}
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
