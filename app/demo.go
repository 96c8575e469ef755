package app

import (
	"context"
	"time"

	"fermata/app/secrets"
	"fermata/checks"
	"fermata/checks/standin"
)

// NewDemo returns an App that watches a stand-in, with the stand-in's troubles as actions.
func NewDemo(ctx context.Context, set Setup, world *standin.World, keeper *secrets.Memory) *App {
	a := New(set)
	for _, t := range standin.Troubles() {
		a.setup.Demo = append(a.setup.Demo, checks.Action{ID: "demo/" + t.Name, Label: t.Label, Do: func(ctx context.Context) error {
			err := world.Cause(t.Name)
			if t.Name == "repair" { // what was put off for a while is tried again now
				a.Reread(ctx)
			}
			return err
		}})
	}
	world.Aged = func(_ string, d time.Duration) {
		now, err := a.Status(ctx) // on the first run, the account was connected since
		if err != nil {
			return
		}
		for _, account := range now.Accounts {
			if g, err := keeper.Load(ctx, account.Name); err == nil {
				g.AuthorizedAt = g.AuthorizedAt.Add(-d) // no reply of a provider tells it
				_ = keeper.Save(ctx, account.Name, g)   // memory does not fail
			}
		}
		a.Reread(ctx)
	}
	world.Locked = func(locked bool) {
		keeper.Lock(locked)
		a.Reread(ctx)
	}
	return a
}
