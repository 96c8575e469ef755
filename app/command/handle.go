package command

import (
	"slices"

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

// Execute implements flags.Commander.
func (c *handleCommand) Execute([]string) error {
	click, err := notify.ParseAddress(c.Args.Address)
	if err != nil {
		return err
	}
	to := c.places[0] // where the notice is on the screen; else one that says there that the click came too late
	for i, p := range c.places {
		s, err := instance(p.running).status(p.ctx)
		if err == nil && (i == 0 || slices.ContainsFunc(s.Notices, func(n view.Notice) bool { return n.Key == click.Key })) {
			to = p
		}
	}
	return to.running(to.ctx, nil, "click", click.Button, click.Key)
}
