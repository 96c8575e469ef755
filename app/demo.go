package app

import (
	"context"
	"sync/atomic"
	"time"

	"fermata/app/core"
	"fermata/app/secrets"
	"fermata/checks/standin"
)

// Demo has an App watch a stand-in whose sign-ins are kept in keeper, with the stand-in's troubles as
// actions.
func (o *Outside) Demo(world *standin.World, keeper *secrets.Memory) {
	for _, t := range standin.Troubles() {
		o.Troubles = append(o.Troubles, core.Trouble{Name: t.Name, Label: t.Label})
	}
	var changed atomic.Bool
	world.Aged = func(d time.Duration) { // no reply of a provider tells it
		keeper.Age(d)
		changed.Store(true)
	}
	world.Locked = func(locked bool) {
		keeper.Lock(locked)
		changed.Store(true)
	}
	o.Cause = func(name string) (reload bool, err error) {
		err = world.Cause(name)
		return changed.Swap(false), err
	}
	o.Keeper, o.Unlock = keeper, keeper.Unlock
	o.SetClock = func(context.Context) error { world.SetClock(); return nil }
	o.Transport, o.Dial, o.Doctor = world.Transport(), world.Dial, world.Doctor()
}
