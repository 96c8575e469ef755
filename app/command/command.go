// Package command is the command line. Without a command it runs the tray; every other command speaks
// to the instance that runs, or does by itself what can be done without one.
//
// Exit codes: 0 all is well, 1 something is wrong with what is watched, 2 the command itself failed.
// What a command was asked for goes to standard output and nothing else does, so that it can be piped;
// all that is said about it goes to standard error. An error is one line in lower case, and under it
// stands what a person can do.
package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"fermata/app"
	"fermata/checks"

	"github.com/jessevdk/go-flags"
)

// A Desktop runs the app with whatever the desktop has, and shows it on plain where it has nothing.
type Desktop func(ctx context.Context, a *app.App, plain app.Face) error

// The exit codes.
const (
	exitOK     = 0
	exitWrong  = 1
	exitFailed = 2
)

// errWrong ends a command that worked and found something wrong.
var errWrong = errors.New("something is wrong")

// An invocation is one run of the command line.
type invocation struct {
	ctx     context.Context // until the person has enough
	in      io.Reader
	out     io.Writer
	err     io.Writer
	desktop Desktop
}

// Main runs the command line and returns the exit code.
func Main(args []string, stdout, stderr io.Writer, desktop Desktop) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	in := &invocation{ctx: ctx, in: os.Stdin, out: stdout, err: stderr, desktop: desktop}
	attachConsole(in)
	err := in.run(args)
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errWrong):
		return exitWrong
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		err = errors.New("interrupted")
	}
	fmt.Fprintln(in.err, "fermata:", err)
	if hint := checks.Hint(err); hint != "" {
		fmt.Fprintln(in.err, "hint:", hint)
	}
	return exitFailed
}

// run does what args say.
func (in *invocation) run(args []string) error {
	line, err := newLine(in)
	if err != nil {
		return err
	}
	_, err = line.parser.ParseArgs(args)
	var said *flags.Error
	switch {
	case flags.WroteHelp(err):
		_, err = io.WriteString(in.out, line.help())
	case errors.As(err, &said):
		err = line.misused(said)
	}
	return err
}

// verdict is how a command ends that shows what it found.
func verdict(err error, l checks.Level) error {
	if err == nil && l >= checks.Warning {
		return errWrong
	}
	return err
}
