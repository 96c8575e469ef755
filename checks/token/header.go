package token

import (
	"cmp"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"fermata/checks/programs/tokenfile"
)

// headers reads text as lines of an HTTP message, of the command that sends one, or of a cookie jar.
// The form stays "" where no line is one that carries tokens.
func (s *search) headers(text string) {
	cookies := 0
	see := func(pair string, ends time.Time) {
		s.form = cmp.Or(s.form, Cookie)
		cookies++
		s.cookie(pair, ends)
	}
	for line := range strings.Lines(unfold(text)) {
		if s.found == MaxTokens {
			return
		}
		if pair, ends, ok := inJar(line); ok {
			see(pair, ends)
			continue
		}
		switch name, value := header(line); name {
		case "authorization", "proxy-authorization":
			s.form = Authorization
			raw, why := credentials(value)
			if raw != "" {
				s.add("", raw, time.Time{})
			} else {
				s.problem = why
			}
		case "www-authenticate":
			s.answer = cmp.Or(s.answer, challenged(value))
		case "set-cookie":
			pair, _, _ := strings.Cut(value, ";")
			var ends time.Time
			if c, err := http.ParseSetCookie(value); err == nil {
				ends = c.Expires
			}
			see(pair, ends)
		case "cookie":
			for pair := range strings.SplitSeq(value, ";") {
				see(pair, time.Time{})
			}
		}
	}
	if s.form == Cookie {
		these := "this cookie"
		if cookies > 1 {
			these = "these cookies"
		}
		s.problem = "No JWT is in " + these + ". Only the site itself can read an opaque cookie."
	}
}

// header returns a header's name, in lower case, and its value; the name is "" where line is none.
func header(line string) (name, value string) {
	if fields := strings.Fields(line); len(fields) == 2 && strings.EqualFold(fields[0], "Bearer") {
		return "authorization", line
	}
	name, value, ok := strings.Cut(line, ":")
	if !ok {
		return "", ""
	}
	name = name[strings.LastIndexAny(name, `"' `)+1:]
	return strings.ToLower(strings.TrimSpace(name)), strings.Trim(strings.TrimSpace(value), `"'`)
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

var folded = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?im)\bbearer[ \t]+\S+(?:[ \t]*\r?\n[ \t]+[\w.-]+)+[ \t]*\r?$`)
})

// unfold joins the lines of a bearer token that was broken, as a header may be (RFC 9112 section 5.2).
func unfold(text string) string {
	return folded().ReplaceAllStringFunc(text, func(lines string) string {
		return "Bearer " + strings.Join(strings.Fields(lines)[1:], "")
	})
}

// cookie finds the JWTs in a cookie, or else takes one that ends some time for an opaque token.
func (s *search) cookie(pair string, ends time.Time) {
	name, value, _ := strings.Cut(pair, "=")
	if plain, err := url.PathUnescape(value); err == nil {
		value = plain
	}
	where := "cookie " + strings.TrimSpace(name)
	if !s.jwts(value, where) && !ends.IsZero() {
		s.add(where, value, ends)
	}
}

// inJar returns the cookie in a line of a jar, as curl and browsers' add-ons write them: domain,
// subdomains, path, secure, end, name, value.
func inJar(line string) (pair string, ends time.Time, ok bool) {
	const least = 20 // characters; a shorter value is a setting
	f := strings.Split(strings.TrimRight(line, "\r\n"), "\t")
	flags := []string{"TRUE", "FALSE"}
	if len(f) != 7 || !slices.Contains(flags, f[1]) || !slices.Contains(flags, f[3]) {
		return "", time.Time{}, false
	}
	at, unit, ok := tokenfile.Unix(json.Number(f[4]))
	if ok && unit == time.Second && at.Unix() != 0 && len(f[6]) >= least {
		ends = at
	}
	return f[5] + "=" + f[6], ends, true
}
