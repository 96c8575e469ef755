package cause

import (
	"strings"
	"time"

	"fermata/checks"
	"fermata/checks/session"
)

func clockWrong(e Evidence) string {
	if e.ClockLevel < checks.Warning {
		return ""
	}
	return e.ClockSays
}

func certificateTime(e Evidence) string {
	if t := e.Session.Trouble; t == nil || t.Code != session.CodeCertTime {
		return ""
	}
	return "a certificate is not valid at this computer's time"
}

func notKept(e Evidence) string {
	if e.Session.Kept == nil {
		return ""
	}
	return e.Session.Kept.Error()
}

// fresh reports whether the provider turned the sign-in down so lately that it may take it back: an
// outage of 2021 said invalid_grant to good tokens (metabrainz/listenbrainz-server#1921).
func fresh(e Evidence) bool {
	t := e.Session.Trouble
	return t != nil && t.Where == session.AtToken && t.Code == "invalid_grant" && e.Now.Sub(t.Since) < time.Hour
}

// edge sees the texts of the proxies in front of a service, which come when what is behind them fails.
func edge(e Evidence) string {
	t := e.Session.Trouble
	if t == nil || t.Where == session.AtNetwork || !contains(t.Text, "upstream connect error", "jwks", "audiences in jwt", "no healthy upstream") {
		return ""
	}
	return "its own edge answered: " + t.Text
}

// where sees trouble that was met at one place.
func where(place, words string) func(Evidence) string {
	return func(e Evidence) string {
		if t := e.Session.Trouble; t == nil || t.Where != place {
			return ""
		}
		return words
	}
}

// code sees one of the error codes.
func code(words string, codes ...string) func(Evidence) string {
	return func(e Evidence) string {
		t := e.Session.Trouble
		if t == nil {
			return ""
		}
		for _, c := range codes {
			if strings.EqualFold(t.Code, c) {
				return words + " (" + c + ")"
			}
		}
		return ""
	}
}

// status sees the HTTP status codes from first to last.
func status(first, last int, words string) func(Evidence) string {
	return func(e Evidence) string {
		if t := e.Session.Trouble; t == nil || t.Where == session.AtNetwork && t.Status != 407 || t.Status < first || t.Status > last {
			return ""
		}
		return words
	}
}

// said sees a reply's text, in lower case, at one place, with one status or any (0).
func said(place string, status int, texts ...string) func(Evidence) string {
	return func(e Evidence) string {
		t := e.Session.Trouble
		if t == nil || t.Where != place || status != 0 && t.Status != status || !contains(t.Text+" "+t.Code, texts...) {
			return ""
		}
		return "it says “" + strings.TrimSpace(t.Text) + "”"
	}
}

func contains(text string, any ...string) bool {
	text = strings.ToLower(text)
	for _, a := range any {
		if strings.Contains(text, a) {
			return true
		}
	}
	return false
}
