package token

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"
)

var update = flag.Bool("update", false, "write the golden files")

// Secrets that no output may hold.
const (
	signature = "S1gnatureS1gnatureS1gnatureS1gnature"
	refresh   = "AQrefreshAQrefreshAQrefresh"
	opaque    = "BQopaqueBQopaqueBQopaqueBQopaque"
	subject   = "jane.doe@example.org"
)

var (
	zone    = time.FixedZone("CEST", 2*3600)
	now     = time.Date(2026, 5, 1, 14, 0, 0, 0, zone) // Unix 1777636800
	trueNow = now.Add(-93 * time.Second)
)

// token makes a JWT of a header's and its claims' JSON.
func token(header, claims string) string {
	enc := base64.RawURLEncoding.EncodeToString
	return enc([]byte(header)) + "." + enc([]byte(claims)) + "." + signatureOf(header)
}

// signatureOf is one as long as the algorithm in a header makes it.
func signatureOf(header string) string {
	for alg, bytes := range map[string]int{"HS256": 32, "ES256K": 64} {
		if strings.Contains(header, `"`+alg+`"`) {
			return (signature + strings.Repeat("A", 100))[:(bytes*8+5)/6]
		}
	}
	return signature
}

var plain = token(`{"alg":"RS256","typ":"JWT","kid":"2026-05"}`,
	`{"iss":"https://accounts.example.com","sub":"`+subject+`","aud":["https://api.example.com","player"],
	"scope":"user-read-private streaming","iat":1777634400,"nbf":1777634400,"exp":1777638000}`)

// ending makes a JWT that ends so many seconds from now by this computer's clock.
func ending(seconds int64) string {
	claims, _ := json.Marshal(map[string]any{"iat": now.Unix() - 3600, "exp": now.Unix() + seconds})
	return token(`{"alg":"HS256","typ":"JWT"}`, string(claims))
}

func encrypted() string {
	enc := base64.RawURLEncoding.EncodeToString
	return enc([]byte(`{"alg":"dir","enc":"A256GCM"}`)) + "..aXZpdml2aXY." + signature + ".dGFn"
}

func TestReport(t *testing.T) {
	for _, tc := range []struct{ name, in string }{
		{"jwt", plain},
		{"bearer", "Authorization: Bearer " + ending(-60) + "\r\n"},
		{"curl", "curl -H 'authorization: bearer " + ending(30) + "' https://api.example.com/"},
		{"request", "GET /v1/me HTTP/1.1\r\nHost: api.example.com\r\nAuthorization: Bearer " + opaque + "\r\nCookie: a=b\r\n"},
		{"cookie", "Cookie: theme=dark; session=" + plain + "; other=s%3A" + ending(600) + ".c2ln; sp_dc=" + opaque},
		{"set-cookie", `Set-Cookie: __Host-jwt="` + plain + `"; Path=/; Secure; HttpOnly`},
		{"cookie-opaque", "Cookie: sp_dc=" + opaque + "; sp_t=1"},
		{"text", "See https://example.com/#access_token=" + plain + "&state=1 for more."},
		{"wrapped", "  " + plain[:76] + "\n  " + plain[76:150] + "\n  " + plain[150:] + "\n"},
		{"spotipy", `{"access_token":"` + opaque + `","token_type":"Bearer","expires_in":3600,"scope":"user-read-private streaming","expires_at":1777638000,"refresh_token":"` + refresh + `"}`},
		{"rspotify", `{"access_token":"` + opaque + `","expires_in":3600,"expires_at":"2026-05-01T12:00:30.5Z","refresh_token":null,"scope":""}`},
		{"go", `{"access_token":"` + plain + `","token_type":"Bearer","refresh_token":"` + refresh + `","expiry":"2026-05-01T11:00:00Z","id_token":"` + ending(5) + `"}`},
		{"reply", `{"access_token":"` + opaque + `","token_type":"Bearer","expires_in":3600}`},
		{"librespot", `{"username":"` + subject + `","auth_type":1,"auth_data":"` + opaque + `"}`},
		{"opaque", opaque},
		{"encrypted", encrypted()},
		{"basic", "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte("jane:"+refresh))},
		{"cut-json", `{"access_token":"` + opaque},
		{"other-json", `{"name":"` + opaque + `"}`},
		{"prose", "my token does not work"},
		{"empty", " \n"},
		{"large", strings.Repeat("a", MaxInput+1)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := read(t, tc.in, true)
			path := filepath.Join("testdata", tc.name+".golden")
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// read is render after looking for secrets.
func read(t testing.TB, in string, known bool) string {
	t.Helper()
	got := render(t, in, known)
	for _, secret := range []string{signature, refresh, opaque, subject} {
		if strings.Contains(got, secret) {
			t.Errorf("%q is in\n%s", secret, got)
		}
	}
	return got
}

// render is the report as people and as programs read it.
func render(t testing.TB, in string, known bool) string {
	t.Helper()
	r := Read([]byte(in), now, trueNow, known)
	var out bytes.Buffer
	if err := r.Write(&out); err != nil {
		t.Fatal(err)
	}
	enc := json.NewEncoder(&out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	out.WriteString("\n")
	if err := enc.Encode(r); err != nil {
		t.Fatal(err)
	}
	got := out.String()
	if i := strings.IndexFunc(got, func(r rune) bool { return r != '\n' && !unicode.IsGraphic(r) }); i >= 0 {
		t.Errorf("%q is in\n%s", got[i:min(i+4, len(got))], got)
	}
	if (r.Problem == "") == (len(r.Tokens) == 0 && r.Answer == "") {
		t.Errorf("a problem and tokens, or neither: %s", got)
	}
	return got
}

func TestOdd(t *testing.T) {
	const rs256 = `{"alg":"RS256"}`
	for _, tc := range []struct{ name, in, want string }{
		{"well", plain, ""},
		{"no exp", token(rs256, `{"iat":1777636000}`), "It has no expiry (exp): it is valid until its issuer rejects it."},
		{"alg none", token(`{"alg":"nOnE"}`, `{"exp":1777638000}`), "It is not signed (alg none): anybody can write such a token."},
		{"no alg", token(`{"typ":"JWT"}`, `{"exp":1777638000}`), "It names no algorithm (alg)."},
		{"unknown alg", token(`{"alg":"ES256K"}`, `{"exp":1777638000}`), ""},
		{"no signature", strings.TrimSuffix(token(rs256, `{"exp":1777638000}`), signature), "It names an algorithm but has no signature."},
		{"cut", strings.TrimSuffix(token(rs256, `{"exp":1777638000}`), "."+signature), "Its third part, the signature, is missing: it was cut off."},
		{"signature cut", token(rs256, `{"exp":1777638000}`) + "a", "Its signature is damaged or cut off."},
		{"signature of another algorithm", strings.Replace(token(`{"alg":"ES256"}`, `{"exp":1777638000}`), signature, strings.Repeat("A", 43), 1), "Its signature has 32 bytes, and ES256 makes 64: a part is missing, or it is another algorithm's."},
		{"Ed448", strings.Replace(token(`{"alg":"EdDSA"}`, `{"exp":1777638000}`), signature, strings.Repeat("A", 152), 1), ""},
		{"claims damaged", token(rs256, `{"exp":17776380`), "Its claims cannot be read: it is damaged or cut off."},
		{"header damaged", token(`{"alg":`, `{"exp":1777638000}`), "Its header cannot be read: it is damaged."},
		{"six parts", plain + ".a.b.c", "It has more parts than a JWT."},
		{"nbf ahead", token(rs256, `{"nbf":1777637307,"exp":1777638000}`), "It isn't valid yet (nbf): it will be in 10 min."},
		{"nbf within leeway", token(rs256, `{"nbf":1777636750,"exp":1777638000}`), ""},
		{"iat ahead", token(rs256, `{"iat":1777637307,"exp":1777638000}`), "It was issued in the future (iat), in 10 min: a clock is wrong, the issuer's or this computer's."},
		{"exp in ms", token(rs256, `{"exp":1777638000000}`), "Its exp does not count seconds but milliseconds; programs that keep to the standard misread it."},
		{"exp in ns", token(rs256, `{"exp":1777638000000000000}`), "Its exp does not count seconds but nanoseconds; programs that keep to the standard misread it."},
		{"exp a text", token(rs256, `{"exp":"1777638000"}`), "Its exp is a text; the standard has a number."},
		{"exp no time", token(rs256, `{"exp":{"a":1}}`), "Its exp is no time.|It has no expiry (exp): it is valid until its issuer rejects it."},
		{"exp too much", token(rs256, `{"exp":1e999}`), "Its exp is no time.|It has no expiry (exp): it is valid until its issuer rejects it."},
		{"exp before iat", token(rs256, `{"iat":1777636000,"exp":1777632400}`), "It expires (exp) before it was issued (iat)."},
		{"exp before nbf", token(rs256, `{"nbf":1777636000,"exp":1777632400}`), "It expires (exp) before it becomes valid (nbf)."},
		{"two years", token(rs256, `{"iat":1777636000,"exp":1840708000}`), "It lasts 730 days, which is long for a token."},
		{"from now", token(rs256, `{"exp":1840708000}`), "It expires more than a year from now, which is long for a token."},
		{"fraction", token(rs256, `{"exp":1777638000.75}`), ""},
		{"padded", "eyJhbGciOiJSUzI1NiIgfQ==.eyJleHAiOjE3Nzc2MzgwMDAgfQ==." + signature, ""},
		{"token in ms", `{"access_token":"x","expires_at":1777638000000}`, "Its expiry is in milliseconds; a program that expects seconds takes it to be valid for thousands of years."},
		{"token's bad end", `{"access_token":"x","expires_at":"soon"}`, "Its expiry can't be read as a time."},
	} {
		read(t, tc.in, true)
		r := Read([]byte(tc.in), now, trueNow, true)
		if len(r.Tokens) != 1 {
			t.Errorf("%s: %+v", tc.name, r)
		} else if got := strings.Join(r.Tokens[0].Odd, "|"); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
}

func TestRemaining(t *testing.T) {
	for _, tc := range []struct {
		left  int64
		known bool
		ahead time.Duration
		want  string
	}{
		{600, true, 0, "By this computer's clock and in true time it is valid for another 10 min."},
		{600, true, time.Minute, "By this computer's clock it is valid for another 10 min; in true time it is valid for another 11 min."},
		{600, false, 0, "By this computer's clock it is valid for another 10 min; true time is not known."},
		{-60, true, time.Hour, "By this computer's clock it expired 1 min ago, but in true time it is valid for another 59 min: the clock is wrong, not the token."},
		{60, true, -time.Hour, "By this computer's clock it is valid for another 1 min, but in true time it expired 59 min ago: the clock is behind."},
		{-60, true, time.Minute, "By this computer's clock it expired 1 min ago; in true time it expired just now."},
		{9999999999 - 1777636800, false, 0, "By this computer's clock it is valid for another 260 years; true time is not known."},
		{80000000000, false, 0, "By this computer's clock it is valid for another 290 years or more; true time is not known."},
		{-60, false, 0, "By this computer's clock it expired 1 min ago; true time is not known."},
	} {
		var out strings.Builder
		if err := Read([]byte(ending(tc.left)), now, now.Add(-tc.ahead), tc.known).Write(&out); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), "\n"+tc.want+"\n") {
			t.Errorf("want %q in\n%s", tc.want, &out)
		}
	}
}

func TestHostileClaims(t *testing.T) {
	text, _ := json.Marshal("a\u202eb\n<b>\x1b[31m" + signature[:18] + "\x00" + signature[18:] + strings.Repeat("x", 1000))
	in := token(`{"alg":"RS256","kid":`+string(text)+`}`,
		`{"iss":`+string(text)+`,"aud":`+string(text)+`,"sub":`+string(text)+`,"scope":`+string(text)+`}`)
	got := read(t, in, false)
	for line := range strings.Lines(got) {
		if n := len([]rune(line)); n > maxText+100 {
			t.Errorf("%d runes in a line", n)
		}
	}
	if !strings.Contains(got, "kid ab <b>[31m…xxx") {
		t.Error(got)
	}
}

// Each is as large as Read takes, and made for whoever looks at every part of it again and again.
func TestLargeInputs(t *testing.T) {
	fill := func(unit string) string { return strings.Repeat(unit, MaxInput/len(unit)) }
	half := func(unit string) string { return fill(unit)[:MaxInput/2-1000] }
	header := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"RS256"}`))
	for _, in := range []string{
		fill("."), fill("="), fill("e30."), fill("e30.e30. "), fill(";"), fill("Cookie:;\n"), fill("Cookie: a=e30.e30.e30\n"),
		fill("a:b\n"), fill("{"), fill(`{"a":`), fill("\u202e"), fill("%"), "Cookie: " + fill("a=")[:MaxInput-8],
		"Authorization: Bearer " + header + half(".12345678") + "\nAuthorization: Bearer " +
			header + "." + base64.RawURLEncoding.EncodeToString([]byte(`{"iss":"`+half("12345678 ")[:MaxInput/3]+`"}`)) + "." + signature,
	} {
		read(t, in[:min(len(in), MaxInput)], true)
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{plain, "Authorization: Bearer " + plain, "Cookie: a=" + plain, "Set-Cookie: a=%zz;", opaque, encrypted(),
		`{"access_token":"a","expires_at":1,"scope":"b"}`, "eyJ.", "e30.e30.", "e30....", "bnVsbA.bnVsbA.", "\xff\xfe", "\ufeff\"", "curl -H 'Cookie:"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) { render(t, string(in), len(in)%2 == 0) })
}

// What a token claims, and what stands around it, cannot bring its signature or the refresh token out.
func FuzzEcho(f *testing.F) {
	f.Add(`{"alg":"RS256","kid":"`+signature+`"}`, `{"sub":"`+subject+`","iss":"`+subject+`","aud":"`+signature+`"}`, "a")
	f.Add(`{"alg":"none"}`, `{"exp":-1,"iat":"1e400","nbf":1e30,"scope":["`+signature+`"]}`, "Cookie")
	f.Add(`{}`, `null`, signature)
	f.Fuzz(func(t *testing.T, header, claims, around string) {
		jwt := token(header, claims)
		if len(jwt) > MaxInput/4 {
			return
		}
		quoted, _ := json.Marshal(around)
		for _, in := range []string{
			jwt, "Authorization: Bearer " + jwt, "Cookie: " + around + "=" + jwt, around + " " + jwt,
			`{"access_token":"` + jwt + `","refresh_token":"` + refresh + `","scope":` + string(quoted) + `,"expires_at":` + string(quoted) + `}`,
		} {
			r := Read([]byte(in), now, trueNow, true)
			if len(r.Tokens) == 0 { // the seeds may break the token
				continue
			}
			var out bytes.Buffer
			if err := r.Write(&out); err != nil {
				t.Fatal(err)
			}
			text, err := json.Marshal(r)
			if err != nil {
				t.Fatal(err)
			}
			for _, secret := range []string{signature, refresh} {
				if s := out.String() + string(text); strings.Contains(s, secret) && !strings.Contains(around, secret) {
					t.Errorf("%q is in %s", secret, s)
				}
			}
		}
	})
}
