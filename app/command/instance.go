package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"fermata/app"
	"fermata/app/control"
	"fermata/checks"
	"fermata/checks/clock"
)

// An instance is a running Fermata, in another process or in this one: what answers requests.
type instance func(ctx context.Context, q control.Request) (control.Response, error)

// remote is the instance whose control socket is in dir.
func remote(dir string) instance {
	return func(ctx context.Context, q control.Request) (control.Response, error) {
		return control.Call(ctx, dir, q)
	}
}

// ask has a command done and puts what it tells into answer; nil: it tells nothing.
func (i instance) ask(ctx context.Context, answer any, command string, args ...string) error {
	resp, err := i(ctx, control.Request{Command: command, Args: args})
	switch {
	case err != nil:
		return err
	case !resp.OK && resp.Hint != "":
		return checks.WithHint(errors.New(resp.Error), resp.Hint)
	case !resp.OK:
		return errors.New(resp.Error)
	case answer == nil:
		return nil
	}
	if err := json.Unmarshal(resp.Data, answer); err != nil {
		return fmt.Errorf("reading the running instance's answer: %w", err)
	}
	return nil
}

func (i instance) status(ctx context.Context) (app.Status, error) {
	var s app.Status
	err := i.ask(ctx, &s, "status")
	return s, err
}

func (i instance) do(ctx context.Context, id string) error { return i.ask(ctx, nil, "do", id) }

// A clockLook is the clock's finding as it travels.
type clockLook struct {
	Level   checks.Level
	Summary string
	Next    time.Duration
	Actions []app.Button
	Facts   clock.Facts
}

// clock has the clock looked at now.
func (i instance) clock(ctx context.Context) (checks.Finding, error) {
	var l clockLook
	err := i.ask(ctx, &l, "clock")
	f := checks.Finding{Level: l.Level, Summary: l.Summary, Next: l.Next, Facts: l.Facts}
	for _, b := range l.Actions {
		f.Actions = append(f.Actions, checks.Action{ID: b.ID, Label: b.Label})
	}
	return f, err
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
func (s server) local(ctx context.Context, q control.Request) (control.Response, error) {
	return s.serve(ctx, q), nil
}

func (s server) serve(ctx context.Context, q control.Request) control.Response {
	data, err := s.data(ctx, q)
	if err != nil {
		return control.Response{Error: err.Error(), Hint: checks.Hint(err)}
	}
	raw, err := json.Marshal(data)
	if err != nil {
		return control.Response{Error: err.Error()}
	}
	return control.Response{OK: true, Data: raw}
}

func (s server) data(ctx context.Context, q control.Request) (any, error) {
	switch {
	case q.Command == "status":
		return s.app.Status(ctx)
	case q.Command == "do" && len(q.Args) == 1 && q.Args[0] == "app/quit":
		s.app.Click(ctx, q.Args[0]) // who waits for its end would hear of it as a failure
		return nil, nil
	case q.Command == "do" && len(q.Args) == 1:
		return nil, s.app.Do(ctx, q.Args[0])
	case q.Command == "clock":
		f, err := s.app.Clock(ctx)
		l := clockLook{Level: f.Level, Summary: f.Summary, Next: f.Next}
		l.Facts, _ = f.Facts.(clock.Facts)
		for _, a := range f.Actions {
			l.Actions = append(l.Actions, app.Button{ID: a.ID, Label: a.Label})
		}
		return l, err
	case q.Command == "time":
		now, known := s.app.TrueTime()
		return trueTime{now, known}, nil
	case q.Command == "report":
		if err := s.app.Looked(ctx); err != nil {
			return nil, err
		}
		return s.app.Report(ctx)
	case q.Command == "token" && len(q.Args) == 1:
		return s.app.Token(ctx, q.Args[0])
	}
	return nil, fmt.Errorf("this Fermata does not know the command %q", q.Command)
}
