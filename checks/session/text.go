package session

import (
	"net/url"
	"regexp"
	"strings"
	"sync"

	"fermata/checks/text"
)

const (
	maxText = 200      // characters of a text from outside that are shown
	maxRead = 64 << 10 // characters of it that are looked at
)

var (
	joiners = strings.NewReplacer("\u200c", "", "\u200d", "")
	tokens  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`[A-Za-z0-9_-]{32,}`) })
)

// clean makes a line of a text from outside, see text.Line, with none of the secrets in it, nor anything
// that looks like a token: the reply may echo a secret that is not in secrets, or part of one. Joiners,
// which text.Line keeps, are dropped, as they could split a secret.
func clean(s string, secrets ...string) string {
	for _, secret := range secrets {
		secrets = append(secrets, url.QueryEscape(secret))
	}
	s = text.Line(joiners.Replace(s), maxRead, secrets...)
	return text.Line(tokens().ReplaceAllStringFunc(s, hideToken), maxText)
}

// hideToken hides a run of the characters that tokens are made of, unless it is plain_lower_case.
func hideToken(run string) string {
	if run == strings.ToLower(run) && !strings.ContainsAny(run, "0123456789") {
		return run
	}
	return "…"
}
