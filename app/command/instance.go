package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"fermata/app"
	"fermata/app/core"
	"fermata/app/view"
	"fermata/checks"
	"fermata/checks/cause"
	"fermata/checks/clock"
)

// An instance is a running Fermata, in another process or in this one: it does a command and puts what
// that tells into answer; nil: it tells nothing.
type instance func(ctx context.Context, answer any, command string, args ...string) error

func (i instance) status(ctx context.Context) (view.Status, error) {
	var s view.Status
	err := i(ctx, &s, "status")
	return s, err
}

func (i instance) do(ctx context.Context, id core.ActionID) error {
	return i(ctx, nil, "do", string(id))
}

// signIn does an action that goes on in the browser, and says where as soon as that is known; or, with
// pasted, has the person bring back from another computer's browser what it ends with.
func (i instance) signIn(ctx context.Context, id core.ActionID, pasted bool, keys keyboard, w io.Writer) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var said sync.WaitGroup
	said.Go(func() {
		var address string
		if err := i(ctx, &address, "opened", string(id)); err != nil || ctx.Err() != nil {
			return // what became of it, the action's own error tells
		}
		if !pasted {
			fmt.Fprintln(w, "Go on in the browser. If none opens, open this yourself:", address)
			return
		}
		p, err := newPaste(address)
		if err == nil {
			err = p.run(ctx, address, keys, w)
		}
		if err != nil {
			cancel(err)
		}
	})
	command := "do"
	if pasted {
		command = "do elsewhere"
	}
	err := i(ctx, nil, command, string(id))
	if cause := context.Cause(ctx); err != nil && cause != nil {
		err = cause
	}
	cancel(nil)
	said.Wait()
	return err
}

// choose has the person choose between two sign-ins, where the newest came back with another user than the
// one before. Both are kept until there is an answer.
func (i instance) choose(ctx context.Context, name, command string, keys keyboard, w io.Writer) error {
	s, err := i.status(ctx)
	if err != nil {
		return err
	}
	n := slices.IndexFunc(s.Accounts, func(a view.AccountStatus) bool {
		return a.Name == name && a.Cause != nil && *a.Cause == cause.OtherUser
	})
	if n < 0 {
		return nil
	}
	fmt.Fprintf(w, "%s. %s\n", s.Accounts[n].Summary, s.Accounts[n].Why)
	for {
		fmt.Fprint(w, "Keep the new account, or go back to the old one? Type \"new\" or \"old\" and press Enter: ")
		select {
		case line, ok := <-keys.lines():
			switch {
			case !ok:
				fmt.Fprintf(w, "\nAnswer later with \"%[1]s do %[2]s/keep-user\" or \"%[1]s do %[2]s/old-user\", or in Fermata's menu.\n", command, name)
				return nil
			case strings.EqualFold(line, "new"):
				return i.do(ctx, core.ID(name, "keep-user"))
			case strings.EqualFold(line, "old"):
				return i.signIn(ctx, core.ID(name, "old-user"), false, keys, w)
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// print writes the text that a command tells, and ends its last line.
func (i instance) print(ctx context.Context, w io.Writer, command string, args ...string) error {
	var text string
	if err := i(ctx, &text, command, args...); err != nil {
		return err
	}
	_, err := fmt.Fprintln(w, strings.TrimSuffix(text, "\n"))
	return err
}

// A clockLook is what a look at the clock found, and when the next is wanted.
type clockLook struct {
	Level   checks.Level
	Facts   clock.Facts
	Next    time.Duration
	Actions []view.Button // on offer in the instance
}

// A trueTime is what an instance knows of true time.
type trueTime struct {
	Now   time.Time
	Known bool
}

// errNoAccount says that there is nothing yet to do something about.
var errNoAccount = checks.WithHint(errors.New("no account is connected yet"), "\"fermata login\" connects one.")

// account returns the name of the account that is meant: the one that is named, or the only one.
func (i instance) account(ctx context.Context, name string) (string, error) {
	s, err := i.status(ctx)
	if err != nil {
		return "", err
	}
	return meant(s, name)
}

// meant is the account that is named, or the only one.
func meant(s view.Status, name string) (string, error) {
	var names []string
	for _, a := range s.Accounts {
		names = append(names, a.Name)
	}
	switch {
	case len(names) == 0:
		return "", errNoAccount
	case name != "" && !slices.Contains(names, name):
		return "", checks.WithHint(fmt.Errorf("there is no account %q", name), "There are: "+strings.Join(names, ", ")+".")
	case name != "":
		return name, nil
	case len(names) > 1:
		return "", checks.WithHint(fmt.Errorf("there are several accounts: %s", strings.Join(names, ", ")), "Name one of them.")
	}
	return names[0], nil
}

// A server answers what an instance is asked with what an app knows.
type server struct{ app *app.App }

// local is the instance in this process.
func (s server) local(ctx context.Context, answer any, command string, args ...string) error {
	found, err := s.data(ctx, command, args)
	if err != nil || answer == nil {
		return err
	}
	data, err := json.Marshal(found)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, answer)
}

// data does a command and returns what it tells.
func (s server) data(ctx context.Context, command string, args []string) (any, error) {
	switch {
	case command == "status":
		return s.app.Status(ctx)
	case command == "do" && len(args) == 1 && args[0] == "app/quit":
		s.app.Click(core.Clicked{Action: "app/quit"}) // who waits for its end would hear of it as a failure
		return nil, nil
	case (command == "do" || command == "do elsewhere") && len(args) == 1:
		found, err := s.app.Do(ctx, core.Clicked{Action: core.ActionID(args[0]), Elsewhere: command != "do"})
		if out, ok := found.(core.SignedOut); ok {
			return view.SignedOut(out), err
		}
		return nil, err
	case command == "opened" && len(args) == 1:
		var address string
		_, err := s.app.Await(ctx, func(s app.Snapshot) bool {
			for _, r := range s.Runs {
				if r.Action == core.ActionID(args[0]) && r.Phase == core.Acting && r.Address != "" {
					address = r.Address
				}
			}
			return address != ""
		})
		return address, err
	case command == "click" && len(args) == 2:
		s.app.Click(core.Clicked{Action: core.ActionID(args[0]), Notice: args[1]})
		return nil, nil
	case command == "clock":
		if _, err := s.app.Do(ctx, core.Clicked{Action: "clock/check"}); err != nil {
			return nil, err
		}
		now, err := s.app.Await(ctx, func(s app.Snapshot) bool { return s.Seen })
		return clockLook{Level: now.View.Status.Clock.Level, Facts: now.Clock, Actions: now.View.Status.Clock.Actions}, err
	case command == "examine":
		var seen []cause.Seen
		for _, id := range args {
			if s, ok := cause.Find(id); ok {
				seen = append(seen, s)
			}
		}
		run := s.app.Click(core.Clicked{Action: "guide/look", Seen: seen})
		_, err := s.app.Await(ctx, func(now app.Snapshot) bool { return now.Clicked >= run })
		return nil, err
	case command == "guide" && len(args) == 1:
		now, err := s.app.Await(ctx, func(now app.Snapshot) bool {
			return now.Guide != nil && (!now.Guide.Looking || fmt.Sprint(now.Guide.Ended()) != args[0])
		})
		return now.Guide, err
	case command == "time":
		now, known := s.app.TrueTime()
		return trueTime{now, known}, nil
	case command == "report":
		if _, err := s.app.Await(ctx, func(s app.Snapshot) bool { return s.Seen }); err != nil {
			return nil, err
		}
		return s.app.Do(ctx, core.Clicked{Action: "app/report"})
	case command == "open":
		return s.app.Do(ctx, core.Clicked{Action: "app/open"})
	case (command == "token" || command == "newer token") && len(args) == 2:
		return s.token(ctx, args[0], args[1], command != "token")
	case command == "wait" && len(args) == 2:
		return s.wait(ctx, args[0], args[1])
	}
	return nil, fmt.Errorf("this Fermata doesn't know the command %q", command)
}
