package token

import (
	"bytes"
	"encoding/base64"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// A found is a token in the input, or a JSON object that is one.
type found struct {
	where  string
	raw    string
	object *object
	ends   time.Time // of the cookie that it is; zero: not known
}

// A search is what was found in an input.
type search struct {
	form    Form
	list    []found
	problem string // why there is no token
	answer  string // what a server's error in it says
}

// find looks for tokens in what is no JSON.
func find(input string) search {
	inside := embedded(input)
	if s := headers(input); s.form != "" {
		s.list, s.answer = append(s.list, inside.list...), inside.answer
		if len(s.list) > 0 || s.answer != "" {
			s.problem = ""
		}
		return s
	}
	if len(inside.list) > 0 {
		return inside
	}
	words := strings.Fields(input)
	joined := strings.Join(words, "")
	wrapped := parts(joined) == 3 && strings.IndexFunc(joined, notInToken) < 0 // broken into lines
	if joined = strings.Trim(joined, `"',;`); (len(words) == 1 || wrapped) && parts(joined) > 0 {
		return search{form: Bare, list: []found{{raw: joined}}}
	}
	answer := inside.answer
	if len(words) == 1 {
		o, refusal := inAddress(words[0])
		if o != nil {
			return search{form: OAuth, list: []found{{object: o}}}
		}
		if refusal != "" {
			answer = refusal
		}
	}
	if list := tokensIn(input, ""); len(list) > 0 {
		return search{form: Text, list: list}
	}
	s := search{form: Nothing, answer: answer}
	switch {
	case answer != "":
	case len(words) == 1 && isSAML(words[0]):
		s.problem = "This is a SAML message in base64, not a token of OAuth. Fermata does not explain those."
	case len(words) == 1:
		return search{form: Bare, list: []found{{raw: input}}}
	default:
		s.problem = "No token is in this text. Paste a token, a header with one, or the JSON of a token file."
	}
	return s
}

// inAddress reads the address that a sign-in came back to, with the reply in its fragment (RFC 6749
// section 4.2.2) or in its query, or such a reply alone.
func inAddress(address string) (o *object, answer string) {
	values, err := url.ParseQuery(address[strings.LastIndexAny(address, "#?")+1:])
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

// bearer finds an opaque token behind the word Bearer, as in a line of source. What has fewer than 20
// characters is a word of the text.
var bearer = regexp.MustCompile("(?i)(?:^|[\\s\"'`,;:(){}<>])bearer[\\s\"'`,;:(){}<>]+([^\\s\"'`,;:(){}<>]{20,})")

// tokensIn finds the first MaxTokens JWTs in a text, or where there is none, opaque tokens.
func tokensIn(text, where string) []found {
	list := jwtsIn(text, where)
	if len(list) == 0 {
		for _, match := range bearer.FindAllStringSubmatch(text, MaxTokens) {
			list = append(list, found{where: where, raw: match[1]})
		}
	}
	return list
}

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
	header, err := decode(first)
	if !ok || err != nil || !bytes.HasPrefix(bytes.TrimSpace(header), []byte("{")) {
		return 0
	}
	return strings.Count(raw, ".") + 1
}

// read explains what was found.
func (f found) read() []Token {
	if f.object != nil {
		return f.object.read()
	}
	t := Token{Kind: Opaque, Expires: f.ends, short: len(f.raw) < 20 && f.where == ""}
	if parts(f.raw) > 0 {
		t = readJWT(f.raw)
	}
	t.Where = f.where
	return []Token{t}
}
