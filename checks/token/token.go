// Package token explains a token that somebody pasted: what it is, who issued it, and when it ends,
// by this computer's clock and in true time. It checks no signature and asks nobody; what it tells
// holds no token, no part of one, and no subject in full.
package token

import (
	"encoding/binary"
	"encoding/json"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"
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

// Read explains input: a JWT, an Authorization, Cookie or Set-Cookie header, a cookie jar, JSON with an
// OAuth token anywhere in it, a callback address, or an opaque token. now is this computer's clock, in whose zone the report tells times; trueNow is true
// time, where trueKnown.
func Read(input []byte, now, trueNow time.Time, trueKnown bool) Report {
	r := Report{At: now.Round(0), Form: Nothing}
	if trueKnown {
		r.TrueTime = trueNow.In(now.Location()).Round(0)
	}
	if len(input) > MaxInput {
		r.Problem = "This is larger than 1 MB, so it was not read. A token has some kilobytes at most."
		return r
	}
	text := strings.ToValidUTF8(fromUTF16(input), string(utf8.RuneError))
	text = strings.Trim(strings.TrimSpace(strings.TrimPrefix(text, "\ufeff")), "\"'`")
	var list []found
	switch {
	case text == "":
		r.Problem = "There is nothing to read."
	case text[0] == '{', text[0] == '[' && json.Valid([]byte(text)):
		r.Form = OAuth
		list, r.Problem, r.Answer = readJSON(text)
	default:
		r.Form, list, r.Problem, r.Answer = find(text)
	}
	list = list[:min(len(list), MaxTokens)]
	secrets := secretsOf(list)
	for _, f := range list {
		r.Tokens = append(r.Tokens, f.read(secrets)...)
	}
	for i := range r.Tokens {
		r.Tokens[i].measure(r)
	}
	return r
}

// measure puts the token beside the time.
func (t *Token) measure(r Report) {
	for _, at := range []*time.Time{&t.IssuedAt, &t.NotBefore, &t.Expires} {
		if !at.IsZero() {
			*at = at.In(r.At.Location())
		}
	}
	if !t.Expires.IsZero() {
		t.LeftLocal = left(t.Expires, r.At)
		if !r.TrueTime.IsZero() {
			t.LeftTrue = left(t.Expires, r.TrueTime)
		}
	}
	if t.Kind == JWT || t.Kind == Object {
		t.Odd = append(t.Odd, t.oddTimes(r)...)
	}
}

// fromUTF16 reads what Windows PowerShell 5.1 writes into a file: UTF-16, with a byte order mark or
// without one.
func fromUTF16(input []byte) string {
	var order binary.ByteOrder = binary.LittleEndian
	switch {
	case len(input) < 2:
		return string(input)
	case input[0] == 0xfe && input[1] == 0xff:
		order = binary.BigEndian
	case input[0] == 0xff && input[1] == 0xfe, input[0] != 0 && input[1] == 0:
	default:
		return string(input)
	}
	units := make([]uint16, len(input)/2)
	for i := range units {
		units[i] = order.Uint16(input[2*i:])
	}
	return string(utf16.Decode(units))
}

func left(end, now time.Time) *int64 {
	s := end.Unix() - now.Unix()
	return &s
}
