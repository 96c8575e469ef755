package cause

import (
	"fmt"
	"net/http"

	"fermata/checks/session"
)

var (
	ownError   = status(500, 599, "it answered with an error of its own")
	toWait     = status(http.StatusTooManyRequests, http.StatusTooManyRequests, "it asks to wait")
	othersDown = when("another account fails in the same way", func(e Evidence) bool { return e.OthersFail })
	// doubtful fires where signs of an outage speak against believing that the sign-in is no longer accepted.
	doubtful = func(e Evidence) string {
		return withCode("it rejects the sign-in, as it may in an outage", e.doubted())
	}
)

var serviceRows = []row{
	{
		id: "provider-down", group: reply,
		clues: []clue{
			{75, ownError},
			{90, with(gives(session.ReasonGateway), func(e Evidence) string {
				return "its own gateway answered: “" + e.answered().Text + "”"
			})},
			{95, with(doubtful, statusPage)},
			{85, with(doubtful, othersDown)},
			{85, with(doubtful, when("another part of it answers with an error of its own", outageBeside))},
			{85, with(doubtful, func(e Evidence) string {
				return only(recent(e.LastOutage, e.Now), "it was down at "+e.Style.TimeOfDay(e.LastOutage, e.Now))
			})},
			{5, doubtful},
			{10, with(ownError, statusPage)},
			{10, with(ownError, othersDown)},
			{5, with(ownError, func(e Evidence) string {
				return only(e.answered().Tries >= 3, fmt.Sprintf("%d tries in a row failed", e.answered().Tries))
			})},
		},
		say: lapses("%s may be down", "%s itself has had problems since %t."),
		about: "The problem is at %s, and not with your sign-in, your password or this computer. In an outage it may even reject a good sign-in. " +
			"Fermata keeps it and tries again, less and less often. You can only wait.",
		fixes: try(Refresh), because: "won’t help: the problem is at %s",
	},
	{
		id: "odd-answer", group: reply,
		clues: []clue{
			{90, odd("a web page came where an answer was due, with the certificate of %s itself", session.CodePage)},
			{90, odd("an empty answer came", session.CodeEmpty)},
			{90, odd("no token is in the answer, or only half of it came", session.CodeUnreadable)},
			{90, with(odd("it", session.CodeRedirect), func(e Evidence) string { return "the request is " + e.answered().Text })},
		},
		say: func(e Evidence) said {
			switch t := e.answered(); {
			case t.Code == session.CodePage && t.Status == http.StatusForbidden:
				return lapses("%s turned Fermata away", "A filter of %s has answered with a web page since %t. Such a filter usually lets you through after a while.")(e)
			case t.Code == session.CodePage:
				return lapses("%s answered with a web page", "%s has sent a web page of its own since %t, and no answer that Fermata can use.")(e)
			case t.Code == session.CodeEmpty:
				return lapses("%s sent an empty answer", "%s has sent nothing that Fermata can use since %t.")(e)
			}
			return lapses("%s gave no proper answer", "%s has sent nothing that Fermata can use since %t.")(e)
		},
		about: "The problem is at %s, or at the address that is in the settings for it, and not with your sign-in or your password. " +
			"At work, a filter whose certificates this computer trusts may answer in its place. Fermata keeps your sign-in and tries again.",
		fixes: try(Refresh), because: "won’t help: %s gives no proper answer",
	},
	{
		id: "rate-limit", group: reply,
		clues: []clue{{90, toWait}},
		say:   waits("%s asks to wait", "Too many requests came from your app."),
		about: "%s counts the requests of each app, and makes it wait after too many. Other programs with the same client ID count too. " +
			"Fermata waits as long as %s asked, because asking sooner makes it longer.",
		fixes: try(), because: "won’t help: %s asks to wait",
	},
	{
		id: "quota", group: reply,
		clues: []clue{
			{50, toWait},
			{45, when("it says that the app’s quota is used up", func(e Evidence) bool { return gives(session.ReasonQuota)(e) != "" })},
		},
		say: waits("Your app’s quota at %s is used up", "Your app has made as many requests as it may."),
		about: "Besides the pace, %s limits how much an app may ask in a longer time. Every program that uses the same client ID counts. " +
			"The quota fills up again by itself; a client ID for each program keeps them apart.",
		fixes: try(), because: "won’t help: %s answers again when the quota is renewed",
	},
}

// odd returns a clue that fires where what the provider sent is no answer.
func odd(words, code string) func(Evidence) string {
	return func(e Evidence) string {
		t := e.answered()
		return only(t != nil && t.Code == code && t.Where != session.AtAuthorize && t.Status < 500, named(words, e))
	}
}

// waits says until when the provider wants to be left alone.
func waits(title, why string) func(Evidence) said {
	return func(e Evidence) said {
		s := lapses(title, why)(e)
		if t := e.Session.Trouble; t.RetryAfter > 0 && !t.At.IsZero() {
			s.why += " %s accepts requests again at " + e.Style.TimeOfDay(t.At.Add(t.RetryAfter), e.Now) + "."
		}
		return s
	}
}

// statusPage fires on what the status page says.
func statusPage(e Evidence) string {
	return only(e.StatusPage != "", "its status page says: "+e.StatusPage)
}

// outageBeside reports whether the other half of the service fails too.
func outageBeside(e Evidence) bool {
	h := e.Session.Health
	return h != nil && h.Where == session.AtAPI && (h.Status >= 500 || h.Reason == session.ReasonGateway) && recent(h.At, e.Now)
}
