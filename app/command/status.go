package command

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"

	"fermata/app/view"
	"fermata/checks"
)

// Version is this Fermata's. Main's caller sets it, from FyneApp.toml; it is 0.0.0 in tests.
var Version = "0.0.0"

type statusCommand struct {
	at   *place
	JSON bool `long:"json" description:"output JSON"`
	ICS  bool `long:"ics" description:"output a calendar file: when each sign-in expires, with reminders 30 and 7 days ahead"`
}

// Execute implements flags.Commander.
func (c *statusCommand) Execute([]string) error {
	p := c.at
	s, err := instance(p.running).status(p.ctx)
	if err != nil {
		return err
	}
	switch {
	case c.ICS:
		return p.printCalendar(s)
	case c.JSON:
		err = printJSON(p.out, s)
	default:
		err = printStatus(p.out, s, p.command())
	}
	return verdict(err, s.Level)
}

// printCalendar prints when each sign-in expires.
func (p *place) printCalendar(s view.Status) error {
	var now trueTime
	if err := p.running(p.ctx, &now, "time"); err != nil {
		return err
	}
	ics, err := view.Calendar(s, "", now.Now)
	if err != nil {
		return err
	}
	_, err = io.WriteString(p.out, ics)
	return err
}

func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

func printStatus(w io.Writer, s view.Status, command string) error {
	levels := map[string]checks.Level{s.Clock.Summary: s.Clock.Level}
	for _, a := range s.Accounts {
		levels[a.Summary] = a.Level
	}
	text := ""
	for _, line := range s.Lines {
		text += paint(w, levels[line], line) + "\n"
	}
	for _, program := range s.Programs {
		text += program.Name + " (" + program.File + "): " + program.State + "\n"
		if program.Grant != "" {
			text += "  " + program.Grant + "\n"
		}
	}
	for _, n := range s.Notices {
		for _, button := range n.Buttons {
			text += fmt.Sprintf("  %s do %s\t# %s\n", command, button.ID, button.Label)
		}
	}
	_, err := io.WriteString(w, text)
	return err
}

// paint colours what is wrong, on a terminal that has colours and whose person wants them
// (https://no-color.org). The words tell it as well.
func paint(w io.Writer, level checks.Level, line string) string {
	plain := os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" ||
		runtime.GOOS == "windows" && os.Getenv("WT_SESSION") == "" // older consoles print the codes
	if level < checks.Warning || plain || !isTerminal(w) {
		return line
	}
	return "\x1b[1;31m" + line + "\x1b[0m"
}

type versionCommand struct{ in *invocation }

// Execute implements flags.Commander.
func (c *versionCommand) Execute([]string) error {
	_, err := fmt.Fprintf(c.in.out, "fermata %s (%s, %s/%s)\n", Version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}
