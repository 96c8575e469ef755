package token

import (
	"bytes"
	"encoding/base64"
	"net/url"
	"strings"
	"time"
	"unicode"

	"fermata/checks/text"
)

// A found is a token in the input, or a JSON object that is one.
type found struct {
	where  string
	raw    string
	object *object
	ends   time.Time // of the cookie that it is; zero: not known
}

// find looks for tokens in what is no JSON. Where it finds none it says why. answer is what a server's
// error in it says.
func find(input string) (form Form, list []found, problem, answer string) {
	inside, answer := embedded(input)
	if form, list, problem = findHeaders(input); form != "" {
		if list = append(list, inside...); len(list) > 0 || answer != "" {
			problem = ""
		}
		return form, list, problem, answer
	}
	if len(inside) > 0 {
		return OAuth, inside, "", answer
	}
	words := strings.Fields(input)
	if joined := strings.Join(words, ""); len(words) == 1 || wrapped(joined) {
		if joined = strings.Trim(joined, `"',;`); parts(joined) > 0 {
			return Bare, []found{{raw: joined}}, "", ""
		}
	}
	if o, refused := inAddress(words); o != nil {
		return OAuth, []found{{object: o}}, "", ""
	} else if refused != "" {
		answer = refused
	}
	if list := jwtsIn(input, ""); len(list) > 0 {
		return Text, list, "", ""
	}
	if list := bearersIn(input, ""); len(list) > 0 {
		return Text, list, "", ""
	}
	switch {
	case answer != "":
	case len(words) == 1 && isSAML(words[0]):
		problem = "This is a SAML message in base64, not a token of OAuth. Fermata does not explain those."
	case len(words) == 1:
		return Bare, []found{{raw: input}}, "", ""
	default:
		problem = "No token is in this text. Paste a token, a header with one, or the JSON of a token file."
	}
	return Nothing, nil, problem, answer
}

// inAddress reads the address that a sign-in came back to, with the reply in its fragment (RFC 6749
// section 4.2.2) or in its query, or such a reply alone.
func inAddress(words []string) (o *object, answer string) {
	if len(words) != 1 {
		return nil, ""
	}
	values, err := url.ParseQuery(words[0][strings.LastIndexAny(words[0], "#?")+1:])
	if err != nil || len(values) > maxList {
		return nil, ""
	}
	reply := map[string]any{}
	for name := range values {
		reply[name] = values.Get(name)
	}
	return objectOf(reply), answerOf(reply)
}

// isSAML reports whether a text is a SAML message as a browser carries it.
func isSAML(word string) bool {
	plain, err := base64.StdEncoding.DecodeString(word)
	return err == nil && bytes.Contains(plain, []byte("urn:oasis:names:tc:SAML:"))
}

// bearersIn finds opaque tokens that stand behind the word Bearer, as in a line of source.
func bearersIn(text, where string) []found {
	const least = 20 // characters; a shorter one is a word of the text
	var list []found
	words := strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("\"'`,;:(){}<>", r) })
	for i, word := range words {
		if i > 0 && len(list) < MaxTokens && len(word) >= least && strings.EqualFold(words[i-1], "Bearer") {
			list = append(list, found{where: where, raw: word})
		}
	}
	return list
}

// wrapped reports whether text is a JWT that was broken into lines, now joined.
func wrapped(text string) bool {
	return parts(text) == 3 && strings.IndexFunc(text, notInToken) < 0
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

// read explains what was found.
func (f found) read(secrets []string) []Token {
	if f.object != nil {
		return f.object.read(secrets)
	}
	t := Token{Kind: Opaque, Expires: f.ends, short: len(f.raw) < 20 && f.where == ""}
	switch parts(f.raw) {
	case 0:
	case 5:
		t = readEncrypted(f.raw, secrets)
	default:
		t = readJWT(f.raw, secrets)
	}
	t.Where = text.Line(f.where, maxText, secrets...)
	return []Token{t}
}
