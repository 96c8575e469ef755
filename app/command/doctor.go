package command

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"

	"fermata/app/view"
	"fermata/checks"
	"fermata/checks/cause"
)

// maxSee is how many bytes are read of what a person sees.
const maxSee = 1 << 20

type doctorCommand struct {
	at   *place
	JSON bool   `long:"json" description:"output JSON"`
	See  string `long:"see" value-name:"TEXT" description:"what the player says; - reads it from standard input"`
}

// Execute implements flags.Commander.
func (c *doctorCommand) Execute([]string) error {
	seen, err := c.seen()
	if err != nil {
		return err
	}
	return c.at.withInstance(func(ctx context.Context, i instance) error { return c.examine(ctx, i, seen) })
}

// examine has an instance look, and prints what came of it.
func (c *doctorCommand) examine(ctx context.Context, i instance, seen []string) error {
	if err := i(ctx, nil, "examine", seen...); err != nil {
		return err
	}
	tell := c.tell
	if c.JSON {
		tell = func(view.GuideLine) error { return nil }
	}
	g, err := i.examined(ctx, tell)
	switch {
	case err != nil:
		return err
	case c.JSON:
		err = printJSON(c.at.out, g)
	default:
		err = c.print(g)
	}
	return verdict(err, g.Level)
}

// seen are the IDs of what the person sees. Their words go no further than this.
func (c *doctorCommand) seen() ([]string, error) {
	said := c.See
	if said == "-" {
		data, err := io.ReadAll(io.LimitReader(c.at.in, maxSee))
		if err != nil {
			return nil, fmt.Errorf("reading standard input: %w", err)
		}
		said = string(data)
	}
	var ids []string
	for _, s := range cause.Read(said) {
		ids = append(ids, s.ID)
	}
	if said != "" && len(ids) == 0 {
		fmt.Fprintln(c.at.err, "Fermata doesn't know this text.")
	}
	return ids, nil
}

// examined waits for the looks that were asked for, tells each as it ends, and returns what came of them all.
func (i instance) examined(ctx context.Context, tell func(view.GuideLine) error) (g *view.Guide, err error) {
	told := map[string]string{}
	for g = new(view.Guide); g.Looking || len(told) == 0; {
		ended := g.Ended()
		g = new(view.Guide)
		if err := i(ctx, g, "guide", fmt.Sprint(ended)); err != nil {
			return g, err
		}
		for _, l := range g.Lines {
			if l.Outcome == view.Looking || told[l.ID] == l.Says {
				continue
			}
			told[l.ID] = l.Says
			if err := tell(l); err != nil {
				return g, err
			}
		}
	}
	return g, nil
}

// tell prints what a look found.
func (c *doctorCommand) tell(l view.GuideLine) error {
	level := checks.OK
	if l.Outcome == "wrong" {
		level = checks.Warning
	}
	_, err := fmt.Fprintln(c.at.out, paint(c.at.out, level, fmt.Sprintf("%-9s  %s", l.Outcome, l.Says)))
	return err
}

// print prints the verdict, and the fixes as commands.
func (c *doctorCommand) print(g *view.Guide) error {
	var b strings.Builder
	for _, s := range g.Read {
		if s.Behind != g.Why {
			fmt.Fprintf(&b, "\n%s", s.Behind)
		}
	}
	fmt.Fprintf(&b, "\n%s\n", paint(c.at.out, g.Level, g.Title))
	for _, line := range append([]string{g.Why, g.Sure}, g.Evidence...) {
		if line != "" {
			fmt.Fprintln(&b, line)
		}
	}
	fixes := g.Others
	if g.Fix != nil {
		fixes = append([]view.GuideFix{*g.Fix}, fixes...)
		b.WriteString("\nWhat to do, the likeliest first:\n")
	} else {
		fmt.Fprintf(&b, "\n%s\n", g.Nothing)
	}
	for i, f := range fixes {
		if f.NoHelp != "" || g.Fix == nil {
			continue
		}
		fmt.Fprintf(&b, "%d. %s\n", i+1, cmp.Or(f.Title, f.ID))
		for _, step := range f.Steps {
			fmt.Fprintf(&b, "   %s\n", step)
		}
		for _, id := range f.Actions {
			fmt.Fprintf(&b, "     %s do %s\n", c.at.command(), id)
		}
	}
	_, err := io.WriteString(c.at.out, b.String())
	return err
}
