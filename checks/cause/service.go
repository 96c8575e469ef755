package cause

import (
	"fermata/checks"
	"net/http"

	"fermata/checks/session"
)

var ownError = status(500, 599, "it answered with an error of its own")

var serviceRows = []row{
	{
		id: "provider-down", group: reply,
		clues: []clue{
			{75, ownError},
			{90, edge},
			{95, doubt(statusPage)},
			{85, doubt(when("another account fails in the same way at the same time", func(e Evidence) bool { return e.OthersFail }))},
			{85, doubt(outageBeside)},
			{85, doubt(outageBefore)},
			{5, doubt(refusal("it calls the sign-in wrong, as it may in an outage"))},
			{10, with(ownError, statusPage)},
			{10, with(ownError, when("another account fails in the same way", func(e Evidence) bool { return e.OthersFail }))},
			{5, repeated(ownError)},
		},
		say: lapses("%s may be down", "the service itself is out of order%since", ""),
		about: "The fault is at %s, and not with your sign-in, your password or this computer. In an outage it may even call a good sign-in wrong. " +
			"Fermata keeps it and tries again, less and less often; there is nothing to do but wait.",
		fixes:   try(Refresh),
		because: "the fault is at %s, and only waiting helps",
	},
	{
		id: "rate-limit", group: reply,
		clues: []clue{{90, status(http.StatusTooManyRequests, http.StatusTooManyRequests, "it asks to wait")}},
		say:   waits("%s asks to wait", "too many requests came from your app"),
		about: "%s counts what each app asks, and makes it wait after too much. Other programs with the same client ID count too. " +
			"Fermata waits as long as it was told, since asking sooner makes it longer.",
		fixes:   try(),
		because: "%s wants no requests until the wait is over",
	},
	{
		id: "quota", group: reply,
		clues: []clue{
			{50, status(http.StatusTooManyRequests, http.StatusTooManyRequests, "it asks to wait")},
			{45, when("it says that the app's quota is used up", func(e Evidence) bool {
				t := e.Session.Trouble
				return t != nil && t.Where != session.AtNetwork && contains(t.Text+" "+t.Code, "quota")
			})},
		},
		say: waits("Your app's allowance at %s is used up", "your app has asked as much as it may"),
		about: "Besides the pace, %s limits how much an app may ask in a longer time. Every program that uses the same client ID draws on it. " +
			"It fills up again by itself; a client ID for each program keeps them apart.",
		fixes:   try(),
		because: "%s answers this app again when its allowance is renewed",
	},
}

// waits says until when the provider wants to be left alone.
func waits(title, reason string) func(Evidence) said {
	return func(e Evidence) said {
		t := e.Session.Trouble
		s := lapses(title, reason, "")(e)
		if t.RetryAfter > 0 && !t.At.IsZero() {
			s.why += " %s may be asked again at " + checks.TimeOfDay(t.At.Add(t.RetryAfter), e.Now) + "."
		}
		return s
	}
}

// edge sees the texts of the proxies in front of a service, which come when what is behind them fails.
func edge(e Evidence) string {
	t := e.Session.Trouble
	if t == nil || !fromEdge(t) {
		return ""
	}
	return "its own gateway answered: “" + t.Text + "”"
}

func fromEdge(t *session.Trouble) bool {
	return t.Where != session.AtNetwork && contains(t.Text, "upstream connect error", "upstream request timeout", "no healthy upstream", "jwks", "audiences in jwt")
}

// doubt sees what speaks against believing that the sign-in is no longer accepted.
func doubt(sees func(Evidence) string) func(Evidence) string {
	return func(e Evidence) string {
		if e.doubted() == nil {
			return ""
		}
		return sees(e)
	}
}

// with sees what the second does, where the first sees anything.
func with(first, second func(Evidence) string) func(Evidence) string {
	return func(e Evidence) string {
		if first(e) == "" {
			return ""
		}
		return second(e)
	}
}

func statusPage(e Evidence) string {
	if e.StatusPage == "" {
		return ""
	}
	return "its status page says: " + e.StatusPage
}

// outageBeside sees that the other half of the service is out of order too.
func outageBeside(e Evidence) string {
	h := e.Session.Health
	if h == nil || h.Where != session.AtAPI || h.Status < 500 && !fromEdge(h) || !recent(h.At, e.Now) {
		return ""
	}
	return "another part of it answers with an error of its own"
}

func outageBefore(e Evidence) string {
	if !recent(e.LastOutage, e.Now) {
		return ""
	}
	return "it was out of order at " + checks.TimeOfDay(e.LastOutage, e.Now)
}
