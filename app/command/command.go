// Package command is the command line. Without a command it runs the tray; every other command speaks
// to the instance that runs, or does by itself what can be done without one.
//
// Exit codes: 0 all is well, 1 something is wrong with what is watched, 2 the command itself failed.
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

	"github.com/spf13/cobra"
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

// Main runs the command line and returns the exit code.
func Main(args []string, stdout, stderr io.Writer, desktop Desktop) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := root(desktop)
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	switch err := root.ExecuteContext(ctx); {
	case err == nil:
		return exitOK
	case errors.Is(err, errWrong):
		return exitWrong
	default:
		fmt.Fprintln(stderr, "fermata:", err)
		if hint := checks.Hint(err); hint != "" {
			fmt.Fprintln(stderr, "hint:", hint)
		}
		return exitFailed
	}
}

func root(desktop Desktop) *cobra.Command {
	real := &place{name: "fermata", desktop: desktop}
	cmd := &cobra.Command{
		Use:   "fermata",
		Short: "Keeps your Spotify session alive, and says why when it breaks",
		Long: `Fermata sits in the tray and holds your Spotify session. When it breaks anyway,
Fermata says why and mends it in one click.

Without a command it runs the tray, where there is a desktop, and otherwise
prints each change. The commands speak to the instance that runs.

Exit codes: 0 all is well, 1 something is wrong with what is watched, 2 the
command itself failed.`,
		Example: `  fermata                         run in the tray
  fermata status                  what is so, in the menu's words
  fermata do spotify/refresh      what "Refresh now" does
  fermata demo                    try it without an account`,
		Args:          cobra.NoArgs,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE:          func(cmd *cobra.Command, _ []string) error { return real.run(cmd) },
	}
	cmd.SetHelpCommand(&cobra.Command{Hidden: true})
	cmd.PersistentFlags().StringVar(&real.config, "config", "", "settings `file` (default "+defaultConfig()+")")
	cmd.AddCommand(real.commands()...)
	pretend := &place{name: "fermata-demo", demo: true, desktop: desktop}
	cmd.AddCommand(demo(pretend), version(), handle(real, pretend))
	return cmd
}

func demo(d *place) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "demo [command]",
		Short: "Run on a built-in stand-in for Spotify and the time servers",
		Long: `The demo is the same program on a built-in stand-in for Spotify and for four time
servers. It touches no account and no file. Its menu "Demo" causes each trouble;
so does "fermata demo do demo/revoke" from the command line.`,
		Example: `  fermata demo                    run the demo
  fermata demo do demo/revoke     revoke the sign-in
  fermata demo status --json      what came of it
  fermata demo do demo/repair     put all right`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return d.run(cmd) },
	}
	cmd.Flags().BoolVar(&d.firstRun, "first-run", false, "begin without an account, as on the first run")
	cmd.AddCommand(d.commands()...)
	return cmd
}

// commands are those that speak to an instance.
func (p *place) commands() []*cobra.Command {
	var json bool
	status := &cobra.Command{
		Use: "status", Short: "Tell what is so", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return p.status(cmd, json) },
	}
	status.Flags().BoolVar(&json, "json", false, "for programs: one JSON object")
	clock := &cobra.Command{
		Use: "clock", Short: "Measure this computer's clock now", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return p.clock(cmd, json) },
	}
	clock.Flags().BoolVar(&json, "json", false, "for programs: one JSON object")
	return []*cobra.Command{
		status, clock,
		p.account("login", "Sign in, in the browser", "login"),
		p.account("logout", "Forget the sign-in", "logout"),
		p.account("refresh", "Renew the session now", "refresh"),
		{
			Use: "do ACTION", Short: "Do what a click in the menu or on a notification does",
			Long:    "Does an action by its ID. \"fermata status --json\" lists those on offer.",
			Example: "  fermata do spotify/login\n  fermata do clock/check",
			Args:    cobra.ExactArgs(1),
			RunE:    func(cmd *cobra.Command, args []string) error { return p.do(cmd.Context(), args[0]) },
		},
	}
}

// account is a command that does something about one account.
func (p *place) account(name, short, verb string) *cobra.Command {
	return &cobra.Command{
		Use: name + " [ACCOUNT]", Short: short, Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.withInstance(cmd, func(ctx context.Context, i instance) error {
				id, err := pick(ctx, i, args, verb)
				if err != nil {
					return err
				}
				return i.do(ctx, id)
			})
		},
	}
}
