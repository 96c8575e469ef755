package cause

import (
	"strings"

	"fermata/checks"
	"fermata/checks/text"
)

// ask says that the person has to act.
func ask(title, why string) func(Evidence) said {
	return func(Evidence) said { return said{checks.Critical, title, why} }
}

// lapses says what a passing trouble means for the session: while it lasts long enough nothing is
// lost, then it nears its end, then it has ended.
func lapses(title, why string) func(Evidence) said {
	return func(e Evidence) said {
		until := e.Session.Until
		switch {
		case until.IsZero():
			return said{e.level, title, "Fermata couldn’t renew the session. " + why}
		case !e.Now.Before(until):
			return said{checks.Critical, sessionEnds(e), "Fermata couldn’t renew it. " + why}
		case e.nearsEnd():
			return said{checks.Warning, sessionEnds(e), "Fermata couldn’t renew it. " + why}
		}
		return said{checks.Unknown, title, why + " The session lasts until " + e.Style.TimeOfDay(until, e.Now) + "."}
	}
}

// sessionEnds says when the session ends or ended.
func sessionEnds(e Evidence) string {
	until := e.Session.Until
	switch {
	case until.IsZero() && e.usable():
		return "Your %s session ends soon"
	case until.IsZero():
		return "No %s session yet"
	case e.Now.Before(until):
		return "Your %s session ends at " + e.Style.TimeOfDay(until, e.Now)
	}
	return "Your %s session ended at " + e.Style.TimeOfDay(until, e.Now)
}

// named fills in the provider's name (%s), where apps are registered with it (%apps), since when the trouble
// lasts (%t), how long sign-ins last (%life), what is noted about that (%note), and the users of two sign-ins
// (%newuser, %olduser).
func named(words string, e Evidence) string {
	since := e.Now
	if t := e.Session.Trouble; t != nil && !t.Since.IsZero() {
		since = t.Since
	}
	newest, before := e.users()
	return strings.TrimSpace(strings.NewReplacer("%newuser", newest, "%olduser", before, "%s", e.Provider, "%apps", e.Apps, "%t", e.Style.TimeOfDay(since, e.Now), "%life", lifetime(e), "%note", e.Note).Replace(words))
}

// lifetime is how long the provider's sign-ins last.
func lifetime(e Evidence) string {
	switch life := e.Session.GrantUntil.Sub(e.Session.AuthorizedAt); {
	case life < day/2, e.Session.GrantTold: // also where the times are not known
		return "some time"
	case life < day+day/2:
		return "a day"
	case life >= 180*day && life < 186*day:
		return "six months"
	default:
		return text.Days(life)
	}
}
