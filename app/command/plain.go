package command

import (
	"fmt"
	"io"
	"time"

	"fermata/app/view"
)

// plain shows the app on a terminal: a line for each change.
type plain struct {
	out     io.Writer
	command string
	last    string
}

// Show implements app.Face.
func (p *plain) Show(v view.View) {
	if v.Line == p.last {
		return
	}
	p.last = v.Line
	fmt.Fprintf(p.out, "%s %-8s %s\n", time.Now().Format("15:04:05"), v.Status.Level, v.Line)
	for _, n := range v.Notices {
		for _, b := range n.Buttons {
			fmt.Fprintf(p.out, "                  %s: %s do %s\n", b.Label, p.command, b.ID)
		}
	}
}
