package notify

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"":                                       "",
		" plain  text ":                          "plain text",
		"two\r\n\tlines\u2028and\u00a0":          "two lines and",
		"a\x00b\x1b[31mc\u0085":                  "ab[31mc",
		"exe\u202egnp.\u2066x\u2069\ufeff\u200f": "exegnp.x",
		"\xff\xfea\ufffe\ue000\U000e0041":        "a",
		"<b>&amp; $(rm)</b>":                     "<b>&amp; $(rm)</b>",
		"می\u200cخواهم 👩\u200d💻 𝄐":               "می\u200cخواهم 👩\u200d💻 𝄐",
		strings.Repeat("é", 20):                  strings.Repeat("é", 20),
		strings.Repeat("é", 21):                  strings.Repeat("é", 19) + "…",
		strings.Repeat("a", 18) + " bcd":         strings.Repeat("a", 18) + "…",
	} {
		if got := clean(in, 20); got != want {
			t.Errorf("clean(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestCleanReadsNoMoreThanItNeeds(t *testing.T) {
	huge := strings.Repeat("x", 100<<20)
	begin := time.Now()
	clean(huge, bodyRunes)
	if took := time.Since(begin); took > 20*time.Millisecond {
		t.Errorf("100 MB took %v", took)
	}
}

func FuzzClean(f *testing.F) {
	f.Add("a\u202eb \n c", 5)
	f.Fuzz(func(t *testing.T, s string, max int) {
		max = min(max&0xff, 500) + 1
		got := clean(s, max)
		if !utf8.ValidString(got) || utf8.RuneCountInString(got) > max || clean(got, max) != got || strings.ContainsAny(got, "\n\x00\u202e") {
			t.Errorf("clean(%q, %d) = %q", s, max, got)
		}
	})
}
