package command

import (
	"context"
	"strings"

	"fermata/app/core"
)

// commands are those that speak to an instance.
func (p *place) commands() []entry {
	account := accountArg{choice{of: p.accounts}}
	all := []entry{
		{"status", "Show the current state", "", "fermata status --json | jq .accounts[0].session_until", &statusCommand{at: p}},
		{"clock", "Measure this computer's clock now",
			`Asks the time servers now, in the running instance where there is one. A server marked * is one that the verdict rests on, x tells another time than most, and ? told none.

With --watch it looks again and again, at the pace at which the check wants to look, which is every 64 to 79 seconds: public time servers are not to be asked more often than that. Ctrl-C ends it, with the exit code of the last look.`,
			"fermata clock\nfermata clock --json | jq .offset_s", &clockCommand{at: p}},
		{"login", "Sign in, in the browser", "", "fermata login", &accountCommand{p, "login", account}},
		{"logout", "Sign out", "", "fermata logout", &accountCommand{p, "logout", account}},
		{"refresh", "Renew the session now", "", "fermata refresh", &accountCommand{p, "refresh", account}},
		{"do", "Do what a click in the menu or on a notification does",
			`Does an action by its ID. "fermata status --json" lists those on offer.`,
			"fermata do spotify/login\nfermata do clock/check", &doCommand{p, actionArg{choice{of: p.actions}}}},
		{"token", "Print an access token for a program of your own",
			`Prints a valid access token of the account on standard output, and nothing else. It ends within the hour; ask again rather than keep it. Fermata keeps the sign-in behind it to itself.

Refuses to print to a terminal, where it would stay in the scrollback; use --force to override.`,
			"fermata token | sed 's/^/Authorization: Bearer /' | curl -H @- https://api.spotify.com/v1/me", &tokenCommand{at: p, Args: account}},
		{"inspect", "Explain a token",
			`Reads a token from FILE, or from standard input: a JWT, a Cookie or Authorization header pasted whole, or an OAuth token as JSON. Says what it is, who issued it and when it ends, by this computer's clock and in true time. Its signature is not checked, and nothing of it is shown that would be of use to others.

The exit code is 1 when a token has ended.`,
			"fermata inspect token.json\nwl-paste | fermata inspect", &inspectCommand{at: p}},
		{"report", "Print a report for support (no secrets)",
			`Prints versions, causes with their evidence, both lifetimes, the clock and the last changes. No token, code, client ID, e-mail address, user name or home folder is in it.`,
			"fermata report > report.txt", &reportCommand{at: p}},
	}
	if p.demo {
		for i := range all {
			all[i].example = strings.ReplaceAll(all[i].example, "fermata", "fermata demo")
		}
	}
	return all
}

type demoCommand struct {
	at       *place
	FirstRun bool `long:"first-run" description:"begin without an account, as on the first run"`
}

// Execute implements flags.Commander.
func (c *demoCommand) Execute([]string) error {
	c.at.firstRun = c.FirstRun
	return c.at.run()
}

type accountArg struct {
	Account choice `positional-arg-name:"ACCOUNT" description:"account name (optional if there is only one)"`
}

// An accountCommand does something about one account.
type accountCommand struct {
	at   *place
	verb string
	Args accountArg `positional-args:"yes"`
}

// Execute implements flags.Commander.
func (c *accountCommand) Execute([]string) error {
	return c.at.withInstance(func(ctx context.Context, i instance) error {
		name, err := i.account(ctx, c.Args.Account.string)
		if err == errNoAccount && c.verb == "login" {
			return i.do(ctx, "app/connect")
		}
		if err != nil {
			return err
		}
		return i.do(ctx, core.ID(name, c.verb))
	})
}

type actionArg struct {
	Action choice `positional-arg-name:"ACTION"`
}

type doCommand struct {
	at   *place
	Args actionArg `positional-args:"yes" required:"yes"`
}

// Execute implements flags.Commander.
func (c *doCommand) Execute([]string) error {
	return instance(c.at.running).do(c.at.ctx, core.ActionID(c.Args.Action.string))
}
