// Package tokenfile reads the OAuth tokens that programs keep as a JSON object: spotipy's, rspotify's,
// golang.org/x/oauth2's, librespot's credentials, and a token endpoint's own reply (RFC 6749 section
// 5.1). It only reads; what it returns shows no secret, however it is printed.
package tokenfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
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
	Reply     Form = iota // no end: a token endpoint's reply, kept as it came
	Spotipy               // expires_at, Unix seconds: spotipy's cache_handler.py; rspotify's before 0.11
	Rspotify              // expires_at, RFC 3339 or null: rspotify-model's auth.rs
	Go                    // expiry, RFC 3339: golang.org/x/oauth2.Token
	Librespot             // auth_type and auth_data: librespot's core/src/authentication.rs
)

// String returns the program or library that writes the form.
func (f Form) String() string {
	return [...]string{"an OAuth reply", "spotipy", "rspotify", "Go's oauth2", "librespot"}[f]
}

// A Token is what one object holds. Absent fields are zero.
type Token struct {
	Form    Form
	Access  Secret
	Refresh Secret
	ID      Secret // OpenID Connect's id_token, a JWT
	Scopes  []string
	Life    time.Duration // expires_in, at most ten years
	End     time.Time     // by the clock of the program that wrote it, in UTC
	Millis  bool          // the end was written in milliseconds
	BadEnd  bool          // an end is there that is no time
	SignIn  bool          // it holds what a new access token can be had with
}

// What Parse returns for bytes that are no token.
var (
	ErrCut      = errors.New("the JSON ends in the middle") // or is empty: perhaps it is being written
	ErrNotJSON  = errors.New("not JSON")
	ErrNotToken = errors.New("JSON without an OAuth token")
)

// object has each field that any of the forms has.
type object struct {
	Access    Secret          `json:"access_token"`
	Refresh   Secret          `json:"refresh_token"`
	ID        Secret          `json:"id_token"`
	Scope     json.RawMessage `json:"scope"`
	ExpiresIn json.RawMessage `json:"expires_in"`
	ExpiresAt json.RawMessage `json:"expires_at"`
	Expiry    json.RawMessage `json:"expiry"`
	AuthType  json.RawMessage `json:"auth_type"`
	AuthData  json.RawMessage `json:"auth_data"`
	AuthBlob  json.RawMessage `json:"encoded_auth_blob"` // auth_data's older name
}

// Parse reads one object. Its errors quote nothing of data.
func Parse(data []byte) (Token, error) {
	data = bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\ufeff")))
	if len(data) == 0 {
		return Token{}, ErrCut
	}
	var o object
	if err := json.Unmarshal(data, &o); err != nil {
		return Token{}, refusal(data, err)
	}
	if o.AuthType != nil && (o.AuthData != nil || o.AuthBlob != nil) {
		return Token{Form: Librespot, SignIn: true}, nil
	}
	t := Token{Access: o.Access, Refresh: o.Refresh, ID: o.ID, Scopes: scopes(o.Scope), Life: life(o.ExpiresIn), SignIn: o.Refresh != ""}
	if t.Access == "" && t.Refresh == "" && t.ID == "" {
		return Token{}, ErrNotToken
	}
	switch {
	case o.Expiry != nil:
		t.Form = Go
		t.setEnd(o.Expiry)
	case o.ExpiresAt != nil:
		t.Form = Rspotify
		if c := o.ExpiresAt[0]; '0' <= c && c <= '9' || c == '-' {
			t.Form = Spotipy
		}
		t.setEnd(o.ExpiresAt)
	}
	return t, nil
}

// refusal says what kind of trouble err of json.Unmarshal is. Only a Decoder tells an end in the
// middle from a mistake in the last byte.
func refusal(data []byte, err error) error {
	if _, ok := errors.AsType[*json.SyntaxError](err); !ok {
		return ErrNotToken
	}
	var any json.RawMessage
	if data[0] == '{' && json.NewDecoder(bytes.NewReader(data)).Decode(&any) == io.ErrUnexpectedEOF {
		return ErrCut
	}
	return ErrNotJSON
}

// setEnd takes a Unix time, as a number or as text, or an RFC 3339 time; null and Go's zero time
// stand for none.
func (t *Token) setEnd(raw json.RawMessage) {
	text := strings.Trim(string(raw), `"`)
	if text == "" || text == "null" {
		return
	}
	if end, err := time.Parse(time.RFC3339, text); err == nil {
		t.End = end.UTC()
		if y := t.End.Year(); y <= 1 || y > 9999 {
			t.End, t.BadEnd = time.Time{}, !end.IsZero()
		}
		return
	}
	end, unit, ok := Unix(json.Number(text))
	t.End, t.Millis, t.BadEnd = end, ok && unit < time.Second, !ok
}

// Unix reads a Unix time in seconds. A number that as seconds would lie after the year 5138 is taken
// for milli-, micro- or nanoseconds, and unit says which; ok is false where it is none of these. A
// whole number is read exactly, another one to the microsecond.
func Unix(n json.Number) (t time.Time, unit time.Duration, ok bool) {
	f, err := n.Float64()
	if err != nil || !(f >= 0) {
		return time.Time{}, 0, false
	}
	for unit, per := time.Second, int64(1); unit > 0; unit, per = unit/1000, per*1000 {
		seconds := f / float64(per)
		if seconds >= 1e11 {
			continue
		}
		if whole, err := n.Int64(); err == nil {
			return time.Unix(whole/per, whole%per*int64(unit)).UTC(), unit, true
		}
		return time.UnixMicro(int64(math.Round(seconds * 1e6))).UTC(), unit, true
	}
	return time.Time{}, 0, false
}

// life reads expires_in: seconds, as a number or as text.
func life(raw json.RawMessage) time.Duration {
	f, err := json.Number(strings.Trim(string(raw), `"`)).Float64()
	if err != nil || !(f > 0 && f < 10*365*24*3600) {
		return 0
	}
	return time.Duration(f * float64(time.Second))
}

// scopes reads scope: words in one text, or a list.
func scopes(raw json.RawMessage) []string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return strings.Fields(text)
	}
	var list []string
	if json.Unmarshal(raw, &list) == nil {
		return list
	}
	return nil
}
