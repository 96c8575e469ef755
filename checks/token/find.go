package token

import (
	"net/url"
	"strings"

	"fermata/checks/programs/tokenfile"
	"fermata/checks/text"
)

// A found is a token in the input.
type found struct {
	where string
	raw   string
}

const opaqueHint = "What a site keeps in an opaque cookie only that site can read."

// find looks for tokens in what is no JSON. Where it finds none it says why.
func find(input string) (Form, []found, string) {
	if form, list, problem := findHeaders(input); form != "" {
		return form, list, problem
	}
	words := strings.Fields(input)
	if joined := strings.Join(words, ""); len(words) == 1 || wrapped(joined) {
		if joined = strings.Trim(joined, `"',;`); parts(joined) > 0 {
			return Bare, []found{{raw: joined}}, ""
		}
	}
	if list := jwtsIn(input, ""); len(list) > 0 {
		return Text, list, ""
	}
	if len(words) == 1 {
		return Bare, []found{{raw: input}}, ""
	}
	return Nothing, nil, "No token is in this text. Paste a token, a header with one, or the JSON of a token file."
}

// wrapped reports whether text is a JWT that was broken into lines, now joined.
func wrapped(text string) bool {
	return parts(text) == 3 && strings.IndexFunc(text, notInToken) < 0
}

// findHeaders reads text as lines of an HTTP message, or of the command that sends one. form is ""
// where no line is one that carries tokens.
func findHeaders(text string) (form Form, list []found, problem string) {
	cookies := 0
	for line := range strings.Lines(text) {
		name, value, ok := strings.Cut(line, ":")
		name = strings.ToLower(strings.TrimSpace(name[strings.LastIndexAny(name, `"' `)+1:]))
		value = strings.Trim(strings.TrimSpace(value), `"'`)
		if fields := strings.Fields(line); len(fields) == 2 && strings.EqualFold(fields[0], "Bearer") {
			name, value, ok = "authorization", strings.TrimSpace(line), true
		}
		switch {
		case !ok || len(list) >= MaxTokens:
		case name == "authorization" || name == "proxy-authorization":
			form = Authorization
			raw, why := credentials(value)
			if raw != "" {
				list = append(list, found{raw: raw})
			} else {
				problem = why
			}
		case name == "cookie" || name == "set-cookie":
			if form == "" {
				form = Cookie
			}
			pairs := strings.Split(value, ";")
			if name == "set-cookie" {
				pairs = pairs[:1] // the rest are attributes
			}
			cookies += len(pairs)
			for _, pair := range pairs {
				list = append(list, cookie(pair)...)
			}
		}
	}
	switch {
	case len(list) > 0:
		problem = ""
	case form == Cookie && cookies == 1:
		problem = "No JWT is in this cookie. " + opaqueHint
	case form == Cookie:
		problem = "No JWT is in these cookies. " + opaqueHint
	}
	return form, list, problem
}

// credentials takes the token out of an Authorization header's value (RFC 9110 section 11.4).
func credentials(value string) (raw, why string) {
	fields := strings.Fields(value)
	switch {
	case len(fields) == 0:
		return "", "This Authorization header is empty."
	case len(fields) == 1: // a token without its scheme
		return fields[0], ""
	}
	switch strings.ToLower(fields[0]) {
	case "bearer", "dpop", "token", "jwt":
		if raw = strings.Trim(fields[1], `"',;`); raw != "" {
			return raw, ""
		}
	case "basic":
		return "", "This Authorization header has a name and a password (Basic), no token."
	}
	return "", "This Authorization header has no bearer token."
}

func cookie(pair string) []found {
	name, value, _ := strings.Cut(pair, "=")
	if plain, err := url.PathUnescape(value); err == nil {
		value = plain
	}
	return jwtsIn(value, "cookie "+strings.TrimSpace(name))
}

// jwtsIn finds the first MaxTokens JWTs in a text.
func jwtsIn(text, where string) []found {
	var list []found
	for run := range strings.FieldsFuncSeq(text, notInToken) {
		if len(list) == MaxTokens {
			break
		}
		switch n := parts(run); {
		case n == 4: // a full stop after it, or a signature of the site's own
			run = run[:strings.LastIndexByte(run, '.')]
			fallthrough
		case n == 3 || n == 5:
			list = append(list, found{where: where, raw: run})
		}
	}
	return list
}

func notInToken(r rune) bool {
	return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '_' || r == '-' || r == '.')
}

// parts counts the parts of raw where the first of at least two is a JOSE header; otherwise it is 0.
func parts(raw string) int {
	first, _, ok := strings.Cut(raw, ".")
	if !ok {
		return 0
	}
	header, err := decode(first)
	if err != nil || !strings.HasPrefix(strings.TrimSpace(string(header)), "{") {
		return 0
	}
	return strings.Count(raw, ".") + 1
}

// readToken explains one found token.
func readToken(f found, secrets []string) Token {
	t := Token{Kind: Opaque}
	switch parts(f.raw) {
	case 0:
	case 5:
		t = readEncrypted(f.raw, secrets)
	default:
		t = readJWT(f.raw, secrets)
	}
	t.Where = text.Line(f.where, maxText, secrets...)
	return t
}

// readObject explains a token file's JSON and the JWTs in it.
func readObject(text string) ([]Token, string) {
	o, err := tokenfile.Parse([]byte(text))
	switch err {
	case nil:
	case tokenfile.ErrCut:
		return nil, "This JSON ends in the middle: a part of it is missing."
	case tokenfile.ErrNotToken:
		return nil, "This is JSON, but no OAuth token is in it: it has no access_token."
	default:
		return nil, "This begins like JSON, but it is damaged."
	}
	if o.Form == tokenfile.Librespot {
		return []Token{{Kind: Stored, Writer: o.Form.String(), Renewable: true}}, ""
	}
	inner := []found{{"access_token", string(o.Access)}, {"id_token", string(o.ID)}}
	secrets := secretsOf(append(inner, found{raw: string(o.Refresh)}))
	t := Token{Kind: Object, Expires: o.End, Renewable: o.Refresh != "", Scopes: lines(o.Scopes, secrets),
		Life: int64(o.Life.Seconds())}
	if o.Form != tokenfile.Reply {
		t.Writer = o.Form.String()
	}
	if o.Millis {
		t.Odd = append(t.Odd, "Its end counts milliseconds; programs that expect seconds take it for good for thousands of years.")
	}
	if o.BadEnd {
		t.Odd = append(t.Odd, "Its end is no time that can be read.")
	}
	list := []Token{t}
	for _, f := range inner {
		if parts(f.raw) > 0 {
			list = append(list, readToken(f, secrets))
		} else if f.where == "access_token" && f.raw != "" {
			list[0].opaque = true
		}
	}
	return list, ""
}
