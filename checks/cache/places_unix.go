//go:build unix && !darwin

package cache

const projectCache = ""

func nativeCache(home string) string { return xdgCache(home) }
