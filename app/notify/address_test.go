package notify

import (
	"strings"
	"testing"
)

func TestAddress(t *testing.T) {
	c := Click{Key: "spotify/grant & more?", Button: "my account/login", ActivationToken: "dropped"}
	const want = "fermata:do/my%20account/login?notice=spotify%2Fgrant+%26+more%3F"
	address := Address(c)
	if address != want {
		t.Errorf("Address = %q, want %q", address, want)
	}
	got, err := ParseAddress(address)
	if c.ActivationToken = ""; err != nil || got != c {
		t.Errorf("ParseAddress(%q) = %+v, %v", address, got, err)
	}
}

func TestParseAddressRefuses(t *testing.T) {
	for _, address := range []string{
		"", "fermata:", "fermata:do/", "fermata:do/?notice=k", "fermata:do/a", "fermata:do/a?", "fermata:do/a?notice=",
		"fermata:do/a?notice=k&notice=l", "fermata:do/a?notice=k&x=y", "fermata:do/a?x=y", "fermata:do/a?notice=k#f",
		"fermata://do/a?notice=k", "http:do/a?notice=k", "fermata:quit/a?notice=k", "fermata:do/%zz?notice=k",
		"fermata:do/a?notice=%zz", "fermata:do/a%00b?notice=k", "fermata:do/a?notice=%0a", "fermata:do/%ff?notice=k",
		"fermata:do/a?notice=" + strings.Repeat("k", 201), "fermata:do/" + strings.Repeat("a", 1<<20) + "?notice=k",
	} {
		if c, err := ParseAddress(address); err == nil {
			t.Errorf("ParseAddress(%.60q) = %+v", address, c)
		}
	}
}

func FuzzParseAddress(f *testing.F) {
	f.Add(Address(Click{Key: "clock", Button: "clock/set"}))
	f.Add("fermata:do/a%2fb?notice=%F0%9D%84%90")
	f.Fuzz(func(t *testing.T, s string) {
		c, err := ParseAddress(s)
		if err != nil {
			if c != (Click{}) {
				t.Errorf("ParseAddress(%q) = %+v with an error", s, c)
			}
			return
		}
		if again, err := ParseAddress(Address(c)); err != nil || again != c {
			t.Errorf("%q reads as %+v, written and read again as %+v, %v", s, c, again, err)
		}
	})
}
