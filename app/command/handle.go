package command

import (
	"slices"

	"fermata/app/control"
	"fermata/app/notify"
	"fermata/app/view"
)

// handle is what Windows starts when a button on a notification is clicked. It hands the click to the
// instance that runs, with the notice's key: any web page can open such an address, so it does no more
// than a button that is on the screen, or was.
type handleCommand struct {
	places []*place
	Args   struct {
		Address string `positional-arg-name:"ADDRESS"`
	} `positional-args:"yes" required:"yes"`
}

// handle has no description, which hides it.
func handle(places ...*place) entry {
	return entry{name: "handle", data: &handleCommand{places: places}}
}

// Execute implements flags.Commander.
func (c *handleCommand) Execute([]string) error {
	click, err := notify.ParseAddress(c.Args.Address)
	if err != nil {
		return err
	}
	var to instance // where the notice is on the screen; else one that says there that the click came too late
	for _, p := range c.places {
		i, err := p.running()
		if err != nil {
			return err
		}
		s, err := i.status(p.ctx)
		if err == nil && (to == nil || slices.ContainsFunc(s.Notices, func(n view.Notice) bool { return n.Key == click.Key })) {
			to = i
		}
	}
	if to == nil {
		return c.places[0].notRunning(control.ErrNotRunning)
	}
	return to(c.places[0].ctx, nil, "click", click.Button, click.Key)
}
