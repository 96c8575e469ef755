package standin

import (
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// refuses lets the API answer so to everybody. What is no JSON is sent as plain text, as Spotify does.
func refuses(status int, body string) func(*World) {
	return func(w *World) { w.Spotify.Override("/v1/", Answer(status, contentType(body), body)) }
}

// limits lets the API ask to be left alone for so many seconds.
func limits(seconds int, body string) func(*World) {
	answer := Answer(http.StatusTooManyRequests, contentType(body), body)
	return func(w *World) {
		w.Spotify.Override("/v1/", func(rw http.ResponseWriter, r *http.Request) {
			rw.Header().Set("Retry-After", strconv.Itoa(seconds))
			answer(rw, r)
		})
	}
}

func contentType(body string) string {
	if strings.HasPrefix(body, "{") {
		return "application/json"
	}
	return "text/plain"
}

// errorPage is Spotify's page for what it does not send the browser back with.
func errorPage(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		writePage(w, http.StatusBadRequest, "Error", "<h1>Error</h1>\n<p>"+escape(text)+"</p>")
	}
}

// portal is the page that a hotel's network shows in place of every other.
func portal(w http.ResponseWriter, _ *http.Request) {
	writePage(w, http.StatusOK, "Welcome", "<h1>Welcome to the Grand Hotel (demo)</h1>\n<p>Log in to use the network.</p>")
}

func (w *World) deleteApp() {
	w.Spotify.EndSessions()
	w.Spotify.Override("/authorize", errorPage("INVALID_CLIENT: Invalid client"))
	w.Spotify.Override("/api/token", func(rw http.ResponseWriter, _ *http.Request) {
		writeJSON(rw, http.StatusBadRequest, tokenError{"invalid_client", "Invalid client"})
	})
}

// says ends the sessions, and lets the token endpoint refuse so.
func says(status int, code, text string) func(*World) {
	return func(w *World) {
		w.Spotify.EndSessions()
		w.Spotify.Override("/api/token", func(rw http.ResponseWriter, _ *http.Request) { writeJSON(rw, status, tokenError{code, text}) })
	}
}

// falseRevoke is the outage of 2021 (metabrainz/listenbrainz-server#1921): what a client must not
// believe at once.
func (w *World) falseRevoke() {
	w.Spotify.Override("/v1/", Answer(http.StatusServiceUnavailable, "text/plain", edge))
	w.Spotify.Override("/api/token", func(rw http.ResponseWriter, _ *http.Request) {
		writeJSON(rw, http.StatusBadRequest, invalidGrant("Refresh token revoked"))
	})
}

// fails lets every request fail on the way, with what Go's own client gives then.
func fails(with func() error) func(*World) {
	return func(w *World) { w.fault.Store(&with) }
}

// proxyPassword is what net/http makes of a proxy's 407 to CONNECT: the status text alone.
func proxyPassword() error { return errors.New(http.StatusText(http.StatusProxyAuthRequired)) }

func unknownAuthority() error {
	now := time.Now()
	cert := &x509.Certificate{NotBefore: now.AddDate(0, -3, 0), NotAfter: now.AddDate(0, 3, 0), Issuer: pkix.Name{Organization: []string{"Antivirus (demo)"}}}
	return &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{Cert: cert}, UnverifiedCertificates: []*x509.Certificate{cert}}
}

// refused is what dialing gives where a firewall, or an address that leads nowhere, is in the way.
func refused() error {
	return &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
}

// noName is what looking up a name gives where the name service fails.
func noName() error { return noNetwork("tcp", "spotify.demo") }

// hangs answers nothing until whoever asked goes away.
func hangs(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

// outOfDate is a certificate that ended yesterday, in the words of crypto/x509.
func outOfDate() error {
	now := time.Now()
	cert := &x509.Certificate{NotBefore: now.AddDate(0, -3, 0), NotAfter: now.AddDate(0, 0, -1)}
	return &tls.CertificateVerificationError{Err: x509.CertificateInvalidError{
		Cert: cert, Reason: x509.Expired,
		Detail: fmt.Sprintf("current time %s is after %s", now.Format(time.RFC3339), cert.NotAfter.Format(time.RFC3339)),
	}}
}
