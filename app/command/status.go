package command

import (
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"strings"

	"fermata/app/view"
)

// Version is this Fermata's, as in FyneApp.toml.
const Version = "0.1.0"

type statusCommand struct {
	at   *place
	JSON bool `long:"json" description:"for programs: one JSON object"`
}

// Execute implements flags.Commander.
func (c *statusCommand) Execute([]string) error {
	p := c.at
	i, err := p.running()
	if err != nil {
		return err
	}
	s, err := i.status(p.ctx)
	if err != nil {
		return p.notRunning(err)
	}
	if c.JSON {
		err = printJSON(p.out, s)
	} else {
		err = printStatus(p.out, s, p.command())
	}
	return verdict(err, s.Level)
}

func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

func printStatus(w io.Writer, s view.Status, command string) error {
	var b strings.Builder
	fmt.Fprintln(&b, strings.Join(s.Lines, "\n"))
	for _, n := range s.Notices {
		for _, button := range n.Buttons {
			fmt.Fprintf(&b, "  %s do %s\t# %s\n", command, button.ID, button.Label)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

type versionCommand struct{ in *invocation }

func version(in *invocation) entry {
	return entry{"version", "Print the version", "", "fermata version", &versionCommand{in}}
}

// Execute implements flags.Commander.
func (c *versionCommand) Execute([]string) error {
	_, err := fmt.Fprintf(c.in.out, "fermata %s (%s, %s/%s)\n", Version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}
