package token

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"fermata/checks/programs/tokenfile"
)

// A search collects what is in an input.
type search struct {
	form    Form
	found   int // tokens, a JSON object with those in it being one; at most MaxTokens
	tokens  []Token
	secrets []string // what must not be shown
	problem string   // why there is no token, where there is none
	answer  string   // what a server's error in it says
}

// add explains a token. ends is when the cookie ends that it is; zero: not known.
func (s *search) add(where, raw string, ends time.Time) {
	if s.found == MaxTokens {
		return
	}
	t := Token{Kind: named(raw), Expires: ends, short: len(raw) < 20 && where == ""}
	if t.Kind == "" {
		t.Kind = Opaque
		if tokenfile.Parts(raw) > 0 {
			t = readJWT(raw)
		}
	}
	t.Where = where
	s.found++
	s.tokens, s.secrets = append(s.tokens, t), append(s.secrets, raw)
}

// find looks for tokens in what is no JSON.
func (s *search) find(input string) {
	s.headers(input)
	s.embedded(input)
	if s.form != "" || s.found > 0 {
		s.form = cmp.Or(s.form, OAuth)
		return
	}
	words := strings.Fields(input)
	joined := strings.Join(words, "")
	wrapped := tokenfile.Parts(joined) == 3 && strings.IndexFunc(joined, notInToken) < 0 // broken into lines
	joined = strings.Trim(joined, `"',;`)
	s.form = Nothing
	switch {
	case (len(words) == 1 || wrapped) && (tokenfile.Parts(joined) > 0 || named(joined) != ""):
		s.form = Bare
		s.add("", joined, time.Time{})
	case len(words) == 1 && s.address(words[0]):
		s.form = OAuth
	case s.text(input, ""):
		s.form, s.answer = Text, ""
	case s.answer != "":
	case strings.HasPrefix(input, "-----BEGIN "): // RFC 7468
		s.problem = "This is a key or a certificate (PEM), not a token."
	case strings.Contains(input, samlName):
		s.tokens = []Token{{Kind: SAML}}
	case len(words) > 1:
		s.answer = meaning("", input)
		s.problem = "No token is in this text. Paste a token, a header with one, or the JSON of a token file."
	default:
		s.form = Bare
		s.add("", input, time.Time{})
	}
}

// address reads the address that a sign-in came back to, with the reply in its fragment (RFC 6749
// section 4.2.2) or in its query, or such a reply alone. It reports whether a token is in it.
func (s *search) address(address string) bool {
	values, err := url.ParseQuery(address[strings.LastIndexAny(address, "#?")+1:])
	if err != nil || len(values) > maxList {
		return false
	}
	reply := map[string]any{}
	for name := range values {
		reply[name] = values.Get(name)
	}
	if s.object(reply, "") {
		return true
	}
	s.answer = cmp.Or(answerOf(reply), s.answer)
	return false
}

// samlName is in each SAML 2.0 message (its core, section 1.2).
const samlName = "urn:oasis:names:tc:SAML:"

var paseto = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^v[1-4]\.(local|public)\.[\w-]+(\.[\w-]+)?$`) })

// named tells what a token is that is not explained here; "": it is none of those.
func named(raw string) Kind {
	jwt, _, disclosed := strings.Cut(raw, "~")
	plain, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(strings.NewReplacer("+", "-", "/", "_").Replace(raw), "="))
	switch {
	case disclosed && tokenfile.Parts(jwt) == 3:
		return SDJWT
	case paseto().MatchString(raw):
		return PASETO
	case err != nil:
	case bytes.Contains(plain, []byte(samlName)):
		return SAML
	case len(plain) > 50 && (isPacket(plain) || plain[0] == 2 && (plain[1] == 1 || plain[1] == 2)): // version 2: its first field
		return Macaroon
	}
	return ""
}

// isPacket reports whether data begins as a macaroon of version 1 does: four hexadecimal digits, then its location.
func isPacket(data []byte) bool {
	_, err := strconv.ParseUint(string(data[:4]), 16, 16)
	return err == nil && bytes.HasPrefix(data[4:], []byte("location "))
}

// bearer finds an opaque token behind the word Bearer, as in a line of source. What has fewer than 20
// characters is a word of the text.
var bearer = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile("(?i)(?:^|[\\s\"'`,;:(){}<>])bearer[\\s\"'`,;:(){}<>]+([^\\s\"'`,;:(){}<>]{20,})")
})

// text finds the JWTs in a text, or where there is none, opaque tokens. It reports whether there are any.
func (s *search) text(text, where string) bool {
	if s.jwts(text, where) {
		return true
	}
	list := bearer().FindAllStringSubmatch(text, MaxTokens)
	for _, match := range list {
		s.add(where, match[1], time.Time{})
	}
	return len(list) > 0
}

func (s *search) jwts(text, where string) (some bool) {
	for run := range strings.FieldsFuncSeq(text, notInToken) {
		if s.found == MaxTokens {
			break
		}
		switch n := tokenfile.Parts(run); {
		case n == 4: // a full stop after it, or a signature of the site's own
			run = run[:strings.LastIndexByte(run, '.')]
			fallthrough
		case n == 3 || n == 5:
			s.add(where, run, time.Time{})
			some = true
		}
	}
	return some
}

func notInToken(r rune) bool { return !tokenfile.InToken(r) }
