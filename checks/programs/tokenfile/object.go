package tokenfile

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"
)

// A meaning is what a field of an OAuth token holds.
type meaning int

const (
	nothing meaning = iota
	access
	refresh
	id
	end
	lasts
	issued
	scope
	refreshLasts
	count // of them
)

// meanings are the names that such fields have, as fold writes them.
var meanings = map[string]meaning{
	"accesstoken": access, "refreshtoken": refresh, "idtoken": id,
	"expiresat": end, "expiry": end, "expires": end, "expiration": end,
	"expireson":                        end, // MSAL
	"expirydate":                       end, // Google's libraries for Node
	"accesstokenexpirationtimestampms": end, // Spotify's web player
	"accesstokenexpiresat":             end, "tokenexpiry": end, "tokenexpiresat": end,
	"expiresin": lasts,
	"createdat": issued, "issuedat": issued, "obtainedat": issued,
	"cachedat":    issued, // MSAL
	"lastrefresh": issued, // spotify-qt
	"scope":       scope, "scopes": scope,
	"refreshexpiresin": refreshLasts, "refreshtokenexpiresin": refreshLasts, // Keycloak's; GitHub's and Microsoft's
}

// standard are the names that do not tell one program from another.
var standard = []string{"access_token", "refresh_token", "id_token", "expires_at", "expiry", "expires_in", "scope", "refresh_expires_in", "refresh_token_expires_in"}

// fold leaves out what programs spell differently: capitals, marks, and the provider in front, which
// environment variables have.
func fold(key string) string {
	key = strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(key))
	for _, provider := range []string{"spotify", "spotipy"} {
		key = strings.TrimPrefix(key, provider)
	}
	return key
}

// IsField reports whether a field of this name belongs to an OAuth token.
func IsField(key string) bool { return meanings[fold(key)] != nothing }

// Object reads the OAuth token that v is, a JSON object whose numbers are json.Numbers, which stands under
// that name; ok is false where it is none. It does not look at what is below.
func Object(v map[string]any, under string) (t Token, ok bool) {
	if isStored(v, under) {
		return Token{Form: Librespot, SignIn: true}, true
	}
	var named [count]string
	for _, key := range slices.Sorted(maps.Keys(v)) {
		if m := meanings[fold(key)]; m != nothing && v[key] != nil && named[m] == "" {
			named[m] = key
		}
	}
	value := func(m meaning) any { return inner(v[named[m]]) }
	text := func(m meaning) Secret {
		s, _ := value(m).(string)
		return Secret(strings.TrimSpace(s))
	}
	t = Token{Access: text(access), Refresh: text(refresh), ID: text(id)}
	t.msal(v)
	if t.Access == "" && (t.Refresh != "" || named[end] != "") {
		s, _ := v["token"].(string) // Google's authorized users, GitHub's apps
		t.Access = Secret(s)
	}
	if t.Access == "" && t.Refresh == "" && t.ID == "" {
		return Token{}, false
	}
	t.Scopes, t.SignIn = scopes(value(scope)), t.Refresh != ""
	t.Life, t.RefreshLife = life(value(lasts)), life(value(refreshLasts))
	t.Issued, _, _ = Time(value(issued))
	t.setEnd(value(end))
	if n, isNumber := value(end).(json.Number); isNumber && fold(named[end]) == "expires" && life(n) > 0 {
		t.Life, t.End = life(n), t.Issued // a moment in the seventies is no end
	}
	if at, unit, ok := Time(value(lasts)); ok && t.Life == 0 && t.End.IsZero() && at.Year() > 2000 {
		t.End, t.Millis = at, unit < time.Second // a moment and no number of seconds
	}
	t.setForm(named, v)
	if t.End.IsZero() && !t.BadEnd && t.Life > 0 && !t.Issued.IsZero() {
		t.End = t.Issued.Add(t.Life)
	}
	for _, jwt := range []Secret{t.Access, t.ID} {
		if t.End.IsZero() && !t.BadEnd && t.Life == 0 {
			t.End = expiry(string(jwt))
		}
	}
	return t, true
}

// setForm tells by the names of the fields whose they are.
func (t *Token) setForm(named [count]string, v map[string]any) {
	for m := access; m < count; m++ {
		if named[m] != "" && m != issued && !slices.Contains(standard, named[m]) {
			t.Form = Other
			return
		}
	}
	switch _, isNumber := v["expires_at"].(json.Number); {
	case named[access] == "" && named[refresh] == "" && named[id] == "", named[access] == "" && t.Access != "":
		t.Form = Other
	case has(v, "expiry"):
		t.Form = Go
	case isNumber:
		t.Form = Spotipy
	case has(v, "expires_at"):
		t.Form = Rspotify
	}
}

func has(v map[string]any, key string) bool {
	_, ok := v[key]
	return ok
}

// setEnd takes an end. A time of nothing at all, Go's zero, stands for none.
func (t *Token) setEnd(v any) {
	if v == nil || v == "" {
		return
	}
	at, unit, ok := Time(v)
	if t.BadEnd = !ok; ok && !at.IsZero() {
		t.End, t.Millis = at, unit < time.Second
	}
}

// msal takes what MSAL writes into objects of their own (its schema of a unified cache).
func (t *Token) msal(v map[string]any) {
	secret, _ := v["secret"].(string)
	switch v["credential_type"] {
	case "AccessToken":
		t.Access = Secret(secret)
	case "RefreshToken":
		t.Refresh = Secret(secret)
	case "IdToken":
		t.ID = Secret(secret)
	}
}

// isStored reports whether v is what librespot keeps of a sign-in, or one of its relatives.
func isStored(v map[string]any, under string) bool {
	text := func(key string) bool {
		s, _ := v[key].(string)
		return s != ""
	}
	switch kind, _ := v["type"].(string); {
	case v["auth_type"] != nil:
		return text("auth_data") || text("encoded_auth_blob") // the older name
	case strings.HasPrefix(kind, "AUTHENTICATION_"):
		return text("credentials") // librespot-java and librespot-python, with zotify
	}
	return under == "credentials" && text("username") && text("data") // go-librespot
}

// inner takes a value out of the object around it that Volumio's v-conf makes, which says "none" for none.
func inner(v any) any {
	if o, ok := v.(map[string]any); ok && has(o, "type") {
		v = o["value"]
	}
	if v == "none" {
		return nil
	}
	return v
}

// scopes reads scope: words in one text, or a list.
func scopes(v any) []string {
	switch v := v.(type) {
	case string:
		return strings.Fields(v)
	case []any:
		var list []string
		for _, s := range v {
			if s, ok := s.(string); ok {
				list = append(list, s)
			}
		}
		return list
	}
	return nil
}
