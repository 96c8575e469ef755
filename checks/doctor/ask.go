package doctor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"syscall"
	"time"

	"fermata/checks/session"
	"fermata/checks/spotify"
	"fermata/checks/text"
	"fermata/checks/web"
)

const maxSaid = 200 // characters of what was said

// said makes one safe line of words from outside.
func said(words string) string { return text.Line(words, maxSaid) }

// A reply is what came back for a request.
type reply struct {
	*http.Response
	body           string
	sent, received time.Time // when the connection was there, and when the reply began, by this computer's clock
}

// ask sends a request without anything of the person's in it. Where no usable reply comes, f says why.
func (o outside) ask(ctx context.Context, method, address, form string) (r reply, f Facts) {
	r.sent = o.Now()
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn:              func(httptrace.GotConnInfo) { r.sent = o.Now() },
		GotFirstResponseByte: func() { r.received = o.Now() },
	})
	req, err := http.NewRequestWithContext(traced, method, address, strings.NewReader(form))
	if err != nil {
		return r, Facts{Fault: Unreadable, Said: said(err.Error())}
	}
	if form != "" {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	req.Header.Set("Cache-Control", "no-cache")
	r.Response, err = web.Client(o.Transport).Do(req)
	if r.received.IsZero() {
		r.received = o.Now()
	}
	if err != nil {
		f = o.failure(err)
		f.Host = req.URL.Host
		return r, f
	}
	defer r.Body.Close()
	body, _ := io.ReadAll(r.Body) // it is in memory
	r.body = string(body)
	o.heard.Store(true)
	return r, Facts{Host: req.URL.Host, Status: r.StatusCode}
}

// failure says why a request got no reply.
func (o outside) failure(err error) (f Facts) {
	t := session.OnTheWay(err)
	f.Said = t.Text
	switch t.Code {
	case session.CodeDNS:
		f.Fault = nameFault(err)
	case session.CodeDial:
		f.Fault = NoConnection
	case session.CodeTimeout:
		f.Outcome, f.Fault = TimedOut, NoAnswer
	case session.CodeProxy:
		f.Fault = ProxyRefuses
	case session.CodeCertTime, session.CodeCertificate:
		f.Fault = Certificate
		if t.Code == session.CodeCertTime {
			f.Fault = CertificateTime
		}
		if c := shown(err); c != nil {
			f.certificate(c)
		}
	default:
		f.Fault = Unreadable
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			f.Fault = NoConnection
		}
	}
	// Somebody was there, if not whom it was for. (A name that is not found may be the system's own word.)
	if errors.Is(err, syscall.ECONNREFUSED) || f.Fault == Certificate || f.Fault == CertificateTime || f.Fault == ProxyRefuses || errors.Is(err, web.ErrTooLarge) {
		o.heard.Store(true)
	}
	return f
}

// shown is the certificate that was refused.
func shown(err error) *x509.Certificate {
	if e, ok := errors.AsType[*tls.CertificateVerificationError](err); ok && len(e.UnverifiedCertificates) > 0 {
		return e.UnverifiedCertificates[0]
	}
	if e, ok := errors.AsType[x509.CertificateInvalidError](err); ok {
		return e.Cert
	}
	if e, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return e.Cert
	}
	return nil
}

// certificate takes over what c says.
func (f *Facts) certificate(c *x509.Certificate) {
	f.NotBefore, f.NotAfter = c.NotBefore, c.NotAfter
	f.Issuer = said(strings.Join(append(c.Issuer.Organization, c.Issuer.CommonName), " "))
	if len(c.Issuer.Organization) > 0 {
		f.Issuer = said(c.Issuer.Organization[0])
	}
}

// judge says whether r is Spotify's answer to a request without a token. page says that a page is due, and
// not JSON.
func judge(r reply, f Facts, page bool) Facts {
	f.Outcome = Wrong
	isPage := strings.HasPrefix(r.Header.Get("Content-Type"), "text/html") || strings.HasPrefix(strings.TrimSpace(r.body[:min(len(r.body), 64)]), "<")
	outcome, reason := spotify.Sort(r.StatusCode, r.body[:min(len(r.body), 4<<10)])
	switch s := r.StatusCode; {
	case reason == session.ReasonGateway, s >= 500 && s != http.StatusNetworkAuthenticationRequired:
		f.Fault = Down
	case outcome == session.TokenExpired:
		f.Fault = Jwt
	case s/100 == 3 && !ofSpotify(r.Header.Get("Location")):
		f.Fault = Elsewhere
		f.Host = elsewhere(r.Header.Get("Location"))
	case s == http.StatusProxyAuthRequired:
		f.Fault = ProxyRefuses
	case s == http.StatusNetworkAuthenticationRequired, !page && isPage, page && s == http.StatusOK && !text.Has(r.body, "spotify.com", "spotifycdn.com", "scdn.co"):
		f.Fault = OtherPage
	case page && s/100 == 3, page && s == http.StatusOK, !page && json.Valid([]byte(r.body)), s == http.StatusTooManyRequests:
		f.Outcome = Fine
		return f
	default:
		f.Outcome, f.Fault = Unknown, Unreadable
	}
	if !isPage { // of a page, the beginning says nothing
		f.Said = said(r.body)
	}
	return f
}

// ofSpotify reports whether a redirect stays at Spotify.
func ofSpotify(location string) bool {
	u, err := url.Parse(location)
	return err == nil && (u.Host == "" || u.Hostname() == "spotify.com" || strings.HasSuffix(u.Hostname(), ".spotify.com"))
}

// elsewhere is the host of a redirect, safe to show.
func elsewhere(location string) string {
	u, err := url.Parse(location)
	if err != nil {
		return ""
	}
	return said(u.Host)
}
