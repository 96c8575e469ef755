//go:build unix && !darwin

package programs

const projectCache = ""

func nativeCache(home string) string { return xdgCache(home) }
