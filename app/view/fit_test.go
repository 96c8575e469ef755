package view

import (
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
)

func TestFit(t *testing.T) {
	for _, s := range []string{"", "Fermata", strings.Repeat("a", maxTooltip), strings.Repeat("a", maxTooltip-2) + "𝄐"} {
		if got := fit(s); got != s {
			t.Errorf("%q is cut to %q", s, got)
		}
	}
	for s, want := range map[string]int{
		strings.Repeat("a", maxTooltip+1): maxTooltip, strings.Repeat("a", maxTooltip-1) + "𝄐": maxTooltip,
		strings.Repeat("𝄐", 100): maxTooltip, "a" + strings.Repeat("𝄐", 100): maxTooltip - 1,
	} {
		got := fit(s)
		if n := len(utf16.Encode([]rune(got))); n != want || !utf8.ValidString(got) || !strings.HasPrefix(s, strings.TrimSuffix(got, "…")) {
			t.Errorf("%q is cut to %q: %d units", s, got, n)
		}
	}
}
