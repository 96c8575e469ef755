//go:build !windows

package notify

// where is appended to the body where a notification has no buttons.
const where = "Click Fermata's icon in the tray to act."
