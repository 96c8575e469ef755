// Package command is the command line. Without a command it runs the tray; every other command speaks
// to the instance that runs, or does by itself what can be done without one.
//
// Exit codes: 0 all is well, 1 something is wrong with what is watched, 3 it could not be seen, 2 the
// command itself failed.
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
	"slices"
	"strings"
	"syscall"

	"fermata/app"
	"fermata/checks"
	"fermata/checks/text"

	"github.com/jessevdk/go-flags"
)

// A Desktop runs the app with whatever the desktop has, and shows it on plain where it has nothing.
type Desktop func(ctx context.Context, a *app.App, plain app.Face) error

// exitFailed is the exit code of a command that failed.
const exitFailed = 2

// A finding ends a command that worked and found that not all is well. It is the exit code.
type finding int

const (
	errWrong  finding = 1
	errUnseen finding = 3
)

// Error implements error.
func (f finding) Error() string {
	if f == errUnseen {
		return "it could not be seen"
	}
	return "something is wrong"
}

// An invocation is one run of the command line.
type invocation struct {
	ctx     context.Context // until the person has enough
	in      io.Reader
	out     io.Writer
	err     io.Writer
	desktop Desktop
	rest    []string // the command that stands behind "--"
}

// Main runs the command line and returns the exit code.
func Main(args []string, stdout, stderr io.Writer, desktop Desktop) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	in := &invocation{ctx: ctx, in: os.Stdin, out: stdout, err: stderr, desktop: desktop}
	attachConsole(in)
	err := in.run(args)
	if err == nil {
		return 0
	}
	if f, ok := errors.AsType[finding](err); ok {
		return int(f)
	}
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
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
	if len(args) == 0 && os.Getenv("GO_FLAGS_COMPLETION") == "" { // the tray: nothing to parse, and its icon is waited for
		return in.own().run()
	}
	if i := slices.Index(args, "--"); i > 0 && slices.Contains(args[:i], "token") {
		args, in.rest = args[:i], args[i+1:]
	}
	line := newLine(in, slices.Contains(args, "demo"))
	_, err := line.parser.ParseArgs(args)
	if flags.WroteHelp(err) {
		return line.help()
	}
	if said, ok := errors.AsType[*flags.Error](err); ok {
		return line.misused(text.Lower(strings.NewReplacer("`", `"`, "'", `"`).Replace(said.Message)))
	}
	return err
}

// own is where the person's own instance runs, as opposed to the demo's.
func (in *invocation) own() *place { return &place{invocation: in, name: "fermata"} }

// verdict is how a command ends that shows what it found.
func verdict(err error, l checks.Level) error {
	switch {
	case err != nil || l == checks.OK:
		return err
	case l == checks.Unknown:
		return errUnseen
	}
	return errWrong
}
