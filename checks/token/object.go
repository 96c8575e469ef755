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

// An object is an OAuth token as JSON.
type object struct {
	tokenfile.Token
	own         bool          // its fields have other names than the standard's
	refreshLife time.Duration // of the refresh token, from its issue; 0: not known
}

// readJSON finds the tokens in a JSON text, wherever they stand.
func readJSON(input string) search {
	s := search{form: OAuth}
	v, _, err := decodeJSON(input, true)
	s.see(v, "")
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		s.problem = "This JSON ends in the middle: a part of it is missing."
	case err != nil:
		s.problem = "This begins like JSON, but it is damaged."
	case len(s.list) == 0 && s.answer == "":
		s.problem = "This is JSON, but no OAuth token is in it: it has no access_token."
	}
	return s
}

// embedded finds the tokens in the first JSON objects of a text that has something else around them.
func embedded(input string) search {
	s := search{form: OAuth}
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
	return s
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
	if len(s.list) >= MaxTokens {
		return
	}
	switch v := v.(type) {
	case string:
		s.list = append(s.list, tokensIn(v, where)...)
	case []any:
		for _, x := range v {
			s.see(x, where)
		}
	case map[string]any:
		o := objectOf(v)
		if o != nil {
			o.own = o.own || where != ""
			s.list = append(s.list, found{object: o})
		} else if s.answer == "" {
			s.answer = answerOf(v)
		}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if o == nil || fields[fold(key)] == "" {
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

// objectOf returns the OAuth token that v is, nil if it is none.
func objectOf(v map[string]any) *object {
	o := object{}
	standard := map[string]any{}
	for _, key := range slices.Sorted(maps.Keys(v)) {
		name := fields[fold(key)]
		if name == "" || standard[name] != nil {
			continue
		}
		standard[name] = v[key]
		o.own = o.own || key != name && key != "refresh_token_expires_in"
	}
	if standard["access_token"] == nil && standard["refresh_token"] == nil && standard["id_token"] == nil && standard["auth_type"] == nil {
		return nil
	}
	data, err := json.Marshal(standard)
	if err != nil {
		return nil
	}
	if o.Token, err = tokenfile.Parse(data); err != nil {
		return nil
	}
	o.refreshLife = lifeOf(standard["refresh_expires_in"])
	if created, ok := standard["created_at"].(string); ok && o.End.IsZero() && o.Life > 0 {
		if at, err := time.Parse(time.RFC3339, created); err == nil {
			o.End = at.Add(o.Life)
		}
	}
	return &o
}

// lifeOf reads a number of seconds.
func lifeOf(v any) time.Duration {
	n, _ := v.(json.Number)
	seconds, err := n.Int64()
	if err != nil || seconds < 0 || seconds > 10*365*24*3600 {
		return 0
	}
	return time.Duration(seconds) * time.Second
}

// read explains the object, and the JWTs in it.
func (o *object) read() []Token {
	if o.Form == tokenfile.Librespot {
		return []Token{{Kind: Stored, Writer: o.Form.String(), Renewable: true}}
	}
	t := Token{Kind: Object, Expires: o.End, Renewable: o.Refresh != "", Scopes: o.Scopes,
		Life: int64(o.Life.Seconds()), RefreshLife: int64(o.refreshLife.Seconds())}
	switch {
	case o.own:
		t.Writer = "a program"
	case o.Form != tokenfile.Reply:
		t.Writer = o.Form.String()
	}
	if o.Millis && !o.own { // another program's fields may well count so
		t.odd("Its end counts milliseconds; programs that expect seconds take it for good for thousands of years.")
	}
	if o.BadEnd {
		t.odd("Its end is no time that can be read.")
	}
	list := []Token{t}
	for _, f := range []found{{where: "access_token", raw: string(o.Access)}, {where: "id_token", raw: string(o.ID)}} {
		if parts(f.raw) > 0 {
			list = append(list, f.read()...)
		} else if f.where == "access_token" && f.raw != "" {
			list[0].opaque = true
		}
	}
	return list
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
		return answer + "The sign-in is not accepted any more: sign in again."
	case code == "invalid_token", text.Has(said, "token expired", "expired access token", "jwt is expired"):
		return answer + "The access token has ended or was rejected: the program has to renew it."
	}
	return answer + "It says nothing about when a token ends."
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
