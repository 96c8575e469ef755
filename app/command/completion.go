package command

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"fermata/app/core"
	"fermata/app/view"
	"fermata/checks"
	"fermata/checks/standin"

	"github.com/jessevdk/go-flags"
)

// scripts ask this program what could stand in the place of the last word.
var scripts = map[string]string{
	"bash": `_fermata() {
	local IFS=$'\n'
	COMPREPLY=($(GO_FLAGS_COMPLETION=1 "$1" "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
	[[ ${COMPREPLY[0]} != */ ]] || compopt -o nospace
}
complete -F _fermata fermata
`,
	"zsh": `#compdef fermata
_fermata() {
	local -a found
	found=(${(f)"$(GO_FLAGS_COMPLETION=1 ${words[1]} "${(@)words[2,CURRENT]}" 2>/dev/null)"})
	compadd -f -- $found
}
compdef _fermata fermata
`,
	"fish": `complete -c fermata -f -a '(GO_FLAGS_COMPLETION=verbose fermata (commandline -opc)[2..] (commandline -ct) 2>/dev/null)'
`,
}

type completionCommand struct {
	in   *invocation
	Args struct {
		Shell shell `positional-arg-name:"bash|zsh|fish"`
	} `positional-args:"yes" required:"yes"`
}

func completion(in *invocation) entry {
	return entry{"completion", "Print a script that completes commands in your shell", "", `
source <(fermata completion bash)                      # in ~/.bashrc
source <(fermata completion zsh)                       # in ~/.zshrc, after compinit
fermata completion fish > ~/.config/fish/completions/fermata.fish`, &completionCommand{in: in}}
}

// Execute implements flags.Commander.
func (c *completionCommand) Execute([]string) error {
	script, ok := scripts[string(c.Args.Shell)]
	if !ok {
		return checks.WithHint(fmt.Errorf("there are no completions for %q", string(c.Args.Shell)), "There are for bash, zsh and fish.")
	}
	_, err := io.WriteString(c.in.out, script)
	return err
}

// complete prints what the scripts asked for: one a line, and with "verbose" a tab and what it means,
// which is what fish reads.
func (in *invocation) complete(items []flags.Completion) {
	for _, item := range items {
		if os.Getenv("GO_FLAGS_COMPLETION") == "verbose" && item.Description != "" {
			fmt.Fprintf(in.out, "%s\t%s\n", item.Item, item.Description)
			continue
		}
		fmt.Fprintln(in.out, item.Item)
	}
}

type shell string

// Complete implements flags.Completer.
func (s *shell) Complete(match string) []flags.Completion {
	return matching(match, []view.Button{{ID: "bash"}, {ID: "zsh"}, {ID: "fish"}})
}

// An accountName completes to the accounts of the running instance.
type accountName struct {
	string
	at *place
}

// UnmarshalFlag implements flags.Unmarshaler.
func (a *accountName) UnmarshalFlag(value string) error { a.string = value; return nil }

// Complete implements flags.Completer.
func (a *accountName) Complete(match string) []flags.Completion {
	var all []view.Button
	for _, account := range a.at.glance().Accounts {
		all = append(all, view.Button{ID: core.ActionID(account.Name), Label: account.Summary})
	}
	return matching(match, all)
}

// An actionID completes to the actions that the running instance offers.
type actionID struct {
	string
	at *place
}

// UnmarshalFlag implements flags.Unmarshaler.
func (a *actionID) UnmarshalFlag(value string) error { a.string = value; return nil }

// Complete implements flags.Completer.
func (a *actionID) Complete(match string) []flags.Completion {
	s := a.at.glance()
	all := s.Clock.Actions
	for _, account := range s.Accounts {
		all = append(all, account.Actions...)
	}
	for _, n := range s.Notices {
		all = append(all, n.Buttons...)
	}
	if s.Demo {
		for _, t := range standin.Troubles() {
			all = append(all, view.Button{ID: core.ID("demo", t.Name), Label: t.Label})
		}
	}
	return matching(match, all)
}

// glance is the running instance's status, if it tells at once: somebody waits at a prompt.
func (p *place) glance() view.Status {
	ctx, cancel := context.WithTimeout(p.ctx, time.Second)
	defer cancel()
	i, err := p.running()
	if err != nil {
		return view.Status{}
	}
	s, _ := i.status(ctx) // without one there is nothing to complete
	return s
}

func matching(match string, all []view.Button) []flags.Completion {
	var items []flags.Completion
	for _, b := range all {
		item := flags.Completion{Item: string(b.ID), Description: b.Label}
		if strings.HasPrefix(string(b.ID), match) && !slices.Contains(items, item) {
			items = append(items, item)
		}
	}
	return items
}
