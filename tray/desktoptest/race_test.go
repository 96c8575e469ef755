//go:build race && linux

package desktoptest

func init() { race = true }
