package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"fermata/app"
	"fermata/app/control"
	"fermata/checks"
)

// An instance is a running Fermata, in another process or in this one.
type instance interface {
	status(ctx context.Context) (app.Status, error)
	do(ctx context.Context, id string) error
}

// remote is the instance whose control socket is in dir.
type remote struct{ dir string }

func (r remote) call(ctx context.Context, q control.Request) (control.Response, error) {
	resp, err := control.Call(ctx, r.dir, q)
	if err == nil && !resp.OK {
		err = errors.New(resp.Error)
		if resp.Hint != "" {
			err = checks.WithHint(err, resp.Hint)
		}
	}
	return resp, err
}

func (r remote) status(ctx context.Context) (app.Status, error) {
	resp, err := r.call(ctx, control.Request{Command: "status"})
	if err != nil {
		return app.Status{}, err
	}
	var s app.Status
	if err := json.Unmarshal(resp.Data, &s); err != nil {
		return s, fmt.Errorf("reading the running instance's answer: %w", err)
	}
	return s, nil
}

func (r remote) do(ctx context.Context, id string) error {
	_, err := r.call(ctx, control.Request{Command: "do", Args: []string{id}})
	return err
}

// local is an app in this process.
type local struct{ app *app.App }

func (l local) status(ctx context.Context) (app.Status, error) { return l.app.Status(ctx) }
func (l local) do(ctx context.Context, id string) error        { return l.app.Do(ctx, id) }

// serve answers what remote asks.
func (l local) serve(ctx context.Context, q control.Request) control.Response {
	var data any
	var err error
	switch {
	case q.Command == "status":
		data, err = l.status(ctx)
	case q.Command == "do" && len(q.Args) == 1:
		err = l.do(ctx, q.Args[0])
	default:
		err = fmt.Errorf("this Fermata does not know the command %q", q.Command)
	}
	if err != nil {
		return control.Response{Error: err.Error(), Hint: checks.Hint(err)}
	}
	raw, err := json.Marshal(data)
	if err != nil {
		return control.Response{Error: err.Error()}
	}
	return control.Response{OK: true, Data: raw}
}

// pick finds the action with this verb: of the account that is named, or of the only one there is.
func pick(ctx context.Context, i instance, args []string, verb string) (string, error) {
	s, err := i.status(ctx)
	if err != nil {
		return "", err
	}
	var names []string
	for _, a := range s.Accounts {
		names = append(names, a.Name)
	}
	switch {
	case len(args) == 1 && !slices.Contains(names, args[0]):
		return "", fmt.Errorf("there is no account %q; there are: %s", args[0], strings.Join(names, ", "))
	case len(args) == 1:
		return args[0] + "/" + verb, nil
	case len(names) == 0 && verb == "login":
		return "app/connect", nil
	case len(names) == 0:
		return "", checks.WithHint(errors.New("no account is connected yet"), "\"fermata login\" connects one.")
	case len(names) > 1:
		return "", checks.WithHint(fmt.Errorf("there are several accounts: %s", strings.Join(names, ", ")), "Name one of them.")
	}
	return names[0] + "/" + verb, nil
}
