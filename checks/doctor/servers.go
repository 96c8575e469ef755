package doctor

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"fermata/checks/clock/webdate"
	"fermata/checks/spotify"
)

// signIn asks the token endpoint for a token without saying who asks: 400, or 401, with JSON.
func (o outside) signIn(ctx context.Context) Facts {
	r, f := o.ask(ctx, http.MethodPost, spotify.TokenURL, "grant_type=refresh_token")
	if r.Response == nil {
		return f
	}
	return judge(r, f, false)
}

// api asks the Web API without a token: 401 with JSON.
func (o outside) api(ctx context.Context) Facts {
	r, f := o.ask(ctx, http.MethodGet, spotify.APIURL+"/me", "")
	if r.Response == nil {
		return f
	}
	return judge(r, f, false)
}

// player loads the web player's page.
func (o outside) player(ctx context.Context) Facts {
	r, f := o.ask(ctx, http.MethodGet, spotify.PlayerPage, "")
	if r.Response == nil {
		return f
	}
	return judge(r, f, true)
}

// portal asks for the web player's page without encryption: Spotify sends on to https, whoever wants a
// login first answers with a page of their own, or sends elsewhere (RFC 8910 section 1).
func (o outside) portal(ctx context.Context) Facts {
	address, _ := url.Parse(spotify.PlayerPage)
	address.Scheme = "http"
	r, f := o.ask(ctx, http.MethodGet, address.String(), "")
	if r.Response == nil {
		return f
	}
	if f = judge(r, f, true); f.Fault == Down || f.Fault == Jwt { // the other looks tell that
		f.Outcome = Unknown
	}
	return f
}

// tls looks at the certificate that is shown in Spotify's name. Where this computer trusts it, nobody can
// tell whether its issuer was put among the trusted ones by a virus scanner: so the issuer is told.
func (o outside) tls(ctx context.Context) Facts {
	r, f := o.ask(ctx, http.MethodHead, spotify.TokenURL, "")
	switch {
	case r.Response == nil && (f.Fault == Certificate || f.Fault == CertificateTime):
		f.Outcome = Wrong
		return f
	case r.Response == nil:
		return f
	}
	f.Outcome, f.Status = Fine, 0
	if r.TLS != nil && len(r.TLS.PeerCertificates) > 0 {
		f.certificate(r.TLS.PeerCertificates[0])
	}
	return f
}

// tolerance is how far off a clock may be, as by default in the settings.
const tolerance = 2 * time.Second

// clock compares this computer's clock with the Date of a reply, which is in whole seconds.
func (o outside) clock(ctx context.Context) Facts {
	r, f := o.ask(ctx, http.MethodHead, spotify.APIURL+"/me", "")
	if r.Response == nil {
		if f.Fault == CertificateTime { // either this clock or the certificate
			f.Outcome = Unknown
		}
		return f
	}
	base := r.sent // what the reply is measured from
	d, err := webdate.Read(r.Header, 0, r.received.Sub(base))
	if err != nil {
		f.Fault, f.Said = Unreadable, said(err.Error())
		return f
	}
	f.Error = (d.High - d.Low) / 2
	f.Offset = d.Low + f.Error - time.Duration(base.UnixNano())
	f.Outcome = Fine
	if f.Offset.Abs()-f.Error > tolerance {
		f.Outcome, f.Fault = Wrong, Off
	}
	return f
}

// status asks Spotify's status page, which may go.
func (o outside) status(ctx context.Context) Facts {
	f := Facts{Host: "status.spotify.dev"}
	words, ok := spotify.StatusPage(ctx, o.Transport)
	switch {
	case !ok:
		f.Fault = Unreadable
	case words != "":
		f.Outcome, f.Fault, f.Said = Wrong, Outage, words
	default:
		f.Outcome = Fine
	}
	return f
}
