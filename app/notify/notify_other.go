//go:build !linux && !windows

package notify

import (
	"fmt"
	"time"

	"fermata/assets"

	"github.com/gen2brain/beeep"
)

// patience is how long the system's command may take.
const patience = 5 * time.Second

// work shows notifications through the system's own command. They have no buttons and can be neither
// replaced nor withdrawn, so each notice is over as soon as it is shown: a change of it is shown only
// when it got worse.
func (c *Center) work() {
	beeep.AppName = program
	var l ledger
	for {
		select {
		case want := <-c.mail:
			l.set(want)
		case <-c.quit.Done():
			return
		}
		for l.gone("") != nil {
		}
		for n, ok := l.due(); ok; n, ok = l.due() {
			l.handed(n).over = true
			err := c.beeep(n)
			if err != nil {
				err = fmt.Errorf("show a notification: %w", err)
			}
			c.tell(err)
		}
	}
}

// beeep gives the command the time that it may take; one that hangs is left behind.
func (c *Center) beeep(n Notice) error {
	body := n.Body
	if n.Instead != "" {
		body += "\n" + n.Instead
	}
	failed := make(chan error, 1)
	go func() { failed <- beeep.Notify(n.Title, body, assets.AppIcon) }()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case err := <-failed:
		return err
	case <-timer.C:
		return fmt.Errorf("the command has not ended within %v", patience)
	case <-c.quit.Done():
		return nil
	}
}
