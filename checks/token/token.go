// Package token explains a token that somebody pasted: what it is, who issued it, and when it ends,
// by this computer's clock and in true time. It checks no signature and asks nobody; what it tells
// holds no token, no part of one, and no subject in full.
package token

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"fermata/checks/text"
)

// MaxInput is how much Read takes, in bytes.
const MaxInput = 1 << 20

// A Report is what can be told of an input. Without Tokens it has an Answer or else a Problem.
type Report struct {
	At       time.Time `json:"at"`                 // by this computer's clock
	TrueTime time.Time `json:"true_time,omitzero"` // zero: not known
	Form     Form      `json:"form"`
	Problem  string    `json:"problem,omitempty"` // why nothing can be told, in sentences
	Answer   string    `json:"answer,omitempty"`  // what a server's error in the input means, in sentences
	Tokens   []Token   `json:"tokens,omitempty"`
	// SignatureChecked is always false: that takes the issuer's keys.
	SignatureChecked bool `json:"signature_checked"`
}

// Empty reports whether there was no input.
func (r Report) Empty() bool { return r.Problem == nothing }

const nothing = "There is nothing to read."

// MaxTokens is how many tokens of one input are told, a JSON object with those in it being one.
const MaxTokens = 10

// Form is what the input was.
type Form string

// The forms that Read knows.
const (
	Nothing       Form = "nothing"
	Bare          Form = "token"
	Authorization Form = "authorization header"
	Cookie        Form = "cookie header"
	OAuth         Form = "oauth token"
	Text          Form = "text" // with a JWT somewhere in it
)

// Kind is what a token is.
type Kind string

// The kinds of token.
const (
	JWT       Kind = "jwt"       // RFC 7519, signed or not
	Encrypted Kind = "encrypted" // a JWE, RFC 7516
	Signed    Kind = "jws"       // signed like a JWT, but what is signed are no claims (RFC 7515)
	SDJWT     Kind = "sd-jwt"    // a signed token with parts that its holder may leave out (RFC 9901)
	PASETO    Kind = "paseto"    // paseto.io
	Macaroon  Kind = "macaroon"  // of libmacaroons' two formats
	SAML      Kind = "saml"      // a SAML 2.0 message
	Opaque    Kind = "opaque"
	Object    Kind = "oauth" // an OAuth token as a program keeps it
	Stored    Kind = "credentials"
)

// A Token is one token explained. Absent fields are zero.
type Token struct {
	Kind       Kind      `json:"kind"`
	Where      string    `json:"where,omitempty"` // "cookie session", "access_token"; "": it is the whole input
	Algorithm  string    `json:"alg,omitempty"`
	Encryption string    `json:"enc,omitempty"`
	Type       string    `json:"typ,omitempty"`
	KeyID      string    `json:"kid,omitempty"`
	Issuer     string    `json:"iss,omitempty"`
	Subject    string    `json:"sub,omitempty"` // its beginning only: it names a person
	Audience   []string  `json:"aud,omitempty"`
	Scopes     []string  `json:"scopes,omitempty"`
	IssuedAt   time.Time `json:"iat,omitzero"`
	NotBefore  time.Time `json:"nbf,omitzero"`
	Expires    time.Time `json:"exp,omitzero"`
	Writer     string    `json:"writer,omitempty"`       // of an Object: "spotipy"
	Renewable  bool      `json:"renewable,omitempty"`    // a refresh token is with it
	Life       int64     `json:"expires_in_s,omitempty"` // of an Object, from its issue; 0: not known
	Claims     []Claim   `json:"claims,omitempty"`       // of a JWT, those that no other field has
	// RefreshLife is the same of its refresh token.
	RefreshLife int64 `json:"refresh_expires_in_s,omitempty"`
	// LeftLocal and LeftTrue are the seconds until Expires, by this computer's clock and in true time;
	// nil: not known.
	LeftLocal *int64   `json:"left_local_s,omitempty"`
	LeftTrue  *int64   `json:"left_true_s,omitempty"`
	Odd       []string `json:"odd,omitempty"` // each a sentence

	opaque  bool // of an Object: its access token is opaque
	unread  bool // of a JWT: its claims are damaged
	service bool // Subject is no person's
	short   bool // it may as well be a word
}

// A Claim is one of a JWT's. Its Value is "" where it may tell who somebody is, or is longer than a line.
type Claim struct {
	Name  string `json:"name"`
	Value string `json:"value,omitempty"`
}

// Read explains input: a JWT, an Authorization, Cookie or Set-Cookie header, a cookie jar, JSON with an
// OAuth token anywhere in it, a callback address, or an opaque token. now is this computer's clock, in
// whose zone the report tells times; trueNow is true time, where trueKnown.
func Read(input []byte, now, trueNow time.Time, trueKnown bool) Report {
	r := Report{At: now.Round(0), Form: Nothing}
	if trueKnown {
		r.TrueTime = trueNow.In(now.Location()).Round(0)
	}
	if len(input) > MaxInput {
		r.Problem = "This is larger than 1 MB, so it was not read. A token has some kilobytes at most."
		return r
	}
	in := strings.ToValidUTF8(text.FromUTF16(input), string(utf8.RuneError))
	in = strings.Trim(strings.TrimSpace(strings.TrimPrefix(in, "\ufeff")), "\"'`")
	var s search
	switch {
	case bytes.HasPrefix(input, []byte{0x1f, 0x8b}): // RFC 1952
		s.problem = "This is compressed with gzip. Unpack it first, for example with “gunzip -c FILE | fermata inspect”."
	case in == "":
		s.form, s.problem = Nothing, nothing
	case in[0] == '{', in[0] == '[' && json.Valid([]byte(in)):
		s.json(in)
	default:
		s.find(in)
	}
	r.Form, r.Answer, r.Tokens = s.form, s.answer, s.tokens
	if len(r.Tokens) == 0 && r.Answer == "" {
		r.Problem = s.problem
	}
	secrets := withParts(s.secrets)
	for i := range r.Tokens {
		r.Tokens[i].clean(secrets)
		r.Tokens[i].measure(r)
	}
	return r
}

const (
	maxText = 200 // characters of a text out of a token
	maxList = 50  // texts of one list
)

// clean makes the texts out of the token safe to show, without secrets and without the person's name.
func (t *Token) clean(secrets []string) {
	for _, s := range []*string{&t.Where, &t.Algorithm, &t.Encryption, &t.Type, &t.KeyID} {
		*s = text.Line(*s, maxText, secrets...)
	}
	if name := t.Subject; t.service {
		t.Subject = text.Line(name, maxText, secrets...)
	} else if name != "" {
		t.Subject = beginning(name)
		if len(name) >= 4 {
			secrets = append(slices.Clip(secrets), name, text.Line(name, len(name)))
		}
	}
	t.Issuer = text.Line(t.Issuer, maxText, secrets...)
	t.Claims = t.Claims[:min(len(t.Claims), maxList)]
	for i, c := range t.Claims {
		t.Claims[i] = Claim{text.Line(c.Name, maxText/4, secrets...), text.Line(c.Value, maxText, secrets...)}
	}
	for _, list := range []*[]string{&t.Audience, &t.Scopes} {
		*list = (*list)[:min(len(*list), maxList)]
		for i, s := range *list {
			(*list)[i] = text.Line(s, maxText, secrets...)
		}
	}
}

// beginning is as much of a person's name as tells them which account it is.
func beginning(name string) string {
	runes := []rune(text.Line(name, maxText))
	if len(runes) < 6 {
		return "…"
	}
	return string(runes[:2]) + "…"
}

// withParts adds the parts of secrets to them, and puts the longest first. What has fewer than eight
// characters is no secret and would blot out words.
func withParts(secrets []string) (all []string) {
	for _, raw := range secrets {
		all = append(append(all, raw), strings.SplitN(raw, ".", 6)...)
	}
	all = slices.DeleteFunc(all, func(s string) bool { return len(s) < 8 })
	slices.SortFunc(all, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	return slices.Compact(all)
}
