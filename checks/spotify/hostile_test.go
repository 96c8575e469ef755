package spotify

import (
	"strings"
	"testing"
	"unicode"
)

func TestIDs(t *testing.T) {
	for id, want := range map[string]bool{
		"0d1841b0976bae2a3a310dd74c0f3df354899bc8": true,
		"demo-kitchen_2":         true,
		"../me":                  false,
		"a b":                    false,
		"x\n":                    false,
		"a[b":                    false,
		"a@b":                    false,
		"a`b":                    false,
		"a{b":                    false,
		"a:b":                    false,
		strings.Repeat("Z", 100): true,
		strings.Repeat("a", 101): false,
	} {
		if isID(id) != want {
			t.Errorf("%.20q: %v", id, !want)
		}
	}
}

func FuzzDevices(f *testing.F) {
	f.Add(`{"devices":[{"id":null,"name":"\u202ex"}]}`)
	f.Add(`{"devices":[{"id":"a/b","name":"` + strings.Repeat("\\u0316", 70) + `","type":"\n"},{}]}`)
	f.Fuzz(func(t *testing.T, body string) {
		devices, _ := parseDevices([]byte(body))
		if len(devices) > maxDevices {
			t.Errorf("%d devices", len(devices))
		}
		for _, d := range devices {
			if d.Name == "" || !isID(d.ID) {
				t.Errorf("%q %q", d.Name, d.ID)
			}
			for _, text := range []string{d.Name, d.Type} {
				if len([]rune(text)) > maxLabel || strings.TrimSpace(text) != text || strings.ContainsFunc(text, unsafeInMenu) {
					t.Errorf("%q", text)
				}
			}
		}
	})
}

// unsafeInMenu is what breaks a line, turns it round or hides in it.
func unsafeInMenu(r rune) bool {
	return unicode.In(r, unicode.C, unicode.Zl, unicode.Zp) || r == unicode.ReplacementChar
}
