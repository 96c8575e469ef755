package token

import (
	"errors"
	"io"
	"maps"
	"slices"
	"strings"

	"fermata/checks/programs/tokenfile"
)

// json finds the tokens in a JSON text, wherever they stand.
func (s *search) json(input string) {
	s.form = OAuth
	v, _, err := tokenfile.DecodeJSON(input, true)
	s.see(v, "")
	switch {
	case err == nil && s.problem == "":
		s.problem = "This is JSON without an OAuth token: it has no access_token."
	case err == nil:
	case errors.Is(err, io.ErrUnexpectedEOF):
		s.problem = "This JSON ends in the middle: a part of it is missing."
	default:
		s.problem = "This begins like JSON, but it is damaged."
	}
}

// embedded finds the tokens in the first JSON objects of a text that has something else around them.
func (s *search) embedded(input string) {
	for range 8 { // attempts
		begin := strings.IndexByte(input, '{')
		if begin < 0 {
			break
		}
		v, end, err := tokenfile.DecodeJSON(input[begin:], false)
		if err != nil {
			end = 1
		}
		s.see(v, "")
		input = input[begin+end:]
	}
}

// see looks at a JSON value, which stands under the name where.
func (s *search) see(v any, where string) {
	if s.found == MaxTokens {
		return
	}
	switch v := v.(type) {
	case string:
		s.text(v, where)
	case []any:
		for _, x := range v {
			s.see(x, where)
		}
	case map[string]any:
		is := s.object(v, where)
		if !is && s.answer == "" {
			s.answer = answerOf(v)
		}
		if what := structure(v); where == "" && what != "" {
			s.problem = what
		}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if !is || !tokenfile.IsField(key) {
				s.see(v[key], key)
			}
		}
	}
}

// structure names what is signed, encrypted or a key in JSON (RFC 7515 section 7.2, RFC 7516 section 7.2, RFC 7517);
// "": v is none of those.
func structure(v map[string]any) string {
	has := func(key string) bool { return v[key] != nil }
	switch {
	case has("payload") && (has("signature") || has("signatures")):
		return "This is a signed message (a JWS) in JSON, not a token."
	case has("ciphertext") && (has("iv") || has("recipients") || has("protected")):
		return "This is an encrypted message (a JWE) in JSON: only somebody with the key can read it."
	case has("kty"), has("keys"):
		return "These are keys (JWK) that tokens are signed or encrypted with, not a token."
	}
	return ""
}

// object explains the OAuth token that v is, and the JWTs in it. It reports whether v is one.
func (s *search) object(v map[string]any, where string) bool {
	o, ok := tokenfile.Object(v, where)
	if !ok {
		return false
	}
	s.found++
	if o.Form == tokenfile.Librespot {
		s.tokens = append(s.tokens, Token{Kind: Stored, Writer: o.Form.String(), Renewable: true})
		return true
	}
	access, id := string(o.Access), string(o.ID)
	s.secrets = append(s.secrets, access, string(o.Refresh), id)
	t := Token{
		Kind: Object, IssuedAt: o.Issued, Expires: o.End, Renewable: o.SignIn, Scopes: o.Scopes, Life: int64(o.Life.Seconds()),
		RefreshLife: int64(o.RefreshLife.Seconds()), opaque: access != "" && tokenfile.Parts(access) == 0,
	}
	own := where != "" || o.Form == tokenfile.Other
	switch {
	case own:
		t.Writer = tokenfile.Other.String()
	case o.Form != tokenfile.Reply:
		t.Writer = o.Form.String()
	}
	if o.Millis && !own { // another program's fields may well count so
		t.odd("Its expiry is in milliseconds; a program that expects seconds takes it to be valid for thousands of years.")
	}
	if o.BadEnd {
		t.odd("Its expiry can't be read as a time.")
	}
	s.tokens = append(s.tokens, t)
	for _, inner := range [][2]string{{"access_token", access}, {"id_token", id}} {
		if tokenfile.Parts(inner[1]) > 0 {
			jwt := readJWT(inner[1])
			jwt.Where = inner[0]
			s.tokens = append(s.tokens, jwt)
		}
	}
	return true
}
