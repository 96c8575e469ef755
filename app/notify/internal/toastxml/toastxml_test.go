package toastxml

import (
	"encoding/xml"
	"reflect"
	"strings"
	"testing"
)

func TestString(t *testing.T) {
	got := Toast{
		Title: "Sign in to \"Spotify\" again", Body: "A & B <text>hi</text> $(calc) 𝄐\x00\ufffe",
		Address: "fermata:do/a?notice=k&x", Stays: true, Buttons: []Button{{"It's", "fermata:do/a?notice=k"}},
	}.String()
	const want = `<toast activationType="protocol" launch="fermata:do/a?notice=k&#38;x" scenario="reminder">` +
		`<visual><binding template="ToastGeneric"><text>Sign in to &#34;Spotify&#34; again</text>` +
		`<text>A &#38; B &#60;text&#62;hi&#60;/text&#62; $(calc) &#119056;</text></binding></visual>` +
		`<actions><action activationType="protocol" content="It&#39;s" arguments="fermata:do/a?notice=k"/></actions></toast>`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// parsed is a toast as a reader of XML sees it.
type parsed struct {
	XMLName xml.Name `xml:"toast"`
	Launch  string   `xml:"launch,attr"`
	Texts   []string `xml:"visual>binding>text"`
	Actions []struct {
		Content   string `xml:"content,attr"`
		Arguments string `xml:"arguments,attr"`
	} `xml:"actions>action"`
}

// Whatever the texts hold, the XML is well-formed and says those texts, less what XML cannot say.
func FuzzString(f *testing.F) {
	f.Add("title", "body", "label", "address")
	f.Add("</text>", "]]>", `" onload="`, "a\x00\xff\ufffe\U0010ffff\r\n")
	f.Fuzz(func(t *testing.T, title, body, label, address string) {
		s := Toast{Title: title, Body: body, Address: address, Buttons: []Button{{label, address}}}.String()
		var p parsed
		if err := xml.Unmarshal([]byte(s), &p); err != nil {
			t.Fatalf("%v in %q", err, s)
		}
		if want := []string{sayable(title), sayable(body)}; !reflect.DeepEqual(p.Texts, want) {
			t.Errorf("texts %q, want %q", p.Texts, want)
		}
		if p.Launch != sayable(address) || len(p.Actions) != 1 || p.Actions[0].Content != sayable(label) || p.Actions[0].Arguments != sayable(address) {
			t.Errorf("%q reads as %+v", s, p)
		}
		if strings.ContainsFunc(s, func(r rune) bool { return r > 0x7e }) {
			t.Errorf("not ASCII: %q", s)
		}
	})
}

// sayable returns s without what XML 1.0 forbids; invalid UTF-8 reads as U+FFFD.
func sayable(s string) string {
	return strings.Map(func(r rune) rune {
		if r == 0xfffe || r == 0xffff || r < ' ' && r != '\t' && r != '\n' && r != '\r' {
			return -1
		}
		return r
	}, s)
}

func TestMaxButtons(t *testing.T) {
	if n := strings.Count(Toast{Buttons: make([]Button, 9)}.String(), "<action "); n != MaxButtons {
		t.Errorf("%d buttons", n)
	}
}
