package command

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"fermata/app/config"
	"fermata/checks"

	"github.com/jessevdk/go-flags"
)

// A line is the parser of the command line.
type line struct {
	in       *invocation
	parser   *flags.Parser
	demo     *flags.Command
	settings *flags.Group              // --config
	used     map[*flags.Command]string // an example of each
}

// An entry is a command as the parser is told of it.
type entry struct {
	name, short string
	long        string // paragraphs
	example     string // lines without indentation
	data        flags.Commander
}

// newLine returns the parser; of the demo's commands only where the line may name one: each start would pay for them.
func newLine(in *invocation, demo bool) *line {
	real := in.own()
	pretend := &place{invocation: in, name: "fermata-demo", demo: true}
	p := flags.NewNamedParser("fermata", flags.HelpFlag|flags.PassDoubleDash)
	p.SubcommandsOptional = true
	p.LongDescription = `Fermata sits in the tray, keeps your Spotify session alive and, if it breaks, tells you why and fixes it in one click.

Without a command it runs in the tray, or, where there is no desktop, prints each change. The other commands talk to the Fermata that is running.

Exit codes: 0 all is well, 1 something is wrong with your session or your clock, 3 that could not be found out, 2 the command itself failed.`
	l := &line{in: in, parser: p, used: map[*flags.Command]string{p.Command: `
fermata                         run in the tray
fermata status                  the current state, in the menu's words
fermata do spotify/refresh      what "Refresh now" does
fermata demo                    try it without an account`}}

	var settings struct {
		Config  flags.Filename `long:"config" value-name:"FILE" description:"settings file"`
		Version bool           `long:"version" description:"print the version"`
	}
	l.settings, _ = p.AddGroup("Options", "", &settings)
	p.FindOptionByLongName("config").DefaultMask, _ = config.Path() // without a home folder there is none
	entries := append(real.commands(), entry{"demo", "Try Fermata without an account",
		`The demo is the same program with a built-in stand-in for Spotify and for four time servers. It touches no account and no file. Its menu "Demo" causes each kind of trouble, and so does, for example, "fermata demo do demo/revoke".`, `
fermata demo                    run the demo
fermata demo do demo/revoke     revoke the sign-in
fermata demo status --json      see the effect
fermata demo do demo/repair     fix everything`, &demoCommand{at: pretend}},
		entry{"version", "Print the version", "", "fermata version", &versionCommand{in}},
		entry{"help", "Show how a command is used", "", "fermata help clock\nfermata help demo status", &helpCommand{line: l}},
		completion(in),
		entry{name: "handle", data: &handleCommand{places: []*place{real, pretend}}}) // without a description it is hidden
	l.add(p.Command, entries)
	l.demo = p.Find("demo")
	l.demo.SubcommandsOptional = true
	if demo {
		l.add(l.demo, pretend.commands())
	}
	p.CompletionHandler = in.complete
	p.UnknownOptionHandler = func(name string, _ flags.SplitArgument, _ []string) ([]string, error) {
		return nil, l.unknownFlag(name)
	}
	p.CommandHandler = func(c flags.Commander, rest []string) error {
		real.config = string(settings.Config)
		switch {
		case len(rest) > 0:
			return l.tooMuch(rest[0])
		case settings.Config != "" && p.Active == l.demo:
			return checks.WithHint(errors.New("the demo has no settings file"), "Leave out --config.")
		case settings.Version:
			return (&versionCommand{in}).Execute(nil)
		case c == nil:
			return real.run()
		}
		return c.Execute(nil)
	}
	return l
}

func (l *line) add(to *flags.Command, entries []entry) {
	for _, e := range entries {
		long := e.long
		if long == "" {
			long = e.short + "."
		}
		c, err := to.AddCommand(e.name, e.short, long, e.data)
		if err != nil {
			panic(err) // the entry's own tags are wrong
		}
		c.Hidden = e.short == ""
		l.used[c] = e.example
	}
}

// active is the command that the line names, and how it is called: "fermata demo status".
func (l *line) active() (*flags.Command, string) {
	c := l.parser.Command
	names := c.Name
	for c.Active != nil {
		c = c.Active
		names += " " + c.Name
	}
	return c, names
}

// help prints how the active command is used, without the options that are of no use with it.
func (l *line) help() error {
	c, _ := l.active()
	l.settings.Hidden = l.parser.Active == l.demo
	l.demo.Group.Hidden = c != l.demo
	var b strings.Builder
	l.parser.WriteHelp(&b)
	if example := strings.TrimPrefix(l.used[c], "\n"); example != "" {
		b.WriteString("\nExamples:\n  " + strings.ReplaceAll(example, "\n", "\n  ") + "\n")
	}
	_, err := io.WriteString(l.in.out, b.String())
	return err
}

// A helpCommand is --help of the command that it names.
type helpCommand struct {
	line *line
	Args struct {
		Command []string `positional-arg-name:"COMMAND"`
	} `positional-args:"yes"`
}

// Execute implements flags.Commander.
func (h *helpCommand) Execute([]string) error {
	h.line.parser.Active = nil
	for c, i := h.line.parser.Command, 0; i < len(h.Args.Command); c, i = c.Active, i+1 {
		if c.Active = c.Find(h.Args.Command[i]); c.Active == nil {
			return h.line.tooMuch(h.Args.Command[i])
		}
	}
	return h.line.help()
}

// misused is the error of a command that was called in another way than it is used.
func (l *line) misused(message string) error {
	_, names := l.active()
	return checks.WithHint(errors.New(message), fmt.Sprintf("%q shows how it is used.", names+" --help"))
}

// tooMuch is the error of a word that there is no place for.
func (l *line) tooMuch(word string) error {
	c, names := l.active()
	if len(c.Commands()) == 0 {
		return l.misused(fmt.Sprintf("unexpected argument %q", word))
	}
	var known []string
	for _, sub := range c.Commands() {
		if !sub.Hidden {
			known = append(known, sub.Name)
		}
	}
	return l.unknown(fmt.Sprintf("command %q", word), "commands", `"`+names+` %s"`, nearest(word, known))
}

func (l *line) unknownFlag(name string) error {
	var known []string
	for c := l.parser.Command; c != nil; c = c.Active {
		for _, g := range append(c.Groups(), c.Group) {
			for _, o := range g.Options() {
				known = append(known, o.LongName)
			}
		}
	}
	dashes := "--"
	if len(name) == 1 {
		dashes = "-"
	}
	return l.unknown("flag "+dashes+name, "flags", "--%s", nearest(name, known))
}

// unknown is the error of something that is not known, with the one of its kind that was likely meant.
func (l *line) unknown(what, kind, form, near string) error {
	_, names := l.active()
	hint := fmt.Sprintf("%q lists the %s.", names+" --help", kind)
	if near != "" {
		hint = fmt.Sprintf("Did you mean "+form+"?", near)
	}
	return checks.WithHint(errors.New("unknown "+what), hint)
}
