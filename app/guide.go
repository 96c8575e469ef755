package app

import (
	"context"
	"fmt"

	"fermata/app/core"
	"fermata/checks/cause"
)

// guide returns what does an action of the guide: a fix for the player that the person listens with, for
// which no account need be connected.
func (a *App) guide(act core.Act) doing {
	pages := a.out.Pages
	address := map[string]string{
		string(cause.Refresh): pages.Player, string(cause.SignIn): pages.SignOut, "signin": pages.SignIn,
		"everywhere": pages.Everywhere, string(cause.Permissions): pages.Apps, string(cause.Support): pages.Support,
	}[act.Action.Verb()]
	report := ""
	if act.Action.Verb() == string(cause.Support) {
		report = a.report()
	}
	return func(ctx context.Context) (any, error) {
		switch verb := act.Action.Verb(); {
		case verb == "begin":
			return a.page.Open(ctx, act.Place)
		case verb == string(cause.Restart):
			return nil, a.out.Restart(ctx)
		case address == "":
			return nil, fmt.Errorf("no action is called %q", act.Action)
		}
		if report != "" {
			if err := a.out.ShowReport(ctx, report); err != nil {
				return nil, err
			}
		}
		return nil, a.out.Open(ctx, address)
	}
}
