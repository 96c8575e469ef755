package view

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"fermata/app/core"
	"fermata/checks"
	"fermata/checks/session"
	"fermata/checks/text"
)

// lineWidth is how many characters wide a menu may grow.
const lineWidth = 64

// lines tell the state: what is wrong and why, then every account, then the clock. Each leads to where
// Fermata's page tells more.
func (w words) lines() []Item {
	var all []Item
	add := func(place string, lines ...string) {
		for _, l := range lines {
			all = append(all, Item{ID: "app/open", Place: place, Label: l})
		}
	}
	if w.Troubles != nil {
		add("", "DEMO · nothing here is real")
	}
	for _, c := range w.Serious() {
		add(c.Place(), append([]string{c.Title}, wrap(c.Why, lineWidth)...)...)
	}
	for _, p := range w.Settings.Problems {
		add("settings", wrap(p.Error(), lineWidth)...)
	}
	for _, a := range w.Answers {
		if a.Kind == core.Failed {
			add("", wrap(fmt.Sprintf("“%s” did not work: %s", w.name(a.Action), failure(a.Err)), lineWidth)...)
		}
	}
	for i := range w.Accounts {
		a := &w.Accounts[i]
		add("account-"+a.Name, w.accountLines(a)...)
		if line := w.storeLine(a); line != "" {
			add("account-"+a.Name, wrap(line, lineWidth)...)
		}
	}
	if len(w.Accounts) == 0 {
		add("accounts", "No account is connected yet")
	}
	switch {
	case w.ClockLevel >= checks.Warning:
	case len(w.Accounts) == 0 && !w.Guide.LookedAt.IsZero():
		clock, _, _ := strings.Cut(w.clockLine(), ";")
		add("clock", w.reachLine(clock+strings.Repeat(")", strings.Count(clock, "("))))
	default:
		add("clock", w.clockLine())
	}
	if w.Helped != nil && len(w.Serious()) == 0 {
		add("past", fmt.Sprintf("Fixed at %s with “%s”", w.style.TimeOfDay(w.Helped.At, w.now), w.name(w.Helped.Action)))
	}
	if w.Quiet > 0 {
		add("settings", "Notifications are paused until "+w.style.Clock(w.now.Add(w.Quiet-w.at.Elapsed)))
	}
	return all
}

func (w words) clockLine() string {
	if !w.Clock.Seen {
		return "Measuring the clock…"
	}
	return w.Clock.Facts.Summary(w.style)
}

// accountLines are the two lifetimes of an account under its name.
func (w words) accountLines(a *core.Account) []string {
	all := []string{heading(a), w.sessionLine(a)}
	if line := w.grantLine(a); line != "" {
		all = append(all, line)
	}
	return all
}

func heading(a *core.Account) string {
	if a.Facts.User == "" {
		return a.Provider
	}
	return a.Provider + " · " + a.Facts.User
}

// sessionLine tells until when the session lasts, and what becomes of it then.
func (w words) sessionLine(a *core.Account) string {
	f := a.Facts
	at := w.style.TimeOfDay(f.Until, w.now)
	switch {
	case !a.Seen:
		return "Looking at the session…"
	case f.Keyring != nil:
		return "Not known: the sign-in can’t be read"
	case !f.SignedIn:
		return "Not signed in"
	case f.Until.IsZero() && !f.Usable:
		return "No session now"
	case f.Until.IsZero() && f.Trouble != nil && !f.Trouble.Ask:
		return "Session of unknown length · " + w.reason(a, f.Trouble)
	case f.Until.IsZero() && f.Renews:
		return "Session of unknown length, renews by itself"
	case f.Until.IsZero():
		return "Session of unknown length"
	case !w.now.Before(f.Until):
		return "Session ended at " + at
	case f.Health != nil && f.Health.Ask && f.Health.Status == unauthorized:
		return "Session not accepted since " + w.style.TimeOfDay(f.Health.Since, w.now)
	case f.Health != nil && f.Health.Ask && rejects(f.Health.Reason):
		return fmt.Sprintf("Session until %s · %s rejects requests since %s", at, a.Provider, w.style.TimeOfDay(f.Health.Since, w.now))
	case f.Renews && f.Renewal != nil:
		return fmt.Sprintf("Session until %s · can’t renew: %s", at, w.reason(a, f.Renewal))
	case f.Renews && f.Trouble != nil && !f.Trouble.Ask:
		return fmt.Sprintf("Session until %s · %s", at, w.reason(a, f.Trouble))
	case f.Renews && f.InMemory:
		return fmt.Sprintf("Session until %s, renews in memory only", at)
	case f.Renews:
		return fmt.Sprintf("Session until %s, renews by itself", at)
	case f.Ask:
		return fmt.Sprintf("Session until %s, renews on a click", at)
	}
	return fmt.Sprintf("Session until %s, can’t be renewed", at)
}

// rejects reports whether it is for this reason that the provider takes no request at all.
func rejects(r session.Reason) bool {
	return r == session.ReasonNotListed || r == session.ReasonOwnerPremium
}

const unauthorized = 401 // HTTP's status of a token that is refused

// reason is in a few words what a passing trouble is.
func (w words) reason(a *core.Account, t *session.Trouble) string {
	since := " since " + w.style.TimeOfDay(t.Since, w.now)
	switch {
	case t.Where == session.AtKeyring:
		return text.Lower(t.Text)
	case t.Where != session.AtNetwork && t.RetryAfter > 0:
		return fmt.Sprintf("%s asks to wait until %s", a.Provider, w.style.TimeOfDay(t.At.Add(t.RetryAfter), w.now))
	case t.Where != session.AtNetwork:
		return fmt.Sprintf("errors from %s%s", a.Provider, since)
	}
	switch t.Code {
	case session.CodeDNS, session.CodeDial:
		return "no connection" + since
	case session.CodeTimeout:
		return "no answer" + since
	case session.CodeCertTime:
		return "no valid certificate" + since
	case session.CodeCertificate:
		return "connection intercepted" + since
	case session.CodePortal, session.CodeRedirect:
		return "login page of the network" + since
	case session.CodeProxy:
		return "blocked by a proxy" + since
	}
	return "broken connection" + since
}

// grantLine tells until when the sign-in lasts; "" where that is not known, or not true any more.
func (w words) grantLine(a *core.Account) string {
	f := a.Facts
	refused := f.Trouble != nil && f.Trouble.Ask && (f.Trouble.Where == session.AtToken || f.Trouble.Status == unauthorized)
	switch end := w.grantEnd(f); {
	case !a.Seen || f.GrantUntil.IsZero():
		return ""
	case !w.now.Before(f.GrantUntil):
		if short(f) {
			return "The sign-in expired at " + end
		}
		return "The sign-in expired on " + end
	case refused: // before its time: the headline says so
		return ""
	case f.GrantEstimated:
		return "Signed in until about " + end
	default:
		return "Signed in until " + end
	}
}

// grantEnd is when a sign-in ends: the day, or of one that lasts for a day or less the time of day.
func (w words) grantEnd(f core.AccountFacts) string {
	if short(f) {
		return w.style.TimeOfDay(f.GrantUntil, w.now)
	}
	return w.style.FullDate(f.GrantUntil, w.now)
}

// short reports whether a sign-in lasts for so short a time that its day says little.
func short(f core.AccountFacts) bool { return f.GrantLife > 0 && f.GrantLife <= 24*time.Hour }

// storeLine tells why the sign-in is not kept where the settings say; "" where it is.
func (w words) storeLine(a *core.Account) string {
	switch err := a.Facts.Elsewhere; {
	case err == nil:
		return ""
	case w.State.Settings.Secrets.Store == "file":
		return "Still kept in the keyring, not in the file: " + err.Error()
	default:
		return "Still kept in the file, not in the keyring: " + err.Error()
	}
}

// failure is an error as sentences, with what to do about it.
func failure(err error) string {
	s := text.Sentence(err.Error())
	if hint := checks.Hint(err); hint != "" {
		s += " " + hint
	}
	return s
}

// wrap breaks a text into lines of at most width characters, where a menu would grow too wide.
func wrap(long string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(long) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	return append(lines, line)
}
