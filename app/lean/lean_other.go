//go:build !linux && !windows

package lean

func dropProgram() {}
