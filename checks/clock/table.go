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
// verdict rests on with *, a falseticker with x, and one that gave no time with ?.
func WriteTable(w io.Writer, f Facts) error {
	var b strings.Builder
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "\tserver\toffset\tround trip\tstratum\tage\tverdict")
	for _, s := range f.Servers {
		fmt.Fprintf(t, "%s\t%s\t%s\n", s.mark(), s.Name, strings.Join(s.cells(), "\t"))
	}
	t.Flush() // into memory
	fmt.Fprintf(&b, "\n%s.\n", f.Summary())
	for _, line := range f.remarks() {
		fmt.Fprintln(&b, line)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (s Server) mark() string {
	switch {
	case !s.Answered():
		return "?"
	case s.Verdict == OK:
		return "*"
	}
	return "x"
}

// cells are a server's columns after its name.
func (s Server) cells() []string {
	if !s.Answered() {
		return []string{"-", "-", "-", "-", string(s.Verdict)}
	}
	stratum := "-"
	if s.Stratum > 0 {
		stratum = fmt.Sprint(s.Stratum)
	}
	verdict := string(s.Verdict)
	if s.Certificate != "" {
		verdict += ", certificate " + s.Certificate
	}
	return []string{
		fmt.Sprintf("%s ± %s", Ahead(s.Offset), bound(s.Error)), bound(s.RTT), stratum, text.Span(s.Age.Round(time.Second)), verdict,
	}
}

// remarks are the sentences under the summary.
func (f Facts) remarks() []string {
	var lines []string
	for _, line := range append([]string{f.Evidence(), TimeZone(f.Offset)}, f.System...) {
		if line != "" {
			lines = append(lines, line)
		}
	}
	if drift := f.Drift.String(); drift != "" {
		line := drift + " over the last " + text.Span(f.Drift.Over) + "."
		if !f.Drift.Crosses.IsZero() {
			line += " At this rate it will be wrong at " + text.TimeOfDay(f.Drift.Crosses, f.CheckedAt) + "."
		}
		lines = append(lines, line)
	}
	return lines
}
