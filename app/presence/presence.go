// Package presence tells whether anybody can read notifications: not while they are held back ("do not
// disturb"), the screen is locked, or nobody is at the computer. It only listens; what a desktop does not tell
// is not known here.
package presence

import "context"

// Watch tells when nobody can read notifications any more (true), and when somebody can again (false), until
// ctx ends; then the channel is closed. At first somebody can. nil: nobody tells.
func Watch(ctx context.Context) <-chan bool { return watch(ctx) }
