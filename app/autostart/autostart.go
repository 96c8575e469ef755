// Package autostart has Fermata started when the person logs in.
package autostart

import (
	"fmt"

	"fermata/app/launcher"
)

// On reports whether this program is started at login.
func On() bool { return enabled() }

// Set has this program started at login from now on, or no longer.
func Set(on bool) error {
	program, err := launcher.Program()
	if err != nil {
		return err
	}
	if err := set(program, on); err != nil {
		return fmt.Errorf("changing what starts at login: %w", err)
	}
	return nil
}
