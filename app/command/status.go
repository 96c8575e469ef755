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
	JSON bool `long:"json" description:"output JSON"`
}

// Execute implements flags.Commander.
func (c *statusCommand) Execute([]string) error {
	p := c.at
	s, err := instance(p.running).status(p.ctx)
	if err != nil {
		return err
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
	text := strings.Join(s.Lines, "\n") + "\n"
	for _, n := range s.Notices {
		for _, button := range n.Buttons {
			text += fmt.Sprintf("  %s do %s\t# %s\n", command, button.ID, button.Label)
		}
	}
	_, err := io.WriteString(w, text)
	return err
}

type versionCommand struct{ in *invocation }

// Execute implements flags.Commander.
func (c *versionCommand) Execute([]string) error {
	_, err := fmt.Fprintf(c.in.out, "fermata %s (%s, %s/%s)\n", Version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}
