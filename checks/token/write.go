package token

import (
	"io"
	"strings"
	"time"

	"fermata/checks/text"
)

// Write writes the report for people, in plain sentences, a line each.
func (r Report) Write(w io.Writer) error {
	var out strings.Builder
	if said := r.Problem + r.Answer; said != "" {
		out.WriteString(said + "\n")
	}
	signed := false
	for i, t := range r.Tokens {
		if i > 0 || r.Answer != "" {
			out.WriteString("\n")
		}
		for _, sentence := range t.sentences() {
			out.WriteString(sentence + "\n")
		}
		signed = signed || t.jose()
	}
	switch {
	case signed:
		out.WriteString("\nThe signature was not checked.\n")
	case len(r.Tokens) > 0:
		out.WriteString("\nIts issuer was not asked whether it still accepts it.\n")
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// sentences explains one token.
func (t Token) sentences() []string {
	all := []string{t.what()}
	say := func(before, value, after string) {
		if value != "" {
			all = append(all, before+value+after)
		}
	}
	if t.opaque {
		all = append(all, "Its access token is opaque: only its issuer can read it.")
	}
	if t.jose() {
		say("Header: ", t.header(), ".")
	}
	say("Issued by ", t.Issuer, ".")
	if t.service {
		say("Its subject is a service account: ", t.Subject, ".")
	} else {
		say("Its subject names a person, so only the beginning is shown: ", t.Subject, "")
	}
	say("Meant for ", strings.Join(t.Audience, ", "), ".")
	say("Allows ", strings.Join(t.Scopes, ", "), ".")
	say("Issued on ", date(t.IssuedAt), ".")
	say("Not valid before ", date(t.NotBefore), ".")
	if t.LeftLocal != nil {
		say("Expires on ", date(t.Expires), ".")
		all = append(all, t.remaining())
	} else if t.Kind == Object && t.Life > 0 {
		all = append(all, "It is valid for "+span(t.Life)+" from when it was issued, but it doesn't say when that was.")
	} else if t.Kind == Object {
		all = append(all, "It doesn't say when it expires.")
	}
	if t.Kind == Object && t.Renewable {
		all = append(all, "It comes with a refresh token, so a program can renew it.")
		if t.RefreshLife > 0 {
			all = append(all, "The refresh token is valid for "+span(t.RefreshLife)+" from when it was issued: then the sign-in expires.")
		}
	}
	for _, c := range t.Claims {
		say("It also says: "+c.Name+" ", c.Value, ".")
	}
	say("It also has claims that may tell who you are, so their values are not shown: ", strings.Join(t.hidden(), ", "), ".")
	for _, odd := range t.Odd {
		all = append(all, "Odd: "+odd)
	}
	return all
}

var kinds = map[Kind]string{
	JWT:       " is a JWT: a token that says what it is for, readable by anybody.",
	Signed:    " is a signed message (a JWS), not a JWT: what is signed has no claims.",
	Encrypted: " is an encrypted token (a JWE, in five parts): only somebody with the key can read it, including when it expires.",
	SDJWT:     " is an SD-JWT: a signed token whose holder may leave parts out. Fermata doesn't explain those.",
	PASETO:    " is a PASETO, another kind of signed or encrypted token. Fermata doesn't explain those.",
	Macaroon:  " is a macaroon: a token to which its holder may add limits. Fermata doesn't explain those.",
	SAML:      " is a SAML message, not an OAuth token. Fermata doesn't explain those.",
	Opaque:    " is an opaque token: only its issuer can read it.",
}

// what names the token.
func (t Token) what() string {
	switch {
	case t.Kind == Stored:
		return "These are librespot's stored credentials: a sign-in without an expiry in it."
	case t.Kind == Object && t.Writer != "":
		return "This is an OAuth token as " + t.Writer + " keeps it."
	case t.Kind == Object:
		return "This is an OAuth token as a token server sends it."
	case t.short:
		return "This is a word. If it is a token, it is opaque: only its issuer can read it."
	case t.Where != "":
		return "The " + t.Where + kinds[t.Kind]
	}
	return "This" + kinds[t.Kind]
}

// hidden are the names of the claims without a value to show.
func (t Token) hidden() (names []string) {
	for _, c := range t.Claims {
		if c.Value == "" {
			names = append(names, c.Name)
		}
	}
	return names
}

// jose reports whether the token has a header and claims to be signed or encrypted (RFC 7515, RFC 7516).
func (t Token) jose() bool { return t.Kind == JWT || t.Kind == Signed || t.Kind == Encrypted }

func (t Token) header() string {
	var list []string
	for _, f := range [][2]string{{"alg", t.Algorithm}, {"enc", t.Encryption}, {"typ", t.Type}, {"kid", t.KeyID}} {
		if f[1] != "" {
			list = append(list, f[0]+" "+f[1])
		}
	}
	return strings.Join(list, ", ")
}

// remaining compares the two clocks' verdicts. Where they differ, the clock is at fault.
func (t Token) remaining() string {
	local := "By this computer's clock " + until(*t.LeftLocal)
	if t.LeftTrue == nil {
		return local + "; true time is not known."
	}
	in := until(*t.LeftTrue)
	switch {
	case *t.LeftLocal == *t.LeftTrue:
		return "By this computer's clock and in true time " + in + "."
	case *t.LeftLocal <= 0 && *t.LeftTrue > 0:
		return local + ", but in true time " + in + ": the clock is wrong, not the token."
	case *t.LeftLocal > 0 && *t.LeftTrue <= 0:
		return local + ", but in true time " + in + ": the clock is behind."
	}
	return local + "; in true time " + in + "."
}

// until says how long a token is good yet, or for how long it has not been.
func until(seconds int64) string {
	if seconds > 0 {
		return "it is valid for another " + span(seconds)
	}
	if seconds == 0 {
		return "it expired just now"
	}
	return "it expired " + span(seconds) + " ago"
}

// span writes a number of seconds; what a Duration cannot hold is cut.
func span(seconds int64) string {
	const most = 290 * 365 * 24 * 3600
	if seconds > most || seconds < -most {
		return "290 years or more"
	}
	return text.Span(time.Duration(seconds) * time.Second)
}

func date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format("2 January 2006 at 15:04:05 MST")
}
