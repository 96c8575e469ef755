//go:build race && linux

package desktop

func init() { race = true }
