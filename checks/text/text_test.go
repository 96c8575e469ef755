package text

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestLine(t *testing.T) {
	for in, want := range map[string]string{
		"":                                       "",
		" plain  text ":                          "plain text",
		"two\r\n\tlines\u2028and\u00a0":          "two lines and",
		"a\x00b\x1b[31mc\u0085":                  "ab[31mc",
		"exe\u202egnp.\u2066x\u2069\ufeff\u200f": "exegnp.x",
		"\xff\xfea\ufffe\ue000\U000e0041":        "a",
		"<b>&amp; $(rm)</b>":                     "<b>&amp; $(rm)</b>",
		"می\u200cخواهم 👩\u200d💻 𝄐":               "می\u200cخواهم 👩\u200d💻 𝄐",
		"\u3164\u2800\u200b\ufeff":               "",
		"a" + strings.Repeat("\u0316", 9) + "b":  "a\u0316\u0316\u0316b",
		"token s3cr3t-s3cr3t!":                   "token …!",
		"s3cr3t\x00-s3c\u202er3t":                "…",
		strings.Repeat("é", 20):                  strings.Repeat("é", 20),
		strings.Repeat("é", 21):                  strings.Repeat("é", 19) + "…",
		strings.Repeat("a", 18) + " bcd":         strings.Repeat("a", 18) + "…",
	} {
		if got := Line(in, 20, "s3cr3t-s3cr3t", ""); got != want {
			t.Errorf("Line(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestLineReadsNoMoreThanItNeeds(t *testing.T) {
	huge := strings.Repeat("x", 100<<20)
	line, whole := time.Hour, time.Hour // the least of several: the machine may be busy
	for range 5 {
		begin := time.Now()
		Line(huge, 500)
		Line(huge, 500, "secret")
		line = min(line, time.Since(begin))
		begin = time.Now()
		n := 0
		for _, r := range huge {
			n += int(r)
		}
		if n == 0 {
			t.Fatal("nothing was read")
		}
		whole = min(whole, time.Since(begin))
	}
	if line > whole/2 {
		t.Errorf("100 MB took %v, reading all of it takes %v", line, whole)
	}
}

func FuzzLine(f *testing.F) {
	f.Add("a\u202eb \n c", 5)
	f.Fuzz(func(t *testing.T, s string, limit int) {
		limit = min(limit&0xff, 500) + 1
		got := Line(s, limit)
		if !utf8.ValidString(got) || utf8.RuneCountInString(got) > limit || Line(got, limit) != got || strings.ContainsAny(got, "\n\x00\u202e") {
			t.Errorf("Line(%q, %d) = %q", s, limit, got)
		}
	})
}

func TestSentence(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "éa": "Éa.", "it works.": "It works.", "does it?": "Does it?", "wait…": "Wait…",
	} {
		if got := Sentence(in); got != want {
			t.Errorf("Sentence(%q) = %q, want %q", in, got, want)
		}
	}
	if Lower("Éa") != "éa" || Lower("") != "" {
		t.Error("Lower leaves a capital")
	}
}

func TestHas(t *testing.T) {
	if !Has("Refresh Token REVOKED", "expired", "revoked") || Has("revoke", "revoked") || Has("x") {
		t.Error("Has finds what is not there, or misses what is")
	}
}
