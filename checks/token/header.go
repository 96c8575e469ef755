package token

import (
	"cmp"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"fermata/checks/programs/tokenfile"
)

const opaqueHint = "What a site keeps in an opaque cookie only that site can read."

// findHeaders reads text as lines of an HTTP message, or of the command that sends one. form is ""
// where no line is one that carries tokens.
func findHeaders(text string) (form Form, list []found, problem string) {
	cookies := 0
	for line := range strings.Lines(unfold(text)) {
		if fields := strings.Split(strings.TrimRight(line, "\r\n"), "\t"); isJar(fields) && len(list) < MaxTokens {
			form = cmp.Or(form, Cookie)
			cookies++
			list = append(list, jarred(fields)...)
			continue
		}
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
			form = cmp.Or(form, Cookie)
			if name == "set-cookie" {
				cookies++
				list = append(list, setCookie(value)...)
				continue
			}
			pairs := strings.Split(value, ";")
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

// unfold joins the lines of a header that was broken (RFC 9112 section 5.2), and of a token in it.
func unfold(text string) string {
	if !strings.Contains(text, "\n ") && !strings.Contains(text, "\n\t") {
		return text
	}
	var b strings.Builder
	bearer := false
	for line := range strings.Lines(text) {
		rest := strings.TrimSpace(line)
		if bearer && (line[0] == ' ' || line[0] == '\t') && rest != "" && strings.IndexFunc(rest, notInToken) < 0 {
			b.WriteString(rest)
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(strings.TrimRight(line, "\r\n"))
		fields := strings.Fields(line)
		bearer = len(fields) > 1 && strings.EqualFold(fields[len(fields)-2], "Bearer")
	}
	return b.String()
}

func cookie(pair string) []found {
	name, value, _ := strings.Cut(pair, "=")
	if plain, err := url.PathUnescape(value); err == nil {
		value = plain
	}
	return jwtsIn(value, "cookie "+strings.TrimSpace(name))
}

// setCookie finds what cookie does, or else a cookie that says when it ends (RFC 6265 section 5.2).
func setCookie(value string) []found {
	pair, _, _ := strings.Cut(value, ";")
	if list := cookie(pair); len(list) > 0 {
		return list
	}
	c, err := http.ParseSetCookie(value)
	if err != nil || c.Expires.IsZero() {
		return nil
	}
	return []found{{where: "cookie " + c.Name, raw: c.Value, ends: c.Expires}}
}

// isJar reports a line of a cookie jar, as curl and browsers' add-ons write them: domain, subdomains,
// path, secure, end, name, value.
func isJar(fields []string) bool {
	return len(fields) == 7 && isFlag(fields[1]) && isFlag(fields[3])
}

func isFlag(field string) bool { return field == "TRUE" || field == "FALSE" }

// jarred finds what setCookie does in a line of a jar.
func jarred(fields []string) []found {
	const least = 20 // characters; a shorter value is a setting
	if list := jwtsIn(fields[6], "cookie "+fields[5]); len(list) > 0 {
		return list
	}
	ends, unit, ok := tokenfile.Unix(json.Number(fields[4]))
	if !ok || unit != time.Second || ends.Unix() == 0 || len(fields[6]) < least {
		return nil
	}
	return []found{{where: "cookie " + fields[5], raw: fields[6], ends: ends}}
}
