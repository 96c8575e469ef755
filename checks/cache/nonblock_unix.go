//go:build unix

package cache

import "syscall"

// nonblock lets opening return at once where the path became a pipe a moment ago.
const nonblock = syscall.O_NONBLOCK
