package notify

import (
	"encoding/xml"
	"reflect"
	"strings"
	"testing"
)

func TestToast(t *testing.T) {
	got := toast(Notice{
		Key: "k&x", Title: "Sign in to \"Spotify\" again", Body: "A & B <text>hi</text> $(calc) 𝄐\x00\ufffe",
		Level: Urgent, Buttons: []Button{{"a", "It's"}}, Open: Button{"o", "Open"},
	})
	const want = `<toast activationType="protocol" launch="fermata:do/o?notice=k%26x" scenario="reminder">` +
		`<visual><binding template="ToastGeneric"><text>Sign in to &#34;Spotify&#34; again</text>` +
		`<text>A &#38; B &#60;text&#62;hi&#60;/text&#62; $(calc) &#119056;</text></binding></visual>` +
		`<actions><action activationType="protocol" content="It&#39;s" arguments="fermata:do/a?notice=k%26x"/></actions></toast>`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := toast(Notice{Key: "k", Title: "t"}); strings.Contains(got, "launch") || strings.Contains(got, "scenario") {
		t.Errorf("without buttons: %s", got)
	}
	if n := strings.Count(toast(Notice{Buttons: make([]Button, 9)}), "<action "); n != maxButtons {
		t.Errorf("%d buttons", n)
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
func FuzzToast(f *testing.F) {
	f.Add("title", "body", "label", "key")
	f.Add("</text>", "]]>", `" onload="`, "a\x00\xff\ufffe\U0010ffff\r\n")
	f.Fuzz(func(t *testing.T, title, body, label, key string) {
		s := toast(Notice{Key: key, Title: title, Body: body, Buttons: []Button{{key, label}}, Open: Button{key, label}})
		var p parsed
		if err := xml.Unmarshal([]byte(s), &p); err != nil {
			t.Fatalf("%v in %q", err, s)
		}
		if want := []string{sayable(title), sayable(body)}; !reflect.DeepEqual(p.Texts, want) {
			t.Errorf("texts %q, want %q", p.Texts, want)
		}
		address := Address(Click{Key: key, Button: key})
		if p.Launch != address || len(p.Actions) != 1 || p.Actions[0].Content != sayable(label) || p.Actions[0].Arguments != address {
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
