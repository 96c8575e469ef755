package cause

import (
	"fmt"
	"time"

	"fermata/checks/clock"
	"fermata/checks/doctor"
	"fermata/checks/text"
)

// Tells is what a look saw, as a clause without a capital and a full stop, with times as in style. now is true
// time, in the person's zone.
func Tells(f doctor.Facts, style text.Style, now time.Time) string {
	switch {
	case f.Outcome == doctor.Fine:
		return tellsFine(f, style, now)
	case f.Outcome == doctor.TimedOut && f.Host == "":
		return "this look didn’t end in time"
	}
	switch f.Fault {
	case doctor.NoNetwork:
		return "this computer has no connection to any network"
	case doctor.Silence:
		return "nothing on the network has answered"
	case doctor.NameNotFound:
		return fmt.Sprintf("the name %s isn’t known here", f.Host)
	case doctor.NameService:
		return fmt.Sprintf("the name %s can’t be looked up", f.Host)
	case doctor.NameBlocked:
		return fmt.Sprintf("the name %s leads to %s, which is none of Spotify’s servers", f.Host, f.Address)
	case doctor.NoConnection:
		return fmt.Sprintf("%s can’t be reached", f.Host)
	case doctor.NoAnswer:
		if f.Name == doctor.Names {
			return fmt.Sprintf("the name %s isn’t looked up in time", f.Host)
		}
		return fmt.Sprintf("%s doesn’t answer in time", f.Host)
	case doctor.Elsewhere:
		return fmt.Sprintf("the network sends requests for Spotify to %s", f.Host)
	case doctor.OtherPage:
		return fmt.Sprintf("a page of somebody else’s came in the place of %s", f.Host)
	case doctor.ProxyRefuses:
		return tellsProxy(f)
	case doctor.Certificate:
		if f.Issuer == "" {
			return fmt.Sprintf("this computer doesn’t trust the certificate for %s", f.Host)
		}
		return fmt.Sprintf("the certificate for %s is issued by “%s”, which this computer doesn’t trust", f.Host, f.Issuer)
	case doctor.CertificateTime:
		return fmt.Sprintf("the certificate for %s is valid from %s to %s", f.Host, style.FullDate(f.NotBefore, now), style.FullDate(f.NotAfter, now))
	case doctor.Down:
		return fmt.Sprintf("%s answers with an error of its own (%d)", f.Host, f.Status)
	case doctor.Jwt:
		return fmt.Sprintf("%s says “Jwt is expired” to everybody", f.Host)
	case doctor.Outage:
		return fmt.Sprintf("Spotify’s status page says: %s", f.Said)
	case doctor.Hangs:
		return fmt.Sprintf("%s answers over IPv4, and not over IPv6 (%s)", f.Host, f.Address)
	case doctor.Off:
		return tellsClock(f.Offset)
	case doctor.Behind:
		return "a proxy does this in this computer’s place"
	case doctor.Blocked:
		if f.Name == doctor.Hosts && len(f.Lines) > 0 {
			return fmt.Sprintf("the hosts file says: %s", f.Lines[0])
		}
		return "the app’s servers answer neither on port 4070 nor on port 443"
	}
	if f.Said != "" {
		return fmt.Sprintf("it couldn’t be seen: %s", f.Said)
	}
	return "it couldn’t be seen"
}

// tellsFine is what a look saw that found all as it should be.
func tellsFine(f doctor.Facts, style text.Style, now time.Time) string {
	switch f.Name {
	case doctor.Network:
		return "the network answers"
	case doctor.Clock:
		return fmt.Sprintf("Spotify’s own clock agrees with this one (within %s)", text.Span(f.Offset.Abs()+f.Error))
	case doctor.Names:
		return "all of Spotify’s names can be looked up"
	case doctor.Portal:
		return "no login page is in the way"
	case doctor.Proxy:
		if f.Proxy == "" {
			return "Fermata uses no proxy"
		}
		return fmt.Sprintf("the proxy %s lets requests through", f.Proxy)
	case doctor.TLS:
		if f.Issuer == "" {
			return "the connection is Spotify’s"
		}
		return fmt.Sprintf("this computer trusts the certificate, which is issued by “%s”", f.Issuer)
	case doctor.IPv6:
		return "IPv6 isn’t in the way"
	case doctor.Access:
		if len(f.Ports) == 1 {
			return fmt.Sprintf("the app’s servers answer on port %d", f.Ports[0])
		}
		return "the app’s servers answer on all ports"
	case doctor.SignIn:
		return "Spotify’s sign-in server answers as it should"
	case doctor.API:
		return "Spotify’s Web API answers as it should"
	case doctor.Player:
		return "the web player’s page loads"
	case doctor.Status:
		return "Spotify’s status page tells of no problem"
	case doctor.App:
		return tellsApp(f, style, now)
	case doctor.Hosts:
		if len(f.Lines) > 0 {
			return "the hosts file names only addresses of Spotify’s that no player needs"
		}
		return "the hosts file doesn’t name Spotify"
	}
	if f.Handler == "" { // of doctor.Links
		return "no program opens spotify: links"
	}
	return fmt.Sprintf("spotify: links open “%s”", f.Handler)
}

func tellsApp(f doctor.Facts, style text.Style, now time.Time) string {
	switch {
	case !f.Installed:
		return "the Spotify app isn’t installed"
	case !f.Running:
		return "the Spotify app is installed, and isn’t running"
	case f.Since.IsZero():
		return "the Spotify app is running"
	}
	return fmt.Sprintf("the Spotify app has been running since %s", style.TimeOfDay(f.Since, now))
}

func tellsProxy(f doctor.Facts) string {
	switch {
	case f.Proxy != "" && f.Said != "":
		return fmt.Sprintf("the proxy %s says: %s", f.Proxy, f.Said)
	case f.Proxy != "":
		return fmt.Sprintf("the proxy %s doesn’t let requests through", f.Proxy)
	}
	return fmt.Sprintf("a proxy doesn’t let requests through to %s", f.Host)
}

// tellsClock says what a clock with that offset makes of a session that begins now: behind, it takes it for
// one of the future; ahead, for older than it is.
func tellsClock(offset time.Duration) string {
	ahead := clock.Ahead(offset)
	switch {
	case offset > 0:
		return fmt.Sprintf("by Spotify’s own clock this one is %s: here, a session that starts now looks not valid yet", ahead)
	case offset <= -sessionLife:
		return fmt.Sprintf("by Spotify’s own clock this one is %s: here, a session that starts now looks expired", ahead)
	}
	return fmt.Sprintf("by Spotify’s own clock this one is %s: here, a session that starts now looks over too early", ahead)
}

// sessionLife is how long a session of Spotify's lasts.
const sessionLife = time.Hour
