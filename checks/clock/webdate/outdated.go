package webdate

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"time"
)

// outdated returns when the refused certificate is valid, where its time is why it was refused.
func outdated(err error) *Validity {
	var invalid x509.CertificateInvalidError
	if !errors.As(err, &invalid) || invalid.Reason != x509.Expired {
		return nil
	}
	v := &Validity{invalid.Cert.NotBefore, invalid.Cert.NotAfter}
	var refused *tls.CertificateVerificationError
	if errors.As(err, &refused) && len(refused.UnverifiedCertificates) > 0 {
		// The server's own, which is valid for a shorter time than those that vouch for it.
		leaf := refused.UnverifiedCertificates[0]
		v = &Validity{leaf.NotBefore, leaf.NotAfter}
	}
	if v.NotAfter.Before(v.NotBefore) {
		return nil
	}
	return v
}

// inside is the time in v that is next to now, an hour from its end where it is that long: a
// certificate is often dated an hour before it was made.
func (v *Validity) inside(now time.Time) time.Time {
	margin := min(time.Hour, v.NotAfter.Sub(v.NotBefore)/2)
	if now.Before(v.NotBefore) {
		return v.NotBefore.Add(margin)
	}
	return v.NotAfter.Add(-margin)
}
