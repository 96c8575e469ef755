package command

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"fermata/app"
	"fermata/app/config"
	"fermata/app/control"
	"fermata/checks"
	"fermata/checks/clock"
	"fermata/tray/notify"

	"github.com/spf13/cobra"
)

// Version is this Fermata's, as in FyneApp.toml.
const Version = "0.1.0"

func (p *place) status(cmd *cobra.Command, asJSON bool) error {
	dir, err := control.Dir(p.name)
	if err != nil {
		return err
	}
	s, err := remote{dir}.status(cmd.Context())
	if err != nil {
		return p.notRunning(err)
	}
	if asJSON {
		err = printJSON(cmd.OutOrStdout(), s)
	} else {
		err = printStatus(cmd.OutOrStdout(), s, p.command())
	}
	return verdict(err, s.Level)
}

// verdict is the exit code of a command that shows what it found.
func verdict(err error, l checks.Level) error {
	if err == nil && l >= checks.Warning {
		return errWrong
	}
	return err
}

func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

func printStatus(w io.Writer, s app.Status, command string) error {
	fmt.Fprintln(w, strings.Join(s.Lines, "\n"))
	for _, n := range s.Notices {
		for _, b := range n.Buttons {
			fmt.Fprintf(w, "  %s do %s\t# %s\n", command, b.ID, b.Label)
		}
	}
	return nil
}

// clock measures: in the running instance, so that it learns of it too, or else here.
func (p *place) clock(cmd *cobra.Command, asJSON bool) error {
	ctx := cmd.Context()
	var c app.ClockStatus
	err := p.do(ctx, "clock/check")
	switch {
	case err == nil:
		dir, err := control.Dir(p.name)
		if err != nil {
			return err
		}
		s, err := remote{dir}.status(ctx)
		if err != nil {
			return p.notRunning(err)
		}
		c = s.Clock
	case errors.Is(err, control.ErrNotRunning) && !p.demo:
		path, _ := config.Path() // without one there are the defaults
		if p.config != "" {
			path = p.config
		}
		cfg, _ := config.Load(path)
		c = app.ClockStatusOf(clock.New(clock.Config{
			Servers: cfg.Clock.Servers, Tolerance: cfg.Clock.Tolerance, Interval: cfg.Clock.Interval,
		}, clock.NewTime()).Run(ctx))
	default:
		return err
	}
	if asJSON {
		err = printJSON(cmd.OutOrStdout(), c)
	} else {
		err = printClock(cmd.OutOrStdout(), c)
	}
	return verdict(err, c.Level)
}

func printClock(w io.Writer, c app.ClockStatus) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "server\toffset\t± bound\tround trip\tstratum\tverdict")
	for _, s := range c.Servers {
		if s.RTTS == nil {
			fmt.Fprintf(t, "%s\t–\t–\t–\t–\t%s\n", s.Name, s.Verdict)
			continue
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%d\t%s\n", s.Name,
			clock.Ahead(length(*s.OffsetS)), clock.Human(length(*s.ErrorS)), clock.Human(length(*s.RTTS)), s.Stratum, s.Verdict)
	}
	t.Flush()
	_, err := fmt.Fprintf(w, "\n%s.\n", c.Summary)
	return err
}

func length(seconds float64) time.Duration { return time.Duration(seconds * float64(time.Second)) }

func version() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "fermata %s (%s, %s/%s)\n", Version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
}

// handle is what Windows starts when a button on a notification is clicked. Any web page can open such
// an address, so it does no more than a button that is on the screen now.
func handle(places ...*place) *cobra.Command {
	return &cobra.Command{
		Use: "handle ADDRESS", Hidden: true, Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			click, err := notify.ParseAddress(args[0])
			if err != nil {
				return err
			}
			for _, p := range places {
				dir, err := control.Dir(p.name)
				if err != nil {
					return err
				}
				s, err := remote{dir}.status(cmd.Context())
				if err == nil && shows(s.Notices, click) {
					return p.do(cmd.Context(), click.Button)
				}
			}
			return errors.New("the notification is no longer current")
		},
	}
}

func shows(notices []app.Notice, c notify.Click) bool {
	return slices.ContainsFunc(notices, func(n app.Notice) bool {
		return n.Key == c.Key && slices.ContainsFunc(n.Buttons, func(b app.Button) bool { return b.ID == c.Button })
	})
}

// plain shows the app on a terminal: a line for each change.
type plain struct {
	out     io.Writer
	command string
	last    string
}

// Show implements app.Face.
func (p *plain) Show(v app.View) {
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
