package session

import (
	"fermata/checks"
	"fmt"
	"strings"
	"time"
)

// running says how a session goes on: "Session until 15:04, renews by itself".
func running(f Facts, now time.Time) string {
	what := "Session runs"
	if !f.Until.IsZero() {
		what = "Session until " + checks.TimeOfDay(f.Until, now)
	}
	switch {
	case f.Renews:
		return what + ", renews by itself"
	case f.Ask:
		return what + ", renews on a click"
	}
	return what
}

// ending says that a session is about to end, and why it is let.
func ending(name string, f Facts, now time.Time) string {
	what := "Session ends soon"
	if !f.Until.IsZero() {
		what = "Session ends at " + checks.TimeOfDay(f.Until, now)
	}
	switch {
	case f.Renewal != nil:
		return what + " and could not be renewed: " + reason(name, f.Trouble, now)
	case f.Ask:
		return what + ", renews on a click"
	}
	return what + " and cannot be renewed"
}

// grantEnds says when the sign-in itself ends.
func grantEnds(end, now time.Time) string {
	day := end.Local().Format("2 January 2006")
	left := end.Sub(now)
	switch days := int((left + 24*time.Hour - 1) / (24 * time.Hour)); {
	case left <= 0:
		return "Sign-in was to end on " + day
	case days == 1:
		return "Sign-in ends within a day, on " + day + " at " + end.Local().Format("15:04")
	default:
		return fmt.Sprintf("Sign-in ends in %d days, on %s", days, day)
	}
}

// reason says in a few words what t is, without blaming anybody whom the evidence does not name.
func reason(name string, t *Trouble, now time.Time) string {
	since := " since " + checks.TimeOfDay(t.Since, now)
	switch {
	case t.Where == AtNetwork:
		return networkReason(t) + since
	case t.Where == AtKeyring:
		return "the sign-in could not be read: " + t.Text
	case t.Status == 429 && t.RetryAfter > 0:
		return name + " asks to wait until " + checks.TimeOfDay(t.At.Add(t.RetryAfter), now)
	case t.Status == 429:
		return name + " asks to wait"
	case t.Where == AtToken && t.Ask && t.Code == "invalid_grant":
		return name + " no longer accepts this sign-in"
	case t.Ask && (t.Code == "invalid_client" || t.Code == "unauthorized_client"):
		return name + " does not accept the client ID"
	case t.Where == AtToken && t.Ask:
		return name + " refuses to renew: " + t.Error()
	case t.Where == AtAPI && t.Ask && t.Status == 401:
		return name + " refuses even a new access token"
	case t.Where == AtAPI && t.Ask:
		return name + " refuses access: " + t.Error()
	}
	return strings.TrimSpace(fmt.Sprintf("%s answers HTTP %d%s", name, t.Status, since))
}

func networkReason(t *Trouble) string {
	switch t.Code {
	case CodeDNS, CodeDial:
		return "no connection"
	case CodeTimeout:
		return "no answer"
	case CodeCertTime:
		return "certificate not valid by this computer's clock"
	case CodeCertificate:
		return "somebody else's certificate on the way"
	case CodePortal, CodeRedirect:
		return "the network answers with a page of its own"
	}
	return "the connection breaks"
}
