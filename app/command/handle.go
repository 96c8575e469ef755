package command

import (
	"errors"
	"slices"

	"fermata/app"
	"fermata/app/notify"
)

// handle is what Windows starts when a button on a notification is clicked. Any web page can open such
// an address, so it does no more than a button that is on the screen now.
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
		i, err := p.running()
		if err != nil {
			return err
		}
		if s, err := i.status(p.ctx); err == nil && shows(s.Notices, click) {
			return i.do(p.ctx, click.Button)
		}
	}
	return errors.New("the notification is no longer current")
}

func shows(notices []app.Notice, c notify.Click) bool {
	return slices.ContainsFunc(notices, func(n app.Notice) bool {
		return n.Key == c.Key && slices.ContainsFunc(n.Buttons, func(b app.Button) bool { return b.ID == c.Button })
	})
}
