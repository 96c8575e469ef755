//go:build race

package desktoptest

func init() { race = true }
