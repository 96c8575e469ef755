//go:build !linux

package launcher

// install does nothing: no other system has desktop files.
func install(string) error { return nil }
