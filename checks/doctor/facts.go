// Package doctor looks, without a sign-in, at all that lies between a person and their music: the clock,
// the network, Spotify's servers, and the computer itself. It returns facts; package cause says what they
// mean. Nothing of the person's is sent.
package doctor

import (
	"fmt"
	"time"
)

// A Name names a look.
type Name string

// The looks.
const (
	Network Name = "network" // whether there is any network at all
	Clock   Name = "clock"   // the Date of Spotify's replies against this computer's clock
	Names   Name = "names"   // name resolution of Spotify's hosts
	Portal  Name = "portal"  // whether an unencrypted request gets Spotify's answer
	Proxy   Name = "proxy"   // the proxy of the system's settings
	TLS     Name = "tls"     // the certificate that is shown in Spotify's name
	IPv6    Name = "ipv6"    // whether IPv6 hangs where IPv4 answers
	Access  Name = "access"  // the access points of the desktop app, on the ports 4070 and 443
	SignIn  Name = "signin"  // the sign-in server: accounts.spotify.com
	API     Name = "api"     // the Web API: api.spotify.com
	Player  Name = "player"  // the web player: open.spotify.com
	Status  Name = "status"  // Spotify's status page
	App     Name = "app"     // the desktop app
	Hosts   Name = "hosts"   // lines of the hosts file that name Spotify's hosts
	Links   Name = "links"   // who opens spotify: links
)

// All are the looks in the order in which they are shown.
var All = []Name{Network, Clock, Names, Portal, Proxy, TLS, IPv6, Access, SignIn, API, Player, Status, App, Hosts, Links}

// An Outcome is how a look ended.
type Outcome int

// The outcomes.
const (
	Unknown  Outcome = iota // it could not be seen
	Fine                    // as it should be
	Wrong                   // not as it should be: Fault says what is wrong
	TimedOut                // the look itself came to no end
)

var outcomes = []string{"unknown", "fine", "wrong", "timed out"}

// String returns the outcome as JSON has it.
func (o Outcome) String() string { return outcomes[o] }

// MarshalText implements encoding.TextMarshaler.
func (o Outcome) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (o *Outcome) UnmarshalText(text []byte) error {
	for i, s := range outcomes {
		if s == string(text) {
			*o = Outcome(i)
			return nil
		}
	}
	return fmt.Errorf("%q is no outcome", text)
}

// A Fault is what is wrong, or why nothing could be seen.
type Fault string

// The faults.
const (
	NoNetwork       Fault = "no-network"       // the system has no way to any address
	Silence         Fault = "silence"          // nothing has answered so far
	NameNotFound    Fault = "name-not-found"   // a host of Spotify's is said not to exist
	NameService     Fault = "name-service"     // names can't be looked up
	NameBlocked     Fault = "name-blocked"     // the name leads to this computer or nowhere: a filter, or the hosts file
	NoConnection    Fault = "no-connection"    // refused, or no way there
	NoAnswer        Fault = "no-answer"        // in time
	Elsewhere       Fault = "elsewhere"        // the network sent the request on to Host
	OtherPage       Fault = "other-page"       // a page of somebody else's came where Spotify's reply was due
	ProxyRefuses    Fault = "proxy-refuses"    // the proxy does not connect; Status is its reply, where known
	Certificate     Fault = "certificate"      // nobody whom this computer trusts has issued it
	CertificateTime Fault = "certificate-time" // by this computer's clock the certificate is not valid
	Down            Fault = "down"             // Spotify answers with an error of its own
	Jwt             Fault = "jwt"              // it says "Jwt is expired" to a request without any token
	Outage          Fault = "outage"           // the status page tells of one: Said
	Hangs           Fault = "hangs"            // IPv6 comes to no answer where IPv4 does
	Blocked         Fault = "blocked"          // neither port answers, or a line of the hosts file is in the way
	Off             Fault = "off"              // the clock is off by Offset
	Behind          Fault = "behind-proxy"     // a proxy does this in this computer's place
	Unreadable      Fault = "unreadable"       // an answer, or a file, that makes no sense or can't be read
)

// Facts are what one look found. Which fields are set is said by Name; those that are not are zero.
type Facts struct {
	Name    Name          `json:"name"`
	Outcome Outcome       `json:"outcome"`
	Fault   Fault         `json:"fault,omitempty"`
	Took    time.Duration `json:"-"`

	Host    string `json:"host,omitempty"`    // whom it is about: "accounts.spotify.com"
	Address string `json:"address,omitempty"` // the host's address that decided: of a name that is blocked, or that hangs
	Status  int    `json:"status,omitempty"`  // of the HTTP reply; 0: none came
	Said    string `json:"said,omitempty"`    // words of the reply, or of the system's error, one safe line of at most 200 characters

	Offset time.Duration `json:"-"` // of Clock: true time minus this clock, positive when this clock is behind
	Error  time.Duration `json:"-"` // of Clock: Offset is within Offset ± Error, by Spotify's clock

	Issuer    string    `json:"issuer,omitempty"`    // of the certificate: "DigiCert Inc", one safe line
	NotBefore time.Time `json:"notBefore,omitzero"`  // of the certificate
	NotAfter  time.Time `json:"notAfter,omitzero"`   // of the certificate
	Proxy     string    `json:"proxy,omitempty"`     // "http://proxy.example:8080", without user name and password; "": none
	Count     int       `json:"count,omitempty"`     // of Names: how many of Spotify's hosts have an address
	Asked     int       `json:"asked,omitempty"`     // of Names: how many were asked for
	Ports     []int     `json:"ports,omitempty"`     // of Access: those that answer
	Lines     []string  `json:"lines,omitempty"`     // of Hosts: the lines, safe to show, ten at most
	Running   bool      `json:"running,omitempty"`   // of App
	Installed bool      `json:"installed,omitempty"` // of App
	Since     time.Time `json:"since,omitzero"`      // of App: when it was started, by this computer's clock; zero: not known
	Install   string    `json:"install,omitempty"`   // of App: "flatpak", "snap", "package", "store", "installer"; "": not known
	Handler   string    `json:"handler,omitempty"`   // of Links: the program that opens them; "": none
}
