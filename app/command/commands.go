package command

import (
	"context"
	"fmt"
	"strings"

	"fermata/app/core"
	"fermata/app/view"
	"fermata/checks"
)

// commands are those that speak to an instance.
func (p *place) commands() []entry {
	account := accountArg{choice{of: p.accounts}}
	all := []entry{
		{"status", "Show the current state",
			`Shows what the menu shows: your accounts, the clock, other programs' tokens, and below each notification the commands that its buttons stand for.`,
			"fermata status\nfermata status --json | jq .accounts[0].session_until\nfermata status --ics > fermata.ics", &statusCommand{at: p}},
		{"open", "Open Fermata's page in the browser",
			`Shows all that Fermata knows, live: what is wrong and why, both lifetimes, the clock, what happened, other programs' tokens, and the settings. The address works only on this computer, for you, and only while the page is open.`,
			"fermata open", &openCommand{p}},
		{"doctor", "Find out why the music stopped",
			`Looks, without signing in, at the clock, the network, Spotify and this computer, and says what is wrong and what to do, like "The music stopped…" in the menu. It takes ten seconds at most.

With --see, tell what the player says: a message or an error code; - reads it from standard input. It stays on this computer.

The exit code is 0 if nothing wrong was found: then it is the session in the player itself.`,
			"fermata doctor\nfermata doctor --see \"Error code: auth:3\"\nfermata doctor --json | jq -r .title", &doctorCommand{at: p}},
		{"accounts", "List the accounts and when they expire", "", "fermata accounts\nfermata accounts --json | jq -r .[].name", &accountsCommand{at: p}},
		{"clock", "Measure this computer's clock now",
			`Asks the time servers now. * marks a server that the result is based on, x one that tells a different time from most, and ? one that did not answer.

With --watch it asks again every 64 to 79 seconds: public time servers must not be asked more often. Press Ctrl-C to stop; the exit code is that of the last answer.`,
			"fermata clock\nfermata clock --json | jq .offset_s", &clockCommand{at: p}},
		{"login", "Sign in, in the browser",
			`Opens the page to sign in at, tells its address, and waits until you are signed in.

With --paste, for a computer without a browser: open the address on any other computer, and paste back the one that the browser ends at. Over SSH without a screen that is the way by itself.`,
			"fermata login\nfermata login --paste", &loginCommand{at: p, Args: account}},
		{"logout", "Sign out",
			`Removes the sign-in from this computer, and has the provider end Fermata's access where it can. Where it can't, it tells the page on which you remove the access yourself.`,
			"fermata logout", &accountCommand{p, "logout", account}},
		{"refresh", "Renew the session now", "", "fermata refresh", &accountCommand{p, "refresh", account}},
		{"do", "Do what a click in the menu or on a notification does",
			`Takes the ID of an action. "fermata status --json" lists the ones that are possible now.`,
			"fermata do spotify/login\nfermata do clock/check", &doCommand{p, actionArg{choice{of: p.actions}}}},
		{"token", "Print an access token for a program of your own",
			`Prints a valid access token on standard output, and nothing else. It expires within the hour: ask again instead of keeping it. The sign-in behind it stays with Fermata.

A command behind -- gets it in a variable (--env), or finds it in a file (--file) that is written again after each renewal, is yours alone, and is removed at the end.

Refuses to print to a terminal, where it would stay in the scrollback; use --show to override. token = "refuse" under [secrets] in the settings turns this command off.`, `
fermata token --header | curl -H @- https://api.spotify.com/v1/me
fermata token --env SPOTIFY_TOKEN -- ./script
fermata token --file token.txt --signal HUP -- ./a-long-job`, &tokenCommand{at: p, Args: account}},
		{"wait", "Wait until the clock is right, or the session valid",
			`For scripts that run when the computer starts. The exit code is 0 as soon as it is so, and 1 if it is not within --timeout.`,
			"fermata wait clock\nfermata wait session --timeout 5m && ./script", p.waitFor()},
		{"inspect", "Explain a token",
			`Reads a token from each FILE, or from standard input: a JWT, a whole Cookie or Authorization header, an OAuth token as JSON, or a server's reply. Tells what it is, who issued it and when it expires, by this computer's clock and in true time. The signature is not checked, and nothing is shown that somebody else could use.

The exit code is 1 if a token has expired.`,
			"fermata inspect token.json\nfermata inspect ~/.cache-*\nwl-paste | fermata inspect", &inspectCommand{at: p}},
		{"report", "Print a report for support (no secrets)",
			`Prints versions, what is wrong and the evidence for it, when the session and the sign-in expire, the clock and the last changes. It contains no token, code, client ID, e-mail address, user name or home folder.`,
			"fermata report > report.txt", &reportCommand{at: p}},
		{"metrics", "Print figures for Prometheus",
			`Prints levels, causes, the time until each session and sign-in expires, and the clock's offset as OpenMetrics. No port is opened: have a timer write them to a file that node_exporter's textfile collector reads.`,
			"fermata metrics > fermata.prom", &metricsCommand{p}},
		{"quit", "Quit the Fermata that is running", "", "fermata quit", &quitCommand{p}},
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
		if err != nil {
			return err
		}
		var told string
		err = i(ctx, &told, "do", string(core.ID(name, c.verb)))
		if err == nil && told != "" {
			_, err = fmt.Fprintln(c.at.out, told)
		}
		return err
	})
}

type loginCommand struct {
	at    *place
	Paste bool       `long:"paste" description:"sign in with a browser on another computer"`
	Args  accountArg `positional-args:"yes"`
}

// Execute implements flags.Commander.
func (c *loginCommand) Execute([]string) error {
	pasted := c.Paste || remote()
	keys := newKeyboard(c.at.invocation)
	return c.at.withInstance(func(ctx context.Context, i instance) error {
		name, err := i.account(ctx, c.Args.Account.string)
		switch {
		case err == errNoAccount && pasted:
			return checks.WithHint(errNoAccount, "Add one to the settings first: an [[account]] with its name, provider and client_id. \"fermata --help\" tells where they are.")
		case err == errNoAccount:
			return i.signIn(ctx, "app/connect", false, keys, c.at.err)
		case err != nil:
			return err
		}
		if err := i.signIn(ctx, core.ID(name, "login"), pasted, keys, c.at.err); err != nil {
			return err
		}
		return i.choose(ctx, name, c.at.command(), keys, c.at.err)
	})
}

type actionArg struct {
	Action choice `positional-arg-name:"ACTION"`
}

type openCommand struct{ at *place }

// Execute implements flags.Commander.
func (c *openCommand) Execute([]string) error {
	return c.at.openPage()
}

// openPage has the running instance open Fermata's page.
func (p *place) openPage() error {
	var address string
	if err := p.running(p.ctx, &address, "open"); err != nil {
		return err
	}
	_, err := fmt.Fprintln(p.out, "Fermata's page opens in the browser. If it doesn't, open this yourself:", address)
	return err
}

type quitCommand struct{ at *place }

// Execute implements flags.Commander.
func (c *quitCommand) Execute([]string) error {
	return instance(c.at.running).do(c.at.ctx, "app/quit")
}

type doCommand struct {
	at   *place
	Args actionArg `positional-args:"yes" required:"yes"`
}

// Execute implements flags.Commander.
func (c *doCommand) Execute([]string) error {
	id := core.ActionID(c.Args.Action.string)
	err := instance(c.at.running).do(c.at.ctx, id)
	if advice := view.Advice(id); err == nil && id.Of() == "guide" && advice != "" {
		_, err = fmt.Fprintln(c.at.out, advice)
	}
	return err
}
