package command

import (
	"errors"
	"fmt"
	"strings"

	"fermata/app/config"
	"fermata/checks"

	"github.com/jessevdk/go-flags"
)

// A line is the parser of the command line.
type line struct {
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

func newLine(in *invocation) (*line, error) {
	real := &place{invocation: in, name: "fermata"}
	pretend := &place{invocation: in, name: "fermata-demo", demo: true}
	p := flags.NewNamedParser("fermata", flags.HelpFlag|flags.PassDoubleDash)
	p.SubcommandsOptional = true
	p.LongDescription = `Fermata sits in the tray and holds your Spotify session. When it breaks anyway, Fermata says why and mends it in one click.

Without a command it runs the tray, where there is a desktop, and otherwise prints each change. The commands speak to the instance that runs.

Exit codes: 0 all is well, 1 something is wrong with what is watched, 2 the command itself failed.`
	l := &line{parser: p, used: map[*flags.Command]string{p.Command: `
fermata                         run in the tray
fermata status                  what is so, in the menu's words
fermata do spotify/refresh      what "Refresh now" does
fermata demo                    try it without an account`}}

	var settings struct {
		Config flags.Filename `long:"config" value-name:"FILE" description:"settings file"`
	}
	var err error
	if l.settings, err = p.AddGroup("Options", "", &settings); err != nil {
		return nil, err
	}
	p.FindOptionByLongName("config").DefaultMask = defaultConfig()
	demo := entry{"demo", "Run on a built-in stand-in for Spotify and the time servers",
		`The demo is the same program on a built-in stand-in for Spotify and for four time servers. It touches no account and no file. Its menu "Demo" causes each trouble; so does "fermata demo do demo/revoke" from the command line.`, `
fermata demo                    run the demo
fermata demo do demo/revoke     revoke the sign-in
fermata demo status --json      what came of it
fermata demo do demo/repair     put all right`, &demoCommand{at: pretend}}

	if err := l.add(p.Command, append(real.commands(), demo, version(in), completion(in), handle(real, pretend))...); err != nil {
		return nil, err
	}
	l.demo = p.Find(demo.name)
	l.demo.SubcommandsOptional = true
	if err := l.add(l.demo, pretend.commands()...); err != nil {
		return nil, err
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
		case c == nil:
			return real.run()
		}
		return c.Execute(nil)
	}
	return l, nil
}

func (l *line) add(to *flags.Command, entries ...entry) error {
	for _, e := range entries {
		long := e.long
		if long == "" {
			long = e.short + "."
		}
		c, err := to.AddCommand(e.name, e.short, long, e.data)
		if err != nil {
			return err
		}
		c.Hidden = e.short == ""
		l.used[c] = e.example
	}
	return nil
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

// help is how the active command is used, without the options that are of no use with it.
func (l *line) help() string {
	c, _ := l.active()
	for up := l.parser.Active; up != nil && up != c; up = up.Active {
		up.Group.Hidden = true
	}
	if l.parser.Active == l.demo {
		l.settings.Hidden = true
	}
	var b strings.Builder
	l.parser.WriteHelp(&b)
	if example := strings.TrimPrefix(l.used[c], "\n"); example != "" {
		b.WriteString("\nExamples:\n  " + strings.ReplaceAll(example, "\n", "\n  ") + "\n")
	}
	return b.String()
}

// misused is what the parser said, in this program's manner.
func (l *line) misused(e *flags.Error) error {
	text := strings.NewReplacer("`", `"`, "'", `"`).Replace(e.Message)
	_, names := l.active()
	return checks.WithHint(errors.New(strings.ToLower(text[:1])+text[1:]), fmt.Sprintf("%q shows how it is used.", names+" --help"))
}

// tooMuch is the error of a word that there is no place for.
func (l *line) tooMuch(word string) error {
	c, names := l.active()
	if len(c.Commands()) == 0 {
		return checks.WithHint(fmt.Errorf("unexpected argument %q", word), fmt.Sprintf("%q shows how it is used.", names+" --help"))
	}
	var known []string
	for _, sub := range c.Commands() {
		if !sub.Hidden {
			known = append(known, sub.Name)
		}
	}
	hint := fmt.Sprintf("%q lists the commands.", names+" --help")
	if near := nearest(word, known); near != "" {
		hint = fmt.Sprintf("Did you mean %q?", names+" "+near)
	}
	return checks.WithHint(fmt.Errorf("unknown command %q", word), hint)
}

func (l *line) unknownFlag(name string) error {
	c, names := l.active()
	var known []string
	for up := c; up != nil; up = l.parent(up) {
		for _, g := range append(up.Groups(), up.Group) {
			for _, o := range g.Options() {
				known = append(known, o.LongName)
			}
		}
	}
	hint := fmt.Sprintf("%q lists the flags.", names+" --help")
	if near := nearest(name, known); near != "" {
		hint = fmt.Sprintf("Did you mean --%s?", near)
	}
	dashes := "--"
	if len(name) == 1 {
		dashes = "-"
	}
	return checks.WithHint(fmt.Errorf("unknown flag %s%s", dashes, name), hint)
}

// parent is the command that c belongs to; nil for the program itself.
func (l *line) parent(c *flags.Command) *flags.Command {
	for up := l.parser.Command; up != nil; up = up.Active {
		if up.Active == c {
			return up
		}
	}
	return nil
}

func defaultConfig() string {
	path, err := config.Path()
	if err != nil {
		return "none"
	}
	return path
}
