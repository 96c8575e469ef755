// Package tokenfile finds the OAuth tokens in what programs keep: JSON of any shape, also in lines of
// settings (ini, environment, YAML) and in lines of logs, and JWTs. Fields are known by what they mean, not
// by one program's spelling of them. It only reads; what it returns shows no secret, however it is printed.
package tokenfile

import (
	"errors"
	"fmt"
	"io"
	"time"
)

// A Secret is a token. Printed or marshalled in any way it is "…"; string(s) is the token itself.
type Secret string

// Format implements fmt.Formatter.
func (Secret) Format(f fmt.State, _ rune) { io.WriteString(f, "…") }

// MarshalText implements encoding.TextMarshaler.
func (Secret) MarshalText() ([]byte, error) { return []byte("…"), nil }

// Form tells whose way of writing a token an object follows.
type Form int

// The forms, told apart by how they write the end.
const (
	Reply     Form = iota // no end: a token endpoint's reply, kept as it came (RFC 6749 section 5.1)
	Spotipy               // expires_at, Unix seconds: spotipy's cache_handler.py; rspotify's before 0.11
	Rspotify              // expires_at, RFC 3339 or null: rspotify-model's auth.rs
	Go                    // expiry, RFC 3339: golang.org/x/oauth2.Token
	Librespot             // auth_type and auth_data: librespot's core/src/authentication.rs, and its relatives
	Other                 // fields with other names, or a bare JWT
)

// String returns the program or library that writes the form.
func (f Form) String() string {
	return [...]string{"an OAuth reply", "spotipy", "rspotify", "Go's oauth2", "librespot", "a program"}[f]
}

// A Token is what one object holds. Absent fields are zero.
type Token struct {
	Form        Form
	Label       string // what the file calls it: see Find
	Access      Secret
	Refresh     Secret
	ID          Secret // OpenID Connect's id_token, a JWT
	Scopes      []string
	Life        time.Duration // expires_in, at most ten years
	RefreshLife time.Duration // of the refresh token, from its issue; at most ten years
	Issued      time.Time     // by the clock of the program that wrote it, in UTC
	End         time.Time     // the same: as it is written, or Issued and Life, or a JWT's exp
	Millis      bool          // the end was written in milliseconds
	BadEnd      bool          // an end is there that is no time
	SignIn      bool          // it holds what a new access token can be had with
}

// What Find returns for bytes without a token.
var (
	ErrCut      = errors.New("the JSON ends in the middle") // or is empty: perhaps it is being written
	ErrNotJSON  = errors.New("not JSON")
	ErrNotToken = errors.New("JSON without an OAuth token")
)
