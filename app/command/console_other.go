//go:build !windows

package command

// attachConsole has nothing to do: a program has the terminal that it was started from.
func attachConsole(*invocation) {}
