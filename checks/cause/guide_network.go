package cause

import (
	"fmt"
	"slices"

	"fermata/checks/clock"
	"fermata/checks/doctor"
)

// offline: there is no network.
func (g guide) offline() (Verdict, bool) {
	v := Verdict{ID: Offline, Title: "There is no network", Sure: Certain, Evidence: g.tells(g.looks[doctor.Network]),
		Why: "This computer isn’t connected. Check the Wi-Fi or the cable; the music goes on when the network is back."}
	switch f := g.looks[doctor.Network]; {
	case f.Fault == doctor.NoNetwork && f.Outcome == doctor.Wrong:
	case f.Fault == doctor.Silence && f.Outcome == doctor.Wrong && g.looks[doctor.Names].Fault != doctor.NameService:
		v.Title, v.Sure = "Nothing answers on this network", Likely
		v.Why = "This computer is connected, but no answer comes from anywhere. Restart the router, or use another network."
	default:
		return Verdict{}, false
	}
	return g.help(v, "won’t help: there is no connection", Device), true
}

// harmfulClock: the clock is off by so much that it breaks things, whatever else there is.
func (g guide) harmfulClock() (Verdict, bool) {
	if g.Clock.Verdict != clock.Harmful {
		return Verdict{}, false
	}
	return g.wrongClock()
}

// wrongClock: the clock is off by the time servers, or where they say nothing by Spotify's own.
func (g guide) wrongClock() (Verdict, bool) {
	spotifys := g.looks[doctor.Clock]
	v := Verdict{ID: ClockWrong, Title: g.Clock.Summary(g.Style), Sure: Likely, Session: true, Reason: "clock",
		Why: "With a wrong clock, valid sign-ins can be treated as expired (“JWT expired”). Set the clock, then try again."}
	switch {
	case g.Clock.Verdict >= clock.Wrong:
		if g.Clock.Verdict == clock.Harmful {
			v.Sure = Certain
		}
		v.Evidence = []string{g.Clock.Summary(g.Style)}
	case g.Clock.Verdict != clock.Right && spotifys.Fault == doctor.Off:
		v.Title = "Your clock is " + clock.Ahead(spotifys.Offset)
	default:
		return Verdict{}, false
	}
	if spotifys.Fault == doctor.Off {
		v.Evidence = append(v.Evidence, g.tells(spotifys)...)
	}
	return g.help(v, "", Clock, Refresh, SignIn), true
}

// portal: this network wants a login first.
func (g guide) portal() (Verdict, bool) {
	seen := g.with(append([]doctor.Name{doctor.Portal}, servers...), doctor.OtherPage, doctor.Elsewhere)
	if len(seen) == 0 {
		return Verdict{}, false
	}
	v := Verdict{ID: "portal", Title: "This network wants you to log in first", Sure: Likely, Evidence: g.tells(seen...),
		Why: "It answers with a page of its own in the place of Spotify. Open any web page, and log in there."}
	if seen[0].Name == doctor.Portal || len(seen) > 1 {
		v.Sure = Certain
	}
	return g.help(v, "log in to this network first", Refresh, Device), true
}

// proxy: the proxy lets nothing through.
func (g guide) proxy() (Verdict, bool) {
	seen := g.with(append([]doctor.Name{doctor.Proxy}, servers...), doctor.ProxyRefuses)
	if len(seen) == 0 {
		return Verdict{}, false
	}
	return g.help(Verdict{ID: "proxy", Title: "A proxy blocks the way to Spotify", Sure: Certain, Evidence: g.tells(seen...),
		Why: "The proxy that HTTPS_PROXY names doesn’t let requests through. Check this setting, or use another network."},
		"won’t help: this network’s proxy is in the way", Device), true
}

// intercepted: somebody answers in Spotify's name.
func (g guide) intercepted() (Verdict, bool) {
	seen := g.with(append([]doctor.Name{doctor.TLS}, servers...), doctor.Certificate)
	if len(seen) == 0 {
		return Verdict{}, false
	}
	return g.help(Verdict{ID: "intercepted", Title: "The connection to Spotify is intercepted", Sure: Certain, Evidence: g.tells(seen...),
		Why: "Somebody on the way answers in Spotify’s name: a virus scanner on this computer, or a filter in this network. Exclude Spotify there, or use another network."},
		"won’t help: this connection isn’t safe", Device), true
}

// certificate: by this computer's clock the certificate is not valid.
func (g guide) certificate() (Verdict, bool) {
	seen := g.with(append([]doctor.Name{doctor.TLS}, servers...), doctor.CertificateTime)
	switch {
	case len(seen) == 0:
		return Verdict{}, false
	case g.clockRight():
		return g.help(Verdict{ID: "certificate", Title: "The certificate of Spotify isn’t valid now", Sure: Certain, Evidence: append(g.tells(seen...), "this computer’s clock is right"),
			Why: "Somebody on the way shows an old certificate, or Spotify let its own expire. Wait, or use another network."},
			"won’t help: nothing is sent without a valid certificate", Device), true
	}
	return g.help(Verdict{ID: ClockWrong, Title: "Your clock may be wrong", Sure: Likely, Evidence: g.tells(seen...), Session: true, Reason: "clock",
		Why: "By this computer’s clock, the certificate of Spotify isn’t valid now. Set the clock, then try again."}, "", Clock, Refresh), true
}

// hosts: lines of the hosts file are in the way.
func (g guide) hosts() (Verdict, bool) {
	f := g.looks[doctor.Hosts]
	if f.Outcome != doctor.Wrong {
		return Verdict{}, false
	}
	return g.help(Verdict{ID: "hosts-file", Title: "This computer’s hosts file blocks Spotify", Sure: Certain, Evidence: g.tells(append([]doctor.Facts{f}, g.with([]doctor.Name{doctor.Names}, doctor.NameBlocked)...)...),
		Why: "A line in it leads Spotify’s names astray. Some ad blockers and old guides put it there. Remove the line, then restart the player."},
		"remove the line from the hosts file first", Restart), true
}

// names: names are not looked up, or wrongly.
func (g guide) names() (Verdict, bool) {
	f := g.looks[doctor.Names]
	v := Verdict{ID: "names", Title: "Spotify’s names can’t be looked up", Sure: Certain, Evidence: g.tells(f),
		Why: "The name service of this network doesn’t answer. Restart the router, or set another name service (DNS) in the network settings."}
	switch {
	case f.Outcome != doctor.Wrong && f.Outcome != doctor.TimedOut:
		return Verdict{}, false
	case f.Fault == doctor.NameBlocked, f.Fault == doctor.NameNotFound:
		v.ID, v.Title = "names-blocked", "A filter blocks Spotify’s names"
		v.Why = "This network’s name service, an ad blocker or a VPN gives no true address for them. Turn it off for spotify.com, or use another network."
		if f.Fault == doctor.NameNotFound {
			v.Sure = Likely
		}
	}
	return g.help(v, "won’t help: Spotify’s servers can’t be found from here", Device), true
}

// outage: Spotify answers with errors of its own, or says so itself.
func (g guide) outage() (Verdict, bool) {
	seen := g.with(servers, doctor.Down, doctor.Jwt)
	page := g.with([]doctor.Name{doctor.Status}, doctor.Outage)
	about, said := g.sees(service, player)
	if len(seen) == 0 && (len(page) == 0 || !said || about.kind != service && about.ID != "jwt-expired") {
		return Verdict{}, false
	}
	v := Verdict{ID: Outage, Title: "Spotify is down", Sure: Certain, Evidence: g.tells(append(seen, page...)...),
		Why: "The problem is at Spotify, not with your account or this computer. You can only wait: nothing here helps."}
	if len(seen)+len(page) < 2 {
		v.Title, v.Sure = "Spotify may be down", Likely
	}
	return g.help(v, "won’t help: the problem is at Spotify"), true
}

// unreachable: the network works, and servers of Spotify's don't answer on it.
func (g guide) unreachable() (Verdict, bool) {
	seen := g.with(servers[:3], doctor.NoConnection, doctor.NoAnswer)
	if len(seen) == 0 {
		return Verdict{}, false
	}
	v := Verdict{ID: "unreachable", Title: "Spotify can’t be reached from here", Sure: Likely, Evidence: g.tells(append(seen, g.with([]doctor.Name{doctor.Status}, doctor.Outage)...)...),
		Why: "The network works, but Spotify doesn’t answer on it. A firewall or a VPN may block it. Another network, a phone’s for instance, shows which it is."}
	if len(seen) < 3 {
		v.Title = fmt.Sprintf("%s can’t be reached from here", called(seen[0].Name))
		v.Why = "The rest of Spotify answers. A filter, a firewall or a VPN may block this part of it. Another network, a phone’s for instance, shows which it is."
	}
	return g.help(v, "won’t help: Spotify can’t be reached from here", Device, Refresh), true
}

// access: the desktop app can't get through, where the web player can.
func (g guide) access() (Verdict, bool) {
	f := g.looks[doctor.Access]
	if f.Fault != doctor.Blocked || f.Outcome != doctor.Wrong {
		return Verdict{}, false
	}
	return g.help(Verdict{ID: "ports", Title: "The Spotify app can’t get through", Sure: Likely, Evidence: g.tells(f),
		Why: "The servers that the app connects to don’t answer; often a firewall blocks them. The web player works without them. Allow the app in the firewall, or use another network."},
		"", Device, Restart), true
}

// ipv6: IPv6 comes to no answer where IPv4 does.
func (g guide) ipv6() (Verdict, bool) {
	f := g.looks[doctor.IPv6]
	if f.Outcome != doctor.Wrong {
		return Verdict{}, false
	}
	return g.help(Verdict{ID: "ipv6", Title: "IPv6 leads nowhere on this network", Sure: Likely, Evidence: g.tells(f),
		Why: "Spotify answers over IPv4 and not over IPv6, so players stand still at times. Restart the router, or turn IPv6 off in the network settings."},
		"", Device, Restart), true
}

// called is what a server of Spotify's is called.
func called(n doctor.Name) string {
	return []string{"Spotify’s sign-in server", "Spotify’s Web API", "The web player", "The list of servers for the app"}[slices.Index(servers, n)]
}
