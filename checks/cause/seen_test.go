package cause

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func rowIDs(found []Seen) string {
	var all []string
	for _, s := range found {
		all = append(all, s.ID)
	}
	return strings.Join(all, " ")
}

func TestRead(t *testing.T) {
	for text, want := range map[string]string{
		// What people see, row by row.
		"Jwt is expired":                   "jwt-expired",
		"JWT is expired":                   "jwt-expired",
		"<pre>Jwt is expired</pre>":        "jwt-expired",
		"TokenExpiredError: expired":       "jwt-expired",
		"Jwks remote fetch is failed":      "edge",
		"Audiences in Jwt are not allowed": "edge",
		"no healthy upstream":              "edge",
		"upstream connect error or disconnect/reset before headers. reset reason: overflow": "edge",
		"502":                           "edge",
		"503 Service Unavailable":       "edge",
		"HTTP/1.1 504 Gateway Time-out": "edge",
		"It works again only after “Sign out everywhere”": "everywhere",
		"desktop_login_accounts:4":                        "born-expired",
		"Your session has expired, please try again.":     "born-expired",
		"session:3":                              "app-sign-in",
		"The username or password is incorrect.": "app-sign-in",
		"accounts:127":                           "signed-out",
		"Your session has been terminated.":      "signed-out",
		"desktop_login_accounts:2":               "too-slow",
		"desktop_login_accounts:5":               "no-way-back",
		"session:103":                            "no-way-back",
		"auth:1":                                 "servers-slow",
		"auth:2":                                 "servers-slow",
		"auth:3":                                 "firewall",
		"accounts:103":                           "firewall",
		"accesspoint:39":                         "firewall",
		"accesspoint:30":                         "firewall",
		"accounts:53":                            "proxy-code",
		"accounts:54":                            "proxy-code",
		"accounts:55":                            "proxy-code",
		"accesspoint:50":                         "proxy-code",
		"accounts:4":                             "thinks-offline",
		"accesspoint:31":                         "thinks-offline",
		"No internet connection detected":        "thinks-offline",
		"auth:73":                                "country",
		"accesspoint:17":                         "country",
		"accounts:408":                           "country",
		"accounts:409":                           "needs-premium",
		"NOT_AVAILABLE_IN_NON_PREMIUM":           "needs-premium",
		"Spotify can’t play this right now. If you have the file": "needs-premium",
		"accesspoint:22":           "too-old",
		"accounts:402":             "too-old",
		"CLIENT_VERSION_SUNSETTED": "too-old",
		"Playback of protected content is not enabled": "protected-content",
		"EME_NO_SUPPORTED_KEYSYSTEM":                   "protected-content",
		"EME_LICENSE_REQUEST_FAILED_WITH_STATUS_403":   "licence",
		"FRAGMENT_REQUEST_FAILED_WITH_STATUS":          "licence",
		"You've got too many tabs open":                "tabs",
		"No connection":                                "waking",
		"Retrying in 5…":                               "waking",
		"The access token expired":                     "token-expired",
		"invalid_grant":                                "invalid-grant",
		"INVALID_CLIENT: Invalid redirect URI":         "invalid-client",
		// As it is typed and pasted.
		"Error code: auth:3":                  "firewall",
		"error  CODE :\tAuth : 3 ":            "firewall",
		"“auth:3”":                            "firewall",
		"(Error code auth 3)":                 "firewall",
		"auth 3":                              "firewall",
		"AUTH:3.":                             "firewall",
		"it says `desktop_login_accounts:4`!": "born-expired",
		"YOUR  SESSION\r\nHAS\u00a0EXPIRED,\tplease try again":                  "born-expired",
		`{"error":"invalid_grant","error_description":"Refresh token expired"}`: "invalid-grant",
		`{"error": {"status": 401, "message": "The access token expired"}}`:     "token-expired",
		`"status":503`:                  "edge",
		"You’ve got too many tabs open": "tabs",
		"I get logged out all the time": "signed-out",
		"the music stops every hour":    "after-an-hour",
		// The code counts, not the sentence that it shares.
		"A firewall may be blocking Spotify. (Error code: session:103)": "no-way-back",
		"The username or password is incorrect. Error code: auth:2":     "servers-slow",
		"The access token expired … invalid_grant":                      "invalid-grant",
		"auth:3 and accounts:55":                                        "firewall proxy-code",
		// Nothing that is known.
		"": "", "   ": "", ":": "", ":3": "", "auth:": "", "auth:33": "", "auth:3x": "", "xauth:3": "", "desktop_login_accounts:44": "",
		"error 5031": "", "It costs 503 dollars": "", "chapter 3 auth": "", "EME": "", "\xff\xfe\x00": "", "hello": "", "session 3 has begun": "",
		"jwt is expiredness": "", "invalid_grants": "",
	} {
		if got := rowIDs(Read(text)); got != want {
			t.Errorf("%q is read as %q, want %q", text, got, want)
		}
	}
}

// TestReadBound: of a text that is larger, the first MB is read.
func TestReadBound(t *testing.T) {
	for before, want := range map[int]string{0: "firewall", maxRead - 8: "firewall", maxRead - 4: "", maxRead: "", 3 * maxRead: ""} {
		if got := rowIDs(Read(strings.Repeat(" ", before) + "auth:3 ")); got != want {
			t.Errorf("after %d bytes: %q", before, got)
		}
	}
}

// TestSeen: each row says where it is known from, what is behind it, and is found by its ID and by each of
// its phrases, alone and within a text.
func TestSeen(t *testing.T) {
	known := map[string]bool{}
	for _, s := range seen {
		if s.ID == "" || s.Label == "" || s.Source == "" || known[s.ID] {
			t.Errorf("%+v", s)
		}
		known[s.ID] = true
		if found, ok := Find(s.ID); !ok || found.Label != s.Label {
			t.Errorf("%s is not found", s.ID)
		}
		if s.ID == Other {
			continue
		}
		if s.Behind == "" || s.title == "" || strings.HasSuffix(s.title, ".") || !strings.HasSuffix(s.Behind, ".") {
			t.Errorf("%s: %q, %q", s.ID, s.title, s.Behind)
		}
		if n := utf8.RuneCountInString(s.title); n > 62 {
			t.Errorf("%s: a title of %d characters", s.ID, n)
		}
		if n := utf8.RuneCountInString(s.Behind); n > 240 {
			t.Errorf("%s: %d characters", s.ID, n)
		}
		if (len(s.fixes) == 0) != (s.kind == elsewhere) {
			t.Errorf("%s: %v", s.ID, s.fixes)
		}
		for _, p := range slices.Concat(s.codes, s.texts) {
			text := strings.TrimSuffix(strings.TrimPrefix(p, "="), "*")
			if normal(text) != " "+text+" " {
				t.Errorf("%s: %q is never read", s.ID, p)
			}
			if !strings.Contains(rowIDs(Read(strings.ToUpper(text))), s.ID) {
				t.Errorf("%s: %q is read as %q", s.ID, p, rowIDs(Read(text)))
			}
		}
	}
	for _, id := range Choices {
		if !known[id] {
			t.Errorf("%s is no row", id)
		}
	}
	if _, ok := Find("bard"); ok {
		t.Error("a row is found that there is not")
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{"Error code: auth:3", "jwt is expired", "\xff:3", "auth\u00ad:\u3000３", "a:1:2:3", "''''", "＇：9"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		words := normal(s)
		if !utf8.ValidString(words) || strings.Contains(words, "  ") || words != " " && (words[0] != ' ' || words[len(words)-1] != ' ') || len(words) > 4*len(s)+2 {
			t.Errorf("%q is read as %q", s, words)
		}
		if normal(words) != words {
			t.Errorf("%q, read again, is %q", words, normal(words))
		}
		found := Read(s)
		if len(found) > len(seen) {
			t.Errorf("%d rows", len(found))
		}
		if again := Read(words); rowIDs(again) != rowIDs(found) {
			t.Errorf("%q is read as %q and as %q", s, rowIDs(found), rowIDs(again))
		}
	})
}

func BenchmarkRead(b *testing.B) {
	text := strings.Repeat("error auth : the session of a program has ", maxRead/42)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Read(text)
	}
}
