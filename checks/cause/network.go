package cause

import (
	"net/http"

	"fermata/checks/session"
)

var networkRows = []row{
	{
		id: "intercepted", group: reply,
		clues: []clue{
			{90, network("its certificate is somebody else's", session.CodeCertificate)},
			{5, joined(session.CodeCertificate)},
			{5, when("this computer's clock is right, so it is not that", func(e Evidence) bool {
				return e.clockRight() && network("it", session.CodeCertificate)(e) != ""
			})},
		},
		say: lapses("The connection to %s is intercepted", "somebody on the way answers in its name%since", "Use another network, or ask who runs this one."),
		about: "A certificate proves who answers. Here a machine on the way shows one of its own: a company's or school's filter, or a virus scanner. " +
			"Fermata does not send your sign-in through it. On another network all goes on by itself.",
		fixes:   try(Device, Refresh),
		because: "the connection itself is not safe",
	},
	{
		id: "certificate", group: reply,
		clues: []clue{
			{80, network("its certificate is not valid now", session.CodeCertTime)},
			{10, when("this computer's clock is right", func(e Evidence) bool {
				return e.clockRight() && network("it", session.CodeCertTime)(e) != ""
			})},
		},
		say: lapses("%s's certificate is not valid now", "no valid certificate was shown%since", ""),
		about: "A certificate proves who answers, for a stretch of time. It does not count before or after. Either this computer's clock is wrong, " +
			"or whoever answers let it run out. With a right clock there is nothing to do but wait, or use another network.",
		fixes: func(e Evidence) []Fix {
			if e.clockRight() {
				return []Fix{Device, Refresh}
			}
			return []Fix{Clock, Refresh, Device}
		},
		because: "without a valid certificate nothing is sent",
	},
	{
		id: "proxy", group: reply,
		clues: []clue{
			{95, when("the proxy asks for a password (407)", func(e Evidence) bool {
				return statusOnTheWay(e, http.StatusProxyAuthRequired)
			})},
			{95, when("a filter on the way forbids it (403)", func(e Evidence) bool {
				return statusOnTheWay(e, http.StatusForbidden)
			})},
			{90, saying(session.AtNetwork, 0, "proxyconnect", "proxy authentication")},
			{85, when("a proxy on the way forbids it", func(e Evidence) bool {
				t := e.at(session.AtNetwork)
				return t != nil && t.Code == session.CodeBroken && (t.Text == "Forbidden" || t.Text == "Bad Gateway")
			})},
			{5, joined()},
		},
		say: lapses("A proxy blocks the way to %s", "the proxy has let nothing through%since", "Check the system's proxy settings, or use another network."),
		about: "Some networks, at work or at school, send everything through one machine, the proxy. It may want a password, or not let %s through. " +
			"Fermata uses the proxy of your system's settings.",
		fixes:   try(Device, Refresh),
		because: "the proxy of this network stands in the way",
	},
	{
		id: "portal", group: reply,
		clues: []clue{
			{90, network("a web page came where an answer was due", session.CodePortal)},
			{90, network("the network sent the request elsewhere", session.CodeRedirect)},
			{5, joined(session.CodePortal, session.CodeRedirect)},
		},
		say: lapses("This network wants you to log in first", "the network answers with a page of its own%since", "Open any web page, and log in there."),
		about: "Hotels, trains and airports show a page before they let you through. Open any web page and log in there; " +
			"then Fermata goes on by itself. Your sign-in is good and was not sent to that page.",
		fixes:   try(Refresh, Device),
		because: "the network wants you to log in to it first",
	},
	{
		id: "unreachable", group: reply,
		clues: []clue{
			{40, network("no connection to it", session.CodeDNS, session.CodeDial, session.CodeTimeout)},
			{35, when("the time servers have answered since", func(e Evidence) bool {
				t := e.at(session.AtNetwork)
				return t != nil && e.Clock.Known && e.Clock.CheckedAt.After(t.Since)
			})},
			{30, when("another account works at the same time", func(e Evidence) bool {
				return e.at(session.AtNetwork) != nil && e.OthersWell
			})},
			{10, func(e Evidence) string {
				if e.at(session.AtNetwork) == nil {
					return ""
				}
				return statusPage(e)
			}},
		},
		say: lapses("%s cannot be reached", "no connection to %s%since, though the network works", ""),
		about: "The network works, but %s does not answer on it. Either this network does not let it through, or it is out of order. " +
			"Fermata tries again, less and less often. On another network, a phone's for instance, you see which it is.",
		fixes:   try(Device, Refresh),
		because: "nothing reaches %s from here",
	},
	{
		id: "no-network", group: reply,
		clues: []clue{
			{60, when("no answer from the network", func(e Evidence) bool { return e.at(session.AtNetwork) != nil })},
			{20, when("the time servers do not answer either", func(e Evidence) bool {
				return e.at(session.AtNetwork) != nil && !e.NetworkSeen
			})},
			{5, when("the computer has slept", func(e Evidence) bool {
				return e.at(session.AtNetwork) != nil && e.Changed.Slept > 0
			})},
		},
		say: lapses("No connection to %s", "no connection%since", ""),
		about: "Nothing is wrong with your sign-in. A session lasts about an hour and is renewed over the network; " +
			"when the connection is back, Fermata renews it by itself.",
		fixes:   try(Refresh, Device),
		because: "there is no connection",
	},
}

// statusOnTheWay reports whether somebody before the provider answered with that status.
func statusOnTheWay(e Evidence, status int) bool {
	t := e.at(session.AtNetwork)
	return t != nil && t.Code == session.CodePortal && t.Status == status
}
