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
if [[ ${funcstack[1]} = _fermata ]]; then
	_fermata "$@" # zsh has loaded it from a folder of its own, for this call
else
	compdef _fermata fermata
fi
`,
	"fish": `complete -c fermata -f -a '(GO_FLAGS_COMPLETION=verbose fermata (commandline -opc)[2..] (commandline -ct) 2>/dev/null)'
`,
}

type completionCommand struct {
	in   *invocation
	Args struct {
		Shell choice `positional-arg-name:"bash|zsh|fish"`
	} `positional-args:"yes" required:"yes"`
}

func completion(in *invocation) entry {
	c := &completionCommand{in: in}
	c.Args.Shell.of = func() []view.Button { return []view.Button{{ID: "bash"}, {ID: "zsh"}, {ID: "fish"}} }
	return entry{"completion", "Print a script that completes commands in your shell", "", `
source <(fermata completion bash)                      # in ~/.bashrc
source <(fermata completion zsh)                       # in ~/.zshrc, after compinit
fermata completion fish > ~/.config/fish/completions/fermata.fish`, c}
}

// Execute implements flags.Commander.
func (c *completionCommand) Execute([]string) error {
	script, ok := scripts[c.Args.Shell.string]
	if !ok {
		return checks.WithHint(fmt.Errorf("there are no completions for %q", c.Args.Shell.string), "There are for bash, zsh and fish.")
	}
	_, err := io.WriteString(c.in.out, script)
	return err
}

// complete prints what the scripts asked for: one a line, and with "verbose" a tab and what it means,
// which is what fish reads.
func (in *invocation) complete(items []flags.Completion) {
	for _, item := range items {
		if os.Getenv("GO_FLAGS_COMPLETION") == "verbose" && item.Description != "" {
			item.Item += "\t" + item.Description
		}
		fmt.Fprintln(in.out, item.Item)
	}
}

// A choice is an argument that completes to IDs, with their labels.
type choice struct {
	string
	of func() []view.Button
}

// UnmarshalFlag implements flags.Unmarshaler.
func (c *choice) UnmarshalFlag(value string) error { c.string = value; return nil }

// Complete implements flags.Completer.
func (c *choice) Complete(match string) []flags.Completion {
	var items []flags.Completion
	for _, b := range c.of() {
		item := flags.Completion{Item: string(b.ID), Description: b.Label}
		if strings.HasPrefix(item.Item, match) && !slices.Contains(items, item) {
			items = append(items, item)
		}
	}
	return items
}

// accounts are those of the running instance.
func (p *place) accounts() (all []view.Button) {
	for _, account := range p.glance().Accounts {
		all = append(all, view.Button{ID: core.ActionID(account.Name), Label: account.Summary})
	}
	return all
}

// actions are those that the running instance offers.
func (p *place) actions() []view.Button {
	s := p.glance()
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
	return all
}

// glance is the running instance's status, if it tells at once: somebody waits at a prompt.
func (p *place) glance() view.Status {
	ctx, cancel := context.WithTimeout(p.ctx, time.Second)
	defer cancel()
	s, _ := instance(p.running).status(ctx) // without one there is nothing to complete
	return s
}
