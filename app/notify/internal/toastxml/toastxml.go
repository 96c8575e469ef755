// Package toastxml writes the XML of a Windows toast notification, see
// https://learn.microsoft.com/windows/apps/design/shell/tiles-and-notifications/toast-schema.
package toastxml

import (
	"fmt"
	"strings"
	"unicode/utf16"
)

// MaxButtons is how many buttons a toast may have.
const MaxButtons = 5

// A Toast is a title, a body and buttons. Addresses are opened when the toast or a button is clicked.
type Toast struct {
	Title, Body string
	Address     string // of the toast itself; "" if a click on it only dismisses it
	Stays       bool   // on the screen until it is dealt with; Windows heeds this only where there are buttons
	Buttons     []Button
}

// A Button has a label and the address that it opens.
type Button struct{ Label, Address string }

// String returns the XML. It is well-formed whatever the texts hold.
func (t Toast) String() string {
	var b strings.Builder
	b.WriteString("<toast")
	if t.Address != "" {
		b.WriteString(` activationType="protocol" launch="` + escape(t.Address) + `"`)
	}
	if t.Stays {
		b.WriteString(` scenario="reminder"`)
	}
	b.WriteString(`><visual><binding template="ToastGeneric"><text>` + escape(t.Title) + "</text><text>" +
		escape(t.Body) + "</text></binding></visual><actions>")
	for _, button := range t.Buttons[:min(len(t.Buttons), MaxButtons)] {
		b.WriteString(`<action activationType="protocol" content="` + escape(button.Label) +
			`" arguments="` + escape(button.Address) + `"/>`)
	}
	b.WriteString("</actions></toast>")
	return b.String()
}

// escape writes s as XML text or attribute. What XML 1.0 section 2.2 forbids even as a reference is
// dropped. All but printable ASCII becomes references, because go-ole's NewHString counts runes where
// WindowsCreateString wants UTF-16 units and so cuts off the end of other texts.
func escape(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case strings.ContainsRune(`<>&"'`, r):
			fmt.Fprintf(&b, "&#%d;", r)
		case r >= ' ' && r < 0x7f:
			b.WriteRune(r)
		case r == '\t', r == '\n', r == '\r', r >= 0x7f && r <= 0xfffd && !utf16.IsSurrogate(r), r >= 0x10000:
			fmt.Fprintf(&b, "&#%d;", r)
		}
	}
	return b.String()
}
