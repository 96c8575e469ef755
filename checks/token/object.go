package token

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"fermata/checks/programs/tokenfile"
	"fermata/checks/text"
)

// json finds the tokens in a JSON text, wherever they stand.
func (s *search) json(input string) {
	s.form = OAuth
	v, _, err := decodeJSON(input, true)
	s.see(v, "")
	switch {
	case err == nil:
		s.problem = "This is JSON without an OAuth token: it has no access_token."
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
		v, end, err := decodeJSON(input[begin:], false)
		if err != nil {
			end = 1
		}
		s.see(v, "")
		input = input[begin+int(end):]
	}
}

// decodeJSON reads the value that input begins with, and returns where it ends; whole says that nothing
// may follow.
func decodeJSON(input string, whole bool) (v any, end int64, err error) {
	d := json.NewDecoder(strings.NewReader(input))
	d.UseNumber()
	if err = d.Decode(&v); err != nil {
		return nil, 0, err
	}
	end = d.InputOffset()
	if whole && strings.TrimSpace(input[end:]) != "" {
		return nil, 0, tokenfile.ErrNotJSON
	}
	return v, end, nil
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
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if !is || fields[fold(key)] == "" {
				s.see(v[key], key)
			}
		}
	}
}

// fields are the names that the fields of an OAuth token have, without capitals and marks, and the
// standard's or tokenfile's for each.
var fields = map[string]string{
	"accesstoken": "access_token", "refreshtoken": "refresh_token", "idtoken": "id_token",
	"expiresin": "expires_in", "expiresat": "expires_at", "accesstokenexpirationtimestampms": "expires_at", "expiry": "expiry",
	"scope": "scope", "scopes": "scope",
	"authtype": "auth_type", "authdata": "auth_data", "encodedauthblob": "encoded_auth_blob",
	"refreshexpiresin": "refresh_expires_in", "refreshtokenexpiresin": "refresh_expires_in", // Keycloak's; GitHub's and Microsoft's
	"createdat": "created_at",
}

func fold(key string) string { return strings.ToLower(strings.ReplaceAll(key, "_", "")) }

// object explains the OAuth token that v is, and the JWTs in it. It reports whether v is one.
func (s *search) object(v map[string]any, where string) bool {
	own := where != "" // its fields have other names than the standard's
	standard := map[string]any{}
	for _, key := range slices.Sorted(maps.Keys(v)) {
		name := fields[fold(key)]
		if name == "" || standard[name] != nil {
			continue
		}
		standard[name] = v[key]
		own = own || key != name && key != "refresh_token_expires_in"
	}
	if standard["access_token"] == nil && standard["refresh_token"] == nil && standard["id_token"] == nil && standard["auth_type"] == nil {
		return false
	}
	var o tokenfile.Token
	data, err := json.Marshal(standard)
	if err == nil {
		o, err = tokenfile.Parse(data)
	}
	if err != nil {
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
		Kind: Object, Expires: o.End, Renewable: o.Refresh != "", Scopes: o.Scopes, Life: int64(o.Life.Seconds()),
		RefreshLife: seconds(standard["refresh_expires_in"]), opaque: access != "" && parts(access) == 0,
	}
	if created, _ := standard["created_at"].(string); o.End.IsZero() && o.Life > 0 {
		if at, err := time.Parse(time.RFC3339, created); err == nil {
			t.Expires = at.Add(o.Life)
		}
	}
	switch {
	case own:
		t.Writer = "a program"
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
		if parts(inner[1]) > 0 {
			jwt := readJWT(inner[1])
			jwt.Where = inner[0]
			s.tokens = append(s.tokens, jwt)
		}
	}
	return true
}

// seconds reads a lifetime, of at most ten years; 0: it is none.
func seconds(v any) int64 {
	n, _ := v.(json.Number)
	if s, err := n.Int64(); err == nil && s > 0 && s <= 10*365*24*3600 {
		return s
	}
	return 0
}

// answerOf says what a server's error means (RFC 6749 section 5.2, RFC 6750 section 3.1, Spotify's API);
// "" where v is none.
func answerOf(v map[string]any) string {
	code, _ := v["error"].(string)
	said, _ := v["error_description"].(string)
	if inner, ok := v["error"].(map[string]any); ok {
		said, _ = inner["message"].(string)
	}
	if code == "" && said == "" {
		return ""
	}
	between := ""
	if code != "" && said != "" {
		between = ": "
	}
	answer := "This is a server's error: “" + quote(code) + between + quote(said) + "”. "
	switch {
	case code == "invalid_grant":
		return answer + "The sign-in is no longer accepted: sign in again."
	case code == "invalid_token", text.Has(said, "token expired", "expired access token", "jwt is expired"):
		return answer + "The access token has expired or was rejected: the program has to renew it."
	}
	return answer + "It doesn't say when a token expires."
}

// quote makes a line of a server's text, without the long words in it: one may be a token.
func quote(said string) string {
	words := strings.Fields(said[:min(len(said), 4*maxText)])
	for i, word := range words {
		if len(word) >= 20 && word != "unsupported_grant_type" {
			words[i] = "…"
		}
	}
	return text.Line(strings.Join(words, " "), maxText)
}
