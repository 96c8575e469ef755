package session

import (
	"bytes"
	"cmp"
	"encoding/json"
	"io"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	jwt "fermata/checks/token"
)

// tokenReplies mends the replies of a token endpoint. The library refuses a whole reply for one field that it did
// not expect, and with it a refresh token that the provider has already put in the old one's place.
type tokenReplies struct{ base http.RoundTripper }

// noToken is the error of a reply that is a success by its status, and has no access token in it.
type noToken struct {
	reply
	refresh string // a refresh token that is in it all the same; "": none
}

func (*noToken) Error() string { return "the reply has no token in it" }

func (t tokenReplies) RoundTrip(req *http.Request) (*http.Response, error) {
	asks := asksForToken(req)
	resp, err := t.base.RoundTrip(req)
	if err != nil || !asks || resp.StatusCode/100 != 2 {
		return resp, err
	}
	body, _ := io.ReadAll(resp.Body) // cannot fail, see web.Client
	fields := tokenFields(body)
	switch {
	case plain(fields["access_token"]) != "":
		mend(fields, resp.Header.Get("Date"))
	case str(fields["error"]) == "": // else the library tells of it
		return nil, &noToken{received(AtToken, resp, body), plain(fields["refresh_token"])}
	}
	if body, err = json.Marshal(fields); err != nil {
		return nil, err
	}
	resp.Header.Set("Content-Type", "application/json")
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return resp, nil
}

// asksForToken reports whether a request is one for a token: no other has a grant_type.
func asksForToken(req *http.Request) bool {
	if req.GetBody == nil {
		return false
	}
	body, err := req.GetBody()
	if err != nil {
		return false
	}
	defer body.Close()
	form, err := io.ReadAll(body)
	return err == nil && bytes.Contains(form, []byte("grant_type="))
}

// tokenFields reads a reply. Some providers put what counts into an object of its own.
func tokenFields(body []byte) map[string]json.RawMessage {
	fields := readFields(body)
	if plain(fields["access_token"]) != "" {
		return fields
	}
	for _, raw := range fields {
		var inner map[string]json.RawMessage
		if json.Unmarshal(raw, &inner) == nil && plain(inner["access_token"]) != "" {
			return lowerNames(inner)
		}
	}
	return fields
}

// refreshLife is where mend leaves the seconds for which the refresh token is good; others call it otherwise.
const refreshLife = "refresh_token_expires_in"

// mend makes of the fields of a token reply what the library expects: of lifetimes a number of seconds, whatever
// they were written as (3600.0, 1e9, "soon"), 0 where they are not known. An access token that says by itself that
// it ends earlier does; date is when the reply was made, by its own words.
func mend(fields map[string]json.RawMessage, date string) {
	for _, name := range []string{"access_token", "refresh_token"} {
		fields[name] = quote(plain(fields[name]))
	}
	fields["token_type"] = quote(cmp.Or(str(fields["token_type"]), "Bearer"))
	fields["scope"] = quote(flatten(fields["scope"]))
	life := seconds(fields["expires_in"])
	if own := ownLife(plain(fields["access_token"]), date); own > 0 && (own < life || life == 0) {
		life = own
	}
	fields["expires_in"] = number(life)
	fields[refreshLife] = number(cmp.Or(seconds(fields[refreshLife]), seconds(fields["refresh_expires_in"]), seconds(fields["x_refresh_token_expires_in"])))
	for _, name := range []string{"error", "error_description", "error_uri"} {
		delete(fields, name)
	}
}

// maxLife is the longest life that is believed. A longer one is a moment, counted from 1970, or a way to say "long";
// providers that mean it are few, and it does no harm to ask them sooner.
const maxLife = 400 * 24 * time.Hour

// seconds is a lifetime in seconds, 0 where it makes no sense.
func seconds(raw json.RawMessage) int64 {
	f, err := strconv.ParseFloat(string(bytes.Trim(raw, `"`)), 64)
	if err != nil || math.IsNaN(f) || f < 0 || f > maxLife.Seconds() {
		return 0
	}
	return int64(f)
}

func number(n int64) json.RawMessage { return strconv.AppendInt(nil, n, 10) }

// ownLife is for how many seconds an access token that is a JWT says that it is good, 0 where it does not.
func ownLife(access, date string) int64 {
	if strings.Count(access, ".") != 2 {
		return 0
	}
	read := jwt.Read([]byte(access), time.Time{}, time.Time{}, false).Tokens
	if len(read) != 1 || read[0].Kind != jwt.JWT || read[0].Expires.IsZero() {
		return 0
	}
	from, err := http.ParseTime(date) // by the clock that wrote the token, as far as is known
	if err != nil {
		from = read[0].IssuedAt
	}
	if from.IsZero() {
		return 0
	}
	return max(0, int64(read[0].Expires.Sub(from)/time.Second))
}

// plain is a token as a reply has it: a text, of some providers a number; else "".
func plain(raw json.RawMessage) string {
	if n := json.Number(""); json.Unmarshal(raw, &n) == nil {
		return n.String()
	}
	return str(raw)
}
