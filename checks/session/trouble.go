package session

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/oauth2"
)

// Where trouble was met.
const (
	AtToken     = "token"     // the token endpoint answered
	AtAuthorize = "authorize" // the browser came back from the sign-in's page with an error
	AtAPI       = "api"       // the health look was answered
	AtNetwork   = "network"   // nobody answered, or somebody on the way did
	AtKeyring   = "keyring"   // the grant could not be read, or what is to replace it could not be saved
)

// Codes of trouble at AtNetwork, where there is no provider to name it.
const (
	CodeDNS         = "dns"              // the name could not be resolved
	CodeDial        = "dial"             // no connection was made
	CodeTimeout     = "timeout"          // no answer in time
	CodeCertTime    = "certificate_time" // a certificate not valid at this time: often this computer's clock
	CodeCertificate = "certificate"      // a certificate of somebody else
	CodePortal      = "portal"           // a page where a reply should be: a captive portal or a proxy
	CodeRedirect    = "redirect"         // sent elsewhere
	CodeProxy       = "proxy"            // the proxy of the system's settings did not connect
	CodeBroken      = "broken"           // the connection broke, or the reply is unusable
)

// Codes of trouble where the provider answered, and not as it should. CodeRedirect may be one, too.
const (
	CodePage       = "page"       // a page where a reply should be, behind the provider's own certificate
	CodeEmpty      = "empty"      // nothing
	CodeUnreadable = "unreadable" // half a reply, or one without a token in it
)

// noAnswer says what came in the place of an answer.
var noAnswer = map[string]string{
	CodePortal: "a web page came instead of an answer", CodePage: "a web page came instead of an answer",
	CodeEmpty: "an empty answer came", CodeUnreadable: "the answer has no token in it",
}

// maxRetryAfter bounds how long a reply can put off the next try. Hours were seen.
const maxRetryAfter = 24 * time.Hour

// Trouble is why something failed, with the evidence. It is an error whose text has no secrets in it.
type Trouble struct {
	Where      string        // one of the At constants
	Status     int           // of the HTTP reply; 0: there was none
	Code       string        // the reply's "error" or the like, or one of the Code constants
	Reason     Reason        // what the reply's own words mean; "": no more than Code
	Text       string        // what was said, of a page its title, made safe to show, at most 200 runes
	RetryAfter time.Duration // as the reply asked, counted from At, at most 24 h; 0: it did not
	Since      time.Time     // true time of the first of a row of troubles of this kind
	At         time.Time     // true time of the last
	Tries      int           // how many in a row
	Ask        bool          // it lasts until a person does something; otherwise it may heal by itself
	// Interrupted is, where the refresh token is refused, the earlier renewal of it that may be why; zero: none.
	Interrupted Interruption
	Err         error // the transport's error, for errors.As; nil where there was a reply

	since, at time.Duration // Since and At as Clock.Elapsed told them
	expired   bool          // the access token is over
}

// Error implements error.
func (t *Trouble) Error() string {
	var parts []string
	if t.Status != 0 {
		parts = append(parts, strings.TrimSpace(fmt.Sprintf("HTTP %d %s", t.Status, http.StatusText(t.Status))))
	}
	if words := noAnswer[t.Code]; words != "" {
		parts = append(parts, words)
	} else if t.Code != "" && t.Where != AtNetwork {
		parts = append(parts, t.Code)
	}
	if t.Text != "" {
		parts = append(parts, t.Text)
	}
	if len(parts) == 0 {
		return "no answer"
	}
	return strings.Join(parts, ": ")
}

// Unwrap returns t.Err.
func (t *Trouble) Unwrap() error { return t.Err }

// follow counts t, met at elapsed now, as the next in a row after prev.
func (t *Trouble) follow(prev *Trouble, now time.Duration) *Trouble {
	t.at, t.since, t.Tries = now, now, 1
	if prev == nil {
		return t
	}
	if prev.Where == t.Where && prev.Status == t.Status && prev.Code == t.Code {
		t.since = prev.since
	}
	if prev.Ask == t.Ask {
		t.Tries = prev.Tries + 1
	}
	return t
}

// sortReply sorts a reply that is no success, once.
func sortReply(p Provider, r reply, now time.Time, secrets ...string) *Trouble {
	code, text := parseError(r.body)
	page := r.isPage()
	if page {
		text = pageTitle(r.body)
	}
	t := &Trouble{Where: r.where, Status: r.status, Code: clean(code, secrets...), Text: clean(text, secrets...)}
	if v := r.header.Get("Retry-After"); v != "" {
		t.RetryAfter = parseRetryAfter(v, r.header.Get("Date"), now)
	}
	if r.status/100 == 2 { // some servers say 200 with an error
		r.status = http.StatusBadRequest
	}
	if p.Sort != nil && !(page && t.Status/100 == 2) {
		var outcome Outcome
		switch outcome, t.Reason = p.Sort(r.status, string(r.body[:min(len(r.body), 4<<10)])); outcome {
		case TryLater:
			return t
		case AskPerson:
			t.Ask = true
			return t
		case TokenExpired:
			t.expired = r.where == AtAPI
			return t
		}
	}
	switch s := r.status; {
	case s/100 == 3:
		t.notAnswered(r, CodeRedirect)
		t.Text = "sent elsewhere"
		if u, err := url.Parse(r.header.Get("Location")); err == nil && u.Host != "" {
			t.Text = clean("sent on to " + u.Scheme + "://" + u.Host)
		}
	case !r.secure && (s == http.StatusProxyAuthRequired || s == http.StatusNetworkAuthenticationRequired):
		t.notAnswered(r, CodePortal)
	case s >= 500, s == http.StatusRequestTimeout, s == http.StatusTooEarly, s == http.StatusTooManyRequests:
	case page && r.secure:
		t.notAnswered(r, CodePage)
	case page:
		t.notAnswered(r, CodePortal)
	case r.where == AtToken:
		t.sortRefusal(r, code, text)
	case s == http.StatusUnauthorized:
		t.expired = true
	case s/100 == 4:
		t.Ask = true
	}
	return t
}

// notAnswered notes that what came is no answer. Without a certificate that proves that the provider sent it,
// it is the network's.
func (t *Trouble) notAnswered(r reply, code string) {
	t.Code = code
	if !r.secure {
		t.Where = AtNetwork
	}
}

// sortRefusal sorts what a token endpoint says of a request: the codes of RFC 6749 section 5.2, and what others
// say in their place. A 400 that says nothing known, a 403 and a 407 come from something before the endpoint and may
// go as they came.
func (t *Trouble) sortRefusal(r reply, code, text string) {
	switch code {
	case "server_error", "temporarily_unavailable", "slow_down":
		return
	}
	if t.Reason == "" {
		t.Reason = readRefusal(code, text)
	}
	switch s := r.status; {
	case code != "" || t.Reason != "":
		t.Ask = true
	case t.Status/100 == 2 && len(bytes.TrimSpace(r.body)) == 0:
		t.Code, t.Text = CodeEmpty, ""
	case t.Status/100 == 2:
		t.Code, t.Text = CodeUnreadable, ""
	default:
		t.Ask = s != http.StatusBadRequest && s != http.StatusForbidden && s != http.StatusProxyAuthRequired && s/100 == 4
	}
}

// unsent reports whether the request reached nobody.
func (t *Trouble) unsent() bool {
	dial, _ := errors.AsType[*net.OpError](t.Err)
	return t.Where == AtNetwork && t.Status == 0 && (dial != nil && dial.Op == "dial" ||
		slices.Contains([]string{CodeDNS, CodeDial, CodeProxy, CodeCertTime, CodeCertificate}, t.Code))
}

// parseRetryAfter reads RFC 9110 section 10.2.3: seconds, or a date. A date is taken against the same
// reply's Date, so that this computer's clock is not in it. The result is between 0 and 24 h.
func parseRetryAfter(value, date string, now time.Time) time.Duration {
	if n, err := strconv.ParseFloat(strings.TrimSpace(value), 64); err == nil {
		if n != n {
			return 0
		}
		return time.Duration(min(max(n, 0), maxRetryAfter.Seconds()) * float64(time.Second))
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	if d, err := http.ParseTime(date); err == nil {
		now = d
	}
	return min(max(at.Sub(now), 0), maxRetryAfter)
}

// sortTokenError sorts what the oauth2 library returned.
func sortTokenError(p Provider, err error, now time.Time, secrets ...string) *Trouble {
	if none, ok := errors.AsType[*noToken](err); ok {
		return sortReply(p, none.reply, now, secrets...)
	}
	if re, ok := errors.AsType[*oauth2.RetrieveError](err); ok {
		return sortReply(p, received(AtToken, re.Response, re.Body), now, secrets...)
	}
	return sortTransportError(err, secrets...)
}

// OnTheWay sorts an error of an HTTP client, as a request that has no secrets in it met it: at AtNetwork,
// with one of the Code constants.
func OnTheWay(err error) *Trouble { return sortTransportError(err) }

// sortTransportError sorts an error of the client: whatever it is, it may heal by itself.
func sortTransportError(err error, secrets ...string) *Trouble {
	if ue, ok := errors.AsType[*url.Error](err); ok {
		err = ue.Err // its text would repeat the address
	}
	t := &Trouble{Where: AtNetwork, Code: CodeBroken, Err: err, Text: clean(err.Error(), secrets...)}
	var timeout interface{ Timeout() bool }
	if e, ok := errors.AsType[x509.CertificateInvalidError](err); ok && e.Reason == x509.Expired {
		t.Code = CodeCertTime
	} else if isCertificate(err) {
		t.Code = CodeCertificate
	} else if isProxy(err) {
		t.Code = CodeProxy
	} else if _, ok := errors.AsType[*net.DNSError](err); ok {
		t.Code = CodeDNS
	} else if errors.As(err, &timeout) && timeout.Timeout() {
		t.Code = CodeTimeout
	} else if e, ok := errors.AsType[*net.OpError](err); ok && e.Op == "dial" {
		t.Code = CodeDial
	}
	return t
}

// isProxy reports whether a proxy could not be reached, or refused to connect: then net/http has an error
// of nothing but the text of its status line.
func isProxy(err error) bool {
	if e, ok := errors.AsType[*net.OpError](err); ok && e.Op == "proxyconnect" {
		return true
	}
	switch err.Error() {
	case http.StatusText(http.StatusProxyAuthRequired), http.StatusText(http.StatusForbidden), http.StatusText(http.StatusBadGateway):
		return true
	}
	return false
}

func isCertificate(err error) bool {
	_, invalid := errors.AsType[x509.CertificateInvalidError](err)
	_, unknown := errors.AsType[x509.UnknownAuthorityError](err)
	_, other := errors.AsType[x509.HostnameError](err)
	return invalid || unknown || other
}
