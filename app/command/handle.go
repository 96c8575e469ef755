package command

import (
	"fermata/app/notify"
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
	for _, p := range c.places {
		var i instance
		if i, err = p.running(); err != nil {
			return err
		}
		if err = i(p.ctx, nil, "click", click.Button, click.Key); err == nil {
			return nil
		}
	}
	return c.places[0].notRunning(err)
}
