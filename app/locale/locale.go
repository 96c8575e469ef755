// Package locale tells in which time zone this desktop is, and how it writes times. Both may change while a
// program runs, so both are looked at again each time; package time reads the zone once a process.
package locale

import (
	"time"

	"fermata/checks/text"
)

// Now returns the time zone and the style of this moment. What can't be read is as it was before.
func Now() (*time.Location, text.Style) { return zone(), style() }
