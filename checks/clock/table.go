package clock

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"fermata/checks/text"
)

// WriteTable writes f for a terminal: a line for each server, as chronyc sources
// has them, and under it the verdict with its evidence. The first column marks a server that the
// verdict rests on with *, one that gave a wrong time with x, one whose time does not count with -, and one
// that gave none with ?.
func WriteTable(w io.Writer, f Facts, style text.Style) error {
	var b strings.Builder
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "\tserver\toffset\tround trip\tstratum\tage\tverdict")
	for _, s := range f.Servers {
		mark, stratum, verdict := "x", "-", string(s.Verdict)
		if !s.Answered() {
			fmt.Fprintf(t, "?\t%s\t-\t-\t-\t-\t%s\n", s.Name, verdict)
			continue
		}
		switch s.Verdict {
		case OK:
			mark = "*"
		case Unconfirmed, SameServer:
			mark = "-"
		}
		if s.Stratum > 0 {
			stratum = fmt.Sprint(s.Stratum)
		}
		if s.Certificate != "" {
			verdict += ", certificate " + s.Certificate
		}
		fmt.Fprintf(t, "%s\t%s\t%s ± %s\t%s\t%s\t%s\t%s\n", mark, s.Name, Ahead(s.Offset), bound(s.Error), bound(s.RTT),
			stratum, text.Span(s.Age.Round(time.Second)), verdict)
	}
	t.Flush() // into memory
	fmt.Fprintf(&b, "\n%s.\n", f.Summary(style))
	for _, line := range append([]string{f.Evidence(), TimeZone(f.Offset)}, f.System...) {
		if line != "" {
			fmt.Fprintln(&b, line)
		}
	}
	if drift := f.Drift.String(); drift != "" {
		fmt.Fprintf(&b, "%s over the last %s.", drift, text.Span(f.Drift.Over))
		if !f.Drift.Crosses.IsZero() {
			fmt.Fprintf(&b, " At this rate it will be wrong at %s.", style.TimeOfDay(f.Drift.Crosses, f.CheckedAt))
		}
		fmt.Fprintln(&b)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
