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

// Helps reports whether f can help with c, and where it cannot says why, as a sentence: "Refreshing
// cannot help: Spotify wants you to sign in once more."
func (c Cause) Helps(f Fix) (bool, string) {
	if slices.Contains(c.Fixes, f) {
		return true, ""
	}
	return c.Useless[f] == "", c.Useless[f]
}

// try offers these fixes, the likeliest first.
func try(fixes ...Fix) func(Evidence) []Fix {
	return func(Evidence) []Fix { return slices.Clone(fixes) }
}

// doing is what a person would do, as the beginning of a sentence.
var doing = map[Fix]string{
	Refresh:     "Refreshing",
	SignIn:      "Signing in again",
	Restart:     "Restarting %s",
	Clock:       "Setting the clock",
	Permissions: "Removing and re-allowing the permissions",
	Device:      "Another device",
	Support:     "Contacting support",
}

// useless says of every fix but those that help why it cannot.
func useless(e Evidence, help []Fix, because string) map[Fix]string {
	no := map[Fix]string{}
	for _, f := range Fixes {
		reason := because
		if f == Clock && e.clockRight() {
			reason = "the clock is right"
		}
		if !slices.Contains(help, f) {
			no[f] = named(doing[f], e) + " cannot help: " + reason + "."
		}
	}
	return no
}
