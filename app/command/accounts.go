package command

import (
	"cmp"
	"fmt"
	"text/tabwriter"
	"time"

	"fermata/app/locale"
	"fermata/checks"
)

type accountsCommand struct {
	at   *place
	JSON bool `long:"json" description:"output JSON"`
}

// Execute implements flags.Commander.
func (c *accountsCommand) Execute([]string) error {
	p := c.at
	s, err := instance(p.running).status(p.ctx)
	switch {
	case err != nil:
		return err
	case c.JSON:
		return printJSON(p.out, s.Accounts)
	case len(s.Accounts) == 0:
		return errNoAccount
	}
	zone, style := locale.Now()
	t := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "account\tuser\tsigned in until\tstate")
	for _, a := range s.Accounts {
		until := "-"
		if a.GrantUntil != nil && a.Level < checks.Critical {
			until = style.FullDate(*a.GrantUntil, time.Now().In(zone))
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", a.Name, cmp.Or(a.User, "-"), until, a.Summary)
	}
	return t.Flush()
}
