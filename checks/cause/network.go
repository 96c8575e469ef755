package cause

import (
	"net/http"

	"fermata/checks/session"
)

// onTheWay fires on any trouble of the network.
var onTheWay = network("no answer from the network")

var networkRows = []row{
	{
		id: "intercepted", group: reply,
		clues: []clue{
			{90, network("its certificate is somebody else’s", session.CodeCertificate)},
			{5, with(network("it", session.CodeCertificate), joined)},
			{5, with(network("it", session.CodeCertificate), when("this computer’s clock is right, so it isn’t that", Evidence.clockRight))},
		},
		say: lapses("The connection to %s is intercepted", "Somebody on the way has answered in its name since %t. Use another network, or ask who runs this one."),
		about: "A certificate proves who answers. Here a machine on the way shows one of its own: a company’s or school’s filter, or a virus scanner. " +
			"Fermata doesn’t send your sign-in through it. On another network, everything continues by itself.",
		fixes: try(Refresh), because: "won’t help: this connection isn’t safe",
	},
	{
		id: "certificate", group: reply,
		clues: []clue{
			{80, network("its certificate isn’t valid now", session.CodeCertTime)},
			{10, with(network("it", session.CodeCertTime), when("this computer’s clock is right", Evidence.clockRight))},
		},
		say: lapses("The certificate of %s isn’t valid now", "No valid certificate has been shown since %t."),
		about: "A certificate proves who answers, for a limited time. Before and after, it doesn’t count. Either this computer’s clock is wrong, " +
			"or its owner let it expire. If the clock is right, you can only wait, or use another network.",
		fixes: try(Clock, Refresh), because: "won’t help: nothing is sent without a valid certificate",
	},
	{
		id: "proxy", group: reply,
		clues: []clue{
			{95, when("the proxy asks for a password (407)", statusOnTheWay(http.StatusProxyAuthRequired))},
			{95, when("a filter on the way forbids it (403)", statusOnTheWay(http.StatusForbidden))},
			{90, func(e Evidence) string {
				return quote(e.at(session.AtNetwork), func(t *session.Trouble) bool { return t.Code == session.CodeProxy })
			}},
			{5, with(onTheWay, joined)},
		},
		say: lapses("A proxy blocks the way to %s", "The proxy has let nothing through since %t. Check the system’s proxy settings, or use another network."),
		about: "Some networks, at work or at school, send everything through one machine, the proxy. It may ask for a password, or block %s. " +
			"Fermata uses the proxy that HTTPS_PROXY names.",
		fixes: try(Refresh), because: "won’t help: this network’s proxy is in the way",
	},
	{
		id: "portal", group: reply,
		clues: []clue{
			{90, network("a web page came where an answer was due", session.CodePortal)},
			{90, network("the network sent the request elsewhere", session.CodeRedirect)},
			{5, with(network("it", session.CodePortal, session.CodeRedirect), joined)},
		},
		say: lapses("This network wants you to log in first", "The network has answered with a page of its own since %t. Open any web page, and log in there."),
		about: "Hotels, trains and airports show a page before they let you through. Open any web page and log in there; " +
			"then Fermata continues by itself. Your sign-in is fine and was not sent to that page.",
		fixes: try(Refresh), because: "log in to this network first",
	},
	{
		id: "unreachable", group: reply,
		clues: []clue{
			{40, network("no connection to it", session.CodeDNS, session.CodeDial, session.CodeTimeout)},
			{35, when("the time servers have answered since", func(e Evidence) bool {
				t := e.at(session.AtNetwork)
				return t != nil && e.Clock.Known && e.Clock.CheckedAt.After(t.Since)
			})},
			{30, with(onTheWay, othersWork)},
			{10, with(onTheWay, statusPage)},
		},
		say: lapses("%s can’t be reached", "No connection to %s since %t, though the network works."),
		about: "The network works, but %s doesn’t answer on it. Either this network blocks it, or it is down. " +
			"Fermata tries again, less and less often. Another network, a phone’s for instance, shows which it is.",
		fixes: try(Refresh), because: "won’t help: %s can’t be reached from here",
	},
	{
		id: "no-network", group: reply,
		clues: []clue{
			{60, onTheWay},
			{20, with(onTheWay, when("the time servers don’t answer either", func(e Evidence) bool { return !e.NetworkSeen }))},
			{5, with(onTheWay, when("the computer has slept", func(e Evidence) bool { return e.Changed.Slept > 0 }))},
		},
		say: lapses("No connection to %s", "No connection since %t."),
		about: "Nothing is wrong with your sign-in. A session lasts about an hour and is renewed over the network; " +
			"when the connection is back, Fermata renews it by itself.",
		fixes: try(Refresh), because: "won’t help: there is no connection",
	},
}

// statusOnTheWay returns whether somebody before the provider answered with that status.
func statusOnTheWay(status int) func(Evidence) bool {
	return func(e Evidence) bool {
		t := e.at(session.AtNetwork)
		return t != nil && t.Code == session.CodePortal && t.Status == status
	}
}
