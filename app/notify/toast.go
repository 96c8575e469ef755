package notify

import (
	"fmt"
	"strings"
)

// maxButtons is how many buttons a toast may have.
const maxButtons = 5

// toast writes n as the XML of a Windows toast, which is well-formed whatever the texts hold, see
// https://learn.microsoft.com/windows/apps/design/shell/tiles-and-notifications/toast-schema. Each button
// opens its Address, and so does the toast itself that of Open.
func toast(n Notice) string {
	var launch, actions string
	if n.Open.ID != "" {
		launch = ` activationType="protocol" launch="` + escape(Address(Click{Key: n.Key, Button: n.Open.ID})) + `"`
	}
	if n.Level >= Urgent && len(n.Buttons) > 0 { // Windows heeds this only where there are buttons
		launch += ` scenario="reminder"`
	}
	for _, b := range n.Buttons[:min(len(n.Buttons), maxButtons)] {
		address := escape(Address(Click{Key: n.Key, Button: b.ID}))
		actions += `<action activationType="protocol" content="` + escape(b.Label) + `" arguments="` + address + `"/>`
	}
	return "<toast" + launch + `><visual><binding template="ToastGeneric"><text>` + escape(n.Title) + "</text><text>" +
		escape(n.Body) + "</text></binding></visual><actions>" + actions + "</actions></toast>"
}

// escape writes s as XML text or attribute. What XML 1.0 section 2.2 forbids even as a reference is
// dropped. All but printable ASCII becomes references, because go-ole's NewHString counts runes where
// WindowsCreateString wants UTF-16 units and so cuts off the end of other texts.
func escape(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r < ' ' && !strings.ContainsRune("\t\n\r", r), r == 0xfffe, r == 0xffff:
		case r < ' ', r >= 0x7f, strings.ContainsRune(`<>&"'`, r):
			fmt.Fprintf(&b, "&#%d;", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
