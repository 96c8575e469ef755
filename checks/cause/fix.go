package cause

import "slices"

// A Fix is one of the seven things that a person can do, as the last part of an action ID.
type Fix string

// The seven fixes.
const (
	Refresh     Fix = "refresh"
	SignIn      Fix = "login"
	Restart     Fix = "restart"
	Clock       Fix = "clock"
	Permissions Fix = "permissions"
	Device      Fix = "device"
	Support     Fix = "support"
)

// Fixes are the seven in the order in which they are tried where nothing is known.
var Fixes = []Fix{Refresh, SignIn, Restart, Clock, Permissions, Device, Support}

// try offers these fixes, the likeliest first.
func try(fixes ...Fix) func(Evidence) []Fix {
	return func(Evidence) []Fix { return slices.Clone(fixes) }
}

// noHelp says of every fix but those that help why it can't.
func noHelp(e Evidence, help []Fix, because string) map[Fix]string {
	no := map[Fix]string{}
	for _, f := range Fixes {
		switch {
		case slices.Contains(help, f):
		case f == Clock && e.clockRight():
			no[f] = "won’t help: your clock is right"
		default:
			no[f] = named(because, e)
		}
	}
	return no
}
