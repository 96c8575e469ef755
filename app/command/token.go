package command

import (
	"context"
	"errors"
	"os"

	"fermata/checks"
)

type tokenCommand struct {
	at    *place
	Force bool       `long:"force" description:"print it on a terminal too"`
	Args  accountArg `positional-args:"yes"`
}

// Execute implements flags.Commander. A token on a terminal stays in its scrollback, in screenshots and
// in shared sessions, so it takes a second word to get it there.
func (c *tokenCommand) Execute([]string) error {
	if isTerminal(c.at.out) && !c.Force {
		return checks.WithHint(errors.New("standard output is a terminal, where the token would stay to be seen"),
			"Pipe it to the program that needs it, or say --force.")
	}
	return c.at.withInstance(func(ctx context.Context, i instance) error {
		name, err := i.account(ctx, c.Args.Account.string)
		if err != nil {
			return err
		}
		return i.print(ctx, c.at.out, "token", name)
	})
}

type reportCommand struct{ at *place }

// Execute implements flags.Commander.
func (c *reportCommand) Execute([]string) error {
	return c.at.withInstance(func(ctx context.Context, i instance) error { return i.print(ctx, c.at.out, "report") })
}

// isTerminal reports whether a person sits at the other end of a stream.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	if !ok {
		return false
	}
	fi, err := f.Stat()
	if err != nil || fi.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	null, err := os.Stat(os.DevNull) // it is a character device too
	return err != nil || !os.SameFile(fi, null)
}
